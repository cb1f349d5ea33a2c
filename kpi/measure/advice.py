"""Which of the if-then rules hold now, and the values that make them hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi.analysis.lint import hints, unused
from kpi.analysis.matching import outcome_halves
from kpi.analysis.progress import NEEDS_ACTION, is_aimed, targets_of
from kpi.analysis.rules import Rule, rules
from kpi.measure.board import Item, board
from kpi.workspace import inventory
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Advice:
    """A rule that holds. about: the KPIs that made it hold; items: its KPIs with their values, the computable ones."""

    rule: Rule
    about: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class _Facts:
    workspace: Workspace
    goals: Sequence[str]
    selected: Sequence[str]
    items: Mapping[str, Item]


def advice(
    workspace: Workspace,
    place: str,
    goals: Sequence[str],
    selected: Sequence[str],
    items: Sequence[Item] = (),
    calendar: str = "",
) -> list[Advice]:
    """The rules of this place that hold for the chosen goals and KPIs, in the order of the file.

    items: the board over the chosen KPIs, from which states are read; the KPIs of the rules are asked for besides.
    """
    here = [rule for rule in rules().values() if place in rule.places]
    held = {item.result.kpi.id: item for item in items}

    def ask(ids: Iterable[str]) -> None:
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in held]
        held.update({i.result.kpi.id: i for i in board(workspace, wanted, goals, "month", calendar)})

    ask(id_ for rule in here for id_ in rule.given.get("any", ()))
    facts = _Facts(workspace, goals, selected, held)
    holding = [(rule, about) for rule in here if (about := _holds(rule, facts)) is not None]
    ask(id_ for rule, _ in holding for id_ in rule.kpis)
    return [
        Advice(rule, about, tuple(held[id_] for id_ in rule.kpis if held[id_].reading.value is not None))
        for rule, about in holding
    ]


def _holds(rule: Rule, facts: _Facts) -> tuple[str, ...] | None:
    """What makes the rule hold (nothing to name: empty); None where it does not."""
    given = rule.given
    match rule.kind:
        case "always":
            return ()
        case "main_goal":
            return () if list(facts.goals[:1]) == [given["goal"]] else None
        case "goal":
            return () if given["goal"] in facts.goals else None
        case "worse":
            return _some(id_ for id_ in given["any"] if id_ in facts.items and _worse(facts.items[id_]))
        case "off_target":
            chosen = (facts.items[id_] for id_ in facts.selected if id_ in facts.items)
            return _some(item.result.kpi.id for item in chosen if item.state in NEEDS_ACTION)
        case "no_target":
            today, targets = facts.workspace.as_of() or date.today(), targets_of(facts.workspace)
            return None if any(is_aimed(targets, id_, today) for id_ in given["of"]) else tuple(given["of"])
        case "hint":
            return _hinted(given["code"], facts)
        case "unused":
            loaded = [each.table for each in inventory(facts.workspace) if each.lines]
            none = facts.selected and not unused(loaded, facts.selected, kpis_of(facts.workspace))
            return None if none or not facts.selected or not loaded else ()
        case "lenses":
            held = {kpi_of(facts.workspace, id_).lens for id_ in facts.selected} & set(given["lenses"])
            return () if len(held) > 1 and given["with"] in held else None
        case "stage":
            return _some(id_ for id_ in facts.selected if kpi_of(facts.workspace, id_).stage == given["stage"])
    raise LookupError(rule.kind)


def _worse(item: Item) -> bool:
    """Worse than the target; without one, worse beyond what is usual."""
    return item.state in NEEDS_ACTION if item.target else item.reading.tone == "worse"


def _hinted(code: str, facts: _Facts) -> tuple[str, ...] | None:
    if code == "outcome_too":
        return _some(outcome_halves(facts.selected))
    found = next((h for h in hints(facts.selected, (), kpis_of(facts.workspace)) if h.code == code), None)
    return found.about if found else None


def _some(ids: Iterable[str]) -> tuple[str, ...] | None:
    return tuple(ids) or None
