"""SQLite files, opened so that nothing in them can write or run: every table is a part, views only when asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from kpi.sandbox import text
from kpi.sandbox.process import Part, Stopped

INNER = ("sqlite_", "django_migrations")  # what programs keep for themselves


def read(path: Path, folder: Path, wanted: str | None = None, most_columns: int = 2000) -> list[Part]:
    """Every table with rows; views where there are no tables. The first row is line 1."""
    con = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    con.text_factory = lambda data: data.decode("utf-8", errors="replace")
    try:
        con.execute("PRAGMA trusted_schema = OFF")
        con.execute("PRAGMA cell_size_check = ON")
        names = con.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid")
        kinds = {name: kind for name, kind in names.fetchall() if not str(name).startswith(INNER)}
        for (name,) in con.execute("SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'virtual')").fetchall():
            kinds.pop(name, None)
    except sqlite3.DatabaseError as error:
        raise Stopped from error
    tables = [name for name, kind in kinds.items() if kind == "table"]
    parts = []
    for number, (name, kind) in enumerate(kinds.items()):
        if name == wanted or (wanted is None and (kind == "table" or not tables)):
            parts.append(_part(con, name, folder / f"{number}.arrow", most_columns))
        else:
            parts.append(Part(name, hidden=kind == "view"))
    return parts


def _part(con: sqlite3.Connection, name: str, target: Path, most: int) -> Part:
    try:
        rows = con.execute('SELECT * FROM "' + name.replace('"', '""') + '"')
        headers = tuple(column[0] for column in rows.description)
        if len(headers) > most:
            return Part(name, error=("too_many_columns", {"n": len(headers), "most": most}))
        written = text.write(target, len(headers), text.batches(_numbered(rows)))
    except sqlite3.DatabaseError as error:
        return Part(name, error=("sqlite_damaged", {"table": name, "why": str(error)}))
    return Part(name, target.name, len(headers) if written else 0, headers)


def _numbered(rows: sqlite3.Cursor) -> Iterator[tuple[int, tuple]]:
    yield from enumerate(rows, 1)
