"""What the CRM brings for what it costs."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.question import periods_cte, whole_only
from kpi.core import Row


def roi(context: Context) -> list[Row]:
    """(gain - cost) / cost. Gain: the money values of benefits, by the days of each that lie in the period.

    A benefit without an end counts on the day it began; one without a money value is left out. Not defined without
    costs or without a benefit that touches the period. n: the benefits counted.
    """
    whole_only(context)
    sql = f"""
with {periods_cte(context)},
spans as (
  select since, greatest(coalesce(until, since), since + interval 1 day) as until, money_value
  from crm_benefits where money_value is not null and since is not null
)
select p.i, count(*) as n,
       sum(money_value * (epoch(least(s.until, p.until)) - epoch(greatest(s.since, p.since)))
           / (epoch(s.until) - epoch(s.since)))::double as gain
from spans s join p on s.since < p.until and s.until > p.since group by 1
"""
    gains = context.frame(sql).set_index("i")
    costs = context.ask("crm_investment_cost")
    found = []
    for i, period in enumerate(context.periods):
        row = costs.get((period, None))
        cost = row.value if row else None
        if i not in gains.index or not cost:
            found.append(Row(period, None, 0))
            continue
        gain = float(gains.at[i, "gain"])
        found.append(Row(period, (gain - cost) / cost, int(gains.at[i, "n"]), numerator=gain - cost, denominator=cost))
    return found
