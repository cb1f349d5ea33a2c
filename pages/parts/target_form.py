"""Setting a target of one KPI: where it starts, what is to be reached, from when until when, for which goal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from kpi.analysis.progress import Target
from kpi.calendars import bucket
from kpi.core import Kpi
from kpi.errors import Refused
from kpi.measure.baseline import baseline_of
from kpi.measure.board import Item
from kpi.workspace.own_goals import goals_of
from kpi.workspace.targets import set_target
from pages.parts.days import day_field
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
    key = f"target_{here.workspace.name}_{kpi.id}"
    with st.form(key, border=False):
        draft = target_fields(here, kpi, item, key)
        held = item.target
        goal = st.selectbox(
            here.t("target_form.goal"), chosen, key=f"{key}_goal", placeholder=here.t("target_form.no_goal"),
            index=chosen.index(held.goal) if held and held.goal in chosen else None,
            format_func=lambda id_: goals_of(here.workspace)[id_].name.get(here.texts.lang),
        )  # fmt: skip
        if st.form_submit_button(here.t("target_form.save"), type="primary", key=f"{key}_save"):
            set_target(here.workspace, made_target(kpi, goal, draft))
            st.session_state[SAVED] = kpi.id
            st.rerun()


@dataclass(frozen=True)
class Draft:
    """What was typed: numbers in the KPI's unit, the last day inclusive; None where nothing (sensible) was given."""

    baseline: float | None
    value: float | None
    low: float | None
    high: float | None
    since: date | None
    last: date | None
    source: str


def target_fields(here: Frame, kpi: Kpi, item: Item, key: str, filters: tuple[tuple[str, str], ...] = ()) -> Draft:
    """The fields of a target, inside a form; a running target fills them in, else the data and the running year."""
    held, settings = item.target, here.workspace.settings
    day = here.workspace.as_of() or date.today()
    year = bucket(day, "year", here.calendar, settings.week_start, settings.fiscal_year_start)
    since, until = (held.since, held.until) if held else (year.since, year.until)
    start = held.baseline if held else baseline_of(here.workspace, kpi, since, until, item.reading.value, filters)
    unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
    value = low = high = None
    left, right = st.columns(2)
    with left:
        baseline = _number(here, kpi, here.t("target_form.baseline", unit=unit), start, f"{key}_baseline")
    with right:
        if kpi.better == "target":
            low = _number(here, kpi, here.t("target_form.low", unit=unit), held and held.low, f"{key}_low")
            high = _number(here, kpi, here.t("target_form.high", unit=unit), held and held.high, f"{key}_high")
        else:
            value = _number(here, kpi, here.t("target_form.value", unit=unit), held and held.value, f"{key}_value")
    left, right = st.columns(2)
    with left:
        first = day_field(here, here.t("target_form.since"), since, f"{key}_since")
    with right:
        last = day_field(here, here.t("target_form.last"), until - DAY, f"{key}_last")
    source = st.text_input(
        here.t("target_form.source"), value=held.source if held else "", key=f"{key}_source",
        placeholder=here.t("target_form.source_example"),
    )  # fmt: skip
    return Draft(baseline, value, low, high, first, last, source.strip())


def made_target(kpi: Kpi, goal: str | None, draft: Draft, scope: str = "all", scope_id: str | None = None) -> Target:
    """The target that was typed. Refused where the number, a limit or the order of the days is missing or wrong."""
    _check(draft.value, draft.low, draft.high)
    if draft.since is None or draft.last is None or draft.since > draft.last:
        raise Refused("days_in_wrong_order", since=draft.since, until=draft.last)
    return Target(
        kpi.id, goal, draft.since, draft.last + DAY, draft.baseline, draft.value, draft.low, draft.high, scope, scope_id,
        draft.source,
    )  # fmt: skip


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
