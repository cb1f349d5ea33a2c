"""The tables of a workspace's database: schema `rows` from the model, schema `state` from state.toml, migrations."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from typing import Any

from kpi import model
from kpi.errors import BadDefinition, Refused

Cursor = Any  # duckdb's cursor; the package ships no usable types
STATE_TYPES = model.SQL_TYPES | {"json": "JSON", "date": "DATE"}
OWN_COLUMNS = {"_import": "INTEGER", "_line": "BIGINT", "_extra": "JSON"}


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@functools.cache
def state_tables() -> dict[str, dict[str, str]]:
    """The state tables as {table: {column: SQL type}}, from definitions/state.toml."""
    blocks = tomllib.loads((model.DEFINITIONS / "state.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for name, block in blocks.items():
        found[name] = {}
        for column, kind in block["columns"].items():
            if kind not in STATE_TYPES:
                raise BadDefinition("state.toml", f"{name}.{column}", f"unknown type {kind!r}")
            found[name][column] = STATE_TYPES[kind]
    return found


def row_columns(table: model.Table) -> dict[str, str]:
    """The columns of rows.<table> with their SQL types: the model's and the three of our own."""
    return {name: each.sql_type for name, each in table.fields.items()} | OWN_COLUMNS


def _create(cur: Cursor, schema: str, table: str, columns: dict[str, str]) -> None:
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    cur.execute(f"CREATE TABLE {schema}.{quoted(table)} ({listed})").fetchall()


def _first(cur: Cursor) -> None:
    """Migration 1: the schemas and the version table. Tables and columns follow from the definitions."""
    for schema in ("rows", "state"):
        cur.execute(f"CREATE SCHEMA {schema}").fetchall()
    _create(cur, "state", "meta", {"key": "VARCHAR", "value": "VARCHAR"})
    put_meta(cur, "revision", 0)


def _states(cur: Cursor) -> None:
    """Migration 2: the states of targets have other names since; stored reviews carry them."""
    if "goal_reviews" not in present(cur, "state"):
        return
    names = {"on_pace": "on_track", "behind_pace": "at_risk", "off_target": "corrective_action_needed"}
    for old, new in names.items():
        sql = (
            "UPDATE state.goal_reviews SET snapshot = replace(snapshot::VARCHAR, ?, ?)::JSON WHERE snapshot IS NOT NULL"
        )
        cur.execute(sql, [f'"state": "{old}"', f'"state": "{new}"']).fetchall()


# Renames, changed types and moved data go here, one function each, never edited once released.
# New tables and new columns need none: `_grow` adds them.
MIGRATIONS: tuple[Callable[[Cursor], None], ...] = (_first, _states)


def meta(cur: Cursor, key: str) -> str | None:
    """A value the database notes about itself: schema version, revision, as-of day of the last derivation."""
    found = cur.execute("SELECT value FROM state.meta WHERE key = ?", [key]).fetchall()
    return found[0][0] if found else None


def put_meta(cur: Cursor, key: str, value: object) -> None:
    """Notes `value` under `key`."""
    cur.execute("DELETE FROM state.meta WHERE key = ?", [key]).fetchall()
    cur.execute("INSERT INTO state.meta VALUES (?, ?)", [key, str(value)]).fetchall()


def present(cur: Cursor, schema: str) -> dict[str, set[str]]:
    """The tables and columns that the database has in `schema`."""
    found: dict[str, set[str]] = {}
    sql = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = ? AND database_name = current_database()"
    for table, column in cur.execute(sql, [schema]).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _grow(cur: Cursor, schema: str, wanted: dict[str, dict[str, str]]) -> bool:
    """Creates the tables and adds the columns that the definitions have gained. True where anything changed."""
    have, grown = present(cur, schema), False
    for table, columns in wanted.items():
        if table not in have:
            _create(cur, schema, table, columns)
            grown = True
            continue
        for column, kind in columns.items():
            if column not in have[table]:
                cur.execute(f"ALTER TABLE {schema}.{quoted(table)} ADD COLUMN {quoted(column)} {kind}").fetchall()
                grown = True
    return grown


def bring_up_to_date(cur: Cursor) -> bool:
    """Runs the missing migrations and adds what the definitions gained; inside the caller's transaction.

    Returns True where the database changed, so that the derived tables must be made anew. A database from a newer
    version of the product is refused rather than damaged.
    """
    schemas = {name for (name,) in cur.execute("SELECT schema_name FROM duckdb_schemas()").fetchall()}
    version = int(meta(cur, "schema_version") or 0) if "state" in schemas else 0
    if version > len(MIGRATIONS):
        raise Refused("workspace_newer", version=version, known=len(MIGRATIONS))
    for number, migrate in enumerate(MIGRATIONS[version:], version + 1):
        migrate(cur)
        put_meta(cur, "schema_version", number)
    grown_state = _grow(cur, "state", state_tables())
    grown_rows = _grow(cur, "rows", {name: row_columns(table) for name, table in model.tables().items()})
    return version < len(MIGRATIONS) or grown_state or grown_rows
