"""A KPI of one's own: written with its value, course and SQL at hand, saved, used everywhere; definitions in and out."""

import streamlit as st

from kpi.catalogue import kpis
from kpi.workspace.own_kpis import kpis_of, own_kpis
from pages.parts import caption, frame
from pages.parts.as_typed import KEY, as_typed
from pages.parts.changed import changed_note
from pages.parts.items import kpi_name
from pages.parts.own_carry import carry
from pages.parts.own_fields import fields_panel
from pages.parts.own_kpi import begin_asked, begin_with, present
from pages.parts.own_pieces import tables_of
from pages.parts.own_preview import preview_html, sql_html
from pages.parts.own_views import buttons, form_view, toml_view, undo_line

SEEN = "own_kpi_seen"  # what the address asked for when the form was filled
here = frame.page("own_kpi")
workspace, held = here.workspace, own_kpis(here.workspace)
asked = (workspace.name, frame.param("kpi"), frame.param("change"))
if st.session_state.get(SEEN) != asked:
    st.session_state[SEEN] = asked
    begin_with(here, asked[1], change=asked[2] is not None)
begin_asked(here)
id_ = present(here)[0]

line = here.filters()
with line:
    which = st.selectbox(
        here.t("which"), list(held), index=list(held).index(id_) if id_ and id_ in held else None, placeholder=kpi_name(here, kpis()[id_]) if id_ in kpis() else here.t("new"),
        format_func=lambda k: kpi_name(here, held[k].kpi), key=f"own_kpi_which_{id_}_{id_ in held}", label_visibility="collapsed",
    )  # fmt: skip
    if which != (id_ if id_ in held else None):
        begin_with(here, which)
        st.rerun()
    with st.popover(here.t("start")):
        built_in = st.selectbox(
            here.t("start_which"), list(kpis()), index=None, format_func=lambda k: kpi_name(here, kpis()[k]),
            key="own_kpi_start",
        )  # fmt: skip
        copies = built_in and any(not c.function for c in kpis()[built_in].computations)
        if st.button(here.t("start_copy"), disabled=not copies, key="own_kpi_copy"):
            begin_with(here, built_in)
            st.rerun()
        if st.button(here.t("start_change"), disabled=not built_in, key="own_kpi_change"):
            begin_with(here, built_in, change=True)
            st.rerun()
        if built_in and not copies:
            here.show(caption(here.t("start_function")), key="start_function")
    mode = here.choice("mode", ("form", "toml"))

undo_line(here)
if id_ and id_ in kpis():
    changed_note(here, kpis_of(workspace)[id_])
left, right = st.columns((58, 42), gap="large")
as_typed()
with left, st.container(key=KEY):
    if mode == "toml":
        name, block, tried = toml_view(here)
    else:
        name, block, tried = form_view(here)
    buttons(here, name, block, tried)

with right:
    here.show(preview_html(here, tried), key="live")
    fields_panel(here, tables_of(block))
    here.show(sql_html(here, tried), key="sql")
carry(here)

n, ready = len(held), sum(not each.mistakes for each in held.values())
here.head(finding=here.t("finding", n=n, ready=ready) if n else here.t("finding_none"), note=here.t("note"))
