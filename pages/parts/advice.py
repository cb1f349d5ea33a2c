"""The rules that hold now as advice: a sentence each, with the values of the KPIs that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.measure.advice import Advice
from kpi.measure.advice import advice as advice_on
from kpi.measure.board import Item
from kpi.workspace.choices import chosen_goals
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.head import captions, section
from pages.parts.items import bare_name


def advice(here: Frame, place: str, selected: Sequence[str], items: Sequence[Item] = ()) -> None:
    """Show the advice of this place; nothing where no rule holds. items: the board over `selected`."""
    goals = chosen_goals(here.workspace)
    found = advice_on(here.workspace, place, goals, selected, items, here.calendar)
    if found:
        here.show(section(here.t("advice.title")) + captions(advice_text(here, each) for each in found), key="advice")


def advice_text(here: Frame, found: Advice) -> str:
    """The sentence of a rule in the reader's language, and the values behind it."""
    known = kpis_of(here.workspace)
    names = [bare_name(here, known[id_]) for id_ in found.about if id_ in known]
    said = here.texts.of(found.rule.text, names=names)
    values = [
        here.t(
            "advice.value",
            name=bare_name(here, item.result.kpi),
            value=here.texts.number(item.reading.value, item.result.kpi.unit, short=True),
        )
        for item in found.items
    ]
    return here.t("advice.with_values", text=said, values=values) if values else said
