"""What a set of KPIs lacks as a whole: hints about the selected KPIs, never a refusal.

Here stands what the definitions alone tell; what only the data can tell is added by `kpi.measure.lint`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kpi.analysis.lint_rules import rules
from kpi.catalogue import kpi, kpi_set, needs_of, parse_needs
from kpi.core import ROLES, Goal, Kpi

# What a board does not see; the others: how sound it is.
BLIND = ("outcome_too", "activity_alone", "success_only", "lens_missing")


@dataclass(frozen=True)
class Hint:
    """`lint.<code>` of the locales says it. about: the KPIs (lenses, perspectives, goals) it speaks of; offered: KPIs that
    would answer it; n: a number that it names."""

    code: str
    about: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    n: int | None = None


def hints(selected: Iterable[str], goals: Sequence[Goal] = (), kpis: Mapping[str, Kpi] | None = None) -> list[Hint]:
    """What to say about a board of these KPIs, chosen for these goals; nothing about an empty one.

    kpis: those of the workspace, None: the catalogue's. Unknown for an id that is none.
    """
    board = [kpis[each] if kpis and each in kpis else kpi(each) for each in dict.fromkeys(selected)]
    if not board:
        return []
    return [
        *_activities_alone(board),
        *_success_only(board),
        *_lenses_missing(board),
        *_endangered(board),
        *_guardrails_missing(board, goals),
        *_same(board),
        *_perspectives_missing(board),
        *_too_many(board),
    ]


def _activities_alone(board: Sequence[Kpi]) -> list[Hint]:
    """Activity KPIs none of whose outcomes is on the board: busy is not successful."""
    held = {each.id for each in board}
    alone = [each for each in board if each.nature == "activity" and not held.intersection(each.serves)]
    if not alone:
        return []
    offered = dict.fromkeys(outcome for each in alone for outcome in each.serves)
    return [Hint("activity_alone", tuple(each.id for each in alone), tuple(offered))]


def _success_only(board: Sequence[Kpi]) -> list[Hint]:
    """Every KPI counts a success: what is lost stays out of sight."""
    alone = all(each.polarity == "success" for each in board)
    return [Hint("success_only", (), rules().losses)] if alone else []


def _lenses_missing(board: Sequence[Kpi]) -> list[Hint]:
    """Lenses that no KPI of the board looks through."""
    held = {each.lens for each in board}
    missing = tuple(group.id for group in kpi_set("lenses").groups if group.value not in held)
    return [Hint("lens_missing", missing)] if missing else []


def _endangered(board: Sequence[Kpi]) -> list[Hint]:
    """Activities that, when pushed, harm outcomes of which none is watched (F10): one hint each."""
    held = {each.id for each in board}
    pushed = [each for each in board if each.nature == "activity" and each.guardrails]
    return [Hint("endangers", (k.id,), k.guardrails) for k in pushed if not held.intersection(k.guardrails)]


def _guardrails_missing(board: Sequence[Kpi], goals: Sequence[Goal]) -> list[Hint]:
    """Goals that the board measures, none of whose guardrails is on it."""
    held = {each.id for each in board}
    bare: dict[str, None] = {}
    offered: dict[str, None] = {}
    for goal in goals:
        guards = [link.kpi for link in goal.kpis if link.role == ROLES[-1]]
        if guards and held.intersection(link.kpi for link in goal.kpis) and not held.intersection(guards):
            bare[goal.id] = None
            offered |= dict.fromkeys(guards)
    return [Hint("guardrail_missing", tuple(bare), tuple(offered))] if bare else []


def _same(board: Sequence[Kpi]) -> list[Hint]:
    """Pairs of which one follows from the other by definition."""
    return [Hint("same", (one.id, other.id)) for one, other in combinations(board, 2) if defined_alike(one, other)]


def defined_alike(one: Kpi, other: Kpi) -> bool:
    """Whether the two are listed as saying the same, or computed in one and the same way."""
    if frozenset((one.id, other.id)) in rules().same:
        return True
    ways = [[(c.formula, c.parts, c.function) for c in each.computations[:1]] for each in (one, other)]
    return bool(ways[0]) and not ways[0][0][2] and ways[0] == ways[1]


def _perspectives_missing(board: Sequence[Kpi]) -> list[Hint]:
    held = {each.perspective for each in board}
    missing = tuple(each for each in rules().perspectives if each not in held)
    return [Hint("perspective_empty", missing)] if missing else []


def _too_many(board: Sequence[Kpi]) -> list[Hint]:
    most = rules().most
    return [Hint("too_many", tuple(each.id for each in board), (), most)] if len(board) > most else []


def unused(loaded: Iterable[str], selected: Iterable[str], kpis: Mapping[str, Kpi] | None = None) -> list[str]:
    """The loaded tables that none of these KPIs reads, neither to have a value nor to refine it. kpis: as for `hints`."""
    used: set[str] = set()
    for each in (kpis[id_] if kpis and id_ in kpis else kpi(id_) for id_ in selected):
        used |= {column.partition(".")[0] for column in (needs_of(each).columns | _refines(each))}
    return [table for table in loaded if table not in used]


def _refines(each: Kpi) -> frozenset[str]:
    return parse_needs(each.refines, each.file, f"{each.id}.refines").columns if each.refines else frozenset()
