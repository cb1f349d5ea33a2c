"""Customers: how recently, how often and for how much they buy; segments, moves, clusters."""

import streamlit as st

from kpi import charts
from kpi.analysis.clusters import clusters
from kpi.analysis.migration import migration as moves_between
from kpi.analysis.rfm import rfm, rfm_part
from kpi.errors import Refused
from kpi.measure.frame import months_before
from pages.parts import bar_rows, caption, frame, heat_map, migration, section, table
from pages.parts.customers import (
    cluster_scatter,
    cluster_table,
    customer_rows,
    customers_finding,
    heat_view,
    left_out_text,
    migration_view,
    segment_bars,
)
from pages.parts.explore import DAY, notes_text
from pages.parts.missing import nothing, only_known
from pages.parts.proof_links import CUSTOMERS, proof_links
from pages.parts.saved import view_menu

here = frame.page("customers")
if not {"orders.customer_id", "orders.ordered_at"} <= here.workspace.columns():
    nothing(here, "data", "import")

with here.filters():
    view = here.choice("view", ("segments", "clusters"), address="view_of")
    k = int(here.choice("k", ("4", "2", "3", "5", "6"), address="k", listed=True)) if view == "clusters" else 0
    part = here.slice()
    view_menu(here)
only_known(here, "customers", part.filters)
day = part.until - DAY if part.until else None
found = rfm_part(here.workspace, rfm(here.workspace, day), part.filters)
as_of = found.as_of
if not len(found.customers):
    here.head(finding=here.t("nobody"), context=here.t("context", n=0))
    st.stop()
said = [notes_text(here, found.notes), left_out_text(here, found)]
said += [here.t("scores_of_all")] if part.filters and found.scored else []
said += [here.t("no_first_day")] if part.since else []
here.head(
    finding=customers_finding(here, found),
    context=here.t("context", n=len(found.customers)),
    note=" ".join(filter(None, said)),
)

if view == "segments":
    moved = None
    if found.scored and as_of:
        try:
            moved = moves_between(here.workspace, months_before(as_of, 3), as_of, True, part.filters)
        except Refused:
            moved = None  # three months ago there were too few customers for scores: no moves to show
    left, right = st.columns((55, 45), gap="large")
    with left:
        here.show(section(here.t("heat"), here.t("heat_note")), key="heat_head")
        pick_cell = here.show(heat_map(heat_view(here, found)), key="heat") if found.scored else None
    with right:
        here.show(section(here.t("segments")), key="segments_head")
        pick_segment = (
            here.show(
                bar_rows(
                    segment_bars(here, found, moved),
                    heads=tuple(here.t(h) for h in ("segment", "customers", "revenue_share", "change")),
                ),
                key="segments",
            )
            if found.scored
            else None
        )
    for pick in (pick_cell, pick_segment):
        if pick:
            st.session_state["customers_pick"] = pick
    if moved:
        here.show(section(here.t("moves"), here.t("moves_note", day=here.texts.day(moved.since))), key="moves_head")
        here.show(migration(migration_view(here, moved)), key="moves")
    chosen = st.session_state.get("customers_pick")
    rows = customer_rows(here, found, chosen)
    here.show(section(here.t("list"), rows.title), key="list_head")
    here.show(table(rows.first), key="list")
    with st.expander(here.t("whole_list")):
        st.dataframe(rows.frame, hide_index=True, width="stretch", key="customers_list")
else:
    grouped = clusters(here.workspace, k, day, filters=part.filters)
    here.show(section(here.t("clusters"), notes_text(here, grouped.notes)), key="clusters_head")
    here.show(table(cluster_table(here, grouped)), key="clusters")
    here.chart(charts.scatter(here.style, cluster_scatter(here, grouped, found)), key="scatter")
    here.show(caption(here.t("scatter_note")), key="scatter_note")
proof_links(here, CUSTOMERS)
