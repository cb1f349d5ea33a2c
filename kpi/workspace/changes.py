"""What a write changed, and which derived tables depend on it."""

from __future__ import annotations

from kpi import model
from kpi.workspace.settings import Settings
from kpi.workspace.storage import Cursor, quoted

Signature = tuple[int, int | None, int | None]

# What the rule of a table reads besides its own rows, and the settings it depends on.
READS: dict[str, tuple[str, ...]] = {
    "opportunities": ("stages",),
    "opportunity_stage_history": ("stages",),
    "order_lines": ("orders", "opportunities", "products"),
    "orders": ("order_lines", "opportunities"),
    "leads": ("opportunities", "orders"),
    "customers": ("orders", "contracts"),
}
# What it reads only as uploaded: the day of the first order may be given with the customer.
GIVEN: dict[str, tuple[str, ...]] = {"order_lines": ("customers",)}
SETTINGS: dict[str, tuple[str, ...]] = {
    "orders_from_deals": ("orders", "order_lines"),
    "derive_sale_type": ("order_lines",),
    "churn_rule": ("customers",),
    "churn_gap_days": ("customers",),
    "renewal_grace_days": ("customers",),
}
AS_OF = ("customers", "tickets")  # tables whose rules ask how far the data reach


def signatures(cur: Cursor) -> dict[str, Signature]:
    """What tells whether rows of a table were inserted or deleted within the running transaction."""
    parts = [
        f"SELECT '{name}', count(*), max(rowid), sum(_import)::BIGINT FROM rows.{quoted(name)}"
        for name in model.tables()
    ]
    return {name: tuple(rest) for name, *rest in cur.execute(" UNION ALL ".join(parts)).fetchall()}


def changed(before: dict[str, Signature], after: dict[str, Signature]) -> set[str]:
    """The tables whose rows differ between two signatures."""
    return {name for name in after if before.get(name) != after[name]}


def inputs(table: model.Table) -> set[str]:
    """The tables that the final form of `table` depends on."""
    found = {*READS.get(table.name, ()), *GIVEN.get(table.name, ())}
    if table.stub:
        found |= {each.name for each in model.tables().values() if referring(each, table.name)}
    if any(column.refers == "customers" for column in table.fields.values()) or table.name == "customers":
        found.add("customer_aliases")
    return found - {table.name}


def referring(table: model.Table, target: str) -> list[str]:
    """The columns of `table` that hold ids of `target`."""
    return [column.name for column in table.fields.values() if column.refers == target]


def affected(names: set[str], settings: Settings, before: Settings | None, reach_moved: bool) -> set[str]:
    """The tables to be made anew when the rows of `names` change (what reads them, and what reads those), when
    settings differ from those before, when the data reach to another day."""
    found = _affected(names)
    for setting, tables in SETTINGS.items():
        if before is not None and settings[setting] != before[setting]:
            found |= _affected_by_rule(tables)
    return found | set(AS_OF) if reach_moved else found


def _affected(names: set[str]) -> set[str]:
    found = set(names)
    while True:
        more = {name for name, table in model.tables().items() if name not in found and _reads(table, names, found)}
        if not more:
            return found
        found |= more


def _reads(table: model.Table, names: set[str], found: set[str]) -> bool:
    """Rules read the final form of other tables; stubs and aliases only their rows."""
    return bool(inputs(table) & names) or bool(set(READS.get(table.name, ())) & found)


def _affected_by_rule(names: tuple[str, ...]) -> set[str]:
    """`names` and the tables whose rules read them."""
    found = set(names)
    for _ in READS:
        found |= {name for name, read in READS.items() if set(read) & found}
    return found
