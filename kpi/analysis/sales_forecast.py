"""What is expected to be sold in a period."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.parts import parts
from kpi.analysis.question import filled, source
from kpi.core import Measure, Row

OWNER = "owner_employee_id"
_PERSON = "employees.employee_id"


def expected(context: Context) -> list[Row]:
    """Sum of the forecasts for the period, the newest of each person and span; n: the forecasts.

    A forecast for exactly this period goes before forecasts for parts of it by the same person. Periods without any
    forecast: revenue booked so far + amount * chance of open deals expected to close in the rest of the period
    (noted); n: orders and deals.
    """
    rows = {(row.period, row.group): row for row in filled(context, _forecasts(context)) if row.n}
    without = [period for period in context.periods if not any(p == period for p, _ in rows)]
    if without and "opportunities.expected_close_at" in context.workspace.columns():
        context.note("forecast_from_deals")
        rows |= {(row.period, row.group): row for row in _from_deals(context) if row.period in without}
    groups = sorted({g for _, g in rows if g}) if context.split else [None]
    return [rows.get((p, g), Row(p, None, 0, group=g)) for p in context.periods for g in groups]


def _forecasts(context: Context):
    asked = source(context, "forecasts", naming=lambda name: _PERSON if name == OWNER else name)
    sql = f"""
with {asked.ctes},
newest as (
  select p.i, {asked.group} as g, f.employee_id, f.period_start, f.period_end, f.amount,
         f.period_start = p.since and f.period_end >= p.until - interval 1 day as whole
  from {asked.relation} join p on f.period_start >= p.since and f.period_end <= p.until
  where {asked.where} and f.amount is not null and (f.made_at is null or f.made_at < timestamp '{context.now}')
  qualify row_number() over (partition by p.i, f.employee_id, f.period_start, f.period_end
                             order by f.made_at desc nulls last, f.forecast_id desc) = 1
),
chosen as (select *, bool_or(whole) over (partition by i, employee_id) as has_whole from newest)
select i, g, sum(amount)::double as value, count(*) as n from chosen where whole or not has_whole group by 1, 2
"""
    return context.frame(sql, asked.params)


def _from_deals(context: Context) -> list[Row]:
    still = (
        "closed_at is null and coalesce(outcome, 'open') = 'open' and expected_close_at >= period.now"
        " and amount_until is null"
    )
    wanted = {
        "booked": Measure("orders", "sum(amount)", "ordered_at"),
        "open": Measure("open_deals", "sum(amount * chance)", "expected_close_at", still),
    }
    split = OWNER if context.split == _PERSON else context.split
    found = parts(context, wanted, split=split)
    rows = []
    for i, period in enumerate(context.periods):
        for group in found.groups if split else [None]:
            booked, coming = found.value("booked", i, group), found.value("open", i, group)
            value = None if booked is None or coming is None else booked + coming
            rows.append(Row(period, value, found.n("booked", i, group) + found.n("open", i, group), group=group))
    return rows
