"""What is loaded: tables, rows, how full each column is, the time they span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpi import model
from kpi.workspace.storage import quoted
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Loaded:
    """One table with rows. rows: as queries see them; lines: as uploaded; stubs: ids known only from other tables.

    columns: {column: share of rows with a value}, empty columns left out; since, until: half-open days over its
    time columns that are not planned; rule: what made the rows where none were uploaded (orders_from_deals).
    """

    table: str
    rows: int
    lines: int
    stubs: int
    columns: dict[str, float]
    since: date | None
    until: date | None
    rule: str | None = None


def inventory(workspace: Workspace) -> list[Loaded]:
    """The tables that have rows, in the order of the model; remembered per revision."""
    return workspace.memo(("inventory",), lambda: _inventory(workspace))


def _inventory(workspace: Workspace) -> list[Loaded]:
    stubs = dict(workspace.rows("SELECT table_name, stubs FROM state.derived"))
    deals = "orders_from_deals" in workspace.notes()
    found = []
    for name, table in model.tables().items():
        names = list(table.fields)
        times = [quoted(c.name) for c in table.fields.values() if c.type == "time" and not c.planned]
        span = f"least({', '.join(f'min({c})' for c in times)})::DATE, greatest({', '.join(f'max({c})' for c in times)})::DATE"
        counts = ", ".join(f"count({quoted(c)})" for c in names)
        sql = f"SELECT count(*), (SELECT count(*) FROM rows.{quoted(name)}), {span if times else 'NULL, NULL'}, {counts} FROM main.{quoted(name)}"
        rows, lines, since, last, *filled = workspace.rows(sql)[0]
        if rows:
            shares = {column: n / rows for column, n in zip(names, filled, strict=True) if n}
            rule = "orders_from_deals" if deals and name in ("orders", "order_lines") else None
            until = last + timedelta(days=1) if last and last < date.max else last
            found.append(Loaded(name, rows, lines, stubs.get(name) or 0, shares, since, until, rule))
    return found
