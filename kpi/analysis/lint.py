"""What a board lacks as a whole: hints about the selected KPIs, never a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.catalogue import kpi, kpi_set, needs_of, parse_needs
from kpi.core import Kpi

# The losses worth a look beside success, in the order in which they are offered.
LOSSES = ("complaints_count", "churn_rate", "churn_risk_customers", "lost_opportunities", "loss_reasons")


@dataclass(frozen=True)
class Hint:
    """`lint.<code>` of the locales says it. about: the KPIs (or lenses) it speaks of; offered: KPIs that would answer it."""

    code: str
    about: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


def hints(selected: Iterable[str]) -> list[Hint]:
    """What to say about a board of these KPIs; nothing about an empty one. Unknown for an id that is none."""
    board = [kpi(each) for each in dict.fromkeys(selected)]
    if not board:
        return []
    return [*_activities_alone(board), *_success_only(board), *_lenses_missing(board)]


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
    return [Hint("success_only", (), LOSSES)] if all(each.polarity == "success" for each in board) else []


def _lenses_missing(board: Sequence[Kpi]) -> list[Hint]:
    """Lenses that no KPI of the board looks through."""
    held = {each.lens for each in board}
    missing = tuple(group.id for group in kpi_set("lenses").groups if group.value not in held)
    return [Hint("lens_missing", missing)] if missing else []


def unused(loaded: Iterable[str], selected: Iterable[str]) -> list[str]:
    """The loaded tables that none of these KPIs reads, neither to have a value nor to refine it."""
    used: set[str] = set()
    for each in map(kpi, selected):
        used |= {column.partition(".")[0] for column in (needs_of(each).columns | _refines(each))}
    return [table for table in loaded if table not in used]


def _refines(each: Kpi) -> frozenset[str]:
    return parse_needs(each.refines, each.file, f"{each.id}.refines").columns if each.refines else frozenset()
