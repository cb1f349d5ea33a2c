"""Writes the sample into a workspace: one transaction, one import for each family of tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from kpi import model
from kpi.errors import Refused
from kpi.sample.generate import SEED, generate
from kpi.sample.world import Row, facts
from kpi.workspace import Workspace
from kpi.workspace.imports import Import, imports, record
from kpi.workspace.storage import Cursor, quoted, state_tables

# The files that a company might have exported; the first table is what a line of the file stands for.
FAMILIES: dict[str, tuple[str, ...]] = {
    "customers": ("customers", "contacts", "customer_aliases", "customer_wallet"),
    "leads": ("leads", "web_visits"),
    "campaigns": ("campaigns", "campaign_costs", "campaign_responses", "email_events"),
    "deals": ("opportunities", "stages", "opportunity_stage_history", "quotes", "field_changes", "forecasts"),
    "orders": ("orders", "order_lines", "returns", "deliveries"),
    "products": ("products", "manufacturers", "product_prices", "inventory", "production"),
    "invoices": ("invoices", "payments", "commissions"),
    "activities": ("activities",),
    "tickets": ("tickets", "calls", "retention_offers", "unmet_requests"),
    "surveys": ("surveys",),
    "contracts": ("contracts", "contract_changes"),
    "employees": ("employees", "crm_logins", "trainings", "time_entries"),
    "books": ("costs", "finance_periods", "crm_benefits", "kpi_values"),
    "system": ("record_audit", "system_incidents", "checklist_items"),
}
ARROW = {
    "VARCHAR": pa.string(),
    "DECIMAL(18,4)": pa.float64(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
}


def fill(workspace: Workspace, seed: int = SEED) -> dict[str, int]:
    """Fills an empty workspace with the sample company; {table: rows}, state tables left out.

    Everything comes in one transaction. Each family of tables is an import of its own, so the list of imports shows
    what there is and each can be taken back. Refused where the workspace holds imports already: made-up rows must
    not mix with real ones.
    """
    if any(each.undone_at is None for each in imports(workspace)):
        raise Refused("sample_not_empty", name=workspace.name)
    made = generate(seed)
    with workspace.write() as cur:
        for family, names in FAMILIES.items():
            _import(cur, family, seed, {name: made[name] for name in names})
        for name, rows in made.items():
            if name.startswith("state."):
                _decided(cur, name.removeprefix("state."), rows)
    return {name: len(made[name]) for names in FAMILIES.values() for name in names}


def _import(cur: Cursor, family: str, seed: int, tables: dict[str, list[Row]]) -> None:
    counts = {name: len(rows) for name, rows in tables.items()}
    lines = sum(counts.values())
    number = record(
        cur,
        Import(
            file=f"{facts()['company']['name']} {family}",
            sha256=hashlib.sha256(f"sample {seed} {family}".encode()).hexdigest(),  # they make the rows
            table=next(iter(tables)),
            tables=counts,
            rows_read=lines,
            rows_loaded=lines,
            rows_rejected=0,
            mapping=[
                {"column": name, "field": f"{table}.{name}", "confidence": 1.0, "why": "sample"}
                for table in tables
                for name in model.table(table).fields
            ],
        ),
    )
    first = 2  # line 1 of a file is its header
    for name, rows in tables.items():
        types = {each.name: each.sql_type for each in model.table(name).fields.values()}
        own = {"_import": pa.array([number] * len(rows), pa.int32())}
        own["_line"] = pa.array(range(first, first + len(rows)), pa.int64())
        _insert(cur, f"rows.{quoted(name)}", types, rows, own)
        first += len(rows)


def _decided(cur: Cursor, name: str, rows: list[Row]) -> None:
    """State: what the workspace held of these tables gives way (settings: only the keys that the sample sets)."""
    if name == "settings":
        cur.execute("DELETE FROM state.settings WHERE list_contains(?, key)", [[r["key"] for r in rows]]).fetchall()
    else:
        cur.execute(f"DELETE FROM state.{quoted(name)}").fetchall()
    types = {column: kind for column, kind in state_tables()[name].items() if column in rows[0]}
    _insert(cur, f"state.{quoted(name)}", types, rows, {})


def _insert(cur: Cursor, target: str, types: dict[str, str], rows: list[Row], own: dict[str, Any]) -> None:
    """Inserts rows column by column; `own` are ready columns beside those of the rows."""
    columns = {name: _array([row[name] for row in rows], kind) for name, kind in types.items()} | own
    listed = ", ".join(map(quoted, columns))
    cur.register("sample_rows", pa.table(columns))
    try:
        cur.execute(f"INSERT INTO {target} ({listed}) SELECT {listed} FROM sample_rows").fetchall()
    finally:
        cur.unregister("sample_rows")


def _array(values: Iterable[Any], kind: str) -> pa.Array:
    return pa.array(values, ARROW[kind])
