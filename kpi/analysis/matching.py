"""Which KPIs fit the goals: ranked by role, then by whether the data answer them; the rest with what they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.catalogue import choose, goal, goals
from kpi.catalogue import kpis as built_in
from kpi.core import ROLES, Goal, Kpi, Text

# A board of a few: how many of each role a goal brings to it when the user leaves the choice to us.
FEW = {"direct": 4, "supporting": 2, "guardrail": 1}
MOST = 12


@dataclass(frozen=True)
class RoleIn:
    """What a KPI is to one goal, and why."""

    goal: str
    role: str
    reason: Text


@dataclass(frozen=True)
class Match:
    """A KPI with its roles in the chosen goals, the strongest first."""

    kpi: Kpi
    roles: tuple[RoleIn, ...]
    computable: bool
    missing: tuple[str, ...]

    @property
    def role(self) -> str:
        return self.roles[0].role if self.roles else ""


def match(
    goal_ids: Iterable[str],
    present: frozenset[str],
    known: Mapping[str, Goal] | None = None,
    kpis: Mapping[str, Kpi] | None = None,
) -> list[Match]:
    """The KPIs of the goals in rank order: strongest role over all goals, then computable, then the goals' own order.

    present: the `table.column` that hold data. A KPI without data is listed with what it misses, never hidden.
    known, kpis: the goals and KPIs by id where a workspace has some of its own; else the catalogue's.
    """
    all_kpis = built_in() if kpis is None else kpis
    chosen = [_goal(id_, known) for id_ in goal_ids]
    roles: dict[str, list[RoleIn]] = {}
    for each in chosen:
        for link in each.kpis:
            roles.setdefault(link.kpi, []).append(RoleIn(each.id, link.role, link.reason))
    found = [
        _match(all_kpis[id_], tuple(sorted(held, key=_strength)), present)
        for id_, held in roles.items()
        if id_ in all_kpis
    ]
    return sorted(found, key=lambda m: (_strength(m.roles[0]), not m.computable))


def catalogue(
    present: frozenset[str], known: Mapping[str, Goal] | None = None, kpis: Mapping[str, Kpi] | None = None
) -> list[Match]:
    """Every KPI with its roles in all goals, in the order of the catalogue. known, kpis: as for `match`."""
    roles: dict[str, list[RoleIn]] = {}
    for each in (goals() if known is None else known).values():
        for link in each.kpis:
            roles.setdefault(link.kpi, []).append(RoleIn(each.id, link.role, link.reason))
    every = (built_in() if kpis is None else kpis).values()
    return [_match(k, tuple(sorted(roles.get(k.id, ()), key=_strength)), present) for k in every]


def suggest(matches: Sequence[Match]) -> list[Match]:
    """The few for a first board: computable ones, per goal the strongest first, a guardrail with every goal."""
    taken: dict[str, Match] = {}
    order = list(dict.fromkeys(r.goal for m in matches for r in m.roles))
    for goal_id in order:
        left = dict(FEW)
        for each in matches:
            role = next((r.role for r in each.roles if r.goal == goal_id), None)
            if not role or not each.computable:
                continue
            if each.kpi.id in taken:
                left[role] = max(0, left[role] - 1)
            elif left[role]:
                left[role] -= 1
                taken[each.kpi.id] = each
    kept = sorted(taken.values(), key=lambda m: _strength(m.roles[0]))
    return kept[:MOST]


def outcome_halves(selected: Iterable[str]) -> dict[str, str]:
    """For each selected volume KPI of the six pairs whose outcome is not selected: volume → outcome."""
    from kpi.catalogue import kpi_set

    held = set(selected)
    pairs = {g.volume: g.outcome for g in kpi_set("pairs").groups}
    return {volume: outcome for volume, outcome in pairs.items() if volume in held and outcome not in held}


def serves(kpi_id: str, goal_ids: Iterable[str], known: Mapping[str, Goal] | None = None) -> bool:
    """Whether the KPI has a role in any of the goals. known: as for `match`."""
    return any(link.kpi == kpi_id for id_ in goal_ids for link in _goal(id_, known).kpis)


def _goal(id_: str, known: Mapping[str, Goal] | None) -> Goal:
    return known[id_] if known is not None and id_ in known else goal(id_)


def _match(each: Kpi, roles: tuple[RoleIn, ...], present: frozenset[str]) -> Match:
    computation, missing = choose(each, present)
    return Match(each, roles, computation is not None, missing)


def _strength(held: RoleIn) -> int:
    return ROLES.index(held.role)
