"""RFM: how recently, how often and for how much each customer bought, scored 1 to 5 (Blattberg, Kim & Neslin 2008)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from kpi.analysis.notes import Note, note
from kpi.analysis.segments import HIGH_VALUE, segment_map
from kpi.analysis.tables import live, part_of, require
from kpi.stats import Cuts, cut_points, score

MIN_CUSTOMERS = 25  # below it a fifth of the customers is fewer than five
FEW_CUSTOMERS = 100
MEASURES = ("recency_days", "frequency", "monetary")
FLAT = {
    "recency_days": "rfm_flat_recency_days",
    "frequency": "rfm_flat_frequency",
    "monetary": "rfm_flat_monetary",
}
DECIMALS = 4  # what the model keeps of money: sums of it compare without traces of binary fractions
HIGH, NORMAL = "high", "normal"


@dataclass(frozen=True)
class Rfm:
    """One row per customer with at least one order up to `as_of` (inclusive), sorted by id.

    customers: customer_id, recency_days, frequency, monetary (what M scores: the total, or the mean per order by
        setting rfm_m), total, mean, orders (ever), r, f, m (Int64, null under 25 customers), segment, group, value
        ("high" for m 4-5, else "normal").
    scales: cut points per measure, to score another date with ("frozen"). left_out: counts by reason.
    """

    as_of: date | None
    customers: pd.DataFrame
    scales: Mapping[str, Cuts]
    left_out: Mapping[str, int]
    notes: tuple[Note, ...] = ()

    @property
    def scored(self) -> bool:
        """Are there enough customers for scores?"""
        return bool(self.scales)

    @property
    def cuts(self) -> dict[str, list[float] | None]:
        """Cut points between the scores per measure; None where nothing is scored."""
        return {m: list(self.scales[m].points) if m in self.scales else None for m in MEASURES}


def rfm(workspace: Any, as_of: date | None = None, scales: Mapping[str, Cuts] | None = None) -> Rfm:
    """Score every customer with the data up to and including `as_of` (default: the last day of the data).

    Purchases are orders that count and are not negative; a line without an order id is an order. Money is orders
    minus returns. Scores: right-closed quintiles of the raw values, ties together. scales: cut points of another
    date in place of the own ones. Refused where no order has a customer and a date.
    """
    require(workspace, "orders.customer_id", "orders.ordered_at")
    day = as_of or workspace.as_of()
    if scales is not None:
        return _rfm(workspace, day, scales)
    return workspace.memo(("rfm", day), lambda: _rfm(workspace, day, None))


def rfm_part(workspace: Any, found: Rfm, filters: Sequence[tuple[str, str]]) -> Rfm:
    """The customers of `found` that pass the filters, with the scores they have among all.

    What was left out is counted for all customers and therefore not told of a part. Unknown for a dimension that
    customers do not lead to.
    """
    if not filters:
        return found
    mine = members(workspace, filters)
    return replace(found, customers=found.customers[found.customers["customer_id"].isin(mine)], left_out={})


def members(workspace: Any, filters: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The ids of the customers that pass the filters."""
    part = part_of("customers", None, filters)
    sql = f"select f.customer_id from customers f {part.joins} where {part.where}"
    key = ("customers", tuple(filters))
    return workspace.memo(key, lambda: frozenset(id_ for (id_,) in workspace.rows(sql, part.params)))


def _rfm(workspace: Any, as_of: date, scales: Mapping[str, Cuts] | None) -> Rfm:
    customers = workspace.frame(customers_sql(workspace), [as_of])
    left_out = workspace.frame(_LEFT_OUT.format(live=live("orders")), [as_of]).iloc[0]
    notes = []
    zero, amounts = int(left_out.pop("zero_orders")), int(left_out.pop("amounts"))
    if not amounts:
        customers[["total", "mean"]] = float("nan")
        notes.append(note("rfm_no_amounts"))
    customers["monetary"] = customers["mean" if workspace.settings.rfm_m == "mean" else "total"].round(DECIMALS)
    if zero:
        notes.append(note("rfm_zero_orders", n=zero))
    if overdrawn := int((customers["total"] <= 0).sum()):
        notes.append(note("rfm_nothing_left", n=overdrawn))
    scales, more = _scales(customers, scales)
    _score(customers, scales)
    order = ["customer_id", *MEASURES, "total", "mean", "orders", "r", "f", "m", "segment", "group", "value"]
    return Rfm(as_of, customers[order], scales, {k: int(v) for k, v in left_out.items()}, (*notes, *more))


def customers_sql(workspace: Any) -> str:
    """The SQL behind the raw values; $1: the day up to which orders count."""
    months = workspace.settings.rfm_window_months
    window = "true" if months is None else f"day > $1::date - to_months({int(months)})"
    return _CUSTOMERS.format(live=live("orders"), window=window)


def _scales(customers: pd.DataFrame, given: Mapping[str, Cuts] | None) -> tuple[dict[str, Cuts], list[Note]]:
    """Cut points of the measures that exist, none for too few customers, and what must be said about them."""
    n = len(customers)
    if given is not None:
        return dict(given), []
    if n < MIN_CUSTOMERS:
        return {}, [note("rfm_too_few", n=n, least=MIN_CUSTOMERS)]
    measured = [m for m in MEASURES if customers[m].notna().all()]
    scales = {m: cut_points(customers[m]) for m in measured}
    notes = [note("rfm_few", n=n)] if n < FEW_CUSTOMERS else []
    return scales, notes + [note(FLAT[m]) for m in measured if scales[m].flat]


def _score(customers: pd.DataFrame, scales: Mapping[str, Cuts]) -> None:
    """Adds r, f, m, segment, group and value to the frame, null without cut points."""
    for column in ("r", "f", "m"):
        customers[column] = pd.array([pd.NA] * len(customers), dtype="Int64")
    for column in ("segment", "group", "value"):
        customers[column] = None
    if not scales:
        return
    customers["r"] = pd.array(score(customers["recency_days"], scales["recency_days"], False), dtype="Int64")
    customers["f"] = pd.array(score(customers["frequency"], scales["frequency"]), dtype="Int64")
    names = segment_map().names(customers["r"], customers["f"], customers["orders"])
    customers["segment"] = names
    customers["group"] = [segment_map().group(name) for name in names]
    if "monetary" in scales and customers["monetary"].notna().all():
        money = pd.Series(score(customers["monetary"], scales["monetary"]), dtype="Int64")
        if not scales["monetary"].flat:  # who brought nothing, or gave it all back, is worth least
            money[customers["total"] <= 0] = 1
        customers["m"] = money
        customers["value"] = [HIGH if m >= HIGH_VALUE else NORMAL for m in money]


_CUSTOMERS = """
with purchases as (
  select customer_id, ordered_at::date as day, amount from orders
  where ({live}) and customer_id is not null and ordered_at::date <= $1
),
bought as (
  select customer_id, min(day) as first_day, max(day) as last_day, count(*) as orders,
         count(*) filter ({window}) as frequency
  from purchases where coalesce(amount, 0) >= 0 group by 1
),
spent as (select customer_id, sum(amount) as amount from purchases where {window} group by 1),
given_back as (
  select customer_id, sum(amount) as amount from (
    select coalesce(r.customer_id, o.customer_id) as customer_id, r.returned_at::date as day, r.amount
    from returns r left join orders o on o.order_id = r.order_id
  ) where day <= $1 and {window} group by 1
)
select b.customer_id, ($1::date - b.last_day)::integer as recency_days, b.frequency::integer as frequency,
       b.orders::integer as orders,
       (coalesce(s.amount, 0) - coalesce(g.amount, 0))::double as total,
       coalesce((coalesce(s.amount, 0) - coalesce(g.amount, 0)) / nullif(b.frequency, 0), 0)::double as mean
from bought b
left join spent s on s.customer_id = b.customer_id
left join given_back g on g.customer_id = b.customer_id
order by b.customer_id
"""

_LEFT_OUT = """
select
  (select count(*) from customers c where not exists (
     select 1 from orders where ({live}) and coalesce(amount, 0) >= 0 and customer_id = c.customer_id
       and ordered_at::date <= $1)) as customers_without_orders,
  count(*) filter (({live}) and customer_id is null) as orders_without_customer,
  count(*) filter (({live}) and customer_id is not null and ordered_at is null) as orders_without_date,
  count(*) filter (not ({live})) as orders_cancelled,
  count(*) filter (({live}) and customer_id is not null and amount < 0) as negative_orders,
  count(*) filter (({live}) and customer_id is not null and ordered_at::date > $1) as orders_after_as_of,
  count(*) filter (({live}) and customer_id is not null and amount = 0 and ordered_at::date <= $1) as zero_orders,
  count(amount) as amounts
from orders
"""
