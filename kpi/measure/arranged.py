"""The order of a board: its sections, and the items within them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kpi.catalogue import kpi_set
from kpi.core import ROLES, Text
from kpi.measure.board import Item, by_attention
from kpi.workspace.choices import Selection

FUNCTIONS = ("marketing", "sales", "service")  # in the order of a customer's way
_PLACES = {"direct": "outcomes", "supporting": "drivers", "guardrail": "guardrails", "": "others"}


@dataclass(frozen=True)
class Section:
    """Items under one head. code: what the head says, `name` where a definition says it."""

    code: str
    items: tuple[Item, ...]
    name: Text | None = None


def arranged(
    items: Sequence[Item], order: str, group: str, selections: Mapping[str, Selection], name: Callable[[Item], str]
) -> list[Section]:
    """The sections that hold items, in their order.

    order: role, attention or name; group: none, lens or function. name: how the reader calls an item.
    """
    if group == "lens":
        found = [(g.id, g.name, [i for i in items if i.result.kpi.lens == g.value]) for g in kpi_set("lenses").groups]
    elif group == "function":
        places = {i.result.kpi.id: _function(i, selections) for i in items}
        found = [(f, None, [i for i in items if places[i.result.kpi.id] == f]) for f in (*FUNCTIONS, "no_function")]
    elif order == "role":
        found = [(_PLACES[role], None, [i for i in items if i.role == role]) for role in (*ROLES, "")]
    else:
        found = [(order, None, list(items))]
    return [Section(code, tuple(_ordered(held, order, name)), text) for code, text, held in found if held]


def _ordered(items: Sequence[Item], order: str, name: Callable[[Item], str]) -> list[Item]:
    if order == "attention":
        return by_attention(items)
    if order == "name":
        return sorted(items, key=lambda i: name(i).casefold())
    places = {role: n for n, role in enumerate((*ROLES, ""))}
    return sorted(items, key=lambda i: places[i.role])


def _function(item: Item, selections: Mapping[str, Selection]) -> str:
    """Whose tactic it measures; where nobody has said so, the department whose list has it."""
    id_ = item.result.kpi.id
    chosen = selections[id_].function if id_ in selections else None
    listed = next((g.id for g in kpi_set("departments").groups if id_ in g.kpis), "no_function")
    return chosen or listed
