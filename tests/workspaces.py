"""Helpers for tests of real workspaces: rows as an import would write them, dumps to compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from kpi import model
from kpi.workspace import Import, Workspace, record
from kpi.workspace.storage import Cursor


def insert(cur: Cursor, table: str, rows: Iterable[Mapping[str, object]], number: int, first_line: int = 2) -> None:
    """Writes rows of one import; values may be text that DuckDB can cast."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    types = model.table(table).fields
    unnested = ", ".join(
        f"unnest(?::VARCHAR[])::{'JSON' if name == '_extra' else types[name].sql_type}" for name in names
    )
    values = [[_text(row.get(name)) for row in rows] for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    cur.execute(
        f'INSERT INTO rows."{table}" ({listed}, _import, _line) SELECT {unnested}, {number}, unnest(?::BIGINT[])',
        [*values, list(range(first_line, first_line + len(rows)))],
    ).fetchall()


def _text(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value) if isinstance(value, dict) else str(value)


def load(workspace: Workspace, tables: Mapping[str, Iterable[Mapping[str, object]]], file: str = "a.csv") -> int:
    """One import of rows into several tables; its number."""
    tables = {name: list(rows) for name, rows in tables.items()}
    lines = max(map(len, tables.values()))
    counts = {name: len(rows) for name, rows in tables.items()}
    with workspace.write() as cur:
        number = record(cur, Import(file, f"sha of {file}", next(iter(tables)), lines, lines, 0, tables=counts))
        for name, rows in tables.items():
            if rows:
                insert(cur, name, rows, number)
    return number


def dump(workspace: Workspace, names: Iterable[str] = ()) -> dict[str, list[tuple]]:
    """Every row of every table (or of those named) of schema main, as text, sorted: equal dumps are equal tables."""
    found = {}
    for name in names or model.tables():
        columns = ", ".join(f'"{column}"::VARCHAR' for column in [*model.table(name).fields, "_extra", "_stub"])
        found[name] = sorted(workspace.rows(f'SELECT {columns} FROM main."{name}"'), key=repr)
    return found


def at(day: str, time: str = "00:00") -> datetime:
    """A moment: at("2024-01-01", "10:30")."""
    return datetime.fromisoformat(f"{day}T{time}")
