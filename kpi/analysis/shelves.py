"""The catalogue in shelves: the ready-made groups to look through, those that fit the chosen goals first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.catalogue import SetGroup, kpi_set
from kpi.core import Text

LISTS = ("essentials", "further", "outcomes")
GROUPED = ("families", "departments", "stages", "lenses")


@dataclass(frozen=True)
class Shelf:
    """Some KPIs under a name; `of` is the set they are a group of (None: the whole set)."""

    id: str
    name: Text
    of: Text | None
    kpis: tuple[str, ...]


def groups_for(goal_ids: Iterable[str]) -> list[SetGroup]:
    """The three CRM groups: those that a chosen goal calls for first, in the order of the goals."""
    order = {goal: n for n, goal in enumerate(goal_ids)}
    return sorted(kpi_set("crm_groups").groups, key=lambda group: order.get(group.goal, len(order)))


def shelves(goal_ids: Iterable[str] = ()) -> list[Shelf]:
    """All shelves in their order: the CRM groups, the essentials and what comes after them, then the other groupings."""
    found = [_shelf("crm_groups", group) for group in groups_for(goal_ids)]
    found += [Shelf(name, kpi_set(name).name, None, kpi_set(name).kpis) for name in LISTS]
    return found + [_shelf(name, group) for name in GROUPED for group in kpi_set(name).groups]


def _shelf(name: str, group: SetGroup) -> Shelf:
    whole = kpi_set(name)
    return Shelf(f"{name}.{group.id}", group.name or whole.name, whole.name, group.kpis)


def use_areas() -> list[SetGroup]:
    """The five areas in which a CRM helps, each with the goals it leads to."""
    return list(kpi_set("use_areas").groups)
