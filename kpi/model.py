"""The canonical model, read from `definitions/model.toml`: tables, keys, types, values, joins, personal data."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpi.errors import BadDefinition, Unknown

DEFINITIONS = Path(__file__).parent / "definitions"
SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
}


@dataclass(frozen=True)
class Field:
    """One column of a canonical table."""

    table: str
    name: str
    type: str
    refers: str | None = None
    values: tuple[str, ...] = ()
    personal: bool = False
    derived: bool = False
    planned: bool = False

    @property
    def path(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One canonical table. key = () : every uploaded line is a row of its own."""

    name: str
    kind: str
    key: tuple[str, ...]
    line_key: bool
    stub: bool
    live: str | None
    fields: dict[str, Field]

    def field(self, name: str) -> Field:
        if name not in self.fields:
            raise Unknown("column", f"{self.name}.{name}", [f.path for f in self.fields.values()])
        return self.fields[name]

    def reference_to(self, target: str) -> Field | None:
        """The column that leads many-to-one to `target`: the one named like its key, else the only one."""
        columns = [f for f in self.fields.values() if f.refers == target and f.table != target]
        same = [f for f in columns if (f.name,) == table(target).key]
        if same:
            return same[0]
        return columns[0] if len(columns) == 1 else None


def _read(name: str, block: dict) -> Table:
    fields: dict[str, Field] = {}
    for column, spec in block.get("columns", {}).items():
        spec: dict[str, Any] = {"type": spec} if isinstance(spec, str) else dict(spec)
        if spec.get("type") not in SQL_TYPES:
            raise BadDefinition("model.toml", f"{name}.{column}", f"unknown type {spec.get('type')!r}")
        spec["values"] = tuple(spec.get("values", ()))
        fields[column] = Field(table=name, name=column, **spec)
    key = tuple(block.get("key", ()))
    for column in key:
        if column not in fields:
            raise BadDefinition("model.toml", name, f"key column {column!r} is not a column")
    return Table(
        name, block["kind"], key, block.get("line_key", False), block.get("stub", False), block.get("live"), fields
    )


@functools.cache
def tables() -> dict[str, Table]:
    """All canonical tables by name, in the order of the definition file."""
    blocks = tomllib.loads((DEFINITIONS / "model.toml").read_text(encoding="utf-8"))
    found = {name: _read(name, block) for name, block in blocks.items()}
    for each in found.values():
        for column in each.fields.values():
            if column.refers and column.refers not in found:
                raise BadDefinition("model.toml", column.path, f"refers to unknown table {column.refers!r}")
    return found


def table(name: str) -> Table:
    """The canonical table `name`; Unknown with a suggestion where there is none."""
    if name not in tables():
        raise Unknown("table", name, tables())
    return tables()[name]


def field(path: str) -> Field:
    """The column written `table.column`."""
    owner, _, name = path.partition(".")
    return table(owner).field(name)
