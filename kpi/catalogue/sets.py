"""Ready-made sets of KPIs, from `definitions/sets.toml`: boards, filters and pairs beside the goals."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from kpi.catalogue.blocks import names, optional_text, read, text
from kpi.catalogue.goals import goals
from kpi.catalogue.kpis import kpi, kpis
from kpi.core import Kpi, Text
from kpi.errors import BadDefinition, Unknown

_FILE = "sets.toml"


@dataclass(frozen=True)
class SetGroup:
    """One group of a set: its KPIs, or a parent with children, or a pair of volume and outcome, or goals it leads to."""

    id: str
    name: Text | None
    kpis: tuple[str, ...]
    parent: str = ""
    volume: str = ""
    outcome: str = ""
    question: Text | None = None
    goal: str = ""
    goals: tuple[str, ...] = ()
    value: str = ""
    places: tuple[str, ...] = ()  # where the KPIs of a stage are measured: ids of the set's places


@dataclass(frozen=True)
class KpiSet:
    """A ready-made set: an ordered list of KPIs or ordered groups."""

    id: str
    name: Text
    about: Text
    source: str
    kpis: tuple[str, ...]
    groups: tuple[SetGroup, ...]
    places: tuple[tuple[str, Text], ...] = ()


def _group(set_id: str, id_: str, block: dict[str, Any], by: str) -> SetGroup:
    key = f"{set_id}.groups.{id_}"
    listed = names(block.get("kpis"), _FILE, f"{key}.kpis")
    if by:
        listed = tuple(k.id for k in kpis().values() if _trait(k, by) == block.get("value"))
    for each in (*listed, block.get("kpi", ""), block.get("volume", ""), block.get("outcome", "")):
        if each and each not in kpis():
            raise BadDefinition(_FILE, key, f"names the unknown KPI {each!r}")
    led_to = names(block.get("goals"), _FILE, f"{key}.goals")
    for each in (*led_to, block.get("goal", "")):
        if each and each not in goals():
            raise BadDefinition(_FILE, key, f"names the unknown goal {each!r}")
    return SetGroup(
        id=id_,
        name=optional_text(block.get("name"), _FILE, f"{key}.name"),
        kpis=listed,
        parent=block.get("kpi", ""),
        volume=block.get("volume", ""),
        outcome=block.get("outcome", ""),
        question=optional_text(block.get("question"), _FILE, f"{key}.question"),
        goal=block.get("goal", ""),
        goals=led_to,
        value=block.get("value", ""),
        places=names(block.get("places"), _FILE, f"{key}.places"),
    )


def _places(id_: str, block: dict[str, Any]) -> tuple[tuple[str, Text], ...]:
    places = tuple(
        (place, text(one.get("name"), _FILE, f"{id_}.places.{place}.name"))
        for place, one in block.get("places", {}).items()
    )
    known = {place for place, _ in places}
    for group, one in block.get("groups", {}).items():
        for place in one.get("places", ()):
            if place not in known:
                raise BadDefinition(_FILE, f"{id_}.groups.{group}.places", f"names the unknown place {place!r}")
    return places


def _trait(each: Kpi, by: str) -> object:
    return getattr(each, by, None)


@functools.cache
def sets() -> dict[str, KpiSet]:
    """All ready-made sets by id, in the order of the file."""
    found = {}
    for id_, block in read(_FILE).items():
        by = block.get("by", "")
        listed = tuple(kpi(each).id for each in names(block.get("kpis"), _FILE, f"{id_}.kpis"))
        found[id_] = KpiSet(
            id=id_,
            name=text(block.get("name"), _FILE, f"{id_}.name"),
            about=text(block.get("about"), _FILE, f"{id_}.about"),
            source=block.get("source", ""),
            kpis=listed,
            groups=tuple(_group(id_, each, one, by) for each, one in block.get("groups", {}).items()),
            places=_places(id_, block),
        )
    return found


def kpi_set(id_: str) -> KpiSet:
    """The set `id_`; Unknown with a suggestion where there is none."""
    if id_ not in sets():
        raise Unknown("set", id_, sets())
    return sets()[id_]
