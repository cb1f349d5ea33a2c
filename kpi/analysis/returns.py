"""What comes back for money spent: on campaigns, on selling, on winning customers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kpi.analysis.campaigns import of_campaigns
from kpi.analysis.context import Context
from kpi.analysis.parts import Parts, parts
from kpi.analysis.question import filled, source
from kpi.analysis.tables import counted
from kpi.core import Measure, Row

_MARGIN = "sum(line_amount - quantity * unit_cost)"


def campaign_roi(context: Context) -> list[Row]:
    """(gain - cost) / cost of campaigns of all purposes. Gain: line margin of their orders, else revenue (noted)."""
    of_campaign = "campaign_id is not null"
    wanted = {
        "revenue": Measure("orders", "sum(amount)", "ordered_at", of_campaign),
        "margin": Measure("sale_lines", _MARGIN, "ordered_at", f"{of_campaign} and unit_cost is not null"),
        "costed": Measure("sale_lines", "sum(line_amount)", "ordered_at", f"{of_campaign} and unit_cost is not null"),
        "cost": "campaign_cost",
    }
    filters = tuple((of_campaigns(name), value) for name, value in context.filters)
    return _returns(context, wanted, of_campaigns(context.split) if context.split else None, filters)


def sales_roi(context: Context) -> list[Row]:
    """(gain - sales cost) / sales cost. Gain: line margin of the orders of the period, else revenue (noted)."""
    wanted = {
        "revenue": Measure("orders", "sum(amount)", "ordered_at"),
        "margin": "line_margin",
        "costed": "costed_line_amount",
        "cost": "sales_cost",
    }
    return _returns(context, wanted, context.split, context.filters)


def _returns(
    context: Context, wanted: Mapping[str, Measure | str], split: str | None, filters: tuple[tuple[str, str], ...]
) -> list[Row]:
    """One kind of gain per period for all groups, or they could not be compared: what the whole company's data allow."""
    whole = parts(context, wanted, filters=())
    found = parts(context, wanted, split=split, filters=filters) if split or filters else whole
    rows = []
    for i, period in enumerate(context.periods):
        gains = "margin" if enough_known(context, whole, i) else "revenue"
        if gains == "revenue" and whole.n("revenue", i):
            context.note("revenue_based")
        for group in found.groups if split else [None]:
            gain, cost = found.value(gains, i, group), found.value("cost", i, group)
            left = None if gain is None or cost is None else gain - cost
            value = left / cost if cost and left is not None else None
            rows.append(Row(period, value, found.n("revenue", i, group), None, None, group, left, cost))
    return rows


def enough_known(context: Context, found: Parts, i: int) -> bool:
    """Whether lines with a unit cost make up enough of the revenue (setting margin_min_coverage)."""
    revenue, costed = found.value("revenue", i) or 0.0, found.value("costed", i) or 0.0
    return revenue > 0 and costed / revenue >= float(context.settings.get("margin_min_coverage"))


def cac_payback(context: Context) -> list[Row]:
    """Days until a new customer has earned back the cost of winning them: cac / margin per month * 30.44.

    Margin per month: of the customers who first ordered in the payback_margin_months before the end of the period,
    all margin since then / the months they were observed. Not defined where nothing is earned. n: those customers.
    """
    costs = context.ask("cac", split=context.split)
    frame = _cohorts(context)
    share = frame["costed"].groupby(frame["i"]).sum() / frame["revenue"].groupby(frame["i"]).sum()
    enough = frame["i"].map(share >= float(context.settings.get("margin_min_coverage")))
    if not enough.all():
        context.note("revenue_based")
    frame["gain"] = frame["margin"].where(enough, frame["revenue"])
    cac = [
        costs.get((context.periods[i], g if context.split else None))
        for i, g in zip(frame["i"], frame["g"], strict=True)
    ]
    frame["cac"] = [row.value if row else None for row in cac]
    per_day = (frame["gain"] / frame["days"]).where(frame["gain"] > 0)
    return filled(context, frame.assign(value=frame["cac"].astype(float) / per_day))


def _cohorts(context: Context) -> pd.DataFrame:
    """Per period and group the new customers: n, days observed, revenue, margin and costed revenue since."""
    asked = source(context, "customers")
    months = int(context.settings.get("payback_margin_months"))
    sql = f"""
with {asked.ctes},
cohort as (
  select p.i, {asked.group} as g, f.customer_id, f.first_order_at, p.known
  from {asked.relation} join p on f.first_order_at >= p.until - to_months({months}) and f.first_order_at < p.known
  where {asked.where}
),
bought as (
  select c.i, c.g, sum(o.amount)::double as revenue
  from cohort c join {counted("orders")} o on o.customer_id = c.customer_id and o.ordered_at < c.known
    and o.ordered_at <= c.first_order_at + to_months({months})
  group by 1, 2
),
earned as (
  select c.i, c.g, sum(l.line_amount)::double as costed, sum(l.line_amount - l.quantity * l.unit_cost)::double as margin
  from cohort c join {counted("orders")} o on o.customer_id = c.customer_id and o.ordered_at < c.known
    and o.ordered_at <= c.first_order_at + to_months({months})
  join order_lines l on l.order_id = o.order_id
  where l.unit_cost is not null group by 1, 2
),
seen as (
  select i, g, count(*) as n, sum(date_diff('day', cast(first_order_at as date), cast(known as date))) as days
  from cohort group by 1, 2
)
select s.i, s.g, s.n, s.days, case when b.i is null then 0 else b.revenue end as revenue,
       case when e.i is null then 0 else e.costed end as costed, case when e.i is null then 0 else e.margin end as margin
from seen s
left join bought b on b.i = s.i and b.g is not distinct from s.g
left join earned e on e.i = s.i and e.g is not distinct from s.g
"""
    return context.frame(sql, asked.params).copy()
