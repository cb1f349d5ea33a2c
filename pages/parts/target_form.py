"""Setting a target of one KPI: where it starts, what is to be reached, from when until when, for which goal."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from kpi.analysis.progress import Target
from kpi.calendars import bucket, parse_day, write_day
from kpi.catalogue import goals
from kpi.core import Kpi
from kpi.errors import Refused
from kpi.measure.baseline import baseline_of
from kpi.measure.board import Item
from kpi.workspace.choices import set_target
from pages.parts.errors import guard
from pages.parts.frame import Frame

DAY = timedelta(days=1)
SAVED = "target_form_saved"


def target_form(here: Frame, kpi: Kpi, item: Item, chosen: tuple[str, ...]) -> None:
    """A popover with the form; a running target fills it in. chosen: the goals of the workspace."""
    with st.popover(here.t("target_form.change" if item.target else "target_form.open")), guard(here.texts):
        _form(here, kpi, item, chosen)
    if st.session_state.pop(SAVED, None) == kpi.id:
        st.toast(here.t("target_form.saved"))


def _form(here: Frame, kpi: Kpi, item: Item, chosen: tuple[str, ...]) -> None:
    held, settings = item.target, here.workspace.settings
    day = here.workspace.as_of() or date.today()
    year = bucket(day, "year", here.calendar, settings.week_start, settings.fiscal_year_start)
    since, until = (held.since, held.until) if held else (year.since, year.until)
    start = held.baseline if held else baseline_of(here.workspace, kpi, since, until, item.reading.value)
    key = f"target_{here.workspace.name}_{kpi.id}"
    unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
    with st.form(key, border=False):
        baseline = _number(here, kpi, here.t("target_form.baseline", unit=unit), start, f"{key}_baseline")
        value = low = high = None
        if kpi.better == "target":
            low = _number(here, kpi, here.t("target_form.low", unit=unit), held and held.low, f"{key}_low")
            high = _number(here, kpi, here.t("target_form.high", unit=unit), held and held.high, f"{key}_high")
        else:
            value = _number(here, kpi, here.t("target_form.value", unit=unit), held and held.value, f"{key}_value")
        first = _day(here, here.t("target_form.since"), since, f"{key}_since")
        last = _day(here, here.t("target_form.last"), until - DAY, f"{key}_last")
        goal = st.selectbox(
            here.t("target_form.goal"), chosen, key=f"{key}_goal", placeholder=here.t("target_form.no_goal"),
            index=chosen.index(held.goal) if held and held.goal in chosen else None,
            format_func=lambda id_: goals()[id_].name.get(here.texts.lang),
        )  # fmt: skip
        if st.form_submit_button(here.t("target_form.save"), type="primary", key=f"{key}_save"):
            _check(value, low, high)
            if first is None or last is None or first > last:
                raise Refused("days_in_wrong_order", since=first, until=last)
            set_target(here.workspace, Target(kpi.id, goal, first, last + DAY, baseline, value, low, high))
            st.session_state[SAVED] = kpi.id
            st.rerun()


def _check(value: float | None, low: float | None, high: float | None) -> None:
    """A value, or both limits in their order."""
    if value is None and (low is None or high is None):
        raise Refused("target_missing")
    if low is not None and high is not None and low > high:
        raise Refused("target_band_order")


def _number(here: Frame, kpi: Kpi, label: str, value: float | None, key: str) -> float | None:
    """A number in the KPI's unit; shares are typed in percent."""
    scale = 100.0 if kpi.unit == "percent" else 1.0
    shown = None if value is None else round(value * scale, 2)
    typed = st.number_input(label, value=shown, key=key, step=None, placeholder=here.t("target_form.not_set"))
    return None if typed is None else typed / scale


def _day(here: Frame, label: str, day: date, key: str) -> date | None:
    """A day in the reader's calendar; the date picker knows only the Gregorian one."""
    if here.calendar == "jalali":
        typed = st.text_input(label, write_day(day, "jalali"), key=key, help=here.t("target_form.jalali_day"))
        return parse_day(typed, "jalali")
    return st.date_input(label, day, key=key, format="YYYY-MM-DD")
