"""Both views of a definition, the form and its TOML, and what can be done with it: save, use, delete, take back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kpi.catalogue import kpis
from kpi.catalogue.toml_text import block_text
from kpi.errors import KpiError, Refused
from kpi.measure.trial import Trial, trial
from kpi.workspace.choices import Selection, select_kpis, selected_kpis
from kpi.workspace.own_kpis import delete_kpi, own_kpis, restore_kpi, save_kpi
from pages.parts import frame
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import captions
from pages.parts.items import kpi_name
from pages.parts.own_form import form
from pages.parts.own_kpi import AT, begin, begin_next, own_id, present, typed_block
from pages.parts.own_preview import mistake_html

UNDO = "own_kpi_undo"  # (what was done, how to take it back, the KPI it was about or None)
TEXT, TEXT_OF, READ = "own_kpi_toml", "own_kpi_toml_of", "own_kpi_toml_read"

View = tuple[str, Mapping[str, Any], Trial | None]  # id, block, what it gives


def form_view(here: Frame) -> View:
    """The definition in fields."""
    read = st.session_state.pop(READ, None)
    st.session_state.pop(TEXT_OF, None)
    if read is not None:  # what was changed in the TOML view goes on here
        id_, _, new = present(here)
        begin(here, id_ if id_ is None or read[0] == id_ else None, read[1], new or read[0] != id_)
    id_, block = present(here)[0], typed_block(here)
    name = id_ or own_id(here, str(block.get("name", "")))
    tried = None
    if any(block.get(key) for key in ("value", "function", "variants")):
        # An expression answers before there is a name: without one it only cannot be kept.
        tried = _tried(here, name, block if block.get("name") else {**block, "name": here.t("new")})
    form(here, tried)
    return name, block, tried


def toml_view(here: Frame) -> View:
    """The definition as its TOML block, with the same checks."""
    st.session_state.setdefault(TEXT_OF, None)
    if st.session_state[TEXT_OF] != st.session_state[AT][1:]:
        block = typed_block(here)
        st.session_state[TEXT] = block_text(present(here)[0] or own_id(here, str(block.get("name", ""))), block)
        st.session_state[TEXT_OF] = st.session_state[AT][1:]
    text = st.text_area(here.t("toml"), key=TEXT, height=420, persist_state="session")
    try:
        name, block = read_block(text, here.t("toml"))
    except KpiError as error:
        here.show(mistake_html(here, error), key="toml_mistake_0")
        return "", {}, None
    st.session_state[READ] = (name, block)
    tried = _tried(here, name, block)
    for n, mistake in enumerate(tried.mistakes):
        here.show(mistake_html(here, mistake, named=True), key=f"toml_mistake_{n}")
    return name, block, tried


def _tried(here: Frame, name: str, block: Mapping[str, Any]) -> Trial:
    key = ("trial", block_text(name, block), here.calendar)
    return here.workspace.memo(key, lambda: trial(here.workspace, name, block, calendar=here.calendar))


def read_block(text: str, file: str) -> tuple[str, Mapping[str, Any]]:
    """The one definition in a text as typed. Refused where it is no TOML, or another number of definitions."""
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused("toml_unreadable", file=file, why=str(error)) from error
    if len(found) != 1 or not all(isinstance(block, Mapping) for block in found.values()):
        raise Refused("toml_one", n=len(found))
    return next(iter(found.items()))


def buttons(here: Frame, name: str, block: Mapping[str, Any], tried: Trial | None) -> None:
    """Save; for a stored definition also: to the board, to its page, away with it."""
    id_, held = present(here)[0], own_kpis(here.workspace)
    with st.container(horizontal=True, key="own_kpi_buttons"):
        sound = tried is not None and tried.sound and bool(block.get("name"))
        if st.button(here.t("save"), type="primary", disabled=not sound, key="own_kpi_save"):
            with guard(here.texts):
                _save(here, name, block)
                st.rerun()
        if tried is not None and tried.sound and not block.get("name"):
            here.show(captions([here.t("name_missing")]), key="name_missing")
        if id_ is None or id_ not in held:
            return
        chosen = selected_kpis(here.workspace)
        if all(each.kpi != id_ for each in chosen) and st.button(here.t("to_board"), key="own_kpi_board"):
            goal = next(iter(held[id_].goals), None)
            select_kpis(here.workspace, [*chosen, Selection(id_, goal, None if goal else here.t("why"))])
            frame.go("explore", "board")
        if st.button(here.t("to_kpi"), key="own_kpi_detail"):
            frame.go("explore", "kpi", kpi=id_)
        if id_ not in kpis() and st.button(here.t("delete"), key="own_kpi_delete"):
            with guard(here.texts):
                workspace, removed = here.workspace, delete_kpi(here.workspace, id_)
                told = here.t("deleted", name=kpi_name(here, held[id_].kpi))
                st.session_state[UNDO] = (told, lambda: restore_kpi(workspace, removed), id_)
                begin_next(here, None)
                st.rerun()


def _save(here: Frame, name: str, block: Mapping[str, Any]) -> None:
    workspace, held = here.workspace, own_kpis(here.workspace)
    before = held[name].block if name in held else None
    saved = save_kpi(workspace, name, block, new=name != present(here)[0])

    def back() -> None:
        if before is None:
            delete_kpi(workspace, name)
        else:
            save_kpi(workspace, name, before)

    st.session_state[UNDO] = (here.t("saved", name=kpi_name(here, saved.kpi)), back, name)
    begin_next(here, name, saved.block)


def undo_line(here: Frame) -> None:
    """What was done last, with the button that takes it back. Its place is kept, so that nothing below begins anew."""
    place = st.empty()
    held = st.session_state.get(UNDO)
    if held is None:
        return
    told, back, about = held
    with place.container(horizontal=True, vertical_alignment="center", key="own_kpi_undo_row"):
        here.show(captions([told]), key="done")
        if st.button(here.t("undo"), key="own_kpi_undo_button"):
            with guard(here.texts):
                back()
                del st.session_state[UNDO]
                begin_next(here, about if about in own_kpis(here.workspace) else None)
                st.rerun()
