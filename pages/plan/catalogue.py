"""The catalogue: every KPI there is, found by words, goal, department, lens, stage, group; live where the data allow."""

import streamlit as st

from kpi.measure.live import last_month, values
from kpi.workspace.choices import selected_kpis
from pages.parts import empty_state, frame
from pages.parts.catalogue import (
    OPEN,
    ask,
    clear,
    held,
    names,
    shelves,
    show_facet,
    write_address,
)
from pages.parts.catalogue_detail import act, drawer
from pages.parts.catalogue_list import gaps, listing, matrix, tree
from pages.parts.glossary import downloads
from pages.parts.markup import chips
from pages.parts.views import Action, Chip

FEW = 40  # rows at first
BEAT = 0.4  # seconds between two rounds of filling in values
SPEND = 0.8  # seconds of computing in one round

here = frame.page("catalogue")
said = st.session_state.pop("catalogue_said", None)
if said:
    st.toast(said)

every = shelves(here)
asked, line = ask(here, every)
opened = held(here, OPEN, every.entries)
found = every.find(asked.words, asked.facets)
month = last_month(here.workspace, here.calendar)
ready = sum(each.match.computable for each in every.entries.values())
missing = [names(here, "stage")[stage] for stage in gaps(every.entries)]
finding = {
    "list": here.t("finding_found", n=len(found), all=len(every.entries)) if asked.anything
    else here.t("finding", all=len(every.entries), ready=ready),
    "stages": here.t("gaps", stages=missing, n=len(missing)) if missing else here.t("no_gaps"),
    "tree": here.t("tree_finding"),
}[asked.view]  # fmt: skip
here.head(
    finding=finding,
    context=here.t("month", month=here.texts.period(month, "month")) if month else "",
    note=here.t("note", held=len(selected_kpis(here.workspace))),
)

with line:
    downloads(here, [each.match.kpi for each in found])
if asked.facets:
    named = [Chip(names(here, facet)[option], facet) for facet, option in asked.facets.items()]
    gone = here.show(chips(named, here.t("without"), Chip(here.t("clear"), "all")), key="chips")
    if gone:
        clear(*(() if gone == "all" else (gone,)))
        st.rerun()
write_address(here, asked, opened)

grouped = not asked.words.strip() and not {"department", "set", "goal"} & set(asked.facets)
whole = st.session_state.get("catalogue_whole") == (asked.words, asked.facets)
shown = {
    "list": found if whole else found[:FEW],
    "stages": [each for each in every.entries.values() if each.chosen],
    "tree": every.find("", {"set": "sales_effectiveness"}),
}[asked.view]
ids = [each.id for each in shown]


def picture() -> int:
    """The view with the values that are known; how many are still to come."""
    known, left = values(here.workspace, ids, here.calendar, SPEND if st.session_state.get("catalogue_fill") else 0.0)
    if asked.view == "stages":
        html = matrix(here, every.entries, known)
    elif asked.view == "tree":
        html = tree(here, every.entries, known)
    else:
        html = listing(here, shown, known, grouped, names(here, "area"))
    picked = here.show(html, key=asked.view)
    if picked and picked.startswith("stage:"):
        show_facet("stage", picked.partition(":")[2])
        st.rerun()
    elif picked:
        act(here, picked)
    return left


none = empty_state(here.t("nothing"), here.t("nothing_text"), Action(here.t("clear"), "all"))
if asked.view == "list" and not found and here.show(none, key="nothing"):
    clear()
    st.rerun()

if shown or asked.view != "list":
    waiting = values(here.workspace, ids, here.calendar)[1]
    st.session_state["catalogue_fill"] = False

    @st.fragment(run_every=BEAT if waiting else None)
    def filling() -> None:
        if not picture() and waiting:
            st.rerun()
        st.session_state["catalogue_fill"] = True

    filling()

if asked.view == "list" and len(shown) < len(found) and st.button(here.t("whole", n=len(found)), key="catalogue_all"):
    st.session_state["catalogue_whole"] = (asked.words, asked.facets)
    st.rerun()

if opened:
    row = values(here.workspace, [opened], here.calendar, SPEND)[0].get(opened)
    drawer(here, every.entries[opened], row)
