"""Campaigns against each other: what each brings for its cost, measured by the pool."""

from __future__ import annotations

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.analysis.tables import counted
from kpi.core import Row
from kpi.model import table


def of_campaigns(name: str) -> str:
    """A bare dimension as a column of campaigns where they have it: costs and orders must mean the same one."""
    return f"campaigns.{name}" if name in table("campaigns").fields else name


def relative_efficiency(context: Context) -> list[Row]:
    """(revenue / cost of a campaign) / (revenue / cost of all compared ones); without a split the best campaign.

    Compared are the campaigns with a cost in the period. Where orders carry no campaign, leads stand for revenue.
    Split by campaign_id: every campaign; by another column of campaigns: the group as a whole against the pool.
    n: campaigns compared.
    """
    found = campaigns(context)
    pool = found.groupby("i")[["result", "cost"]].transform("sum")
    by = ["i"] + (["g"] if context.split else ["campaign_id"])
    own = found.groupby(by, as_index=False).agg(
        result=("result", _sum), cost=("cost", "sum"), n=("campaign_id", "size")
    )
    total = found.assign(pool=pool["result"] / pool["cost"])[["i", "pool"]].drop_duplicates("i")
    own = own.merge(total, on="i")
    own["value"] = own["result"] / own["cost"] / own["pool"].where(own["pool"] > 0)
    if not context.split:
        count = own.groupby("i").size()
        own = own.sort_values(["value", "campaign_id"]).groupby("i", as_index=False).last()
        own = own.assign(g=None, n=own["i"].map(count))
    return filled(context, own)


def _sum(known: pd.Series) -> float:
    """Not defined where no campaign has a result that is known."""
    return known.sum(min_count=1)


def campaigns(context: Context) -> pd.DataFrame:
    """The campaigns with a cost per period: i, g, campaign_id, cost, result (revenue, else leads)."""
    by_orders = "orders.campaign_id" in context.workspace.columns()
    if not by_orders:
        context.note("leads_for_revenue")
    asked = source(context, "campaigns", naming=_plain)
    result = _REVENUE if by_orders else _LEADS
    sql = f"""
with {asked.ctes},
spent as (
  select p.i, c.campaign_id, sum(c.amount)::double as cost
  from campaign_costs c join p on c.incurred_at >= p.since and c.incurred_at < p.until
  where c.campaign_id is not null group by 1, 2 having sum(c.amount) > 0
),
brought as ({result})
select s.i, {asked.group} as g, s.campaign_id, s.cost, case when b.campaign_id is null then 0 else b.result end as result
from {asked.relation}
join spent s on s.campaign_id = f.campaign_id
left join brought b on b.i = s.i and b.campaign_id = s.campaign_id
where {asked.where}
"""
    return context.frame(sql, asked.params)


def _plain(name: str) -> str:
    return name.removeprefix("campaigns.")


_REVENUE = f"""
  select p.i, o.campaign_id, sum(o.amount)::double as result
  from {counted("orders")} o join p on o.ordered_at >= p.since and o.ordered_at < p.until group by 1, 2"""
_LEADS = """
  select p.i, l.campaign_id, count(*)::double as result
  from leads l join p on l.created_at >= p.since and l.created_at < p.until group by 1, 2"""
