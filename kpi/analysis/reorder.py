"""When customers order again: the time between orders, and who is due next (methods section 7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.gaps import day, gaps, intervals, number, rhythms
from kpi.analysis.question import filled, source
from kpi.analysis.tables import counted
from kpi.core import Row

OVERDUE = 0.9
PRODUCT = ("product_id", "category", "subcategory", "manufacturer_id")  # what a bare name means of products


def time_between_orders(context: Context) -> list[Row]:
    """Kaplan-Meier median of the days between order days of a customer, up to the last known day of the period.

    The open gap since the last order is censored; not defined where the curve stays above one half. Split or filtered
    by product: the gaps between orders of that product by the same customer. n: gaps, open ones included.
    """
    orders = _orders(context)
    found = []
    for i, period in enumerate(context.periods):
        for group, part in orders.groupby("g") if context.split else [(None, orders)]:
            known = gaps(part, number(context.last_day(period)))
            found.append({"i": i, "g": group, "value": known.median if known.n else None, "n": known.n})
    return filled(context, pd.DataFrame(found, columns=["i", "g", "value", "n"]))


def predicted_repeat_customers(context: Context) -> list[Row]:
    """Customers whose next order is expected in the reorder_window_days from the end of the period on.

    Last known order + interval: from 4 orders on the customer's own, shrunk to the pool, else the pool's. The pool is
    everybody, whatever the groups and filters; of a product, its own buyers. n: customers with an expected day.
    """
    orders, of_products = _orders(context), _of_products(context)
    everybody = orders if of_products else context.frame(_ORDERS.format(key="customer_id", rows=_SOLD))
    keys = ["customer_id", "g"] if context.split else ["customer_id"]
    window = int(context.settings.get("reorder_window_days"))
    found = []
    for i, period in enumerate(context.periods):
        last, until = number(context.last_day(period)), number(period.until)
        base = _pool(everybody, last)[0]
        due = rhythms(orders, keys, last)
        for group, part in due.groupby("g") if context.split else [(None, due)]:
            own = _pool(orders[orders["g"] == group], last)[0] if group and of_products else base
            days = part["last"] + intervals(part, pd.Series(own, index=part.index, dtype=float)).round()
            hits = int(((days >= until) & (days < until + window)).sum())
            found.append({"i": i, "g": group, "value": hits, "n": int(days.notna().sum())})
    return filled(context, pd.DataFrame(found, columns=["i", "g", "value", "n"]), empty=0)


def plan(workspace: Any, as_of: date, window: int | None = None, by_product: bool = False) -> pd.DataFrame:
    """Who is expected to order when, the earliest first, with the data up to and including `as_of`.

    customer_id (and product_id), orders, last, interval (days), personal (a rhythm of their own), due (the expected
    day), overdue (the current gap is longer than 90 % of the own gaps, else of the pool's). The pool of a product is
    its own from the first completed gap on, else everybody's. window: only those due in the days as_of … + window - 1.
    """
    sql = _ORDERS.format(
        key="customer_id, product_id" if by_product else "customer_id", rows=_LINES if by_product else _SOLD
    )
    orders = workspace.frame(sql)
    last = number(as_of)
    keys = ["customer_id", "product_id"] if by_product else ["customer_id"]
    found = rhythms(orders, keys, last)
    base = _pool(orders, last)
    pools = {name: _pool(part, last) for name, part in orders.groupby("product_id")} if by_product else {}
    mine = [pools.get(p, base) for p in found["product_id"]] if by_product else [base] * len(found)
    mine = [pair if pair[0] is not None else base for pair in mine]
    found["interval"] = intervals(found, pd.Series([m for m, _ in mine], index=found.index, dtype=float))
    limit = found["long"].fillna(pd.Series([q for _, q in mine], index=found.index, dtype=float))
    found["personal"], found["overdue"] = found["own"].notna(), (last - found["last"]) > limit
    found = found[found["interval"].notna()]
    found["due"] = [day(d) for d in found["last"] + found["interval"].round()]
    found["last"] = [day(d) for d in found["last"]]
    if window is not None:
        found = found[[as_of <= d < day(last + window) for d in found["due"]]]
    columns = [*keys, "orders", "last", "interval", "personal", "due", "overdue"]
    return found.sort_values(["due", *keys])[columns].reset_index(drop=True)


def _pool(orders: pd.DataFrame, last: int) -> tuple[float | None, float | None]:
    known = gaps(orders, last)
    if not known.completed.size:
        return None, None
    curve = known.curve
    return curve.median, curve.quantile(OVERDUE)


def _of_products(context: Context) -> bool:
    """Whether the question names products: then the gaps are those between orders of a product."""
    names = [context.split, *(name for name, _ in context.filters)]
    return any(name and (name.startswith("products.") or name in PRODUCT) for name in names)


def _orders(context: Context) -> pd.DataFrame:
    """g, customer_id, day, following: the order days of known customers within each group, as running numbers."""
    asked = source(context, "sale_lines" if _of_products(context) else "orders")
    sql = f"""
with {asked.ctes},
days as (
  select distinct {asked.group} as g, f.customer_id, date_diff('day', date '1970-01-01', cast(f.ordered_at as date)) as day
  from {asked.relation} where {asked.where} and f.customer_id is not null and f.ordered_at is not null
)
select *, lead(day) over (partition by g, customer_id order by day) as following from days
"""
    return context.frame(sql, asked.params)


_SOLD = f"select customer_id, ordered_at from {counted('orders')}"
_LINES = f"""select o.customer_id, l.product_id, o.ordered_at
  from order_lines l join {counted("orders")} o on o.order_id = l.order_id where l.product_id is not null"""
_ORDERS = """
with days as (
  select distinct {key}, date_diff('day', date '1970-01-01', cast(ordered_at as date)) as day from ({rows})
  where customer_id is not null and ordered_at is not null
)
select *, lead(day) over (partition by {key} order by day) as following from days
"""
