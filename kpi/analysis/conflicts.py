"""Where chosen goals pull against each other: said before anybody works for both, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from kpi.analysis.progress import Target
from kpi.catalogue import kpis as built_in
from kpi.core import ROLES, Goal, Kpi


@dataclass(frozen=True)
class Conflict:
    """`conflict.<code>` of the locales says it.

    opposite: two targets of one KPI, of which one must rise and the other fall. backwards: a target asks for less of
    what is better higher, or more of what is better lower. endangers: a KPI that measures one goal, when pushed, tends
    to harm `other`, which measures another (the guardrails of its definition).
    """

    code: str
    kpi: str
    goals: tuple[str, ...]
    other: str = ""


def conflicts(
    goals: Sequence[Goal], targets: Sequence[Target], kpis: Mapping[str, Kpi] | None = None
) -> list[Conflict]:
    """The conflicts among the chosen goals and the targets set for them, those about numbers first.

    kpis: those of the workspace where it has some of its own; else the catalogue's.
    """
    known = built_in() if kpis is None else kpis
    return [*_opposite(targets), *_backwards(targets, known), *_endangered(goals, known)]


def _way(target: Target) -> int:
    """1 where the KPI must rise, -1 where it must fall, 0 where it must stay or nobody can tell."""
    if target.baseline is None or target.aim is None or target.baseline == target.aim:
        return 0
    return 1 if target.aim > target.baseline else -1


def _opposite(targets: Sequence[Target]) -> list[Conflict]:
    found = []
    for one, other in combinations(targets, 2):
        same = one.kpi == other.kpi and (one.scope, one.scope_id) == (other.scope, other.scope_id)
        together = one.since < other.until and other.since < one.until
        if same and together and one.goal != other.goal and _way(one) * _way(other) < 0:
            found.append(Conflict("opposite", one.kpi, (one.goal or "", other.goal or "")))
    return found


def _backwards(targets: Sequence[Target], kpis: Mapping[str, Kpi]) -> list[Conflict]:
    wanted = {"higher": 1, "lower": -1}
    return [
        Conflict("backwards", t.kpi, (t.goal or "",))
        for t in targets
        # a sum or count that should stay small starts from nothing and is a budget, not a way to go
        if t.kpi in kpis and t.value is not None and t.baseline and _way(t) * wanted.get(kpis[t.kpi].better, 0) < 0
    ]


def _endangered(goals: Sequence[Goal], kpis: Mapping[str, Kpi]) -> list[Conflict]:
    """One for each pair of goals: the first KPI of the one that tends to harm one of the other."""
    direct = {each.id: [link.kpi for link in each.kpis if link.role == ROLES[0]] for each in goals}
    found = []
    for one, other in permutations(goals, 2):
        theirs = set(direct[other.id])
        pairs = ((k, harmed) for k in direct[one.id] if k not in theirs if k in kpis for harmed in kpis[k].guardrails)
        first = next(((k, harmed) for k, harmed in pairs if harmed in theirs), None)
        if first:
            found.append(Conflict("endangers", first[0], (one.id, other.id), first[1]))
    return found
