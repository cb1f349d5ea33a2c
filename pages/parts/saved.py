"""Saved views: a popover that keeps what is chosen on a page under a name, brings it back, and gives it a link."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kpi.workspace.views import View, change_view, delete_view, restore_view, save_view, views
from pages.parts import state
from pages.parts.address import USED, VIEW, held, held_name
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import section
from pages.parts.markup import chips
from pages.parts.opened import apply_view
from pages.parts.views import Chip

GONE = "view_deleted"


def view_menu(here: Frame) -> None:
    """After all choices of the page were drawn: they are what a view keeps."""
    known = {view.id: view for view in views(here.workspace, here.name)}
    with st.popover(here.t("views.title"), key=f"{here.name}_views"):
        if known:
            chosen = st.selectbox(
                here.t("views.open"), list(known), index=None, key=f"{here.name}_view", placeholder=here.t("views.which"),
                format_func=lambda id_: known[id_].name,
            )  # fmt: skip
            if chosen:
                _ways(here, known[chosen])
        gone = st.session_state.get(GONE)
        if gone and gone[0] == here.workspace.name and gone[1].page == here.name:
            undo = here.t("views.undo", name=gone[1].name)
            if st.button(undo, key=f"{here.name}_view_undo", type="tertiary"):
                restore_view(here.workspace, st.session_state.pop(GONE)[1])
                st.rerun()
        with st.form(f"{here.name}_view_form", border=False, clear_on_submit=True), guard(here.texts):
            name = st.text_input(here.t("views.name"), key=f"{here.name}_view_name")
            if st.form_submit_button(here.t("views.save"), key=f"{here.name}_view_save"):
                save_view(here.workspace, here.name, name, _now(here))
                st.rerun()


def _ways(here: Frame, view: View) -> None:
    key = f"{here.name}_view"
    with st.container(horizontal=True, key=f"{key}_ways"):
        st.button(here.t("views.show"), key=f"{key}_show", on_click=_open, args=(view,))
        if st.button(here.t("views.overwrite"), key=f"{key}_over", help=here.t("views.overwrite_help")):
            change_view(here.workspace, view, view.name, _now(here))
            st.rerun()
        if st.button(here.t("views.delete"), key=f"{key}_delete"):
            delete_view(here.workspace, view.id)
            st.session_state[GONE] = (here.workspace.name, view)
            st.rerun()
    with st.form(f"{key}_rename_form", border=False), guard(here.texts):
        name = st.text_input(here.t("views.new_name"), view.name, key=f"{key}_rename_{view.id}")
        if st.form_submit_button(here.t("views.rename"), key=f"{key}_rename"):
            change_view(here.workspace, view, name)
            st.rerun()
    st.caption(here.t("views.link"))
    st.code(_link(here, view), language=None, wrap_lines=True)


def _link(here: Frame, view: View) -> str:
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{state.WORKSPACE}={here.workspace.name}&{VIEW}={view.id}"


def _now(here: Frame) -> dict[str, Any]:
    """What is chosen on the page, by the keys of its widgets."""
    found: dict[str, Any] = {}
    for name, key in here.address.names.items():
        values = list(held().get(held_name(here.name, name), ()))
        found[key] = st.session_state[key] if key != name else values
    return found


def _open(view: View) -> None:
    apply_view(view)
    st.session_state[USED] = True


def view_links(here: Frame) -> View | None:
    """All saved views as links; the one that was clicked just now."""
    known = {view.id: view for view in views(here.workspace)}
    if not known:
        return None
    shown = [Chip(here.t("views.on_page", name=v.name, page=here.t(f"nav.{v.page}")), v.id) for v in known.values()]
    here.show(section(here.t("views.home")), key="views_head")
    pick = here.show(chips(shown, here.t("views.show"), cross=False), key="views")
    return known.get(pick or "")
