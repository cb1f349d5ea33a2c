"""The label of a built-in KPI that this workspace defines otherwise: what the built-in says, and the way back."""

from __future__ import annotations

import streamlit as st

from kpi.catalogue import kpis
from kpi.core import Kpi
from kpi.workspace.own_kpis import delete_kpi
from pages.parts.empty import banner
from pages.parts.frame import Frame


def changed_note(here: Frame, kpi: Kpi) -> None:
    """Nothing for a KPI that is as built in."""
    if kpi.origin != "changed":
        return
    built_in = kpis()[kpi.id]
    name = built_in.name.get(here.texts.lang)
    with st.container(key=f"changed_{kpi.id}"):
        here.show(
            banner(here.t("own_kpi.changed"), here.t("own_kpi.changed_from", name=name, formula=built_in.formula)),
            "changed",
        )
        if st.button(here.t("own_kpi.back"), key=f"changed_back_{kpi.id}"):
            delete_kpi(here.workspace, kpi.id)
            st.rerun()
