"""What needs action on Home: warnings KPI by KPI, what is behind without one, reviews that are due; below, folded, the
warnings that are over or that somebody has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kpi.core import Goal
from kpi.measure import Item
from kpi.measure.alert_words import in_short, said
from kpi.measure.alerts import Alert, Alerts, alerts, see
from kpi.measure.home import needing_action
from kpi.workspace.own_kpis import kpi_of
from pages.parts import markup
from pages.parts.errors import guard
from pages.parts.frame import Frame, go
from pages.parts.head import caption
from pages.parts.home import action_view, review_view
from pages.parts.items import item_state, short_name
from pages.parts.markup import esc
from pages.parts.views import Action, State

MOST = 6  # rows that stand open
OPEN, SEEN, UNSEEN, REVIEW = "open", "seen", "unseen", "review"
# The marks of the states that look as severe; the words are their own.
MARKS = {"urgent": "corrective_action_needed", "warning": "at_risk", "over": "no_target", "seen": "no_target"}


@dataclass(frozen=True)
class AlertRow:
    """Something that needs a look. text: what about; detail: a grey line; now: its value; ways: what can be done."""

    state: State
    text: str
    detail: str
    now: str
    ways: tuple[Action, ...]
    strong: bool = True


def action_list(here: Frame, items: Sequence[Item], late: Mapping[str, int], goals: Mapping[str, Goal]) -> None:
    """items: of the board; late: goals whose review is due, with the days since. A click is carried out at once."""
    found = alerts(here.workspace)
    rows = _open_rows(here, found, items)
    first = [*rows[:MOST], *(_review(here, goals[id_], days) for id_, days in late.items())]
    picks = [here.show(alert_rows(first), key="action")] if first else []
    if not first:
        here.show(caption(here.t("nothing_urgent" if items else "nothing_chosen")), key="action")
    rest = rows[MOST:] + [_single(here, each) for each in found.alerts if each.seen or not each.event.lasting]
    if rest:
        with st.expander(here.t("warnings.rest", n=len(rest))):
            picks.append(here.show(alert_rows(rest), key="alerts_rest"))
    if found.blind:
        names = [kpi_of(here.workspace, id_).name.get(here.texts.lang) for id_, _ in found.blind]
        here.show(caption(here.t("warnings.blind", n=len(names), names=names)), key="alerts_blind")
    for pick in picks:
        if pick:
            _carry_out(here, pick, found)


def alert_rows(rows: Sequence[AlertRow]) -> str:
    """Severity, what about, value, ways; one thing a row."""
    return f'<ul class="k-actions">{"".join(_row(row) for row in rows)}</ul>'


def _row(row: AlertRow) -> str:
    ways = "".join(markup.action(way) for way in row.ways)
    text = f"<b>{esc(row.text)}</b>" if row.strong else esc(row.text)
    grey = f'<div class="k-small">{esc(row.detail)}</div>' if row.detail else ""
    return (
        f'<li class="k-action k-alert">{markup.state(row.state)}<div>{text}{grey}</div>'
        f'<b class="k-num">{esc(row.now)}</b><span class="k-ways">{ways}</span></li>'
    )


def _open_rows(here: Frame, found: Alerts, items: Sequence[Item]) -> list[AlertRow]:
    """KPIs with a warning, the most severe first; then those that are behind or worse without one."""
    held = {item.result.kpi.id: item for item in items}
    groups: dict[str, list[Alert]] = {}
    for each in found.pressing:
        groups.setdefault(each.subject.id, []).append(each)
    rows = [_grouped(here, told, held.get(id_)) for id_, told in groups.items()]
    for item in needing_action(items):
        if item.result.kpi.id not in groups:
            shown = action_view(here, item)
            way = Action(here.t("open"), f"{OPEN}:{item.result.kpi.id}")
            rows.append(AlertRow(item_state(here, item), shown.title, shown.detail, shown.stake, (way,)))
    return rows


def _grouped(here: Frame, told: Sequence[Alert], item: Item | None) -> AlertRow:
    kpi, severity = told[0].subject, told[0].severity
    state = State(MARKS[severity], here.t(f"warnings.{severity}"))  # type: ignore[arg-type]
    detail = " · ".join(in_short(here.workspace, here.texts, each) for each in told)
    value = dict(told[0].event.params).get("value_now")
    if item:
        value = item.progress.actual if item.flow and item.progress else item.reading.value
    now = here.texts.number(value, kpi.unit, short=True) if value is not None else ""
    ways = Action(here.t("open"), f"{OPEN}:{kpi.id}"), Action(here.t("warnings.see"), f"{SEEN}:{kpi.id}")
    return AlertRow(state, short_name(here, kpi), detail, now, ways)


def _single(here: Frame, alert: Alert) -> AlertRow:
    code = "seen" if alert.seen else alert.severity
    state = State(MARKS[code], here.t(f"warnings.{code}"))  # type: ignore[arg-type]
    ways = [Action(here.t("open"), f"{OPEN}:{alert.subject.id}")]
    if alert.seen:
        ways.append(Action(here.t("warnings.unsee"), f"{UNSEEN}:{alert.id}"))
    return AlertRow(state, said(here.workspace, here.texts, alert), "", "", tuple(ways), strong=False)


def _review(here: Frame, goal: Goal, days: int) -> AlertRow:
    shown = review_view(here, goal, days)
    ways = (Action(here.t("review_open"), f"{REVIEW}:{goal.id}"),)
    return AlertRow(State("no_target", here.t("warnings.due")), shown.title, shown.detail, "", ways)


def _carry_out(here: Frame, pick: str, found: Alerts) -> None:
    what, _, id_ = pick.partition(":")
    if what == OPEN:
        go("explore", "kpi", kpi=id_)
    if what == REVIEW:
        go("decide", "review", goal=id_)
    ids = [id_] if what == UNSEEN else [each.id for each in found.pressing if each.subject.id == id_]
    with guard(here.texts):
        see(here.workspace, ids, what == SEEN)
        st.rerun()
