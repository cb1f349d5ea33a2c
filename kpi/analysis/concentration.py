"""How much of the revenue comes from few customers."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.question import shares, source
from kpi.core import Row


def top_share(context: Context) -> list[Row]:
    """Revenue of the best CEIL(top_share * n) of the n customers with an order in the period, of the revenue of all n.

    n: those customers. Money-weighted, hence without an interval.
    """
    share = float(context.settings.get("top_share"))
    asked = source(context, "orders")
    sql = f"""
with {asked.ctes},
buyers as (
  select p.i, {asked.group} as g, f.customer_id, coalesce(sum(f.amount), 0)::double as revenue
  from {asked.relation} join p on f.ordered_at >= p.since and f.ordered_at < p.until
  where {asked.where} and f.customer_id is not null group by 1, 2, 3
),
ranked as (
  select *, row_number() over (partition by i, g order by revenue desc, customer_id) as place,
         count(*) over (partition by i, g) as n
  from buyers
)
select i, g, sum(revenue) filter (where place <= ceil({share} * n - 1e-9)) as numerator, sum(revenue) as denominator,
       count(*) as n
from ranked group by 1, 2
"""
    return shares(context, context.frame(sql, asked.params), counts=False)
