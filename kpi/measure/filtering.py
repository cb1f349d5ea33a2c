"""What can be filtered by: dimensions of `definitions/filters.toml` with the values they have in this workspace."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

from kpi.errors import BadDefinition
from kpi.measure.dimensions import group_names
from kpi.model import DEFINITIONS, tables
from kpi.workspace.workspace import Workspace

_FILE = "filters.toml"


@dataclass(frozen=True)
class Choice:
    """One filter: dimension and value, and the name that people know the value by."""

    dimension: str
    value: str
    name: str

    @property
    def code(self) -> str:
        """As it stands in the address."""
        return f"{self.dimension}={self.value}"


@functools.cache
def offered() -> tuple[tuple[str, ...], int]:
    """The dimensions in their order, and the number of values up to which they are offered."""
    block = tomllib.loads((DEFINITIONS / _FILE).read_text(encoding="utf-8"))
    names = tuple(block["dimensions"])
    for name in names:
        if not _columns(name):
            raise BadDefinition(_FILE, "dimensions", f"no column {name!r} in the model")
    return names, int(block["most_values"])


def choices(workspace: Workspace) -> list[Choice]:
    """All filters that the data offer, dimension by dimension, values in order of their names."""
    return workspace.memo(("filters",), lambda: [each for name in offered()[0] for each in _of(workspace, name)])


def _columns(name: str) -> list[tuple[str, str]]:
    owner, _, column = name.rpartition(".")
    return [(t.name, column) for t in tables().values() if column in t.fields and owner in ("", t.name)]


def _of(workspace: Workspace, name: str) -> list[Choice]:
    present = workspace.columns()
    held = [(table, column) for table, column in _columns(name) if f"{table}.{column}" in present]
    if not held:
        return []
    parts = [f'select trim(cast("{column}" as varchar)) as v from main."{table}"' for table, column in held]
    most = offered()[1]
    sql = f"select distinct v from ({' union all '.join(parts)}) where v <> '' order by 1 limit {most + 1}"
    values = [value for (value,) in workspace.rows(sql)]
    if not 1 < len(values) <= most:
        return []
    names = group_names(workspace, name)
    found = [Choice(name, value, names.get(value) or value) for value in values]
    return sorted(found, key=lambda each: each.name.casefold())
