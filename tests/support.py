"""Helpers for tests: a tiny stand-in for a workspace, in memory, with the tables of the canonical model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from kpi import model
from kpi.workspace.settings import Settings

SHARED = Path(__file__).parents[1].parent / "shared"


class MemoryWorkspace:
    """What analyses need of a `Workspace`: rows, frame, columns, as_of, memo, settings, revision."""

    name = "memory"

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Mapping[str, str], as_of: date | None) -> None:
        self.connection = connection
        self.settings = Settings(settings)
        self.revision = 1
        self._as_of = as_of
        self._memo: dict[object, object] = {}

    def rows(self, sql: str, params: Iterable[object] = ()) -> list[tuple]:
        return self.connection.cursor().execute(sql, list(params)).fetchall()

    def frame(self, sql: str, params: Iterable[object] = ()) -> pd.DataFrame:
        return self.connection.cursor().execute(sql, list(params)).df()

    def columns(self) -> frozenset[str]:
        """`table.column` of every column that holds at least one value."""
        filled = set()
        for table in model.tables().values():
            counts = self.rows("select " + ", ".join(f'count("{c}")' for c in table.fields) + f' from "{table.name}"')
            filled |= {f"{table.name}.{c}" for c, n in zip(table.fields, counts[0], strict=True) if n}
        return frozenset(filled)

    def as_of(self) -> date | None:
        """The day given, else the last day in any date column that is not planned."""
        if self._as_of is not None:
            return self._as_of
        last = [
            self.rows(f'select max("{field.name}")::date from "{table.name}"')[0][0]
            for table in model.tables().values()
            for field in table.fields.values()
            if field.type == "time" and not field.planned
        ]
        return max((day for day in last if day is not None), default=None)

    def memo(self, key: object, make: Callable[[], Any]) -> Any:
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


def memory_workspace(
    tables: Mapping[str, list[dict]], settings: Mapping[str, str] | None = None, as_of: date | None = None
) -> MemoryWorkspace:
    """A workspace in memory: every canonical table with all its columns and `_extra`, filled with `tables`.

    Rows are dicts of canonical columns; `_extra` may be a dict. Values may be text that DuckDB can cast.
    Settings are texts as on the command line. Nothing is derived: give derived columns (outcome, converted_at …) yourself.
    """
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for table in model.tables().values():
        columns = ", ".join(f'"{field.name}" {field.sql_type}' for field in table.fields.values())
        connection.execute(f'create table "{table.name}" ({columns}, _extra JSON)').fetchall()
    for name, rows in tables.items():
        _fill(connection, model.table(name), rows)
    return MemoryWorkspace(connection, settings or {}, as_of)


def _fill(connection: duckdb.DuckDBPyConnection, table: model.Table, rows: list[dict]) -> None:
    """All columns go in as lists of text in one statement: fast also for thousands of rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return
    types = {name: "JSON" if name == "_extra" else table.field(name).sql_type for name in names}
    values = ", ".join(f"unnest(?::VARCHAR[])::{types[name]}" for name in names)
    target = ", ".join(f'"{name}"' for name in names)
    lists = [[_text(row.get(name)) for row in rows] for name in names]
    connection.execute(f'insert into "{table.name}" ({target}) select {values}', lists).fetchall()


def _text(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value) if isinstance(value, dict) else str(value)
