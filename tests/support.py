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
from kpi.errors import Unknown
from kpi.workspace.columns import derivable
from kpi.workspace.settings import Settings
from kpi.workspace.storage import state_tables

SHARED = Path(__file__).parents[1].parent / "shared"


class MemoryWorkspace:
    """What analyses need of a `Workspace`: rows, frame, columns, as_of, memo, settings, revision."""

    name = "memory"

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Mapping[str, str],
        as_of: date | None,
        given: frozenset[str],
    ) -> None:
        self.connection = connection
        self.given = given  # the tables that have rows; the others need not be asked
        self.settings = Settings(settings)
        self.revision = 1
        self._as_of = as_of
        self._memo: dict[object, object] = {}

    def rows(self, sql: str, params: Iterable[object] = ()) -> list[tuple]:
        return self.connection.cursor().execute(sql, list(params)).fetchall()

    def frame(self, sql: str, params: Iterable[object] = ()) -> pd.DataFrame:
        return self.connection.cursor().execute(sql, list(params)).df()

    def columns(self) -> frozenset[str]:
        """`table.column` of every column that holds a value, and the derived ones whose rules could be applied."""
        return self.memo("columns", self._columns)

    def _columns(self) -> frozenset[str]:
        filled = set()
        for name, columns in state_tables().items():
            if f"state.{name}" not in self.given:
                continue
            counts = self.rows("select " + ", ".join(f'count("{c}")' for c in columns) + f' from state."{name}"')
            filled |= {f"{name}.{c}" for c, n in zip(columns, counts[0], strict=True) if n}
        for table in model.tables().values():
            if table.name not in self.given:
                continue
            counts = self.rows("select " + ", ".join(f'count("{c}")' for c in table.fields) + f' from "{table.name}"')
            filled |= {f"{table.name}.{c}" for c, n in zip(table.fields, counts[0], strict=True) if n}
        if "kpi_values" in self.given:
            filled |= {f"kpi_values.{kpi}" for (kpi,) in self.rows("select distinct kpi_id from kpi_values")}
        return frozenset(derivable(filled, deals=False))

    def as_of(self) -> date | None:
        """The day given, else the last day in any date column that is not planned."""
        if self._as_of is not None:
            return self._as_of
        last = [
            self.rows(f'select max("{field.name}")::date from "{table.name}"')[0][0]
            for table in model.tables().values()
            for field in table.fields.values()
            if table.name in self.given and field.type == "time" and not field.planned
        ]
        return max((day for day in last if day is not None), default=None)

    def ask(self, question: Callable[[Any], Any]) -> Any:
        return question(self.connection.cursor())

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
        own = "_extra JSON, _stub BOOLEAN DEFAULT false"
        connection.execute(f'create table "{table.name}" ({columns}, {own})').fetchall()
    connection.execute("create schema state").fetchall()
    for name, columns in state_tables().items():
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        connection.execute(f'create table state."{name}" ({listed})').fetchall()
    for name, rows in tables.items():
        schema, _, table = name.rpartition(".")
        types = state_tables()[table] if schema == "state" else _types(table)
        _fill(connection, f'"{schema or "main"}"."{table}"', types, rows)
    return MemoryWorkspace(connection, settings or {}, as_of, frozenset(tables))


def _types(table: str) -> dict[str, str]:
    return {field.name: field.sql_type for field in model.table(table).fields.values()} | {
        "_extra": "JSON",
        "_stub": "BOOLEAN",
    }


def _fill(connection: duckdb.DuckDBPyConnection, target: str, types: dict[str, str], rows: list[dict]) -> None:
    """All columns go in as lists of text in one statement: fast also for thousands of rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return
    for name in names:
        if name not in types:
            raise Unknown("column", f"{target}.{name}", types)
    values = ", ".join(f"unnest(?::VARCHAR[])::{types[name]}" for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    lists = [[_text(row.get(name)) for row in rows] for name in names]
    connection.execute(f"insert into {target} ({columns}) select {values}", lists).fetchall()


def _text(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value) if isinstance(value, dict) else str(value)
