"""The tables that queries see, in schema `main`: merged by key, stubs added, derived columns filled."""

from __future__ import annotations

from datetime import date, timedelta

from kpi import model
from kpi.workspace import merge
from kpi.workspace.settings import Settings
from kpi.workspace.storage import Cursor, quoted

Signature = tuple[int, int | None, int | None]


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


def stale(cur: Cursor, settings: Settings) -> bool:
    return False


def refresh(cur: Cursor, names: set[str] | None, settings: Settings) -> None:
    """Makes the tables of schema `main` anew whose rows changed; all where names is None."""
    for name, table in model.tables().items():
        if names is not None and name not in names:
            continue
        source = f"rows.{quoted(name)}"
        drop(cur, name)
        if merge.repeated(cur, table, source):
            cur.execute(f"CREATE TABLE main.{quoted(name)} AS {merge.merged(table, source)}").fetchall()
        else:
            cur.execute(f"CREATE VIEW main.{quoted(name)} AS {merge.plain(table, source)}").fetchall()


def drop(cur: Cursor, name: str) -> None:
    kind = cur.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_schema = 'main' AND table_name = ?", [name]
    ).fetchall()
    if kind:
        cur.execute(f"DROP {'VIEW' if kind[0][0] == 'VIEW' else 'TABLE'} main.{quoted(name)}").fetchall()


def columns(cur: Cursor) -> frozenset[str]:
    """`table.column` of every column of schema `main` that holds at least one value."""
    found = set()
    for name, table in model.tables().items():
        counts = ", ".join(f"count({quoted(column)})" for column in table.fields)
        row = cur.execute(f"SELECT {counts} FROM main.{quoted(name)}").fetchall()[0]
        found |= {f"{name}.{column}" for column, n in zip(table.fields, row, strict=True) if n}
    return frozenset(found)


def as_of(cur: Cursor) -> date | None:
    """The last day, not after today, in any uploaded time column that is not planned."""
    tomorrow = date.today() + timedelta(days=1)
    last = None
    for name, table in model.tables().items():
        times = [c.name for c in table.fields.values() if c.type == "time" and not c.planned]
        if not times:
            continue
        latest = ", ".join(f"max({quoted(c)}) FILTER ({quoted(c)} < $day)" for c in times)
        row = cur.execute(f"SELECT greatest({latest})::DATE FROM rows.{quoted(name)}", {"day": tomorrow}).fetchall()[0]
        last = max((day for day in (last, row[0]) if day), default=None)
    return last


def notes(cur: Cursor) -> tuple[str, ...]:
    return ()
