"""What was just done to a target, and the way back."""

from __future__ import annotations

import streamlit as st

from kpi.analysis.progress import Target, every_target
from kpi.workspace.targets import remove_target, undo_target
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import captions

_DONE = "target_done"


def done(id_: int, what: str) -> None:
    """Remembers what was done to the target: saved, removed."""
    st.session_state[_DONE] = (id_, what)


def take_away(here: Frame, target: Target) -> None:
    """Removes a target so that it can be brought back."""
    remove_target(here.workspace, target.id or 0)
    done(target.id or 0, "removed")
    st.rerun()


def undo_bar(here: Frame, kpi: str) -> None:
    """What was done last to a target of this KPI, with a button that takes it back."""
    id_, what = st.session_state.get(_DONE, (None, ""))
    if not any(t.id == id_ and t.kpi == kpi for t in every_target(here.workspace)):
        return
    with st.container(horizontal=True, key="aim_done", vertical_alignment="center"):
        here.show(captions([here.t(f"aim.{what}")]), key="aim_done_text")
        if st.button(here.t("aim.undo"), key=f"aim_undo_{id_}", type="tertiary"):
            with guard(here.texts):
                undo_target(here.workspace, id_)
                del st.session_state[_DONE]
                st.rerun()
