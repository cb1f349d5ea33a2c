"""Customer experience: what recommendation, satisfaction and effort say together."""

from __future__ import annotations

from statistics import fmean

from kpi.analysis.context import Context
from kpi.analysis.parts import parts
from kpi.core import Measure, Row

# The scale of effort where a file does not say it.
_LOW, _HIGH = "coalesce(scale_min, 1)", "coalesce(scale_max, 7)"
_EASE = Measure(
    "surveys",
    f"avg(100.0 * (case when higher_is_better then score - {_LOW} else {_HIGH} - score end) / ({_HIGH} - {_LOW}))",
    "responded_at",
    f"survey_type = 'ces' and score is not null and {_HIGH} > {_LOW}",
)


def experience(context: Context) -> list[Row]:
    """Mean (0 to 100) of those available of (nps + 100) / 2, csat * 100 and the ease of effort; n: all answers.

    Ease: 100 * (highest effort - effort) / width of the scale, each answer on its own scale. The parts of
    the last period are noted; not defined without any.
    """
    nps = context.ask("nps", split=context.split)
    csat = context.ask("csat", split=context.split)
    ease = parts(context, {"ease": _EASE}, split=context.split)
    groups = {g for _, g in nps} | {g for _, g in csat} | set(ease.groups)
    rows = []
    for i, period in enumerate(context.periods):
        for group in sorted(g for g in groups if g) if context.split else [None]:
            found = {}
            if (row := nps.get((period, group))) and row.value is not None:
                found["experience_nps"] = ((row.value + 100) / 2, row.n or 0)
            if (row := csat.get((period, group))) and row.value is not None:
                found["experience_csat"] = (100 * row.value, row.n or 0)
            if (value := ease.value("ease", i, group)) is not None:
                found["experience_ces"] = (value, ease.n("ease", i, group))
            if not context.split and period is context.periods[-1]:
                for name, (value, n) in found.items():
                    context.note(name, value=round(value, 1), n=n)
            mean = fmean(value for value, _ in found.values()) if found else None
            rows.append(Row(period, mean, sum(n for _, n in found.values()), group=group))
    return rows
