"""What a KPI can be split by in this workspace, and the names behind ids."""

from __future__ import annotations

import re

from kpi.compile import facts, scope
from kpi.core import Computation, Kpi, Measure
from kpi.errors import Unknown
from kpi.measure.evaluate import formula_of
from kpi.measure.run import chosen
from kpi.model import tables

MOST = 6


def splits(workspace, kpi: Kpi, most: int = MOST) -> list[str]:
    """The dimensions worth splitting `kpi` by: those of its definition that hold data, the most telling first."""
    computation, _ = chosen(workspace, kpi)
    if computation is None or computation.function:
        return []
    own = set().union(*(_sources(m.table) if m.table in facts() else {m.table} for m in _measures(computation)))
    found = [
        name
        for name in dict.fromkeys((*kpi.splits, *_refining(kpi, computation)))
        if _fits(workspace, computation, name) and _tells(name, own)
    ]
    return found[:most]


def _tells(name: str, own: set[str]) -> bool:
    """Not the rows themselves, nor ids or names of single orders, leads or tickets: groups of one row tell nothing.

    own: the tables whose rows are counted.
    """
    column = name.rpartition(".")[2]
    fields = [table.fields[column] for table in tables().values() if column in table.fields]
    if column == "name" or not fields or fields[0].type != "id":
        return column != "name"
    named = _named(column)
    return named is not None and named not in own


def _named(column: str) -> str | None:
    """The table whose rows an id names, where they have names: customer_id → customers."""
    found = {field.refers for table in tables().values() for field in table.fields.values() if field.name == column}
    found |= {name for name, table in tables().items() if table.key == (column,)}
    return next((name for name in sorted(filter(None, found)) if "name" in tables()[name].fields), None)


def _measures(computation: Computation) -> list[Measure]:
    from kpi.catalogue import measures

    named = [dict(computation.parts).get(n) or measures().get(n) for n, _ in formula_of(computation).leaves({})]
    return [m for m in named if isinstance(m, Measure)]


def _refining(kpi: Kpi, computation: Computation) -> list[str]:
    """`refines` as dimensions: bare names for columns of the table that is counted, `table.column` for others."""
    own = {m.table for m in _measures(computation)}
    found = []
    for table, columns in re.findall(r"(\w+)\(([\w\s,]+)\)", kpi.refines):
        for column in (c.strip() for c in columns.split(",")):
            field = tables()[table].fields.get(column) if table in tables() else None
            if field is None or field.type not in ("text", "id", "flag") or (column,) == tables()[table].key:
                continue
            inside = all(column in scope(t).columns for t in own)
            found.append(column if inside else f"{table}.{column}")
    return found


def _fits(workspace, computation: Computation, name: str) -> bool:
    """Whether every measure can be split by it and the column holds data."""
    present = workspace.columns()
    for measure in _measures(computation):
        try:
            dimension = scope(measure.table).dimension(name)
        except Unknown:
            return False
        owner, _, column = dimension.name.rpartition(".")
        owners = [owner or measure.table]
        if owners[0] in facts():
            owners = [t for t in tables() if column in tables()[t].fields and t in _sources(owners[0])]
        if owners and not any(f"{t}.{column}" in present for t in owners):
            return False
    return bool(_measures(computation))


def _sources(fact: str) -> set[str]:
    found = set()
    for used in facts()[fact].uses:
        found |= _sources(used) if used in facts() else {used}
    return found


def group_names(workspace, split: str) -> dict[str, str]:
    """id → name where the groups of `split` are ids of a table with names, else empty."""
    target = _named(split.rpartition(".")[2])
    if target is None:
        return {}
    sql = f"select {tables()[target].key[0]}, name from {target} where name is not null"
    return dict(workspace.memo(("names", target), lambda: workspace.rows(sql)))
