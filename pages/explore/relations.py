"""Relations: which of the chosen KPIs go together, across the three lenses, and which moves first."""

import streamlit as st

from kpi import charts
from kpi.errors import Unknown
from kpi.measure.relations import MOST, across, proposed, related
from kpi.workspace.own_kpis import kpis_of
from pages.parts import caption, frame, section, table
from pages.parts.address import held_name, hold, used
from pages.parts.advice import advice
from pages.parts.items import kpi_name, short_name
from pages.parts.missing import nothing
from pages.parts.relation_pair import PAIR, pair_of, pair_part
from pages.parts.relations import drawn, finding_of, matrix, pairs_table, periods_lacking
from pages.parts.saved import view_menu

KPIS, WIDGET = "kpis", "relations_kpis"
FINER = {"quarter": "month", "month": "week"}  # more periods in the same time

here = frame.page("relations")
if here.workspace.is_empty():
    nothing(here, "data", "import")

known, usual = kpis_of(here.workspace), proposed(here.workspace)
asked = here.address.values(KPIS, WIDGET)
for id_ in asked:
    if id_ not in known:
        here.address.refuse(KPIS, Unknown("kpi", id_, known), [each for each in asked if each in known])
st.session_state[WIDGET] = [id_ for id_ in asked if id_ in known][:MOST] or usual
line = here.filters()
with line:
    by = here.choice("by", ("month", "quarter", "week"), address="by")
    view = here.choice("view", ("matrix", "network", "table"), address="view_as")
    only = here.choice("only", ("all", "across"), address="only") == "across"
    filters = here.filter_choice()
    view_menu(here)
chosen = st.multiselect(
    here.t("which", most=MOST), list(known), key=WIDGET, max_selections=MOST, on_change=used,
    args=(held_name(here.name, KPIS), WIDGET), format_func=lambda id_: kpi_name(here, known[id_]),
)  # fmt: skip
here.address.carry(KPIS, [] if chosen == usual else chosen)

told = related(here.workspace, chosen, by, here.calendar, filters)
here.head(finding=finding_of(here, told, only), context=here.t("context", n=len(told.kpis)), note=here.t("caveat"))
lacking = periods_lacking(here, told, only)
if lacking:
    here.show(caption(lacking), key="lacking")
    if by in FINER and st.button(here.t(f"to_{FINER[by]}"), key="relations_finer"):
        hold(held_name(here.name, "by"), [FINER[by]])
        st.rerun()
missing = [known[id_] for id_ in chosen if id_ not in {kpi.id for kpi in told.kpis}]
if missing:
    here.show(caption(here.t("not_computable", names=[short_name(here, kpi) for kpi in missing])), key="missing")
lenses = across(here.workspace, chosen)
if lenses:
    names = [f"{here.t(f'lens_{kpi.lens}')}: {short_name(here, kpi)}" for kpi in lenses]
    here.show(caption(here.t("lens_missing", names=names)), key="lens")
    if st.button(here.t("add_lens"), key="relations_add_lens"):
        hold(held_name(here.name, KPIS), [*chosen, *(kpi.id for kpi in lenses)][:MOST])
        st.rerun()

if len(told.kpis) < 2 and len(usual) > 1 and st.button(here.t("take_usual"), key="relations_usual"):
    hold(held_name(here.name, KPIS), [])
    st.rerun()

picked = pair_of(here, told, only)
if told.found.tests:
    here.show(section(here.t(f"view_{view}"), here.t(f"{view}_note")), key="view_head")
    if view == "matrix":
        pick = here.show(matrix(here, told, only, picked), key="matrix")
        if pick:
            hold(held_name(here.name, PAIR), [pick])
            st.rerun()
        here.show(caption(here.t("how_to_read", m=told.found.tests)), key="caption")
    elif view == "network":
        net = drawn(here, told, only)
        if not net.edges:
            here.show(caption(here.t("table_none")), key="network_none")
        here.chart(charts.network(here.style, net), key="network")
        here.show(caption(here.t("how_to_read_network", m=told.found.tests)), key="caption")
    else:
        shown = pairs_table(here, told, only)
        here.show(table(shown) if shown.rows else caption(here.t("table_none")), key="table")
if len(told.kpis) > 1:
    with st.expander(here.t("all_pairs"), expanded=not told.found.tests):
        here.show(table(pairs_table(here, told, only, all_of_them=True)), key="all_pairs")
    here.address.carry(PAIR, list(here.address.values(PAIR)))
    pair_part(here, told, picked)
advice(here, "relations", chosen)
