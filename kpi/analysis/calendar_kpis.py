"""KPIs per working day."""

from __future__ import annotations

from datetime import date, timedelta

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.calendars import WEEKDAYS
from kpi.core import Row


def calls_per_working_day(context: Context) -> list[Row]:
    """Calls dialled in the period / its working days (the known ones, in a running period); n: the calls."""
    asked = source(context, "calls")
    sql = f"""
with {asked.ctes}
select p.i, {asked.group} as g, count(*) as value, count(*) as n
from {asked.relation} join p on f.dialled_at >= p.since and f.dialled_at < p.until where {asked.where} group by 1, 2
"""
    weekend: set[str] = set(context.workspace.settings.get("weekend") or ())
    rows = []
    for row in filled(context, context.frame(sql, asked.params), empty=0):
        days = working_days(row.period.since, context.end(row.period), weekend)
        value = row.value / days if days and row.value is not None else None
        rows.append(Row(row.period, value, row.n, group=row.group, numerator=row.value, denominator=days))
    return rows


def working_days(since: date, until: date, weekend: set[str]) -> int:
    """Days of since <= day < until that are none of the weekdays named in `weekend`."""
    return sum(WEEKDAYS[(since + timedelta(days=k)).weekday()] not in weekend for k in range((until - since).days))
