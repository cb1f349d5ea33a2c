"""What can be filtered by: the dimensions of this workspace with the values they have in it."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

from kpi.compile import scope
from kpi.core import NOT_RECORDED
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.measure.dimensions import group_names
from kpi.measure.run import check_dimension
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
    """The dimensions offered first, in their order, and the number of values up to which they are offered."""
    block = _definitions()
    names = tuple(block["dimensions"])
    for name in names:
        if not _columns(name):
            raise BadDefinition(_FILE, "dimensions", f"no column {name!r} in the model")
    return names, int(block["most_values"])


def choices(workspace: Workspace) -> list[Choice]:
    """The filters offered first, dimension by dimension, values in order of their names."""
    return workspace.memo(("filters",), lambda: [each for name in offered()[0] for each in _of(workspace, name)])


def dimensions(workspace: Workspace) -> list[str]:
    """Every dimension that the data hold: those offered first, then the other columns with words, table by table."""
    return workspace.memo(("filters", "dimensions"), lambda: [*_first(workspace), *_others(workspace)])


def leads_to(table: str, dimension: str) -> bool:
    """Whether rows of `table` have this dimension, in a column of their own or of a table they belong to."""
    try:
        scope(table).dimension(dimension)
    except Unknown:
        return False
    return True


def dimensions_of(workspace: Workspace, table: str) -> list[str]:
    """The dimensions that rows of `table` can be told apart by."""
    return [name for name in dimensions(workspace) if leads_to(table, name)]


def values(workspace: Workspace, dimension: str) -> list[Choice]:
    """The values of `dimension` in order of their names; of very many the most frequent."""
    return workspace.memo(("filters", dimension), lambda: _values(workspace, dimension))


def named(workspace: Workspace, code: str) -> Choice:
    """The filter that stands in an address as `code`, whether it is offered or not.

    Refused where it is no filter, or where no row has that value; Unknown for a dimension that does not exist.
    """
    name, equals, value = (part.strip() for part in code.partition("="))
    if not equals or not name or not value:
        raise Refused("bad_filter", text=code)
    check_dimension(name)
    names = group_names(workspace, name)
    if value != NOT_RECORDED and not workspace.memo(("filters", name, value), lambda: _occurs(workspace, name, value)):
        raise Refused("filter_without_rows", dimension=name, value=names.get(value) or value)
    return Choice(name, value, names.get(value) or value)


@functools.cache
def _definitions() -> dict:
    return tomllib.loads((DEFINITIONS / _FILE).read_text(encoding="utf-8"))


def _columns(name: str) -> list[tuple[str, str]]:
    owner, _, column = name.rpartition(".")
    return [(t.name, column) for t in tables().values() if column in t.fields and owner in ("", t.name)]


def _held(workspace: Workspace, name: str) -> str:
    """The values of `name` in all its columns that hold data, as a query with the column v; "" where none does."""
    present = workspace.columns()
    held = [(table, column) for table, column in _columns(name) if f"{table}.{column}" in present]
    return " union all ".join(
        f'select trim(cast("{column}" as varchar)) as v from main."{table}"' for table, column in held
    )


def _of(workspace: Workspace, name: str) -> list[Choice]:
    held, most = _held(workspace, name), offered()[1]
    if not held:
        return []
    found = [v for (v,) in workspace.rows(f"select distinct v from ({held}) where v <> '' order by 1 limit {most + 1}")]
    return _chosen(workspace, name, found) if 1 < len(found) <= most else []


def _chosen(workspace: Workspace, name: str, found: list[str]) -> list[Choice]:
    names = group_names(workspace, name)
    return sorted((Choice(name, v, names.get(v) or v) for v in found), key=lambda each: each.name.casefold())


def _first(workspace: Workspace) -> list[str]:
    return [name for name in offered()[0] if _held(workspace, name)]


def _others(workspace: Workspace) -> list[str]:
    """Bare names of ids that have names; other columns under their table."""
    without = set(_definitions()["columns_left_out"]) | {name for name in offered()[0] if "." not in name}
    present, found = workspace.columns(), {}
    for table in tables().values():
        if table.name in _definitions()["tables_left_out"]:
            continue
        for field in table.fields.values():
            path = f"{table.name}.{field.name}"
            if path not in present or field.name in without or path in offered()[0] or field.personal:
                continue
            if field.type in ("text", "flag"):
                found[path] = None
            elif field.type == "id" and field.refers and "name" in tables()[field.refers].fields:
                found[field.name] = None
    return list(found)


def _values(workspace: Workspace, name: str) -> list[Choice]:
    held = _held(workspace, name)
    if not held:
        return []
    sql = f"select v from ({held}) where v <> '' group by v order by count(*) desc, v limit {offered()[1]}"
    return _chosen(workspace, name, [v for (v,) in workspace.rows(sql)])


def _occurs(workspace: Workspace, name: str, value: str) -> bool:
    if name.startswith("extra."):
        return True
    held = _held(workspace, name)
    return bool(held) and bool(workspace.rows(f"select 1 from ({held}) where v = ? limit 1", [value]))
