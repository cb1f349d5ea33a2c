"""Derived columns of orders and order lines."""

from __future__ import annotations

from collections.abc import Iterable

from kpi import model
from kpi.workspace.layers import Layer
from kpi.workspace.sources import Sources

FROM_PARTS = "TRY_CAST(t.quantity * t.unit_price AS DECIMAL(18,4)) - coalesce(t.discount_amount, 0)"

# Orders that count, in the order of their customer. A customer who is known to have bought before the first of them
# begins with the second.
NUMBERED = """
SELECT o.order_id, o.customer_id, o.ordered_at,
       row_number() OVER (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id)
       + coalesce(c.first_order_at::DATE < min(o.ordered_at::DATE) OVER (PARTITION BY o.customer_id), false)::INTEGER AS nth
FROM (
    SELECT order_id, customer_id, ordered_at FROM {orders}
    WHERE {live} AND customer_id IS NOT NULL AND ordered_at IS NOT NULL AND order_id IS NOT NULL
) o
LEFT JOIN {customers} c ON c.customer_id = o.customer_id
"""

# Against the customer's order before: a category it did not have is cross-selling, a higher price in a category up-selling.
BEFORE = """
LEFT JOIN {products} p ON p.product_id = t.product_id
LEFT JOIN (
    SELECT o.order_id, p.category, max(l.unit_price) AS unit_price, count(p.category) > 0 AS seen
    FROM ({numbered}) o JOIN ({numbered}) b ON b.customer_id = o.customer_id AND b.nth = o.nth - 1
    JOIN {lines} l ON l.order_id = b.order_id JOIN {products} p ON p.product_id = l.product_id
    WHERE p.category IS NOT NULL GROUP BY o.order_id, p.category
) b ON b.order_id = t.order_id AND b.category = p.category
LEFT JOIN (
    SELECT DISTINCT o.order_id
    FROM ({numbered}) o JOIN ({numbered}) b ON b.customer_id = o.customer_id AND b.nth = o.nth - 1
    JOIN {lines} l ON l.order_id = b.order_id JOIN {products} p ON p.product_id = l.product_id WHERE p.category IS NOT NULL
) c ON c.order_id = t.order_id
"""
CROSS_OR_UP = """CASE WHEN n.nth > 1 AND p.category IS NOT NULL AND c.order_id IS NOT NULL AND b.category IS NULL THEN 'cross_sell'
    WHEN n.nth > 1 AND t.unit_price > b.unit_price THEN 'up_sell' END"""


def order_lines(sources: Sources) -> Iterable[Layer]:
    """line_amount from quantity and price; sale_type from the place of the order among its customer's."""
    yield Layer(
        {"line_amount": f"coalesce(t.line_amount, {FROM_PARTS})"},
        where="t.line_amount IS NULL AND t.quantity IS NOT NULL AND t.unit_price IS NOT NULL",
    )
    numbered = NUMBERED.format(
        orders=sources.relation("orders"), customers=sources.relation("customers"), live=model.table("orders").live
    )
    joins, given = f"LEFT JOIN ({numbered}) n ON n.order_id = t.order_id", "t.sale_type"
    if sources.settings.derive_sale_type:
        lines, products = sources.relation("order_lines"), sources.relation("products")
        joins += BEFORE.format(numbered=numbered, lines=lines, products=products)
        given = f"t.sale_type, {CROSS_OR_UP}"
        sources.notes["sale_type_derived"] = {}
    yield Layer(
        {"sale_type": f"coalesce({given}, CASE WHEN n.nth = 1 THEN 'new' WHEN n.nth > 1 THEN 'repeat' END)"},
        joins=joins,
        where="t.sale_type IS NULL AND t.order_id IS NOT NULL",
    )


def orders(sources: Sources) -> Iterable[Layer]:
    """amount: given, else the sum of the lines, else gross less discount."""
    if sources.deals_are_orders:
        sources.notes["orders_from_deals"] = {}
        return
    yield Layer(
        {"amount": "coalesce(t.amount, l.amount, t.gross_amount - coalesce(t.discount_amount, 0))"},
        joins="LEFT JOIN (SELECT order_id, sum(line_amount) AS amount FROM main.order_lines "
        "WHERE order_id IS NOT NULL GROUP BY order_id) l ON l.order_id = t.order_id",
        where="t.amount IS NULL",
    )
