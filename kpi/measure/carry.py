"""Definitions carried from one workspace to another: own and changed KPIs and own goals, as TOML.

The file is what the product's own definitions are: a block a KPI as in `definitions/kpis`, a block a goal as in
`definitions/goals.toml` (it has `kpis`). It is taken in as a whole or not at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kpi.catalogue import goals, kpis
from kpi.catalogue.own import text_of
from kpi.catalogue.own_shape import as_list, as_map, mistake
from kpi.catalogue.toml_text import block_text, place_of
from kpi.compile.grammar import near
from kpi.core import ROLES, Goal
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.measure.trial import trial
from kpi.workspace.own_goals import Tag, own_goals, put_goal
from kpi.workspace.own_kpis import checked, kpis_of, own_kpis, put_blocks
from kpi.workspace.workspace import Workspace

MOST_LETTERS, MOST_BLOCKS = 1_000_000, 300
GOAL_KEYS = {"name", "about", "kpis"}


@dataclass(frozen=True)
class Mistake:
    """A mistake in the file, and where it stands there (lines and columns from 1)."""

    error: BadDefinition
    line: int
    column: int


@dataclass(frozen=True)
class Incoming:
    """What a file holds. clashes: the ids that the workspace defines otherwise; same: those that it defines alike."""

    kpis: Mapping[str, Mapping[str, Any]]
    goals: Mapping[str, Mapping[str, Any]]
    mistakes: tuple[Mistake, ...] = ()
    clashes: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What was taken in, and what it replaced, to be undone."""

    ids: tuple[str, ...]
    kpis_before: tuple[tuple, ...] = ()
    goals_before: tuple[tuple, ...] = ()


def carried_out(workspace: Workspace, ids: Collection[str] | None = None) -> str:
    """The workspace's own and changed KPIs and its own goals as the text of a file; only those of `ids` where given.

    Unknown for an id that is none of them.
    """
    own, its_goals = own_kpis(workspace), own_goals(workspace)
    for id_ in ids or ():
        if id_ not in own and id_ not in its_goals:
            raise Unknown("kpi", id_, [*own, *its_goals])
    blocks = [block_text(id_, each.block) for id_, each in own.items() if ids is None or id_ in ids]
    blocks += [block_text(id_, _goal_block(goal)) for id_, goal in its_goals.items() if ids is None or id_ in ids]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _goal_block(goal: Goal) -> dict[str, Any]:
    block: dict[str, Any] = {"name": {"en": goal.name.en}}
    if goal.about.en:
        block["about"] = {"en": goal.about.en}
    links = [{"kpi": k.kpi, "role": k.role, "reason": {"en": k.reason.en}} for k in goal.kpis]
    return block | {"kpis": [link if link["reason"]["en"] else link | {"reason": ""} for link in links]}


def looked_through(workspace: Workspace, text: str, file: str) -> Incoming:
    """The definitions in the text of a file, with every mistake and its place. Refused where it is no TOML at all."""
    blocks = _blocks(text, file)
    its_kpis = {id_: each for id_, each in blocks.items() if not _is_goal(each)}
    its_goals = {id_: each for id_, each in blocks.items() if _is_goal(each)}
    held = own_kpis(workspace)
    whole = {id_: each.block for id_, each in held.items() if not each.mistakes} | its_kpis
    every = checked(workspace, whole, goals=its_goals)
    wrong = [error.at_file(file) for id_ in its_kpis for error in every[id_].mistakes]
    wrong += [error.at_file(file) for id_, each in every.items() if id_ not in its_kpis for error in each.mistakes]
    for id_, block in its_goals.items():
        wrong += _of_goal(id_, block, file, {*kpis_of(workspace), *its_kpis})
    if not wrong:
        wrong = [
            mistake(file, id_, "value", "unusable", why=str(failed[1].get("why", failed[1].get("seconds"))))
            for id_, block in its_kpis.items()
            if (failed := trial(workspace, id_, block, beside=its_kpis, goals=its_goals).failed)
        ]
    known = {id_: each.block for id_, each in held.items()} | {
        id_: _goal_block(goal) for id_, goal in own_goals(workspace).items()
    }
    met = [id_ for id_ in blocks if id_ in known]
    same = tuple(id_ for id_ in met if not wrong and _plain(id_, known[id_]) == _plain(id_, blocks[id_]))
    clashes = tuple(id_ for id_ in met if id_ not in same)
    return Incoming(its_kpis, its_goals, tuple(_placed(text, each) for each in wrong), clashes, same)


def take_in(
    workspace: Workspace, incoming: Incoming, replacing: Collection[str] = (), skipping: Collection[str] = ()
) -> Taken:
    """Stores what a file holds, all of it or nothing. replacing, skipping: what is to be done with its clashes.

    Its first mistake is raised; Refused("definitions_clash") where nobody said what is to be done with a clash.
    """
    if incoming.mistakes:
        raise incoming.mistakes[0].error
    open_ = [id_ for id_ in incoming.clashes if id_ not in replacing and id_ not in skipping]
    if open_:
        raise Refused("definitions_clash", ids=open_)
    left = {*skipping, *incoming.same}
    its_kpis = {id_: block for id_, block in incoming.kpis.items() if id_ not in left}
    its_goals = {id_: block for id_, block in incoming.goals.items() if id_ not in left}
    ids = (*its_kpis, *its_goals)
    if not ids:
        return Taken(())
    with workspace.write() as cur:
        before = [
            tuple(cur.execute(f"select * from state.{table} where {key} in (select unnest(?))", [list(ids)]).fetchall())
            for table, key in (("own_kpis", "kpi_id"), ("own_goals", "goal_id"))
        ]
        put_blocks(cur, its_kpis)
        for id_, block in its_goals.items():
            tags = [Tag(k["kpi"], k["role"], text_of(k.get("reason", "")).en) for k in block["kpis"]]
            put_goal(cur, id_, text_of(block["name"]).en, tags, text_of(block.get("about", "")).en)
    return Taken(ids, before[0], before[1])


def put_back(workspace: Workspace, taken: Taken) -> None:
    """Undoes `take_in`: what came is taken away, what it replaced is there again."""
    with workspace.write() as cur:
        for table, key, rows in (
            ("own_kpis", "kpi_id", taken.kpis_before),
            ("own_goals", "goal_id", taken.goals_before),
        ):
            cur.execute(f"delete from state.{table} where {key} in (select unnest(?))", [list(taken.ids)]).fetchall()
            for row in rows:
                cur.execute(f"insert into state.{table} values ({', '.join('?' * len(row))})", list(row)).fetchall()


def _blocks(text: str, file: str) -> dict[str, Any]:
    if len(text) > MOST_LETTERS:
        raise Refused("definitions_long", file=file, most=MOST_LETTERS)
    try:
        found = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise Refused("toml_unreadable", file=file, why=str(error)) from error
    except RecursionError as error:
        raise Refused("toml_unreadable", file=file, why="nested too deeply") from error
    if not found or len(found) > MOST_BLOCKS:
        raise Refused("definitions_number", file=file, n=len(found), most=MOST_BLOCKS)
    return found


def _plain(id_: str, block: Mapping[str, Any]) -> str:
    """A definition as text in which the same is written the same; of a goal the ways to write a text do not count."""
    if not _is_goal(block):
        return block_text(id_, block)
    said = {key: text_of(block.get(key, "")).en for key in ("name", "about")}
    order = sorted(block["kpis"], key=lambda link: ROLES.index(link["role"]))
    links = [[link["kpi"], link["role"], text_of(link.get("reason", "")).en] for link in order]
    return block_text(id_, {**said, "kpis": links})


def _is_goal(block: Any) -> bool:
    return "kpis" in as_map(block)


def _of_goal(id_: str, block: Any, file: str, known: Collection[str]) -> Iterator[BadDefinition]:
    if id_ in goals() or id_ in kpis():
        yield mistake(file, id_, "", "goal_taken", id=id_)
    for key in set(block) - GOAL_KEYS:
        yield mistake(file, id_, key, "key", near(key, GOAL_KEYS), name=key)
    for key in ("name", "about"):
        words = as_map(block.get(key)) or {"en": block.get(key, "")}
        if not all(isinstance(word, str) for word in words.values()):
            yield mistake(file, id_, key, "type", type='"…"')
        elif key == "name" and not any(words.values()):
            yield mistake(file, id_, key, "no_name")
    links = as_list(block["kpis"])
    for n, link in enumerate(links):
        place, named = f"kpis[{n}]", as_map(link)
        if named.get("kpi") not in known:
            yield mistake(file, id_, place, "name", near(str(named.get("kpi")), known), name=str(named.get("kpi")))
        if named.get("role") not in ROLES:
            yield mistake(file, id_, place, "choice", ", ".join(ROLES), name=str(named.get("role")))
        if not isinstance(named.get("reason", ""), str | Mapping):
            yield mistake(file, id_, place, "type", type='"…"')
    if not any(as_map(link).get("role") == ROLES[0] for link in links):
        yield mistake(file, id_, "kpis", "no_direct")


def _placed(text: str, error: BadDefinition) -> Mistake:
    line, column = place_of(text, str(error.params["key"]))
    return Mistake(error, line, column + getattr(error, "at", 0))
