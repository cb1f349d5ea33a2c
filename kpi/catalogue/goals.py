"""The goals and the KPIs that serve each, from `definitions/goals.toml`."""

from __future__ import annotations

import functools

from kpi.catalogue.blocks import choice, names, optional_text, read, text
from kpi.catalogue.kpis import kpi
from kpi.core import ROLES, Goal, GoalKpi
from kpi.errors import Unknown

_FILE = "goals.toml"


@functools.cache
def goals() -> dict[str, Goal]:
    """All goals by id, in the order of the file; their KPIs strongest role first."""
    found = {}
    for id_, block in read(_FILE).items():
        links = [
            GoalKpi(
                kpi(link["kpi"]).id,
                choice(link, "role", ROLES, _FILE, f"{id_}.{link['kpi']}"),
                text(link.get("reason"), _FILE, f"{id_}.{link['kpi']}.reason"),
            )
            for link in block.get("kpis", [])
        ]
        found[id_] = Goal(
            id=id_,
            name=text(block.get("name"), _FILE, f"{id_}.name"),
            about=text(block.get("about"), _FILE, f"{id_}.about"),
            question=optional_text(block.get("question"), _FILE, f"{id_}.question"),
            group=block.get("group", ""),
            kpis=tuple(sorted(links, key=lambda link: ROLES.index(link.role))),
            aliases=names(block.get("aliases"), _FILE, f"{id_}.aliases"),
            sources=block.get("sources", ""),
            source=block.get("source", ""),
            seeds=names(block.get("seeds"), _FILE, f"{id_}.seeds"),
            quick=block.get("quick", 0),
        )
    return found


def goal(id_: str) -> Goal:
    """The goal `id_`; Unknown with a suggestion where there is none."""
    if id_ not in goals():
        raise Unknown("goal", id_, goals())
    return goals()[id_]
