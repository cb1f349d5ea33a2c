"""What wrong data cost per seller."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.parts import parts
from kpi.core import Measure, Row


def per_rep(context: Context) -> list[Row]:
    """Cost of the hours spent on wrong data in the period / sales representatives active in it; n: the time entries.

    Hours of the categories in bad_data_categories, each at the hourly cost of the person, else at the setting
    hourly_cost; entries without either are left out and counted. Not defined where no entry has a cost.
    """
    categories = context.workspace.settings.get("bad_data_categories") or ()
    listed = ", ".join("'" + name.lower().replace("'", "''") + "'" for name in categories) or "''"
    bad = f"lower(trim(category)) in ({listed})"
    cost = "coalesce(employees.hourly_cost, settings.hourly_cost)"
    wanted = {
        "cost": Measure("time_entries", f"sum(hours * {cost})", "worked_at", f"{bad} and {cost} is not null"),
        "without": Measure("time_entries", "count(hours)", "worked_at", f"{bad} and {cost} is null"),
        "reps": "sales_reps",
    }
    found = parts(context, wanted, split=context.split)
    rows = []
    for i, period in enumerate(context.periods):
        for group in found.groups if context.split else [None]:
            cost_of, reps = found.value("cost", i, group), found.value("reps", i, group)
            n, without = found.n("cost", i, group), found.n("without", i, group)
            if without:
                context.note("hours_without_cost", n=without)
            known = cost_of if n or not without else None
            value = known / reps if reps and known is not None else None
            rows.append(Row(period, value, n, None, None, group, cost_of, reps))
    return rows
