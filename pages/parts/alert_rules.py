"""On the page of a KPI: the bounds that it should not cross, and the day from which it is another process."""

from __future__ import annotations

import streamlit as st

from kpi.analysis.thresholds import proposed, thresholds
from kpi.core import Kpi
from kpi.measure.alerts import rebase
from kpi.workspace.alert_rules import SIDES, Rule, Side, rules, set_rules
from kpi.workspace.limits import bases, withdraw_change
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.target_form import day_field

SAVED = "alert_rules_saved"


def rule_form(here: Frame, kpi: Kpi) -> None:
    """A popover: bounds in the KPI's unit, and below them a declared change."""
    with st.popover(here.t("alert_rules.open")):
        _bounds(here, kpi)
        _change(here, kpi)
    said = st.session_state.pop(SAVED, None)
    if said:
        st.toast(here.t(f"alert_rules.{said}"))


def _bounds(here: Frame, kpi: Kpi) -> None:
    held = {("above" if each.above else "below"): each.value for each in thresholds(kpi.id, rules(here.workspace))}
    unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
    with st.form(f"alert_rules_{kpi.id}", border=False), guard(here.texts):
        typed = {side: _number(here, kpi, side, unit, held.get(side)) for side in SIDES}
        given = [rule for rule in proposed() if rule.kpi == kpi.id]
        for rule in given:
            value = here.texts.number(rule.value, kpi.unit)
            st.caption(here.t(f"alert_rules.proposed_{rule.side}", value=value))
        if st.form_submit_button(here.t("alert_rules.save"), type="primary", key=f"alert_rules_save_{kpi.id}"):
            set_rules(here.workspace, *(Rule(kpi.id, side, typed[side]) for side in SIDES))
            _done("saved")


def _change(here: Frame, kpi: Kpi) -> None:
    day = here.workspace.as_of()
    if day is None:
        return
    base = bases(here.workspace).get(kpi.id)
    st.caption(here.t("alert_rules.change_note"))
    if base and base.since:
        st.caption(here.t("alert_rules.changed_since", day=here.texts.day(base.since)))
        if st.button(here.t("alert_rules.take_back"), key=f"alert_change_undo_{kpi.id}"):
            withdraw_change(here.workspace, kpi.id)
            _done("taken_back")
    with st.form(f"alert_change_{kpi.id}", border=False), guard(here.texts):
        since = day_field(here, here.t("alert_rules.change_day"), day, f"alert_change_day_{kpi.id}")
        if st.form_submit_button(here.t("alert_rules.change"), key=f"alert_change_save_{kpi.id}") and since:
            rebase(here.workspace, kpi.id, since)
            _done("changed")


def _done(said: str) -> None:
    st.session_state[SAVED] = said
    st.rerun()


def _number(here: Frame, kpi: Kpi, side: Side, unit: str, value: float | None) -> float | None:
    """A number in the KPI's unit; shares are typed in percent."""
    scale = 100.0 if kpi.unit == "percent" else 1.0
    typed = st.number_input(
        here.t(f"alert_rules.{side}", unit=unit), value=None if value is None else round(value * scale, 6), step=None,
        key=f"alert_rules_{side}_{kpi.id}", placeholder=here.t("alert_rules.no_bound"),
    )  # fmt: skip
    return None if typed is None else typed / scale
