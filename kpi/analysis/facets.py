"""The catalogue looked through: by words and by goal, department, lens, stage, group, scorecard, data and board."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.analysis.card import read_card
from kpi.analysis.matching import Match
from kpi.analysis.search import Index
from kpi.catalogue import kpi_set
from kpi.core import ROLES, Kpi, Text

LISTS = ("essentials", "further", "outcomes")  # sets that are one group
GROUPED = ("families", "crm_groups", "sales_effectiveness", "pairs")  # sets of several groups
AREAS = ("sales", "marketing", "customer_value", "service", "finance", "process", "operations", "activity",
         "adoption", "infrastructure", "goal_management", "own")  # fmt: skip
PERSPECTIVES = {"organizational_performance": "organisation"}  # a KPI's word for a perspective of the scorecard
FACETS = ("area", "goal", "department", "data", "lens", "stage", "set", "place", "board")


@dataclass(frozen=True)
class Entry:
    """A KPI as it stands in the catalogue: whether it can be computed, its roles, whether it is on the board."""

    match: Match
    chosen: bool

    @property
    def id(self) -> str:
        return self.match.kpi.id


@dataclass(frozen=True)
class Group:
    """A ready-made group to filter by: its KPIs in their order. `of`: the set it belongs to (None: the whole set)."""

    id: str
    name: Text
    of: Text | None
    kpis: tuple[str, ...]


@functools.cache
def groups() -> tuple[Group, ...]:
    """The ready-made groups: the seven essentials and what comes after, the five families, the three CRM groups, the
    sales tree, the six pairs."""
    found = [Group(id_, kpi_set(id_).name, None, kpi_set(id_).kpis) for id_ in LISTS]
    for set_id in GROUPED:
        whole = kpi_set(set_id)
        every = []
        for each in whole.groups:
            kpis = tuple(id_ for id_ in (each.parent, each.volume, each.outcome, *each.kpis) if id_)
            every += kpis
            if each.name:
                found.append(Group(f"{set_id}.{each.id}", each.name, whole.name, kpis))
        found.append(Group(set_id, whole.name, None, tuple(dict.fromkeys(every))))
    return tuple(found)


def departments() -> dict[str, tuple[str, ...]]:
    """The KPIs of each department in the order of its list."""
    return {each.id: each.kpis for each in kpi_set("departments").groups}


def values_of(entry: Entry) -> dict[str, tuple[str, ...]]:
    """For each facet the options under which the KPI is found."""
    kpi = entry.match.kpi
    stages = {group.value: group.id for group in kpi_set("stages").groups}
    factor = read_card().factors.get(kpi.factor)
    perspective = factor.perspective if factor else PERSPECTIVES.get(kpi.perspective, kpi.perspective)
    places = (perspective, *((f"{perspective}/{factor.id}",) if factor else ())) if perspective else ()
    return {
        "area": (kpi.group,),
        "goal": tuple(role.goal for role in entry.match.roles),
        "department": kpi.departments,
        "data": ("computable" if entry.match.computable else "blocked",),
        "lens": (kpi.lens,),
        "stage": (stages[kpi.stage],) if kpi.stage in stages else (),
        "set": tuple(group.id for group in groups() if kpi.id in group.kpis),
        "place": places,
        "board": ("chosen" if entry.chosen else "open",),
    }


@functools.lru_cache(maxsize=8)  # one for the catalogue, one for each workspace with KPIs of its own
def _index(kpis: tuple[Kpi, ...]) -> Index:
    return Index(kpis)


class Shelves:
    """All KPIs of a workspace, ready to be looked through."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = {each.id: each for each in entries}
        self._values = {id_: values_of(each) for id_, each in self.entries.items()}
        self._index = _index(tuple(each.match.kpi for each in self.entries.values()))
        self._groups = {group.id: group.kpis for group in groups()}

    def find(self, words: str, chosen: Mapping[str, str]) -> list[Entry]:
        """The KPIs that `words` and every chosen facet (facet → option) let through.

        Order: how well the words fit; without words that of the chosen department or group, of the roles in the
        chosen goal, of the areas.
        """
        ids = [id_ for id_ in self._said(words) if self._passes(id_, chosen)]
        if not words.strip():
            ids.sort(key=lambda id_: self._place(id_, chosen))
        return [self.entries[id_] for id_ in ids]

    def counts(self, words: str, chosen: Mapping[str, str]) -> dict[str, Counter[str]]:
        """For each facet how many KPIs each of its options would leave, the other facets as they are."""
        said = self._said(words)
        found: dict[str, Counter[str]] = {}
        for facet in FACETS:
            others = {name: option for name, option in chosen.items() if name != facet}
            passing = [id_ for id_ in said if self._passes(id_, others)]
            found[facet] = Counter(option for id_ in passing for option in self._values[id_][facet])
        return found

    def _said(self, words: str) -> Sequence[str]:
        return self._index.search(words) if words.strip() else list(self.entries)

    def _passes(self, id_: str, chosen: Mapping[str, str]) -> bool:
        return all(option in self._values[id_][facet] for facet, option in chosen.items())

    def _place(self, id_: str, chosen: Mapping[str, str]) -> tuple[int, ...]:
        listed = departments().get(chosen.get("department", "")) or self._groups.get(chosen.get("set", ""), ())
        match = self.entries[id_].match
        strength = next((ROLES.index(r.role) for r in match.roles if r.goal == chosen.get("goal")), 0)
        area = AREAS.index(match.kpi.group) if match.kpi.group in AREAS else len(AREAS)
        return (listed.index(id_) if id_ in listed else len(listed), strength, area)
