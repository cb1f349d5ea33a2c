"""Carrying definitions in and out of a workspace."""

from __future__ import annotations

import streamlit as st

from kpi.errors import Refused
from kpi.measure.carry import carried_out, looked_through, put_back, take_in
from kpi.workspace.own_kpis import kpis_of
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import captions
from pages.parts.own_preview import mistake_html
from pages.parts.own_views import UNDO

LEAVE, REPLACE = "leave", "replace"


def carry(here: Frame) -> None:
    """Download of all definitions of the workspace, upload of a file with its mistakes and clashes."""
    with st.expander(here.t("carry")):
        st.write(here.t("carry_note"))
        text = carried_out(here.workspace)
        st.download_button(
            here.t("download"), text, f"{here.workspace.name}.toml", "application/toml", key="own_kpi_download",
            disabled=not text, on_click="ignore",
        )  # fmt: skip
        file = st.file_uploader(here.t("upload"), type=["toml"], key="own_kpi_upload")
        if file is not None:
            with guard(here.texts):
                _taken(here, file.getvalue(), file.name)


def _taken(here: Frame, raw: bytes, name: str) -> None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("file_unreadable", file=name) from error
    found = looked_through(here.workspace, text, name)
    if found.mistakes:
        here.show(captions([here.t("carry_mistakes", n=len(found.mistakes))]), key="carry_mistakes")
        for n, each in enumerate(found.mistakes):
            place = here.t("carry_place", line=each.line, column=each.column, place=str(each.error.params["key"]))
            here.show(captions([place]) + mistake_html(here, each.error), key=f"carry_mistake_{n}")
        return
    left = [id_ for id_ in (*found.kpis, *found.goals) if id_ not in found.same]
    told = here.t("carry_found", kpis=len(found.kpis), goals=len(found.goals), same=len(found.same))
    here.show(captions([told]), key="carry_found")
    known = kpis_of(here.workspace)
    for id_ in found.clashes:
        label = known[id_].name.get(here.texts.lang) if id_ in known else id_
        st.segmented_control(
            here.t("carry_clash", name=label), (LEAVE, REPLACE), default=LEAVE, key=f"own_kpi_clash_{id_}",
            required=True, format_func=lambda code: here.t(f"carry_{code}"),
        )  # fmt: skip
    replacing = [id_ for id_ in found.clashes if st.session_state.get(f"own_kpi_clash_{id_}") == REPLACE]
    skipping = [id_ for id_ in found.clashes if id_ not in replacing]
    n = len(left) - len(skipping)
    if st.button(here.t("carry_take", n=n), key="own_kpi_take", disabled=not n):
        taken = take_in(here.workspace, found, replacing, skipping)
        workspace = here.workspace
        st.session_state[UNDO] = (here.t("carry_taken", n=len(taken.ids)), lambda: put_back(workspace, taken), None)
        st.rerun()
