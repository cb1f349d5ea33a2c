"""Quality: duplicates as a list, two of them side by side, merging and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.quality.duplicates import Duplicate, Record, duplicates, likely, surplus
from kpi.quality.masking import masked
from kpi.quality.merge import Preview, merge, preview
from kpi.quality.rules import PEOPLE
from kpi.workspace import undo
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import caption, section
from pages.parts.quality import cell_text
from pages.parts.tables import table
from pages.parts.views import Action, Cell, Column, Table

SHOWN = 40
SURE = 0.95
PAIR = "quality_compared"  # session: (keep, drop) of the pair that is compared
DONE = "quality_merge_done"  # session: (import, customers) of the last merge


def show(here: Frame) -> None:
    """The view of duplicates: whose, the list, the pair looked at."""
    told(here)
    here.show(caption(here.t("found_note")), key="twice_rule")
    name = here.choice("whose", PEOPLE)
    found, unmask = duplicates(here.workspace, name), st.toggle(here.t("unmask"), key="quality_unmask_twice")
    if not found:
        here.show(caption(here.t("twice_none")), key="twice_none")
        return
    sure = likely(found)
    note = here.t("twice_note", likely=len(sure), possible=len(found) - len(sure))
    here.show(caption(f"{here.t('twice_found', n=surplus(sure))}. {note}."), key="twice_head")
    if name == PEOPLE[0]:
        _merge_all(here, [each for each in found if each.confidence >= SURE])
    else:
        here.show(caption(here.t("merge_only_customers")), key="twice_only")
    place = st.container()
    picked = here.show(table(pairs_table(here, found[:SHOWN], unmask, name == PEOPLE[0])), key=f"twice_{name}")
    if picked:
        pair = found[int(picked)]
        st.session_state[PAIR] = (pair.keep.id, pair.drop.id)
    keep, drop = st.session_state.get(PAIR, ("", ""))
    if name == PEOPLE[0] and any({keep, drop} == {each.keep.id, each.drop.id} for each in found):
        with place:
            _pair(here, keep, drop, unmask)


def pairs_table(here: Frame, found: Sequence[Duplicate], unmask: bool, mergeable: bool) -> Table:
    """Pairs with what speaks for them; personal data masked unless asked for."""
    heads = (
        Column(here.t("stays")), Column(here.t("goes")), Column(here.t("sure"), number=True, secondary=True),
        Column(here.t("why"), secondary=True), Column("", number=True),
    )  # fmt: skip

    def who(record: Record) -> Cell:
        cells = [(column, getattr(record, column)) for column in ("name", "email", "phone")]
        said = [str(value if unmask else masked(PEOPLE[0], column, value)) for column, value in cells if value]
        return Cell(here.texts.name(record.id), note=here.texts.name(" · ".join(said)), strong=True)

    rows = tuple(
        (
            who(each.keep),
            who(each.drop),
            here.texts.percent(each.confidence, decimals=0),
            Cell(reasons_text(here, each), note=here.t("across") if each.across else ""),
            Cell("", action=Action(here.t("compare"), str(n))) if mergeable else "",
        )
        for n, each in enumerate(found)
    )
    return Table(heads, rows)


def reasons_text(here: Frame, each: Duplicate) -> str:
    """What speaks for a pair and what against."""
    return here.t("listed", items=[here.t(f"reason_{code}") for code in each.reasons])


def _pair(here: Frame, keep: str, drop: str, unmask: bool) -> None:
    """Two customers side by side, what merging them does, and the button that does it."""
    plan = preview(here.workspace, keep, drop)
    with st.container(border=True, key="quality_pair_box"):
        here.show(section(here.t("compare"), moves_text(here, plan)), key="pair_head")
        here.show(table(cells_table(here, plan, unmask)), key="pair")
        left, right = st.columns(2)
        if left.button(here.t("merge_one"), key="quality_merge_one", type="primary", width="stretch"):
            _do(here, [(keep, drop)])
        if right.button(here.t("merge_swap"), key="quality_merge_swap", width="stretch"):
            st.session_state[PAIR] = (drop, keep)
            st.rerun()


def cells_table(here: Frame, plan: Preview, unmask: bool) -> Table:
    """The cells of both, and what shows afterwards."""
    heads = (Column(here.t("column")), Column(plan.keep), Column(plan.drop), Column(here.t("after")))

    def shown(column: str, value: object) -> str:
        return cell_text(here, value if unmask else masked(PEOPLE[0], column, value))

    rows = tuple(
        (
            here.t(f"field.{column}"),
            shown(column, one),
            shown(column, other),
            Cell(shown(column, after), strong=one != other),
        )
        for column, one, other, after in plan.cells
    )
    return Table(heads, rows)


def moves_text(here: Frame, plan: Preview) -> str:
    """Which rows follow."""
    if not plan.moves:
        return here.t("moves_none")
    said = [
        here.t("move", n=move.n, table=here.t(f"table.{move.table}"), column=here.t(f"field.{move.column}"))
        for move in plan.moves
    ]
    return here.t("moves", moves=said)


def _merge_all(here: Frame, sure: Sequence[Duplicate]) -> None:
    if len(sure) > 1:
        label = here.t("merge_all", n=len(sure), sure=here.texts.percent(SURE, decimals=0))
        if st.button(label, key="quality_merge_all"):
            _do(here, [(each.keep.id, each.drop.id) for each in sure])


def _do(here: Frame, pairs: Sequence[tuple[str, str]]) -> None:
    with guard(here.texts):
        done = merge(here.workspace, pairs)
        st.session_state[DONE] = (here.workspace.name, done.id, done.rows_loaded)
        st.session_state.pop(PAIR, None)
        st.rerun()


def told(here: Frame) -> None:
    """The last merge of this session, and the one click that takes it back."""
    name, number, n = st.session_state.get(DONE, ("", 0, 0))
    if name != here.workspace.name:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="quality_merged_box"):
        here.show(caption(here.t("merged", n=n)), key="merged")
        if st.button(here.t("unmerge"), key="quality_unmerge"):
            with guard(here.texts):
                undo(here.workspace, number)
                del st.session_state[DONE]
                st.toast(here.t("unmerged"))
                st.rerun()
