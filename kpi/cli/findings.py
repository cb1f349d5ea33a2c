"""The evidence on a KPI as the command line tells it: each bar with its sentence, and the sum they make."""

from __future__ import annotations

from kpi.cli.call import Call
from kpi.measure.evidence import Ranked, fact_text
from kpi.workspace.own_kpis import kpis_of


def evidence_data(call: Call, found: Ranked) -> dict[str, object]:
    """score: 0 to 1; compared_with: the KPI that speaks for the goal; bars: {bar: {bar, weight, code, value, low, high,
    sentence}}; bar null where too little is known, weight null where it does not count."""
    names = {id_: kpi.name.get(call.texts.lang) for id_, kpi in kpis_of(call.workspace).items()}
    told, bars = found.evidence, {}
    for name in told.rules.weights:
        fact = getattr(told, name)
        bars[name] = {
            "bar": fact.bar,
            "weight": told.counted.get(name),
            "code": fact.code,
            "value": fact.value,
            "low": fact.low,
            "high": fact.high,
            "sentence": fact_text(call.texts, fact, names=names),
        }
    return {"score": told.score, "goal": found.goal, "compared_with": found.speaker, "n": told.n, "bars": bars}
