"""Which columns hold data, or can be derived: that decides what is computable."""

from __future__ import annotations

from kpi import model
from kpi.workspace.storage import Cursor, quoted, state_tables

# A derived column counts as there when its rule can be applied, even while the rule gives no value yet
# (no customer is lost: churn is 0, not unknown). {column: alternatives of what its rule needs}
DERIVABLE: dict[str, tuple[str, ...]] = {
    "opportunities.outcome": ("opportunities.stage stages.stage stages.kind",),
    "opportunity_stage_history.left_at": ("opportunity_stage_history.entered_at",),
    "order_lines.line_amount": ("order_lines.quantity order_lines.unit_price",),
    "orders.amount": ("order_lines.order_id order_lines.line_amount", "orders.gross_amount"),
    "order_lines.sale_type": ("order_lines.order_id orders.customer_id orders.ordered_at",),
    "customers.first_order_at": ("orders.customer_id orders.ordered_at",),
    "customers.churned_at": ("contracts.customer_id contracts.ends_at", "orders.customer_id orders.ordered_at"),
    "customers.status": ("contracts.customer_id contracts.ends_at", "orders.customer_id orders.ordered_at"),
    "leads.converted_at": (
        "opportunities.lead_id opportunities.closed_at opportunities.outcome",
        "leads.customer_id leads.created_at orders.customer_id orders.ordered_at",
    ),
    "tickets.first_response_at": ("tickets.opened_at tickets.first_response_minutes",),
    "tickets.first_response_minutes": ("tickets.opened_at tickets.first_response_at",),
    "tickets.resolved_at": ("tickets.opened_at tickets.resolution_minutes", "tickets.closed_at"),
    "tickets.resolution_minutes": ("tickets.opened_at tickets.resolved_at",),
    "tickets.response_sla_met": ("tickets.first_response_at tickets.response_due_at",),
    "tickets.resolution_sla_met": ("tickets.resolved_at tickets.resolution_due_at",),
}
# State tables that KPIs count over: what people decided and rated.
DECIDED = ("goal_plans", "kpi_selections", "targets", "assessments")
# While won deals stand as orders, orders are known as far as the deals are.
OF_DEALS = {
    "orders.order_id": "opportunity_id",
    "orders.opportunity_id": "opportunity_id",
    "orders.customer_id": "customer_id",
    "orders.campaign_id": "campaign_id",
    "orders.owner_employee_id": "owner_employee_id",
    "orders.ordered_at": "closed_at",
    "orders.amount": "amount",
    "orders.currency": "currency",
}


def columns(cur: Cursor) -> frozenset[str]:
    """`table.column` of every column that holds a value or whose rule can be applied; one query a table."""
    found: set[str] = set()
    decided: set[str] = set()
    for name, table in model.tables().items():
        counts = ", ".join(f"count({quoted(column)})" for column in table.fields)
        row = cur.execute(f"SELECT {counts} FROM main.{quoted(name)}").fetchall()[0]
        found |= {f"{name}.{column}" for column, n in zip(table.fields, row, strict=True) if n}
    if "kpi_values.value" in found:  # which KPIs have entered values: `kpi_values.<id>`, see kpi/catalogue/needs.py
        sql = "SELECT DISTINCT kpi_id FROM main.kpi_values WHERE value IS NOT NULL AND period_start IS NOT NULL"
        found |= {f"kpi_values.{kpi}" for (kpi,) in cur.execute(sql).fetchall()}
    for name in DECIDED:
        columns_of = state_tables()[name]
        counts = ", ".join(f"count({quoted(column)})" for column in columns_of)
        row = cur.execute(f"SELECT {counts} FROM state.{quoted(name)}").fetchall()[0]
        decided |= {f"{name}.{column}" for column, n in zip(columns_of, row, strict=True) if n}
    deals = cur.execute("SELECT 1 FROM state.derived WHERE notes ->> 'orders_from_deals' IS NOT NULL").fetchall()
    return frozenset(decided | derivable(found, bool(deals)))


def derivable(found: set[str], deals: bool) -> set[str]:
    """`found` and the columns whose rules can be applied to what is there, and what follows from those."""
    known = set(found)
    while True:
        more = {c for c, ways in DERIVABLE.items() if c not in known and any(known >= set(w.split()) for w in ways)}
        if deals and "opportunities.outcome" in known and "opportunities.closed_at" in known:
            more |= {column for column, of in OF_DEALS.items() if f"opportunities.{of}" in known} - known
        if not more:
            return known
        known |= more
