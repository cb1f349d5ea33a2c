"""The sidebar below the navigation: which workspace, which language."""

from __future__ import annotations

import streamlit as st
from streamlit.components.v2 import component

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.text import Texts
from pages.parts import state
from pages.parts.empty import message
from pages.parts.errors import guard

SHORT = {"en": "EN", "fa": "فا", "uk": "УК"}  # each in its own script: the same in every language
SWITCH = "language_switch"


# Streamlit completes the address after the first click, each time as a step of the history. Here it is complete from
# the first visit on; what changes nothing but these names, or what a page adds by itself to the address that the reader
# has just gone to (filters that go along), replaces the step instead of adding one.
_address = component(
    "kpi_address",
    js="""
    const rest = (address, names) => {
      const copy = new URL(address);
      names.forEach((name) => copy.searchParams.delete(name));
      copy.searchParams.sort();
      return copy.href;
    };

    export default function ({ data }) {
      const names = Object.keys(data);
      if (!history.addStep) {
        history.addStep = history.pushState;
        let touched = 0;
        let stepped = performance.now();
        const touch = () => { touched = performance.now(); };
        for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, true);
        addEventListener("popstate", () => { stepped = performance.now(); }, true);
        history.pushState = (state, unused, url) => {
          const next = new URL(url, location.href);
          const same = rest(next, names) === rest(location.href, names);
          // The page completes its own address after the reader's step: that is no step of its own.
          const completed = next.pathname === location.pathname && touched < stepped;
          if (same || completed) return history.replaceState(state, unused, next);
          stepped = performance.now();
          history.addStep(state, unused, next);
        };
      }
      const address = new URL(location.href);
      const missing = names.filter((name) => !address.searchParams.has(name));
      missing.forEach((name) => address.searchParams.set(name, data[name]));
      if (missing.length) history.replaceState(history.state, "", address);
    }
    """,
    isolate_styles=False,
)


def show(texts: Texts) -> None:
    """Workspace chooser and language switch; both choices stand in the address."""
    _say_if_missing(texts)
    st.session_state[state.WORKSPACE] = state.workspace_name()
    st.session_state.pop(state.NEXT, None)
    st.session_state[state.LANG] = st.session_state[SWITCH] = texts.lang
    with st.sidebar, st.container(key="sidebar_choices"):
        st.selectbox(
            texts.t("app.workspace"),
            workspaces.names(workspaces.home()),
            index=None,  # no default: the address always names the workspace
            key=state.WORKSPACE,
            bind="query-params",
            placeholder="",
        )
        if st.button(texts.t("app.workspace_new"), key="workspace_new", type="tertiary"):
            _create(texts)
        st.segmented_control(
            texts.t("app.language"),
            LANGUAGES,
            key=SWITCH,
            format_func=SHORT.__getitem__,
            label_visibility="collapsed",
            required=True,
            on_change=_switched,
        )
        # The address carries what a widget shows, and the switch shows names: this unseen twin carries the code.
        st.selectbox(
            texts.t("app.language"), LANGUAGES, index=None, key=state.LANG, bind="query-params", placeholder=""
        )
        named = {name: st.session_state[name] for name in (state.WORKSPACE, state.LANG)}
        _address(data=named, key="kpi_address", height=1)


def _say_if_missing(texts: Texts) -> None:
    """A link to a workspace that is gone says so, before another one is shown in its place."""
    asked = st.query_params.get(state.WORKSPACE)
    if asked and asked not in workspaces.names(workspaces.home()):
        shown = state.workspace_name()
        st.html(message(texts.t("app.workspace_gone", name=asked), texts.t("app.workspace_gone_text", name=shown)))


def _switched() -> None:
    st.session_state[state.LANG] = st.session_state[SWITCH]


def _create(texts: Texts) -> None:
    """Ask for a name in a dialog, make the workspace, go there."""

    @st.dialog(texts.t("app.workspace_new"))
    def ask() -> None:
        with st.form("workspace_form", border=False), guard(texts):
            name = st.text_input(
                texts.t("app.workspace_name"), key="workspace_name", help=texts.t("app.workspace_name_help")
            )
            if st.form_submit_button(texts.t("app.workspace_create"), key="workspace_create", type="primary"):
                state.choose_workspace(workspaces.create(workspaces.home(), name.strip()).name)
                st.rerun()

    ask()
