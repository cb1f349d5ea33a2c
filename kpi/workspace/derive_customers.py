"""Derived columns of customers: first order, the day they were lost, status."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpi import model
from kpi.workspace.layers import Layer
from kpi.workspace.sources import Sources

ORDERS = """LEFT JOIN (
    SELECT customer_id, min(ordered_at) AS first_at, max(ordered_at) AS last_at FROM main.orders
    WHERE {live} AND customer_id IS NOT NULL GROUP BY customer_id
) o ON o.customer_id = t.customer_id"""

# The contract of each customer that ends last: open-ended ones first, cancelled ones end when cancelled.
CONTRACTS = """LEFT JOIN (
    SELECT customer_id, arg_max(ends, coalesce(ends, 'infinity'::TIMESTAMP)) AS ends, bool_or(ends IS NULL) AS open_ended,
           coalesce(arg_max(renewed, coalesce(ends, 'infinity'::TIMESTAMP)), false) AS renewed
    FROM (
        SELECT customer_id, least(ends_at, cancelled_at) AS ends,
               renewed_at IS NOT NULL OR coalesce(status = 'renewed', false) AS renewed
        FROM main.contracts WHERE customer_id IS NOT NULL
    ) GROUP BY customer_id
) k ON k.customer_id = t.customer_id"""

# Days between the days of purchase of each customer, and from the last of them to the end of the data (still open).
GAPS = """
WITH days AS (
    SELECT DISTINCT customer_id, ordered_at::DATE AS day FROM main.orders
    WHERE {live} AND customer_id IS NOT NULL AND ordered_at::DATE <= $as_of
), gaps AS (SELECT day, lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS next FROM days)
SELECT coalesce(next, $as_of) - day, next IS NOT NULL FROM gaps WHERE coalesce(next, $as_of) > day
"""


def customers(sources: Sources) -> Iterable[Layer]:
    """first_order_at: the first order that counts. churned_at: given; else the end of the last contract, if it was not
    renewed within the grace; without contracts the last order plus the gap, once the data reach past it.
    status follows from both."""
    gap, grace = _gap(sources), sources.settings.renewal_grace_days
    end = f"DATE '{sources.as_of or date.min}'"
    has_orders = bool(sources.loaded("orders") or sources.loaded("order_lines") or sources.deals_are_orders)
    has_contracts = sources.loaded("contracts") > 0
    if not has_orders and not has_contracts:
        said = "coalesce(t.status, CASE WHEN t.churned_at IS NOT NULL THEN 'lost' END)"
        yield Layer({"status": said}, where="t.status IS NULL AND t.churned_at IS NOT NULL")
        return
    ended = (
        f"CASE WHEN NOT k.open_ended AND NOT k.renewed AND (k.ends + to_days({grace}))::DATE < {end} THEN k.ends END"
    )
    silent = f"CASE WHEN (o.last_at + to_days({gap}))::DATE < {end} THEN o.last_at + to_days({gap}) END"
    lost = f"coalesce(t.churned_at, CASE WHEN k.customer_id IS NOT NULL THEN {ended} ELSE {silent} END)"
    known = "o.customer_id IS NOT NULL OR k.customer_id IS NOT NULL"
    status = f"CASE WHEN {lost} IS NOT NULL THEN 'lost' WHEN {known} THEN 'active' ELSE 'inactive' END"
    yield Layer(
        {
            "first_order_at": "coalesce(t.first_order_at, o.first_at)",
            "churned_at": lost,
            "status": f"coalesce(t.status, {status})",
        },
        joins=f"{ORDERS.format(live=model.table('orders').live)} {CONTRACTS}",
    )
    if has_contracts:
        sources.notes["churn_contracts"] = {"days": grace}
    if has_orders:
        median = sources.settings.churn_rule == "median" and gap != sources.settings.churn_gap_days
        sources.notes["churn_median" if median else "churn_gap"] = {"days": gap}


def _gap(sources: Sources) -> int:
    """Days without an order after which a customer is lost. Three times the Kaplan-Meier median interval where the
    setting says so, no contracts are loaded and that median exists."""
    fixed = sources.settings.churn_gap_days
    if sources.settings.churn_rule != "median" or sources.loaded("contracts") or not sources.as_of:
        return fixed
    from kpi.stats.survival import median_time  # numpy is slow to load, and few workspaces choose this rule

    gaps = sources.cur.execute(GAPS.format(live=model.table("orders").live), {"as_of": sources.as_of}).fetchall()
    median = median_time([days for days, _ in gaps], [happened for _, happened in gaps]) if gaps else None
    return fixed if median is None else max(1, round(3 * median))
