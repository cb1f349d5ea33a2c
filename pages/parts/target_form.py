"""Setting a target of one KPI: where it starts, what is to be reached, from when until when, for which goal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import streamlit as st

from kpi.analysis.progress import PACES, ROLLUPS, Target, target_for, targets_of
from kpi.analysis.scopes import WHOLE, scope_filter
from kpi.analysis.target_rules import check_target
from kpi.calendars import bucket
from kpi.core import Kpi
from kpi.errors import Refused
from kpi.measure.baseline import baseline_of
from kpi.measure.board import Item, board
from kpi.workspace.own_goals import goals_of
from kpi.workspace.targets import set_target
from pages.parts.days import day_field
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.target_scope import scope_choice
from pages.parts.target_undo import done, take_away

DAY = timedelta(days=1)
SAVED = "target_form_saved"
ASKED = ("percent_or_share", "share_very_small")  # what is asked and may be meant all the same


def target_form(here: Frame, kpi: Kpi, item: Item, chosen: tuple[str, ...]) -> None:
    """A popover with the form; a running target fills it in. chosen: the goals of the workspace."""
    with st.popover(here.t("target_form.change" if item.target else "target_form.open")), guard(here.texts):
        _form(here, kpi, item, chosen)
    if st.session_state.pop(SAVED, None) == kpi.id:
        st.toast(here.t("target_form.saved"))


def _form(here: Frame, kpi: Kpi, item: Item, chosen: tuple[str, ...]) -> None:
    scope, member = scope_choice(here, f"target_{here.workspace.name}_{kpi.id}", item.target)
    key = f"target_{here.workspace.name}_{kpi.id}" + (f"_{scope}_{member}" if scope != WHOLE else "")
    filters = scope_filter(here.workspace, scope, member)
    item = _of_scope(here, item, scope, member)
    aim_kind(here, kpi, item, key)
    with st.form(key, border=False):
        draft = target_fields(here, kpi, item, key, filters)
        held = item.target
        goal = st.selectbox(
            here.t("target_form.goal"), chosen, key=f"{key}_goal", placeholder=here.t("target_form.no_goal"),
            index=chosen.index(held.goal) if held and held.goal in chosen else None,
            format_func=lambda id_: goals_of(here.workspace)[id_].name.get(here.texts.lang),
        )  # fmt: skip
        if st.form_submit_button(here.t("target_form.save"), type="primary", key=f"{key}_save"):
            store(here, made_target(kpi, goal, draft, scope, member), held)
            st.session_state[SAVED] = kpi.id
            st.rerun()
    if held and st.button(here.t("target_form.remove"), key=f"{key}_remove", type="tertiary"):
        take_away(here, held)


def store(here: Frame, made: Target, held: Target | None) -> None:
    """Stores a target; one that was edited and runs over some of the same days is replaced. It can be taken back."""
    same_days = held is not None and made.since < held.until and held.since < made.until
    done(set_target(here.workspace, made, held.id if held and same_days else None), "saved")


def _of_scope(here: Frame, item: Item, scope: str, member: str | None) -> Item:
    """The item as it stands for those whose target is set, with the target they have."""
    filters = scope_filter(here.workspace, scope, member)
    if scope != WHOLE and filters:
        item = board(here.workspace, [item.result.kpi.id], (), "month", here.calendar, filters=filters)[0]
    day = here.workspace.as_of() or date.today()
    goal = item.target.goal if item.target else item.goal
    held = target_for(targets_of(here.workspace), item.result.kpi.id, day, goal, (scope, member))
    return replace(item, target=held if held is None or held.scope_id == member else None)


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
    pace: str = PACES[0]
    rollup: str = ""
    usual: float | None = None  # the KPI's last value
    as_given: bool = False
    key: str = ""


def aim_kind(here: Frame, kpi: Kpi, item: Item, key: str) -> None:
    """Whether a value is to be reached or a band; outside of the form, as its fields depend on it."""
    band = bool(item.target.band) if item.target else kpi.better == "target"
    st.segmented_control(
        here.t("target_form.kind"), ("value", "band"), default="band" if band else "value", key=f"{key}_kind",
        format_func=lambda code: here.t(f"target_form.kind_{code}"), required=True, label_visibility="collapsed",
    )  # fmt: skip


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
        if st.session_state.get(f"{key}_kind", "band" if kpi.better == "target" else "value") == "band":
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
    pace, rollup = _rules(here, item, key)
    sure = f"{key}_ask" in st.session_state and st.checkbox(here.t("target_form.as_given"), key=f"{key}_as_given")
    return Draft(baseline, value, low, high, first, last, source.strip(), pace, rollup, item.reading.value, sure, key)


def _rules(here: Frame, item: Item, key: str) -> tuple[str, str]:
    """How the way is spread over the time, and how targets of parts make up the whole; where that is a question."""
    held = item.target
    pace, rollup = held.pace if held else PACES[0], held.rollup if held else ""
    left, right = st.columns(2)
    if item.flow:
        with left:
            pace = st.selectbox(
                here.t("target_form.pace"), PACES, index=PACES.index(pace), key=f"{key}_pace",
                format_func=lambda code: here.t(f"target_form.pace_{code}"), help=here.t("target_form.pace_help"),
            )  # fmt: skip
    parts = any(t.kpi == item.result.kpi.id and t.scope != WHOLE for t in targets_of(here.workspace))
    if parts and (held is None or held.scope == WHOLE):
        options = ("", *ROLLUPS)
        with right:
            rollup = st.selectbox(
                here.t("target_form.rollup"), options, index=options.index(rollup), key=f"{key}_rollup",
                format_func=lambda code: here.t(f"target_form.rollup_{code or 'usual'}"),
            )  # fmt: skip
    return pace, rollup


def made_target(kpi: Kpi, goal: str | None, draft: Draft, scope: str = "all", scope_id: str | None = None) -> Target:
    """The target that was typed. Refused where the number, a limit or the order of the days is missing or wrong; a number
    that looks as if typed in another unit is asked about once."""
    if draft.since is None or draft.last is None or draft.since > draft.last:
        raise Refused("days_in_wrong_order", since=draft.since, until=draft.last)
    made = Target(
        kpi.id, goal, draft.since, draft.last + DAY, draft.baseline, draft.value, draft.low, draft.high, scope, scope_id,
        draft.source, draft.pace, draft.rollup,
    )  # fmt: skip
    try:
        check_target(made, kpi, draft.usual, draft.as_given)
    except Refused as refused:
        if refused.code in ASKED:
            st.session_state[f"{draft.key}_ask"] = True
        if refused.code == "percent_or_share":
            raise Refused("percent_odd", value=100 * float(str(refused.params["value"]))) from refused
        raise
    return made


def _number(here: Frame, kpi: Kpi, label: str, value: float | None, key: str) -> float | None:
    """A number in the KPI's unit; shares are typed in percent."""
    scale = 100.0 if kpi.unit == "percent" else 1.0
    shown = None if value is None else round(value * scale, 2)
    typed = st.number_input(label, value=shown, key=key, step=None, placeholder=here.t("target_form.not_set"))
    return None if typed is None else typed / scale
