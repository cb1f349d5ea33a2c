"""How sound a set of KPIs is: its hints as sentences, each with its ways out as buttons, and the last change taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from kpi.analysis.lint import BLIND
from kpi.measure.board import Item
from kpi.measure.lint import Fix, Told, lint, selection_for
from kpi.measure.lint_words import fix_words, hint_words
from kpi.workspace.choice_history import last_change, undo
from kpi.workspace.choices import add_kpi, drop_kpi, select_kpis, selected_kpis
from pages.parts import frame
from pages.parts.advice import advice
from pages.parts.frame import Frame
from pages.parts.head import caption, section
from pages.parts.owners import open_owners, owners_dialog

GO = "lint_go"  # where a click leads: followed when the page is drawn again

Change = Callable[[str], None]


def lint_section(here: Frame, selected: Sequence[str], goals: Sequence[str], items: Sequence[Item]) -> None:
    """The hints about the board as it is stored, and the advice on it; a click changes it at once, and can be taken back."""

    def add(kpi_id: str) -> None:
        add_kpi(here.workspace, selection_for(here.workspace, kpi_id, goals))

    def drop(kpi_id: str) -> None:
        drop_kpi(here.workspace, kpi_id)

    def name(owners: dict[str, str | None]) -> None:
        held = selected_kpis(here.workspace)
        select_kpis(here.workspace, [replace(s, owner=owners.get(s.kpi, s.owner)) for s in held])

    held = {s.kpi: s.owner for s in selected_kpis(here.workspace)}
    lint_list(here, selected, goals, items, held, add, drop, name)
    undo_button(here)
    advice(here, "board", selected, items)


def undo_button(here: Frame) -> None:
    """Takes the last change of goals or KPIs back; not there while nothing was changed."""
    if last_change(here.workspace):
        st.button(here.t("lint.undo"), key=f"{here.name}_undo", type="tertiary", on_click=_undo, args=(here,))


def lint_list(
    here: Frame,
    selected: Sequence[str],
    goals: Sequence[str],
    items: Sequence[Item],
    owners: dict[str, str | None],
    add: Change,
    drop: Change,
    name: Callable[[dict[str, str | None]], None],
) -> None:
    """The hints about these KPIs in two groups: what they do not see, and how far to rely on them.

    add, drop, name: what a click does with the set that the caller holds.
    """
    _follow()
    owners_dialog(here, selected, owners, name)
    told = lint(here.workspace, selected, goals, items, owners=owners)
    blind = [each for each in told if each.hint.code in BLIND]
    others = [each for each in told if each.hint.code not in BLIND]
    for title, note, shown in (
        (here.t("board.blind"), here.t("board.blind_note"), blind),
        (here.t("lint.title"), here.t("lint.title_note"), others),
    ):
        if shown:
            here.show(section(title, note), key=f"lint_head_{shown[0].hint.code}")
            for n, each in enumerate(shown):
                _hint(here, each, n, add, drop)
    if len(selected) > 1 and st.toggle(here.t("lint.deep"), key=f"{here.name}_lint_deep", persist_state="session"):
        with st.spinner(here.t("lint.deep_wait")):
            found = [t for t in lint(here.workspace, selected, goals, deep=True) if t.hint.code == "repeats"]
        for n, each in enumerate(found):
            _hint(here, each, n, add, drop)
        if not found:
            here.show(caption(here.t("lint.deep_none")), key="lint_deep_none")


def _hint(here: Frame, told: Told, n: int, add: Change, drop: Change) -> None:
    """One hint: the sentence, below it its ways out."""
    key = f"lint_{here.name}_{told.hint.code}_{n}"
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        here.show(caption(hint_words(here.workspace, here.texts, told.hint)), key=f"{key}_text")
        with st.container(horizontal=True, key=f"{key}_ways"):
            for fix in told.fixes:
                label, at = fix_words(here.workspace, here.texts, fix), f"{key}_{fix.kind}_{fix.kpi}"
                if fix.kind in ("add", "drop"):
                    st.button(label, key=at, on_click=add if fix.kind == "add" else drop, args=(fix.kpi,))
                elif fix.kind == "owner":
                    st.button(label, key=at, on_click=open_owners)
                else:
                    st.button(label, key=at, on_click=_lead, args=(fix,))


def _lead(fix: Fix) -> None:
    st.session_state[GO] = fix


def _follow() -> None:
    """Go where the click led to; a callback itself cannot change the page."""
    fix = st.session_state.pop(GO, None)
    if fix is None:
        return
    if fix.kind == "target":
        frame.go("explore", "kpi", kpi=fix.kpi)
    if fix.kind == "data":
        frame.go("data", "quality")
    if fix.kind == "quarter":
        frame.go("explore", "board", by="quarter")


def _undo(here: Frame) -> None:
    undo(here.workspace)
    st.toast(here.t("lint.undone"))
