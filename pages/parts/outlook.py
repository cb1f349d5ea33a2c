"""Will the target be reached: how it stands, how it will end, how sure that is; the targets of parts; what was set before."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from kpi.analysis import rollup
from kpi.analysis.evidence import Fact
from kpi.analysis.outlook import TargetOutlook, said
from kpi.analysis.progress import Progress, Target, every_target
from kpi.analysis.scopes import WHOLE
from kpi.analysis.target_rules import remarks
from kpi.core import Kpi, Query
from kpi.measure.aims import roll_ups
from kpi.measure.board import Item
from kpi.measure.frame import frame_of
from kpi.measure.scopes import members
from kpi.text import Texts
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import captions, section
from pages.parts.items import aim_text, chance_text, item_state
from pages.parts.markup import state as state_mark
from pages.parts.tables import table
from pages.parts.target_undo import take_away, undo_bar
from pages.parts.views import Cell, Column, State, Table

DAY = timedelta(days=1)
_AMOUNTS = ("needed", "recent")


def outlook_part(here: Frame, item: Item) -> None:
    """The section about the target of a KPI; nothing where there never was one."""
    kpi = item.result.kpi
    ever = [t for t in every_target(here.workspace) if t.kpi == kpi.id]
    if not ever:
        return
    here.show(section(here.t("aim.title"), _whose(here, item.target) if item.target else ""), key="aim_head")
    undo_bar(here, kpi.id)
    if item.target and item.progress:
        here.show(f'<p class="k-aim">{state_mark(_stated(here, item))}</p>', key="aim_state")
        here.show(table(_figures(here, item, item.target, item.progress)), key="aim_figures")
    lines = outlook_lines(here, item) + rollup.sentences(
        roll_ups(here.workspace, kpi, item.target if item.target and item.target.scope == WHOLE else None),
        kpi,
        here.texts,
    )
    if lines:
        here.show(captions(lines), key="aim_lines")
    with st.expander(here.t("aim.all", n=len(ever))):
        _all(here, kpi, ever)


def outlook_lines(here: Frame, item: Item) -> list[str]:
    """What is said below the figures: method, how right it was, pace, what should be known about the target."""
    if item.target is None or item.progress is None:
        return [here.t("aim.none")]
    kpi, told = item.result.kpi, []
    if item.outlook:
        shown = ("chance_", "came_true", "flow_", "change_")  # said by the state and in the table
        told += [fact_text(here.texts, kpi, f) for f in said(item.outlook) if not f.code.startswith(shown)]
        if item.progress.state == "reached" and item.outlook.chance is not None and not item.flow:
            told.insert(0, here.t("aim.reached_now"))
    told += pace_lines(here.texts, item.progress, item.flow)
    now = frame_of(here.workspace, Query((), calendar=here.calendar)).now
    return told + [here.t(f"target.{fact.code}") for fact in remarks(item.target, kpi, now)]


def _stated(here: Frame, item: Item) -> State:
    """The state with the chance it follows from."""
    found = item_state(here, item)
    chance = chance_text(here, item)
    return State(found.code, here.t("aim.stated", state=found.text, chance=chance)) if chance else found


def fact_text(texts: Texts, kpi: Kpi, fact: Fact) -> str:
    """A sentence about an outlook, its amounts in the KPI's unit."""
    params = fact.said()
    change = fact.code.startswith("change_")
    for name in _AMOUNTS:
        if name in params:
            value = params[name]
            params[name] = texts.change(value, kpi.unit) if change else texts.number(value, kpi.unit, short=True)
    return texts.t(f"outlook.{fact.code}", **params)


def pace_lines(texts: Texts, done: Progress, flow: bool) -> list[str]:
    """By which pace the target is judged, where that is not simply a straight line."""
    if done.target.pace != "seasonal":
        return []
    if not flow:
        return [texts.t("aim.linear_rate")]
    if done.linear:
        return [texts.t(f"aim.linear_{done.linear.why}", n=done.linear.n, needs=done.linear.needs)]
    return [texts.t("aim.seasonal", due=texts.percent(done.due, decimals=0))]


def whose(here: Frame, target: Target) -> str:
    """Whose target it is, in words."""
    if target.scope == WHOLE:
        return here.t("quantify.scope_all")
    if target.scope_id is None:
        return here.t(f"aim.each_{target.scope}")
    names = members(here.workspace, target.scope, here.texts.lang, gone=True)
    return here.texts.name(names.get(target.scope_id, target.scope_id))


def _whose(here: Frame, target: Target) -> str:
    parts = [whose(here, target), here.t("aim.until", day=here.texts.day(target.until - DAY))]
    return " · ".join([*parts, target.source] if target.source else parts)


def _figures(here: Frame, item: Item, target: Target, done: Progress) -> Table:
    """Target, where it stands, what is due, what is expected, what each period must bring."""
    texts, kpi, ahead = here.texts, item.result.kpi, item.outlook

    def shown(x: float | None) -> str:
        return texts.number(x, kpi.unit, short=True)

    start = "" if target.baseline is None else here.t("aim.from", value=shown(target.baseline))
    way = ""
    if done.done is not None:
        way = here.t("aim.way", way=texts.percent(done.done, decimals=0)) if done.done >= 0 else here.t("aim.way_back")
    rows = [
        (Cell(here.t("aim.target")), Cell(aim_text(texts, kpi, target), strong=True), start),
        (Cell(here.t("aim.now")), Cell(shown(done.actual), strong=True), way),
    ]
    gone = texts.percent(done.gone, decimals=0)
    if done.expected is None:
        rows.append((Cell(here.t("aim.elapsed")), Cell(gone, strong=True), ""))
    else:
        due = Cell(shown(done.expected), strong=True)
        rows.append((Cell(here.t("aim.due")), due, here.t("aim.time", time=gone)))
    if ahead and ahead.expected:
        expected, low, high = ahead.expected
        note = here.t("aim.range", range=texts.range_(low, high, kpi.unit))
        rows.append((Cell(here.t("aim.expected")), Cell(shown(expected), strong=True), note))
    if ahead and ahead.chance is not None:
        checked = ahead.came_true()
        note = here.t("aim.came_true", hits=checked[0], of=checked[1]) if checked else ""
        rows.append((Cell(here.t("aim.chance")), Cell(chance_text(here, item), strong=True), note))
    rows += _needed(here, kpi, ahead) if ahead and not ahead.decided and done.state != "reached" else []
    return Table((Column(here.t("aim.what")), Column(here.t("parts.value"), number=True), Column("")), tuple(rows))


def _needed(here: Frame, kpi: Kpi, ahead: TargetOutlook) -> list[tuple[str | Cell, ...]]:
    """What each remaining period must bring (or by how much the value must change), beside what the latest brought."""
    texts = here.texts

    def shown(x: float | None) -> str:
        return texts.number(x, kpi.unit, short=True) if ahead.flow else texts.change(x, kpi.unit)

    way = "each" if ahead.flow else "change"
    left = here.t(f"aim.{way}", left=texts.number(round(ahead.left, 1)))
    note = "" if ahead.recent is None else here.t(f"aim.lately_{way}", recent=shown(ahead.recent))
    ends = {"at_least": ahead.at_least, "at_most": ahead.at_most}
    if None not in ends.values():
        value = here.t("aim.between", low=shown(ahead.at_least), high=shown(ahead.at_most))
        return [(Cell(left), Cell(value, strong=True), note)]
    return [
        (Cell(left), Cell(here.t(f"aim.needed_{end}", value=shown(x)), strong=True), note)
        for end, x in ends.items()
        if x is not None
    ]


def _all(here: Frame, kpi: Kpi, ever: list[Target]) -> None:
    """Every target that was set for the KPI, the newest first, with a button to take each out of force."""
    texts = here.texts
    heads = (
        Column(here.t("aim.whose")),
        Column(here.t("aim.target"), number=True),
        Column(here.t("aim.days")),
        Column(here.t("aim.source"), secondary=True),
        Column(here.t("aim.fate")),
    )
    rows = tuple(
        (
            Cell(whose(here, t), grey=t.withdrawn_at is not None),
            Cell(aim_text(texts, kpi, t), grey=t.withdrawn_at is not None),
            Cell(texts.t("aim.span", since=texts.day(t.since), last=texts.day(t.until - DAY))),
            Cell(t.source or "–", note=here.t("aim.set", day=texts.day(t.set_at.date())) if t.set_at else ""),
            Cell(_fate(here, t), grey=t.withdrawn_at is not None),
        )
        for t in reversed(ever)
    )
    here.show(table(Table(heads, rows)), key="aim_all")
    held = [t for t in ever if t.withdrawn_at is None]
    if held:
        with st.container(horizontal=True, key="aim_ways", vertical_alignment="bottom"):
            names = {t.id: f"{whose(here, t)} · {aim_text(texts, kpi, t)} · {texts.day(t.since)}" for t in held}
            chosen = st.selectbox(
                here.t("aim.which"), held, format_func=lambda t: names[t.id], key=f"aim_which_{kpi.id}",
                label_visibility="collapsed",
            )  # fmt: skip
            if st.button(here.t("aim.remove"), key=f"aim_remove_{kpi.id}") and chosen is not None:
                with guard(texts):
                    take_away(here, chosen)


def _fate(here: Frame, target: Target) -> str:
    if target.withdrawn_at is None:
        return here.t("aim.in_force")
    code = "removed_on" if target.replaced_by is None else "replaced_on"
    return here.t(f"aim.{code}", day=here.texts.day(target.withdrawn_at.date()))
