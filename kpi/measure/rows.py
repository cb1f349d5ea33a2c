"""The rows of a KPI that an expression computes: values, what stands behind them, intervals, what they are compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from statistics import median

from kpi.catalogue import measures
from kpi.compile import parse_formula
from kpi.compile.batch import is_count
from kpi.core import NOT_RECORDED, Computation, Kpi, Measure, Row
from kpi.measure.evaluate import Evaluation, formula_of, replace_split
from kpi.measure.maturity import maturity
from kpi.stats.nps import adjusted_wald
from kpi.stats.proportions import wilson


def asked(kpi: Kpi, computation: Computation, evaluation: Evaluation, earlier: Evaluation | None) -> list[Row]:
    """The rows of an expression; of a breakdown without a split, the group that `pick` names."""
    if not computation.over or evaluation.split:
        evaluation.ask(evaluation.leaves(computation))
        return _rows(kpi, computation, evaluation, earlier)
    rows = _headline(kpi, computation, evaluation)
    if earlier:
        before = _headline(kpi, computation, earlier)
        rows = [_compared(row, past.value) for row, past in zip(rows, before, strict=True)]
    return rows


def _headline(kpi: Kpi, computation: Computation, evaluation: Evaluation) -> list[Row]:
    """One row per period: the value picked among the groups of the breakdown."""
    over = replace_split(evaluation, computation.over)
    over.ask(over.leaves(computation))
    evaluation.sql.update(over.sql)
    return _picked(_rows(kpi, computation, over, None), computation, over)


def _picked(rows: list[Row], computation: Computation, evaluation: Evaluation) -> list[Row]:
    least = float(str(evaluation.settings.get(computation.min_n) or 1)) if computation.min_n else 1.0
    found = []
    for period in evaluation.periods:
        known = [r for r in rows if r.period == period and r.value is not None and r.group != NOT_RECORDED]
        fitting = [r for r in known if (r.n or 0) >= least]
        fitting.sort(key=lambda r: (r.value, r.group))
        if not fitting:
            found.append(Row(period, None, 0))
        elif computation.pick == "median":
            middle = median(r.value for r in fitting if r.value is not None)
            found.append(Row(period, middle, sum(r.n or 0 for r in fitting)))
        else:
            best = fitting[0] if computation.pick == "min" else fitting[-1]
            found.append(replace(best, group=None))
    return found


def _rows(kpi: Kpi, computation: Computation, evaluation: Evaluation, earlier: Evaluation | None) -> list[Row]:
    ratio = formula_of(computation).ratio
    proportion = kpi.proportion and bool(ratio) and all(_counts(computation, name) for name in ratio or ())
    ripe = evaluation.frame.now - timedelta(days=maturity(kpi, computation, evaluation))
    counted = ratio[1] if ratio else _counted(computation, evaluation)
    groups = evaluation.groups(computation)
    rows = []
    for i, period in enumerate(evaluation.periods):
        for group in groups:
            value, n, above, below = _cell(kpi, computation, evaluation, i, group, counted)
            low, high = _interval(kpi, computation, evaluation, i, group, value, above, below, proportion)
            compared = _cell(kpi, computation, earlier, i, group, counted)[0] if earlier else None
            rows.append(Row(period, value, n, low, high, group, above, below, compared, period.until <= ripe))
    return rows


def _cell(kpi: Kpi, computation: Computation, evaluation: Evaluation, i: int, group: str | None, counted: str):
    """Value, n, numerator and denominator of one period and group. counted: the name that n speaks of."""
    value = evaluation.value(computation, i, group)
    above = below = None
    ratio = formula_of(computation).ratio
    if ratio:
        above, _ = evaluation.named(computation, ratio[0], i, group)
        below, n = evaluation.named(computation, counted, i, group)
    else:
        n = evaluation.named(computation, counted, i, group)[1] if counted else 0
    if kpi.empty == "null" and not n:
        value = None
    if kpi.empty.startswith("settings.") and evaluation.settings.get(kpi.empty.removeprefix("settings.")) is None:
        value = None
    return value, n, above, below


def _counts(computation: Computation, name: str) -> bool:
    part = dict(computation.parts).get(name) or measures().get(name)
    if isinstance(part, str):
        inner = parse_formula(part, ("measures.toml", name)).shifted
        return inner is not None and _counts(computation, inner)
    return isinstance(part, Measure) and is_count(part)


def _counted(computation: Computation, evaluation: Evaluation) -> str:
    """The name whose rows stand behind a value: the denominator of the last division, else the first; "" without one."""
    names = [name for name, shifts in formula_of(computation).leaves(evaluation.settings) if not shifts]
    if not names:
        return ""
    return names[-1] if "/" in computation.formula else names[0]


def _interval(
    kpi, computation, evaluation, i, group, value, above, below, proportion
) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    if kpi.interval == "nps":
        parts = [evaluation.named(computation, p, i, group)[0] for p in ("promoters", "detractors", "answers")]
        bounds = adjusted_wald(*(int(p or 0) for p in parts))
        return (100 * bounds[0], 100 * bounds[1]) if bounds else (None, None)
    if proportion and below and above is not None and 0 <= above <= below:
        return wilson(int(above), int(below)) or (None, None)
    return None, None


def _compared(row: Row, value: float | None) -> Row:
    return replace(row, compared=value)
