"""The catalogue's search and filters: they live in the address, so that a link shows the same KPIs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.analysis.card import read_card
from kpi.analysis.facets import AREAS, FACETS, Entry, Shelves, groups
from kpi.analysis.matching import catalogue
from kpi.catalogue import kpi_set
from kpi.errors import Unknown
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts.address import USED, held_name, hold, used
from pages.parts.frame import Frame

VIEWS = ("list", "stages", "tree")
FIRST = ("area", "goal", "department", "data")  # in sight; the others in the popover
OPEN = "kpi"  # the KPI whose details are open
ADDRESS = ("q", "show", OPEN, *FACETS)
SETS = ("lens", "stage", "department")  # facets whose options are the groups of a ready-made set
PAGE = "catalogue"


@dataclass(frozen=True)
class Asked:
    """What the reader looks for."""

    words: str
    view: str
    facets: Mapping[str, str]

    @property
    def anything(self) -> bool:
        return bool(self.words.strip() or self.facets)


def shelves(here: Frame) -> Shelves:
    """All KPIs of the workspace, remembered until it changes."""

    def make() -> Shelves:
        held = {each.kpi for each in selected_kpis(here.workspace)}
        found = catalogue(here.workspace.columns(), goals_of(here.workspace), kpis_of(here.workspace))
        return Shelves(Entry(each, each.kpi.id in held) for each in found)

    return here.workspace.memo(("catalogue", "shelves"), make)


def key(name: str) -> str:
    """The key of the widget for what stands in the address as `name`."""
    return f"catalogue_at_{name}"


def held(here: Frame, name: str, known: Collection[str] | None = None) -> str:
    """What is asked for under `name`; "" for nothing. known: what may be, and what means nothing is told."""
    value = next(iter(here.address.values(name, key(name))), "")
    if known is None or not value or value in known:
        return value
    if name in here.address.said:
        here.address.refuse(name, Unknown("choice", value, known))
    return ""


def let(name: str, value: str = "") -> None:
    """Ask for something else under `name` from the next run on; "": for nothing."""
    hold(held_name(PAGE, name), [value] if value else [])
    st.session_state[USED] = True


def write_address(here: Frame, asked: Asked, opened: str) -> None:
    """Let the address say what is shown, so that a link shows the same."""
    said = {"q": asked.words, "show": "" if asked.view == VIEWS[0] else asked.view, OPEN: opened, **asked.facets}
    for name in ADDRESS:
        here.address.carry(name, [said[name]] if said.get(name) else [])


def _answers(name: str) -> dict[str, Any]:
    """What makes a widget ask for what it shows."""
    return {"key": key(name), "on_change": used, "args": (held_name(PAGE, name), key(name))}


def ask(here: Frame, found: Shelves) -> tuple[Asked, DeltaGenerator]:
    """Show view, and for the list search and filters; what is asked for, and the line for what else belongs there."""
    view = st.session_state[key("show")] = held(here, "show", VIEWS) or VIEWS[0]
    words = st.session_state[key("q")] = held(here, "q")
    options = {facet: names(here, facet) for facet in FACETS}
    chosen = {facet: held(here, facet, options[facet]) for facet in FACETS}
    line = st.container(key="catalogue_search", horizontal=True, vertical_alignment="center")
    with line:
        if view == VIEWS[0]:
            st.text_input(
                here.t("search"), type="search", live="350ms", placeholder=here.t("search_example"),
                label_visibility="collapsed", **_answers("q"),
            )  # fmt: skip
        st.segmented_control(
            here.t("view"), VIEWS, format_func=lambda v: here.t(f"view_{v}"), label_visibility="collapsed",
            required=True, **_answers("show"),
        )  # fmt: skip
    asked = Asked(words, view, {facet: option for facet, option in chosen.items() if option})
    if view == VIEWS[0]:
        counts = found.counts(words, asked.facets)
        line = here.filters()
        with line:
            for facet in FIRST:
                _facet(here, facet, options[facet], chosen[facet], counts[facet])
            more = [facet for facet in FACETS if facet not in FIRST]
            n = sum(1 for facet in more if chosen[facet])
            with st.popover(here.t("more_filters_n", n=n) if n else here.t("more_filters"), key="catalogue_more"):
                for facet in more:
                    _facet(here, facet, options[facet], chosen[facet], counts[facet], labelled=True)
    return asked, line


def _facet(
    here: Frame, facet: str, known: Mapping[str, str], chosen: str, counts: Counter[str], labelled: bool = False
) -> None:
    st.session_state[key(facet)] = chosen or None
    st.selectbox(
        here.t(f"facet_{facet}"), [option for option in known if counts[option] or option == chosen], index=None,
        placeholder=here.t(f"facet_{facet}"),
        format_func=lambda option: here.t("option", name=known[option], n=counts[option]),
        label_visibility="visible" if labelled else "collapsed", **_answers(facet),
    )  # fmt: skip


def names(here: Frame, facet: str) -> dict[str, str]:
    """The options of a facet in their order, with their names."""
    lang = here.texts.lang
    if facet == "area":
        return {area: here.t(f"kpi_group.{area}") for area in AREAS}
    if facet == "goal":
        return {id_: goal.name.get(lang) for id_, goal in goals_of(here.workspace).items()}
    if facet in SETS:
        of = {"lens": "lenses", "stage": "stages", "department": "departments"}[facet]
        return {each.id: each.name.get(lang) for each in kpi_set(of).groups if each.name}
    if facet == "set":
        return {
            group.id: here.t("kpis.shelf_in", of=group.of.get(lang), name=group.name.get(lang))
            if group.of
            else group.name.get(lang)
            for group in groups()
        }
    if facet == "place":
        return _places(here)
    return {option: here.t(f"{facet}_{option}") for option in ("computable", "blocked", "chosen", "open")
            if here.texts.has(f"catalogue.{facet}_{option}")}  # fmt: skip


def _places(here: Frame) -> dict[str, str]:
    """The perspectives of the scorecard, each followed by its factors."""
    card, lang, found = read_card(), here.texts.lang, {}
    for perspective, name in card.perspectives.items():
        found[perspective] = name.get(lang)
        for factor in card.factors.values():
            if factor.perspective == perspective:
                found[f"{perspective}/{factor.id}"] = here.t(
                    "place_in", perspective=name.get(lang), factor=factor.name.get(lang)
                )
    return found


def clear(*facets: str) -> None:
    """Let go of these from the next run on (all where none is named)."""
    for name in facets or (*FACETS, "q"):
        let(name)


def show_facet(facet: str, option: str) -> None:
    """The list with this one filter, from the next run on."""
    clear()
    let("show")
    let(facet, option)
