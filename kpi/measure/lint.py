"""How sound a set of chosen KPIs is: the hints of the definitions, those that only the data can give, and how to answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kpi.analysis.evidence_rules import rules as evidence_rules
from kpi.analysis.lint import Hint, hints
from kpi.analysis.lint_rules import rules
from kpi.analysis.matching import match, outcome_halves
from kpi.analysis.series import SEASONS
from kpi.catalogue import choose, kpi_set, needs_of
from kpi.core import ROLES, Kpi
from kpi.measure.board import Item
from kpi.measure.evidence import series
from kpi.quality.grade import kpi_grade
from kpi.stats import Likeness, likeness
from kpi.workspace.choices import Selection, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace

OFFERED = 3  # ways offered against one hint


@dataclass(frozen=True)
class Fix:
    """One click against a hint. kind: add or drop a KPI of the set; owner, target, data: leads to where that of the KPI
    is set; quarter: the board by quarters."""

    kind: str
    kpi: str = ""


@dataclass(frozen=True)
class Told:
    """A hint with its ways out, the most fitting first."""

    hint: Hint
    fixes: tuple[Fix, ...]


def lint(
    workspace: Workspace,
    selected: Sequence[str],
    goals: Sequence[str],
    items: Sequence[Item] = (),
    deep: bool = False,
    owners: Mapping[str, str | None] | None = None,
) -> list[Told]:
    """All hints about these KPIs, chosen for these goals.

    items: the board over them, from which cases and targets are read ([]: nothing is said of them). deep: their histories
    are compared too, which takes a while the first time. owners: who answers for which KPI, by default as it is stored.
    """
    known, stored = goals_of(workspace), {each.kpi: each.owner for each in selected_kpis(workspace)}
    found = hints(selected, [known[id_] for id_ in goals if id_ in known], kpis_of(workspace))
    if not found and not selected:
        return []
    halves = outcome_halves(selected)
    found = [*(Hint("outcome_too", (volume,), (outcome,)) for volume, outcome in halves.items()), *found]
    found += repeated(workspace, selected) if deep else []
    found += [*_few_cases(workspace, items), *_poor_data(workspace, selected)]
    found += [*_without_owner(selected, stored if owners is None else owners), *_without_target(items)]
    offers = _Offers(workspace, tuple(selected), tuple(goals))
    return [_told(offers, hint) for hint in found]


def repeated(workspace: Workspace, selected: Sequence[str], by: str = "month", calendar: str = "") -> list[Hint]:
    """Pairs whose histories say much the same: the correlation without trend and season is strong at the weak end of its
    interval (docs/evidence.md). Pairs that are alike by definition are not told twice."""
    ready = [id_ for id_ in selected if choose(kpi_of(workspace, id_), workspace.columns())[0]]

    def make() -> list[Hint]:
        held = series(workspace, ready, by, calendar) if len(ready) > 1 else {}
        alike = evidence_rules().alike
        told = []
        for one, other in combinations(ready, 2):
            found = likeness(held[one].array(), held[other].array(), SEASONS[by])
            if isinstance(found, Likeness) and found.least >= alike:
                told.append(Hint("repeats", (one, other), (), round(100 * abs(found.r))))
        return told

    said = {frozenset(hint.about) for hint in hints(ready, (), kpis_of(workspace)) if hint.code == "same"}
    found = workspace.memo(("lint", "repeated", tuple(ready), by, calendar), make)
    return [hint for hint in found if frozenset(hint.about) not in said]


def _few_cases(workspace: Workspace, items: Sequence[Item]) -> list[Hint]:
    """KPIs whose last value rests on few cases; sums and counts are what they are."""
    few: dict[int, list[str]] = {}
    for item in items:
        each, row = item.result.kpi, item.reading.current
        if item.flow or each.stock or each.unit == "count" or row is None or row.value is None or row.n is None:
            continue
        least = rules().least(_tables(workspace, each), workspace.settings)
        if row.n < least:
            few.setdefault(least, []).append(each.id)
    return [Hint("few_cases", tuple(ids), (), least) for least, ids in few.items()]


def _tables(workspace: Workspace, each: Kpi) -> set[str]:
    computation, _ = choose(each, workspace.columns())
    return {column.partition(".")[0] for column in needs_of(each, computation).columns} if computation else set()


def _poor_data(workspace: Workspace, selected: Iterable[str]) -> list[Hint]:
    grades = {id_: kpi_grade(workspace, id_) for id_ in selected}
    poor = tuple(id_ for id_, grade in grades.items() if grade.state == "poor")
    old = [
        id_ for id_, grade in grades.items() if grade.parts.get("freshness", 1.0) < rules().fresh and id_ not in poor
    ]
    return [*([Hint("poor_data", poor)] if poor else []), *([Hint("stale_data", tuple(old))] if old else [])]


def _without_owner(selected: Sequence[str], owners: Mapping[str, str | None]) -> list[Hint]:
    bare = tuple(id_ for id_ in selected if not owners.get(id_))
    return [Hint("no_owner", bare)] if bare else []


def _without_target(items: Sequence[Item]) -> list[Hint]:
    """KPIs that measure a goal directly and have no target; without any target at all, those of every role."""
    bare = [item for item in items if item.state == "no_target"]
    direct = tuple(item.result.kpi.id for item in bare if item.role == ROLES[0])
    if not direct and items and len(bare) == len(items):
        direct = tuple(item.result.kpi.id for item in bare)
    return [Hint("no_target", direct)] if direct else []


@dataclass(frozen=True)
class _Offers:
    """What can be offered: KPIs with data, those that serve the goals first."""

    workspace: Workspace
    selected: tuple[str, ...]
    goals: tuple[str, ...]

    def ready(self, ids: Iterable[str]) -> list[str]:
        """Those of `ids` that have data and are not chosen yet, those of the goals first."""
        present, known = self.workspace.columns(), goals_of(self.workspace)
        serving = {link.kpi for id_ in self.goals if id_ in known for link in known[id_].kpis}
        free = [
            id_
            for id_ in dict.fromkeys(ids)
            if id_ not in self.selected and choose(kpi_of(self.workspace, id_), present)[0]
        ]
        return sorted(free, key=lambda id_: id_ not in serving)

    def by(self, trait: str, values: Iterable[str]) -> list[str]:
        """The KPI of each value of a trait that fits best: of the goals, else an essential, else the first with data."""
        essentials = kpi_set("essentials").kpis
        ranked = [m.kpi for m in match(self.goals, self.workspace.columns(), goals_of(self.workspace))]
        every = [*ranked, *(kpi_of(self.workspace, id_) for id_ in essentials), *kpis_of(self.workspace).values()]
        found = []
        for value in values:
            found += self.ready(each.id for each in every if getattr(each, trait) == value)[:1]
        return found

    def weakest(self) -> list[str]:
        """The chosen KPIs in the order in which they can best be spared: no goal, then the weakest role, the latest first."""
        roles = {m.kpi.id: m.role for m in match(self.goals, frozenset(), goals_of(self.workspace))}
        order = ("", "supporting", "guardrail", "direct")
        place = {id_: n for n, id_ in enumerate(self.selected)}
        return sorted(self.selected, key=lambda id_: (order.index(roles.get(id_, "")), -place[id_]))


def _told(offers: _Offers, hint: Hint) -> Told:
    if hint.code == "lens_missing":
        values = {group.id: group.value for group in kpi_set("lenses").groups}
        hint = replace(hint, offered=tuple(offers.by("lens", [values[id_] for id_ in hint.about])))
    if hint.code == "perspective_empty":
        hint = replace(hint, offered=tuple(offers.by("perspective", hint.about)))
    return Told(hint, tuple(_fixes(offers, hint)[:OFFERED]))


def _fixes(offers: _Offers, hint: Hint) -> list[Fix]:
    match hint.code:
        case "same" | "repeats":
            return [Fix("drop", id_) for id_ in sorted(hint.about, key=offers.weakest().index)]
        case "too_many":
            return [Fix("drop", id_) for id_ in offers.weakest()]
        case "few_cases":
            return [Fix("quarter"), *(Fix("drop", id_) for id_ in hint.about)]
        case "poor_data" | "stale_data":
            return [Fix("data", hint.about[0]), *(Fix("drop", id_) for id_ in hint.about)]
        case "no_owner":
            return [Fix("owner", hint.about[0])]
        case "no_target":
            return [Fix("target", id_) for id_ in hint.about]
    ready = [Fix("add", id_) for id_ in offers.ready(hint.offered)]
    return ready or [Fix("data", next(iter(hint.offered), ""))]


def selection_for(workspace: Workspace, kpi_id: str, goals: Sequence[str]) -> Selection:
    """The KPI as it joins the board: for the goal in which its role is strongest, for none where it serves none."""
    found = next((m for m in match(goals, frozenset(), goals_of(workspace)) if m.kpi.id == kpi_id), None)
    return Selection(kpi_id, found.roles[0].goal if found else None)
