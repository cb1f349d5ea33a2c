"""The KPIs of a workspace: the catalogue's, those that it defines otherwise, and its own.

Stored is the TOML block of each, the same as in `definitions/kpis`; what it means is checked anew whenever it is read,
so that a definition that an update of the product has broken computes nothing and says why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kpi.catalogue import goals, kpis
from kpi.catalogue.own import OwnKpi, own_kpi, with_needs
from kpi.catalogue.own_formulas import names
from kpi.catalogue.toml_text import block_text
from kpi.core import Kpi
from kpi.errors import Refused, Unknown
from kpi.workspace.settings import known_settings
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace

KEY = ("own_kpis",)  # under which a workspace remembers them


def kpis_of(workspace) -> Mapping[str, Kpi]:
    """All KPIs by id: the catalogue's in their order, a changed one in its place, then the workspace's own."""
    return workspace.memo(("kpis",), lambda: merged(own_kpis(workspace).values()))


def kpi_of(workspace, id_: str) -> Kpi:
    """The KPI `id_` of the catalogue or the workspace; Unknown with a suggestion where there is none."""
    known = kpis_of(workspace)
    if id_ not in known:
        raise Unknown("kpi", id_, known)
    return known[id_]


def own_kpis(workspace) -> Mapping[str, OwnKpi]:
    """The definitions that the workspace has changed or made, the oldest first; those with mistakes name them."""
    return workspace.memo(KEY, lambda: _read(workspace))


def merged(own: Iterable[OwnKpi]) -> Mapping[str, Kpi]:
    """The catalogue's KPIs with `own` in and behind them. Where a changed one is part of another, that one is told
    what it needs now."""
    made = {each.id: each.kpi for each in own}
    if not made:
        return kpis()
    known = {id_: made.get(id_, each) for id_, each in kpis().items()} | made
    changed = {id_ for id_, each in made.items() if each.origin == "changed"}
    touched = {id_ for id_ in known if id_ in made or (changed and _leads_to(known[id_], changed, known))}
    return {id_: with_needs(each, known) if id_ in touched else each for id_, each in known.items()}


def check_block(
    workspace, id_: str, block: Mapping[str, Any], known: Mapping[str, Kpi] | None = None, also: Iterable[str] = ()
) -> OwnKpi:
    """The block as it would be in the workspace, with its mistakes. known: the KPIs it may name, by default all;
    also: goals to come."""
    own_goals = [row[0] for row in workspace.rows("select goal_id from state.own_goals")]
    others = kpis_of(workspace) if known is None else known
    return own_kpi(id_, block, others, {*goals(), *own_goals, *also}, known_settings())


def save_kpi(workspace: Workspace, id_: str, block: Mapping[str, Any], new: bool = False) -> OwnKpi:
    """Stores a definition in place of the one it had; the KPI as it stands now.

    Its first mistake is raised (BadDefinition), also where another own KPI could not be computed any more.
    Refused("kpi_exists") where it is to be new and the id is taken.
    """
    if new and id_ in kpis_of(workspace):
        raise Refused("kpi_exists", id=id_)
    save_blocks(workspace, {id_: block})
    return own_kpis(workspace)[id_]


def save_blocks(workspace: Workspace, blocks: Mapping[str, Mapping[str, Any]]) -> None:
    """Stores several definitions at once, or none where one has a mistake (the first is raised)."""
    held = {**{id_: each.block for id_, each in own_kpis(workspace).items() if not each.mistakes}, **blocks}
    for each in checked(workspace, held).values():
        if each.mistakes:
            raise each.mistakes[0]
    with workspace.write() as cur:
        put_blocks(cur, blocks)


def put_blocks(cur: Cursor, blocks: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes checked definitions inside the caller's transaction."""
    for id_, block in blocks.items():
        before = cur.execute("select created_at from state.own_kpis where kpi_id = ?", [id_]).fetchall()
        cur.execute("delete from state.own_kpis where kpi_id = ?", [id_]).fetchall()
        now = datetime.now()
        sql = "insert into state.own_kpis (kpi_id, block, created_at, changed_at) values (?, ?, ?, ?)"
        cur.execute(sql, [id_, block_text(id_, block), before[0][0] if before else now, now]).fetchall()


def checked(workspace, blocks: Mapping[str, Mapping[str, Any]], goals: Iterable[str] = ()) -> dict[str, OwnKpi]:
    """Several definitions that may name each other, each with its mistakes. goals: those that come with them."""
    named = kpis() | _named(blocks)
    first = {id_: check_block(workspace, id_, block, named, goals) for id_, block in blocks.items()}
    known = kpis() | {id_: each.kpi for id_, each in first.items()}
    return {id_: check_block(workspace, id_, block, known, goals) for id_, block in blocks.items()}


@dataclass(frozen=True)
class Removed:
    """What `delete_kpi` took away, to be brought back by `restore_kpi`."""

    id: str
    rows: tuple[tuple, ...]
    selections: tuple[tuple, ...]


def delete_kpi(workspace: Workspace, id_: str) -> Removed:
    """Forgets a definition: an own KPI leaves the board with it, a changed one is as built in again.

    Unknown without one; Refused("kpi_in_use") where the formula of another own KPI names it.
    """
    held = own_kpis(workspace)
    if id_ not in held:
        raise Unknown("kpi", id_, held)
    if id_ not in kpis():
        using = [each.kpi.name.en for each in held.values() if each.id != id_ and id_ in names(each.kpi)]
        if using:
            raise Refused("kpi_in_use", id=id_, names=using)
    with workspace.write() as cur:
        rows = cur.execute("select * from state.own_kpis where kpi_id = ?", [id_]).fetchall()
        cur.execute("delete from state.own_kpis where kpi_id = ?", [id_]).fetchall()
        chosen: list[tuple] = []
        if id_ not in kpis():
            chosen = cur.execute("select * from state.kpi_selections where kpi_id = ?", [id_]).fetchall()
            cur.execute("delete from state.kpi_selections where kpi_id = ?", [id_]).fetchall()
    return Removed(id_, tuple(rows), tuple(chosen))


def restore_kpi(workspace: Workspace, removed: Removed) -> None:
    """Brings back what `delete_kpi` took away."""
    with workspace.write() as cur:
        for table, rows in (("own_kpis", removed.rows), ("kpi_selections", removed.selections)):
            cur.execute(f"delete from state.{table} where kpi_id = ?", [removed.id]).fetchall()
            for row in rows:
                marks = ", ".join("?" * len(row))
                cur.execute(f"insert into state.{table} values ({marks})", list(row)).fetchall()


def _read(workspace) -> dict[str, OwnKpi]:
    sql = "select kpi_id, block from state.own_kpis order by created_at, kpi_id"
    blocks = {id_: _block(id_, text) for id_, text in workspace.rows(sql)}
    return checked(workspace, blocks) if blocks else {}


def _block(id_: str, text: str) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(text).get(id_)
    except tomllib.TOMLDecodeError:
        found = None
    block = found if isinstance(found, Mapping) else {}
    if id_ in kpis():  # an update of the product may have built in what was an own KPI: it stays, and is seen to be one
        return {**block, "changed": True}
    return {key: value for key, value in block.items() if key != "changed"}


def _named(blocks: Iterable[str]) -> dict[str, Kpi]:
    """Stand-ins for definitions that are not read yet: there is such a KPI, and it computes something."""
    like = next(iter(kpis().values()))
    return {id_: replace(like, id=id_) for id_ in blocks if id_ not in kpis()}


def _leads_to(each: Kpi, wanted: set[str], known: Mapping[str, Kpi], path: tuple[str, ...] = ()) -> bool:
    """Whether the formulas of a KPI name one of `wanted`, directly or through others."""
    if each.id in path:
        return False
    found = names(each)
    return any(
        name in wanted or (name in known and _leads_to(known[name], wanted, known, (*path, each.id))) for name in found
    )
