"""Warnings on Home: what fired, how severe it is, since when, a way to the KPI, and "seen" for what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kpi.measure.alert_words import said
from kpi.measure.alerts import Alert, alerts, see
from kpi.workspace.own_kpis import kpi_of
from pages.parts import markup
from pages.parts.errors import guard
from pages.parts.frame import Frame, go
from pages.parts.head import caption, section
from pages.parts.markup import esc
from pages.parts.views import Action, State

FIRST = 5  # rows before the others are folded
OPEN, SEEN, UNSEEN = "open", "seen", "unseen"
# The marks of the states that look as severe; the words are their own.
MARKS = {"urgent": "corrective_action_needed", "warning": "at_risk", "over": "no_target", "seen": "no_target"}


@dataclass(frozen=True)
class AlertRow:
    """One event. now: the newest value of the KPI in which it held; ways: what can be done."""

    state: State
    text: str
    now: str
    ways: tuple[Action, ...]


def warnings(here: Frame) -> None:
    """The section with its rows; a click is carried out at once."""
    found = alerts(here.workspace)
    here.show(section(here.t("warnings.title"), here.t("warnings.note")), key="alerts_head")
    first = [each for each in found.alerts if not each.seen and each.severity != "over"]
    if not first:
        here.show(caption(here.t("warnings.none")), key="alerts_none")
    picks = [here.show(alert_rows(_rows(here, first[:FIRST])), key="alerts")] if first else []
    rest = [*first[FIRST:], *(each for each in found.alerts if each not in first)]
    if rest:
        with st.expander(here.t("warnings.rest", n=len(rest))):
            picks.append(here.show(alert_rows(_rows(here, rest)), key="alerts_rest"))
    if found.blind:
        names = [kpi_of(here.workspace, id_).name.get(here.texts.lang) for id_, _ in found.blind]
        here.show(caption(here.t("warnings.blind", n=len(names), names=names)), key="alerts_blind")
    for pick in picks:
        if pick:
            _carry_out(here, pick)


def alert_rows(rows: Sequence[AlertRow]) -> str:
    """Severity, sentence, value, ways; one event a row."""
    return f'<ul class="k-actions">{"".join(_row(row) for row in rows)}</ul>'


def _row(row: AlertRow) -> str:
    ways = "".join(markup.action(way) for way in row.ways)
    return (
        f'<li class="k-action k-alert">{markup.state(row.state)}<div>{esc(row.text)}</div>'
        f'<b class="k-num">{esc(row.now)}</b><span class="k-ways">{ways}</span></li>'
    )


def _rows(here: Frame, shown: Sequence[Alert]) -> list[AlertRow]:
    return [_view(here, each) for each in shown]


def _view(here: Frame, alert: Alert) -> AlertRow:
    code = "seen" if alert.seen else alert.severity
    state = State(MARKS[code], here.t(f"warnings.{code}"))  # type: ignore[arg-type]
    value = dict(alert.event.params).get("value_now")
    now = here.texts.number(value, alert.kpi.unit, short=True) if value is not None else ""
    kpi = alert.outcome or alert.kpi
    way = Action(here.t("warnings.unsee"), f"{UNSEEN}:{alert.id}")
    if not alert.seen:
        way = Action(here.t("warnings.see"), f"{SEEN}:{alert.id}")
    return AlertRow(
        state, said(here.workspace, here.texts, alert), now, (Action(here.t("warnings.open"), f"{OPEN}:{kpi.id}"), way)
    )


def _carry_out(here: Frame, pick: str) -> None:
    what, _, id_ = pick.partition(":")
    if what == OPEN:
        go("explore", "kpi", kpi=id_)
    with guard(here.texts):
        see(here.workspace, [id_], what == SEEN)
        st.rerun()
