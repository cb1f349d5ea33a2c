"""How often products were out of stock."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.question import shares, source
from kpi.core import Row


def stockout_rate(context: Context) -> list[Row]:
    """Product-days with nothing on hand / product-days observed; n: the latter.

    A count stands until the next one, for stock_carry_days at most (its own day included); the last of a day counts.
    No interval: the days of one product do not vary independently.
    """
    days = int(context.settings.get("stock_carry_days"))
    asked = source(context, "inventory")
    sql = f"""
with {asked.ctes},
counts as (
  select {asked.group} as g, f.product_id, date_trunc('day', f.counted_at) as day, arg_max(f.on_hand, f.counted_at) as on_hand
  from {asked.relation}
  where {asked.where} and f.product_id is not null and f.counted_at is not null and f.on_hand is not null group by 1, 2, 3
),
spans as (
  select *, least(day + to_days({days}), coalesce(lead(day) over (partition by product_id order by day), day + to_days({days})))
         as until
  from counts
),
seen as (
  select p.i, s.g, s.on_hand, date_diff('day', greatest(s.day, p.since), least(s.until, p.known)) as days
  from spans s join p on s.day < p.known and s.until > p.since
)
select i, g, coalesce(sum(days) filter (where on_hand <= 0), 0) as numerator, sum(days) as denominator
from seen where days > 0 group by 1, 2
"""
    return shares(context, context.frame(sql, asked.params), counts=False)
