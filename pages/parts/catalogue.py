"""The catalogue's search and filters: they live in the address, so that a link shows the same KPIs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.analysis.card import read_card
from kpi.analysis.facets import AREAS, FACETS, Entry, Shelves, groups
from kpi.analysis.matching import catalogue
from kpi.catalogue import kpi_set
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame

VIEWS = ("list", "stages", "tree")
FIRST = ("area", "goal", "department", "data")  # in sight; the others in the popover
OPEN = "kpi"  # the KPI whose details are open
ADDRESS = ("q", "show", OPEN, *FACETS)
SETS = ("lens", "stage", "department")  # facets whose options are the groups of a ready-made set
_SEEN = "catalogue_seen"


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
    """The key in the session of what stands in the address as `name`."""
    return f"catalogue_at_{name}"


def take_address() -> None:
    """An address that we did not write (a link, the back button) wins over what the session holds."""
    given = {name: st.query_params[name] for name in ADDRESS if name in st.query_params}
    if st.session_state.get(_SEEN) != given:
        for name in ADDRESS:
            st.session_state[key(name)] = given.get(name) or _usual(name)
        if st.session_state[key("show")] not in VIEWS:
            st.session_state[key("show")] = VIEWS[0]
    st.session_state[_SEEN] = given


def write_address() -> None:
    """What the session holds, into the address."""
    now = {name: str(value) for name in ADDRESS if (value := st.session_state.get(key(name)))}
    if now.get("show") == VIEWS[0]:
        del now["show"]
    for name in ADDRESS:
        if name in now and st.query_params.get(name) != now[name]:
            st.query_params[name] = now[name]
        elif name not in now and name in st.query_params:
            del st.query_params[name]
    st.session_state[_SEEN] = now


def ask(here: Frame, found: Shelves) -> tuple[Asked, DeltaGenerator]:
    """Show view, and for the list search and filters; what is asked for, and the line for what else belongs there."""
    words, chosen, counts = "", {}, {}
    line = st.container(key="catalogue_search", horizontal=True, vertical_alignment="center")
    with line:
        if st.session_state[key("show")] == VIEWS[0]:
            words = st.text_input(
                here.t("search"), key=key("q"), type="search", live="350ms", placeholder=here.t("search_example"),
                label_visibility="collapsed", persist_state="session",
            ) or ""  # fmt: skip
        view = st.segmented_control(
            here.t("view"), VIEWS, key=key("show"), format_func=lambda v: here.t(f"view_{v}"),
            label_visibility="collapsed", required=True, persist_state="session",
        )  # fmt: skip
    if view == VIEWS[0]:
        before = {facet: value for facet in FACETS if (value := st.session_state.get(key(facet)))}
        counts = found.counts(words, before)
        line = here.filters()
        with line:
            chosen = {facet: _facet(here, facet, counts[facet]) for facet in FIRST}
            more = [facet for facet in FACETS if facet not in FIRST]
            n = sum(1 for facet in more if before.get(facet))
            with st.popover(here.t("more_filters_n", n=n) if n else here.t("more_filters"), key="catalogue_more"):
                chosen |= {facet: _facet(here, facet, counts[facet], labelled=True) for facet in more}
    return Asked(words, view or VIEWS[0], {facet: option for facet, option in chosen.items() if option}), line


def _usual(name: str) -> str | None:
    """What stands where nothing was asked for."""
    return {"q": "", "show": VIEWS[0]}.get(name)


def _facet(here: Frame, facet: str, counts: Counter[str], labelled: bool = False) -> str | None:
    held = st.session_state.get(key(facet))
    known = names(here, facet)
    if held not in known:
        held = st.session_state[key(facet)] = None
    options = [option for option in known if counts[option] or option == held]
    return st.selectbox(
        here.t(f"facet_{facet}"), options, index=None, key=key(facet), placeholder=here.t(f"facet_{facet}"),
        format_func=lambda option: here.t("option", name=known[option], n=counts[option]),
        label_visibility="visible" if labelled else "collapsed", persist_state="session",
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
    """Let go of these (all where none is named); to be called before the widgets are drawn again."""
    st.session_state["catalogue_clear"] = facets or (*FACETS, "q")


def show_facet(facet: str, option: str) -> None:
    """The list with this one filter; from the next run on."""
    clear()
    st.session_state["catalogue_set"] = {"show": VIEWS[0], facet: option}


def cleared() -> None:
    """Do what `clear` and `show_facet` were asked for in the run before."""
    for name in st.session_state.pop("catalogue_clear", ()):
        st.session_state[key(name)] = _usual(name)
    for name, value in st.session_state.pop("catalogue_set", {}).items():
        st.session_state[key(name)] = value
