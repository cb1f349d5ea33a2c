"""What a KPI can be split by in this workspace, and the names behind ids."""

from __future__ import annotations

import re

from kpi.catalogue import measures, needs_of
from kpi.compile import facts, scope
from kpi.core import Computation, Kpi, Measure
from kpi.errors import Unknown
from kpi.measure.evaluate import formula_of
from kpi.measure.run import chosen
from kpi.model import tables
from kpi.workspace import imports

MOST = 6
GROUPS = ("text", "id", "flag")  # types of columns whose values make groups


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


def every_split(workspace, kpi: Kpi) -> list[str]:
    """All dimensions that the rows of `kpi` can be split by: `splits` first, then the columns of what is counted, of the
    tables it leads to, and those outside the model (`extra.<column>`) that were loaded with it. Names and contact data
    of people are none. Of a KPI function only candidates: whether it can be asked so is said with its answer.
    """
    computation, _ = chosen(workspace, kpi)
    if computation is None:
        return []
    found = splits(workspace, kpi, most=99)
    if computation.function:
        return list(dict.fromkeys([*found, *_candidates(workspace, kpi, computation)]))
    bases = dict.fromkeys(m.table for m in _measures(computation))
    own = set().union(*(_sources(table) if table in facts() else {table} for table in bases))
    for base in bases:
        inside = [column for column in scope(base).columns if _groups(column, base)]
        around = [path for path in scope(base).reachable() if _groups(*path.split(".")[::-1]) and not _is_id(path)]
        found += [name for name in (*inside, *around) if _fits(workspace, computation, name) and _tells(name, own)]
    if len(bases) == 1:
        found += [f"extra.{column}" for column in _outside(workspace, next(iter(bases)))]
    return list(dict.fromkeys(found))


def _groups(column: str, table: str) -> bool:
    """Whether values of the column make groups that may be named; of a helper fact as any table says of that name."""
    held = [tables()[table]] if table in tables() else [t for t in tables().values() if column in t.fields]
    return any(t.fields[column].type in GROUPS and not t.fields[column].personal for t in held if column in t.fields)


def _is_id(path: str) -> bool:
    """Ids of further tables say again, under another name, what the nearer ones say."""
    table, _, column = path.partition(".")
    return tables()[table].fields[column].type == "id"


def _outside(workspace, table: str) -> list[str]:
    """Columns of the uploaded files that the model does not have and that were kept with the rows of `table`."""
    if table not in tables():
        return []
    loaded = [each for each in imports(workspace) if each.table == table and not each.undone_at]
    return list(dict.fromkeys(column for each in loaded for column in each.unmapped))


def _candidates(workspace, kpi: Kpi, computation: Computation) -> list[str]:
    """Columns of the tables that a function needs or refines by, where they hold data."""
    needed = {path.split(".")[0] for path in needs_of(kpi, computation).columns} & set(tables())
    present = workspace.columns()
    own = [
        column
        for table in sorted(needed)
        for column in tables()[table].fields
        if _groups(column, table) and f"{table}.{column}" in present
    ]
    refining = [n for n in _refining(kpi, computation) if any(f"{t}.{n.split('.')[-1]}" in present for t in tables())]
    return [name for name in dict.fromkeys([*refining, *own]) if _tells(name, needed)]


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
    if computation.function:
        return []
    named = [dict(computation.parts).get(n) or measures().get(n) for n, _ in formula_of(computation).leaves({})]
    return [m for m in named if isinstance(m, Measure)]


def _refining(kpi: Kpi, computation: Computation) -> list[str]:
    """`refines` as dimensions: bare names for columns of the table that is counted, `table.column` for others."""
    own = {m.table for m in _measures(computation)}
    found = []
    for table, columns in re.findall(r"(\w+)\(([\w\s,]+)\)", kpi.refines):
        for column in (c.strip() for c in columns.split(",")):
            field = tables()[table].fields.get(column) if table in tables() else None
            if field is None or field.type not in GROUPS or (column,) == tables()[table].key:
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
