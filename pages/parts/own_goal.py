"""A goal of one's own: a name, and the KPIs that measure it, drive it, or must not get worse meanwhile."""

from __future__ import annotations

import streamlit as st

from kpi.core import ROLES
from kpi.workspace.choices import choose_goals, chosen_goals
from kpi.workspace.own_goals import Tag, delete_goal, own_goals, save_goal
from kpi.workspace.own_kpis import kpis_of
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.items import kpi_name


def own_goal_form(here: Frame) -> None:
    """The form in an expander; own goals that exist can be changed and deleted there."""
    held = own_goals(here.workspace)
    with st.expander(here.t("own_goal.title")):
        edited = None
        if held:
            edited = st.selectbox(
                here.t("own_goal.which"), held, index=None, key="own_goal_which", placeholder=here.t("own_goal.new"),
                format_func=lambda id_: held[id_].name.get(here.texts.lang),
            )  # fmt: skip
        goal = held.get(edited or "")
        key = f"own_goal_{edited or 'new'}"
        with st.form(key, border=False, clear_on_submit=goal is None):
            name = st.text_input(
                here.t("own_goal.name"), goal.name.en if goal else "", key=f"{key}_name",
                placeholder=here.t("own_goal.name_example"),
            )  # fmt: skip
            about = st.text_input(here.t("own_goal.about"), goal.about.en if goal else "", key=f"{key}_about")
            tagged = {
                role: st.multiselect(
                    here.t(f"own_goal.{role}"), list(kpis_of(here.workspace)), key=f"{key}_{role}",
                    default=[link.kpi for link in goal.kpis if link.role == role] if goal else [],
                    format_func=lambda id_: kpi_name(here, kpis_of(here.workspace)[id_]),
                )
                for role in ROLES
            }  # fmt: skip
            if st.form_submit_button(here.t("own_goal.save"), key=f"{key}_save"):
                with guard(here.texts):
                    tags = [Tag(id_, role) for role, ids in tagged.items() for id_ in ids]
                    saved = save_goal(here.workspace, name, tags, about, edited)
                    choose_goals(here.workspace, list(dict.fromkeys([*chosen_goals(here.workspace), saved.id])))
                    st.rerun()
        if edited and st.button(here.t("own_goal.delete"), key="own_goal_delete"):
            delete_goal(here.workspace, edited)
            st.session_state.pop("own_goal_which", None)
            st.rerun()
