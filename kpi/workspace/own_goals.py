"""Goals that a workspace wrote itself, beside the catalogue's: a name, and the KPIs tagged with their role."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kpi.catalogue import goals
from kpi.core import LANGUAGES, ROLES, Goal, GoalKpi, Text
from kpi.errors import Refused, Unknown
from kpi.workspace.own_kpis import kpi_of, kpis_of, own_kpis
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace

OWN = "own"  # the group of these goals


@dataclass(frozen=True)
class Tag:
    """A KPI tagged to an own goal; reason: what it says about the goal, in the user's words."""

    kpi: str
    role: str
    reason: str = ""


def goals_of(workspace: Workspace) -> dict[str, Goal]:
    """All goals to choose from by id: the catalogue's in their order, then the workspace's own. Own KPIs stand behind
    those of the goals that they serve."""
    return workspace.memo(("goals",), lambda: _with_own_kpis(workspace, goals() | own_goals(workspace)))


def goal_of(workspace: Workspace, id_: str) -> Goal:
    """The goal `id_` of the catalogue or the workspace; Unknown with a suggestion where there is none."""
    known = goals_of(workspace)
    if id_ not in known:
        raise Unknown("goal", id_, known)
    return known[id_]


def own_goals(workspace: Workspace) -> dict[str, Goal]:
    """The workspace's own goals by id, the oldest first. Written in one language, they read the same in all."""
    sql = "select goal_id, name, coalesce(about, ''), kpis from state.own_goals order by created_at, goal_id"
    rows = workspace.memo(("own_goals",), lambda: workspace.rows(sql))
    known = kpis_of(workspace)
    held = {id_: (name, about, json.loads(tags or "[]")) for id_, name, about, tags in rows}
    return {
        id_: _goal(id_, name, about, [tag for tag in tags if tag["kpi"] in known])
        for id_, (name, about, tags) in held.items()
    }


def save_goal(workspace: Workspace, name: str, tags: Sequence[Tag], about: str = "", id_: str | None = None) -> Goal:
    """Stores an own goal, new or in place of `id_`; the goal as it stands now.

    Refused("goal_needs_name"), Refused("goal_exists") where another goal has that name, Refused("goal_needs_kpi")
    without a KPI that measures it directly, Refused("goal_kpi_twice") for a KPI in two roles; Unknown for a KPI or role that does not exist.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused("goal_needs_name")
    for tag in tags:
        kpi_of(workspace, tag.kpi)
        if tag.role not in ROLES:
            raise Unknown("role", tag.role, ROLES)
    if not any(tag.role == ROLES[0] for tag in tags):
        raise Refused("goal_needs_kpi", goal=name)
    made = id_ or _id(name)
    taken = {text.casefold() for other in goals_of(workspace).values() if other.id != id_ for text in _names(other)}
    if made in goals() or (id_ is None and made in own_goals(workspace)) or name.casefold() in taken:
        raise Refused("goal_exists", goal=name)
    if len({tag.kpi for tag in tags}) < len(tags):
        raise Refused("goal_kpi_twice", goal=name)
    with workspace.write() as cur:
        put_goal(cur, made, name, tags, about)
    return own_goals(workspace)[made]


def put_goal(cur: Cursor, id_: str, name: str, tags: Sequence[Tag], about: str) -> None:
    """Writes a checked goal inside the caller's transaction."""
    held = [{"kpi": tag.kpi, "role": tag.role, "reason": tag.reason} for tag in tags]
    cur.execute("delete from state.own_goals where goal_id = ?", [id_]).fetchall()
    sql = "insert into state.own_goals (goal_id, name, about, kpis, created_at) values (?, ?, ?, ?, ?)"
    values = [id_, name, about.strip() or None, json.dumps(held, ensure_ascii=False), datetime.now()]
    cur.execute(sql, values).fetchall()


def delete_goal(workspace: Workspace, id_: str) -> None:
    """Forgets an own goal and what was planned for it; its KPIs stay on the board, linked to no goal."""
    if id_ not in own_goals(workspace):
        raise Unknown("goal", id_, own_goals(workspace))
    with workspace.write() as cur:
        cur.execute("delete from state.own_goals where goal_id = ?", [id_]).fetchall()
        cur.execute("delete from state.goal_plans where goal_id = ?", [id_]).fetchall()
        cur.execute("update state.kpi_selections set goal_id = null where goal_id = ?", [id_]).fetchall()
        cur.execute("update state.targets set goal_id = null where goal_id = ?", [id_]).fetchall()


def _with_own_kpis(workspace: Workspace, known: dict[str, Goal]) -> dict[str, Goal]:
    added: dict[str, list[GoalKpi]] = {}
    for each in own_kpis(workspace).values():
        for goal_id, link in each.goals.items():
            if goal_id in known and all(held.kpi != each.id for held in known[goal_id].kpis):
                added.setdefault(goal_id, []).append(link)
    return {
        id_: replace(goal, kpis=tuple(sorted([*goal.kpis, *added[id_]], key=lambda link: ROLES.index(link.role))))
        if id_ in added
        else goal
        for id_, goal in known.items()
    }


def _id(name: str) -> str:
    return "own_" + (re.sub(r"[\W_]+", "_", name.casefold()).strip("_") or "goal")


def _goal(id_: str, name: str, about: str, tags: list[dict[str, str]]) -> Goal:
    links = [GoalKpi(tag["kpi"], tag["role"], _same(tag.get("reason", ""))) for tag in tags]
    ordered = tuple(sorted(links, key=lambda link: ROLES.index(link.role)))
    return Goal(id=id_, name=_same(name), about=_same(about), group=OWN, kpis=ordered, source=OWN)


def _names(goal: Goal) -> list[str]:
    return [goal.name.get(lang) for lang in LANGUAGES]


def _same(words: str) -> Text:
    """What a user wrote, whatever the language of the reader."""
    return Text(words)
