"""Where a choice lives: the address for what can be shared, the session for the rest.

Language and workspace are widgets of the sidebar bound to the address (`?lang=fa&workspace=acme`); their options are
codes, so that a language switch loses no choice.
"""

from __future__ import annotations

import contextlib

import streamlit as st

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.errors import KpiError, Refused
from kpi.text import Texts

LANG = "lang"
WORKSPACE = "workspace"
FIRST = "main"  # the name of the workspace that a fresh installation starts with
NEXT = "workspace_next"  # chosen by the program: taken over when the chooser is drawn again


def language() -> str:
    """The language in force: this session's choice, the address, the workspace's setting, the browser's, English."""
    for chosen in (st.session_state.get(LANG), st.query_params.get(LANG)):
        if chosen in LANGUAGES:
            return chosen
    return _workspace_language() or _browser_language()


def texts(calendar: str | None = None) -> Texts:
    """Words, numbers and dates as this reader and this workspace want them. calendar: chosen for this page."""
    given = workspace().settings
    return Texts(
        language(),
        calendar=calendar or (given.calendar if "calendar" in given.given else None),
        digits=given.digits,
        currency=given.currency,
        fiscal_start=given.fiscal_year_start,
    )


def workspace_name() -> str:
    """The workspace in force: this session's choice, the address, the first there is. Made where there is none."""
    known = workspaces.names(workspaces.home())
    for chosen in (st.session_state.get(NEXT), st.session_state.get(WORKSPACE), st.query_params.get(WORKSPACE)):
        if chosen in known:
            return chosen
    if known:
        return known[0]
    with contextlib.suppress(Refused):  # two first visitors at the same moment: the other one has made it
        workspaces.create(workspaces.home(), FIRST)
    return FIRST


def choose_workspace(name: str) -> None:
    """Make `name` the workspace in force from the next run on (a widget's value is fixed once it is drawn)."""
    st.session_state[NEXT] = name


def workspace() -> workspaces.Workspace:
    """The workspace in force, opened once per process."""
    return workspaces.open_workspace(workspaces.home(), workspace_name())


def _workspace_language() -> str | None:
    """The language that somebody set for the workspace; a workspace that does not open has none."""
    with contextlib.suppress(KpiError):
        return workspace().settings.given.get("language")
    return None


def _browser_language() -> str:
    wanted = (st.context.locale or "").partition("-")[0]
    return wanted if wanted in LANGUAGES else LANGUAGES[0]
