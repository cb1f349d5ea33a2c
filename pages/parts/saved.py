"""Saved views: a popover that keeps what is chosen on a page under a name, and brings it back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.workspace.views import View, delete_view, save_view, views
from pages.parts.errors import guard
from pages.parts.frame import Frame


def view_menu(here: Frame, keys: Sequence[str]) -> None:
    """keys: of the session, the choices that make the view."""
    held = {view.id: view for view in views(here.workspace, here.name)}
    with st.popover(here.t("views.title")):
        if held:
            chosen = st.selectbox(
                here.t("views.open"), list(held), index=None, key=f"{here.name}_view", placeholder=here.t("views.which"),
                format_func=lambda id_: held[id_].name,
            )  # fmt: skip
            if chosen:
                view = held[chosen]
                with st.container(horizontal=True, key=f"{here.name}_view_ways"):
                    st.button(here.t("views.show"), key=f"{here.name}_view_show", on_click=_apply, args=(view, keys))
                    if st.button(here.t("views.delete"), key=f"{here.name}_view_delete"):
                        delete_view(here.workspace, view.id)
                        st.rerun()
        with st.form(f"{here.name}_view_form", border=False, clear_on_submit=True), guard(here.texts):
            name = st.text_input(here.t("views.name"), key=f"{here.name}_view_name")
            if st.form_submit_button(here.t("views.save"), key=f"{here.name}_view_save"):
                save_view(here.workspace, here.name, name, {key: st.session_state.get(key) for key in keys})
                st.rerun()


def _apply(view: View, keys: Sequence[str]) -> None:
    """Before the page is drawn again: the choices as they were saved."""
    for key in keys:
        if key in view.query:
            st.session_state[key] = view.query[key]
