"""Which activities go together with results, and does delivery precede sales? A link is no proof of a cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.months import months_before, months_cte, months_within
from kpi.analysis.question import facts_of, source
from kpi.analysis.tables import counted
from kpi.core import Period, Row
from kpi.errors import Refused
from kpi.stats import Correlation, Lagged, benjamini_hochberg, correlate, lagged
from kpi.stats.lagged import FIRM

# What is told of the strongest pair, by its activity and its result.
ACTIVITIES = {
    "call": "activity_call",
    "email": "activity_email",
    "note": "activity_note",
    "meeting": "activity_meeting",
    "task": "activity_task",
    "other": "activity_other",
    "outgoing_call": "activity_outgoing_call",
}
RESULTS = {"revenue": "result_revenue", "close_rate": "result_close_rate"}
RANKED = 50  # rows below which no pair is called the strongest
LEVEL = 0.05
HISTORY = 120  # months looked back at most


@dataclass(frozen=True)
class Pair:
    """One activity and one result. coverage: rows with both / all rows; p: adjusted for all pairs shown."""

    activity: str
    result: str
    found: Correlation
    coverage: float
    p: float

    @property
    def significant(self) -> bool:
        return self.p < LEVEL


def activity_result(context: Context) -> list[Row]:
    """The strongest Spearman coefficient of an activity with a result that is significant after correction.

    Rows are person x whole month of the period; nothing below 20 rows with both values, no strongest below 50.
    Not defined where nothing is significant. n: the rows with both values; interval of that coefficient.
    """
    if context.split:
        raise Refused("no_split", kpi=context.kpi.id)
    rows = []
    for period in context.periods:
        ranked = [pair for pair in pairs(context, period) if pair.significant and pair.found.n >= RANKED]
        best = max(ranked, key=lambda pair: abs(pair.found.spearman), default=None)
        if best is None:
            rows.append(Row(period, None, 0))
            continue
        if period is context.periods[-1]:
            context.note(ACTIVITIES[best.activity])
            context.note(RESULTS[best.result], p=round(best.p, 4), coverage=round(100 * best.coverage))
        rows.append(Row(period, best.found.spearman, best.found.n, best.found.low, best.found.high))
    return rows


def pairs(context: Context, period: Period) -> list[Pair]:
    """Every activity with every result over the rows of `person_months`, p by permutation within persons and
    Benjamini-Hochberg over all pairs shown."""
    table = person_months(context, period)
    found = []
    for activity in (name for name in ACTIVITIES if name in table):
        for result in (name for name in RESULTS if name in table):
            link = correlate(table[activity], table[result], table["employee_id"])
            if link:
                both = table[activity].notna() & table[result].notna()
                found.append(Pair(activity, result, link, float(both.mean()), link.p))
    adjusted = benjamini_hochberg([pair.found.p for pair in found])
    return [replace(pair, p=p) for pair, p in zip(found, adjusted, strict=True)]


def person_months(context: Context, period: Period) -> pd.DataFrame:
    """employee_id, k (month), a column per activity and result that is loaded.

    Rows: everyone with an activity and a result in the period, in each of its whole months that are known and in which
    they were employed. An activity is null in a month in which the person has none of any kind recorded, else 0 where
    that kind is missing; revenue is 0 without an order; close_rate is null without a decided deal.
    """
    months = months_within(context.workspace.settings, period.since, context.end(period))
    if not months:
        return pd.DataFrame(columns=["employee_id", "k"])
    asked = source(context, "employees")
    rows = context.frame(_sql(context, months, asked.relation, asked.where), asked.params)
    counts = rows[rows["kind"] == "activity"].pivot_table(
        index=["employee_id", "k"], columns="name", values="value", aggfunc="sum"
    )
    results = rows[rows["kind"] == "result"].pivot_table(
        index=["employee_id", "k"], columns="name", values="value", aggfunc="sum"
    )
    people = counts.index.unique("employee_id").intersection(results.index.unique("employee_id"))
    grid = rows[(rows["kind"] == "row") & rows["employee_id"].isin(people)].set_index(["employee_id", "k"]).index
    counts = counts.fillna(0).reindex(grid)
    results = results.reindex(grid)
    if "revenue" in results:
        results["revenue"] = results["revenue"].fillna(0.0)
    return pd.concat([counts, results], axis=1).reset_index().sort_values(["employee_id", "k"], ignore_index=True)


def _sql(context: Context, months: list[Period], relation: str, where: str) -> str:
    ctes = ",\n".join([*facts_of(context, "done_activities", "owned_orders"), months_cte(months)])
    return f"""
with {ctes},
people as (select f.employee_id, f.hired_at, f.left_at from {relation} where {where}),
deeds as (
  select employee_id, activity_type as name, done_at as at from done_activities
  union all
  select employee_id, 'outgoing_call', dialled_at from calls where direction = 'out' and coalesce(team, 'sales') = 'sales'
)
select 'row' as kind, p.employee_id, m.k, null as name, null as value
from people p join m on (p.hired_at is null or p.hired_at < m.until) and (p.left_at is null or p.left_at >= m.since)
union all
select 'activity', d.employee_id, m.k, d.name, count(*)
from deeds d join people p on p.employee_id = d.employee_id join m on d.at >= m.since and d.at < m.until
where d.name is not null group by 2, 3, 4
union all
select 'result', o.owner_employee_id, m.k, 'revenue', sum(o.amount)
from owned_orders o join people p on p.employee_id = o.owner_employee_id
join m on o.ordered_at >= m.since and o.ordered_at < m.until group by 2, 3
union all
select 'result', d.owner_employee_id, m.k, 'close_rate', count(*) filter (where d.outcome = 'won') / count(*)
from {counted("opportunities")} d join people p on p.employee_id = d.owner_employee_id
join m on d.closed_at >= m.since and d.closed_at < m.until where d.outcome in ('won', 'lost') group by 2, 3
"""


def delivery_sales(context: Context) -> list[Row]:
    """The strongest correlation of punctual delivery with revenue over lags of -max_lag_months … max_lag_months that
    passes the test over all lags; n: months. Not defined without one, or with fewer than 20 whole months."""
    if context.split:
        raise Refused("no_split", kpi=context.kpi.id)
    ends = [context.end(period) for period in context.periods]
    rows = []
    for period, found in zip(context.periods, delivery_lags(context, ends), strict=True):
        if found is None or found.best is None:
            rows.append(Row(period, None, found.n if found else 0))
            continue
        if period is context.periods[-1]:
            context.note("lag", lag=found.best, p=round(found.p, 4))
            if found.n < FIRM:
                context.note("lag_exploratory", n=found.n)
        rows.append(Row(period, found.at(found.best), found.n))
    return rows


def delivery_lags(context: Context, ends: list[date]) -> list[Lagged | None]:
    """on_time_delivery_rate against total_revenue in the whole months before each of `ends`: the unbroken run of months
    with both values that ends last. Positive lags: delivery first."""
    spans = [months_before(context.workspace.settings, end, HISTORY) for end in ends]
    months = sorted({month for span in spans for month in span})  # asked for once, whatever the number of periods
    punctual = context.ask("on_time_delivery_rate", months)
    revenue = context.ask("total_revenue", months)
    most = int(context.settings.get("max_lag_months"))
    found = []
    for span in spans:
        series = _last_run([_both(punctual.get((m, None)), revenue.get((m, None))) for m in span])
        found.append(lagged([x for x, _ in series], [y for _, y in series], most) if series else None)
    return found


def _both(on_time: Row | None, sold: Row | None) -> tuple[float, float] | None:
    """The two values of a month; None without a delivery due or an order."""
    if not on_time or on_time.value is None or not sold or sold.value is None or not sold.n:
        return None
    return on_time.value, sold.value


def _last_run(values: list[tuple[float, float] | None]) -> list[tuple[float, float]]:
    run: list[tuple[float, float]] = []
    for value in reversed(values):
        if value is not None:
            run.append(value)
        elif run:
            break
    return run[::-1]
