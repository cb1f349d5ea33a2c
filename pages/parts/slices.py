"""The part of the data a page speaks of: filters and days, as two popovers, and as chips that can be removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from kpi.calendars import CALENDARS, bucket, parse_day
from kpi.core import NOT_RECORDED
from kpi.errors import KpiError, Refused
from kpi.measure.filtering import Choice, choices, dimensions, named, values
from pages.parts.address import held_name, hold, used
from pages.parts.days import day_field
from pages.parts.empty import banner
from pages.parts.errors import guard
from pages.parts.markup import chips
from pages.parts.views import Chip

if TYPE_CHECKING:
    from pages.parts.frame import Frame

FILTER, SINCE, UNTIL, CALENDAR = "filter", "since", "until", "calendar"
DAY = timedelta(days=1)
RANGES = ("latest", "this_year", "last_year")

Filters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Span:
    """since <= day < until; None: open."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Slice:
    """The part of the data a page speaks of: filters as `Query` takes them, since <= day < until."""

    filters: Filters
    since: date | None
    until: date | None


def filters_of(here: Frame) -> tuple[Choice, ...]:
    """The filters in force; what the address says in vain is told on the page and left out."""
    read = []
    codes = here.address.values(FILTER)
    for code in codes:
        try:
            read.append(named(here.workspace, code))
        except KpiError as error:
            here.address.refuse(FILTER, _in_words(here, error), [c for c in codes if c in {r.code for r in read}])
    hold(FILTER, [each.code for each in read])
    return tuple(dict.fromkeys(read))


def _in_words(here: Frame, error: KpiError) -> KpiError:
    if error.code == "filter_without_rows":
        return Refused(
            error.code, dimension=dimension_name(here, str(error.params["dimension"])), value=error.params["value"]
        )
    return error


def filter_popover(here: Frame) -> Filters:
    """The popover: one dimension after the other, any number of values; kept in the address and over all pages."""
    chosen = filters_of(here)
    known = {each.code: each for each in (*chosen, *choices(here.workspace))}
    offered = dimensions(here.workspace)
    if offered:
        label = here.t("filter.label_n", n=len(chosen)) if chosen else here.t("filter.label")
        with st.popover(label, key=f"{here.name}_filters"):
            one = st.selectbox(
                here.t("filter.dimension"), offered, index=None, key="filter_dimension", persist_state="session",
                placeholder=here.t("filter.which"), format_func=lambda name: dimension_name(here, name),
            )  # fmt: skip
            if one:
                known = {each.code: each for each in (*chosen, *values(here.workspace, one))}
            st.session_state[FILTER] = [each.code for each in chosen]
            st.multiselect(
                here.t("filter.values"), list(known), key=FILTER, persist_state="session",
                placeholder=here.t("filter.none"), on_change=used, args=(FILTER, FILTER),
                format_func=lambda code: filter_name(here, known[code]),
            )  # fmt: skip
    here.address.carry(FILTER, [each.code for each in chosen])
    return tuple((each.dimension, each.value) for each in chosen)


def dimension_name(here: Frame, dimension: str) -> str:
    """A dimension as people call it, with its table where several have such a column."""
    owner, _, column = dimension.rpartition(".")
    name = here.t(f"field.{column}") if here.texts.has(f"field.{column}") else column
    bare = not owner or owner == "customers" or not here.texts.has(f"table.{owner}")
    return name if bare else here.t("filter.of_table", name=name, table=here.t(f"table.{owner}"))


def filter_name(here: Frame, each: Choice) -> str:
    """A filter in words: what, and which."""
    value = here.texts.name(each.name)
    if each.value == NOT_RECORDED:
        value = here.t("parts.not_recorded")
    elif here.texts.has(f"value.{each.name}"):
        value = here.t(f"value.{each.name}")
    return here.t("filter.one", dimension=dimension_name(here, each.dimension), value=value)


def toggle(here: Frame, code: str) -> None:
    """Filter by this from the next run on, or no longer."""
    codes = [each.code for each in filters_of(here)]
    hold(FILTER, [c for c in codes if c != code] if code in codes else [*codes, code])


def span_of(here: Frame) -> Span:
    """The days in force; a day that cannot be read, or days in the wrong order, are told and left out."""
    found: dict[str, date | None] = {}
    for name in (SINCE, UNTIL):
        said = here.address.values(name)
        try:
            found[name] = parse_day(said[0], "jalali") if said else None
        except KpiError as error:
            here.address.refuse(name, error)
            found[name] = None
    since, until = found[SINCE], found[UNTIL]
    if since and until and since >= until:
        here.address.refuse(SINCE, Refused("days_in_wrong_order", since=since, until=until - DAY))
        hold(UNTIL, ())
        return Span()
    return Span(since, until)


def span_popover(here: Frame) -> Span:
    """The popover of the days: a few usual ranges, any days, and the calendar of the periods."""
    span = span_of(here)
    with st.popover(here.t("span.label"), key=f"{here.name}_days"), guard(here.texts):
        ranges = _ranges(here)
        now = next((code for code, each in ranges.items() if each == span), None)
        st.session_state["span_range"] = now
        st.segmented_control(
            here.t("span.range"), list(ranges), key="span_range", label_visibility="collapsed", width="stretch",
            format_func=lambda code: here.t(f"span.{code}"), on_change=_take_range, args=(ranges,),
        )  # fmt: skip
        newest = here.workspace.as_of() or date.today()
        with st.form(f"{here.name}_span_form", border=False):
            shown = f"{span.since}_{span.until}"  # fields of other days are other fields
            first = day_field(
                here, here.t("span.since"), span.since or ranges["this_year"].since or newest, f"span_since_{shown}"
            )
            last = day_field(
                here, here.t("span.last"), span.until - DAY if span.until else newest, f"span_last_{shown}"
            )
            if st.form_submit_button(here.t("span.show"), key="span_show") and first and last:
                if first > last:
                    raise Refused("days_in_wrong_order", since=first, until=last)
                choose_span(Span(first, last + DAY))
                st.rerun()
        st.session_state["span_calendar"] = here.calendar
        st.selectbox(
            here.t("span.calendar"), CALENDARS, key="span_calendar", format_func=lambda code: here.t(f"settings.option_{code}"),
            on_change=used, args=(CALENDAR, "span_calendar"),
        )  # fmt: skip
    here.address.carry(SINCE, [span.since.isoformat()] if span.since else [])
    here.address.carry(UNTIL, [span.until.isoformat()] if span.until else [])
    return span


def _ranges(here: Frame) -> dict[str, Span]:
    """The usual ranges: the newest periods, this year so far, the year before."""
    settings = here.workspace.settings
    day = here.workspace.as_of() or date.today()
    year = bucket(day, "year", here.calendar, settings.week_start, settings.fiscal_year_start)
    past = bucket(year.since - DAY, "year", here.calendar, settings.week_start, settings.fiscal_year_start)
    return dict(zip(RANGES, (Span(), Span(year.since), Span(past.since, past.until)), strict=True))


def _take_range(ranges: dict[str, Span]) -> None:
    choose_span(ranges.get(st.session_state["span_range"], Span()))
    st.session_state["address_used"] = True


def choose_span(span: Span) -> None:
    """Hold these days from the next run on."""
    hold(SINCE, [span.since.isoformat()] if span.since else [])
    hold(UNTIL, [span.until.isoformat()] if span.until else [])


def span_name(here: Frame, span: Span) -> str:
    """The days in words; "" without any."""
    if span.since and span.until:
        return here.t("span.between", since=here.texts.day(span.since), until=here.texts.day(span.until - DAY))
    if span.since:
        return here.t("span.from", day=here.texts.day(span.since))
    return here.t("span.to", day=here.texts.day(span.until - DAY)) if span.until else ""


def split_choice(here: Frame, offered: Sequence[str]) -> str:
    """The dimension by which the page tells groups apart, kept in the address; "" for none."""
    key = f"{here.name}_split_by"
    st.session_state[key] = here.said("split", offered, "", key) or None
    chosen = st.selectbox(
        here.t("funnel.split"), offered, index=None, key=key, placeholder=here.t("funnel.split_none"), persist_state="session",
        label_visibility="collapsed", format_func=lambda name: dimension_name(here, name),
        on_change=used, args=(held_name(here.name, "split"), key),
    )  # fmt: skip
    here.address.carry("split", [chosen] if chosen else [])
    return chosen or ""


def tell_unread(here: Frame) -> None:
    """What the address said in vain, once all choices of the page have been read."""
    for n, error in enumerate(here.address.unread):
        here.show(banner(here.t("filter.unread"), here.texts.error(error)), key=f"unread_{n}")


def slice_chips(here: Frame, filters: Filters, span: Span) -> None:
    """What narrows the page as chips to remove, one by one or all."""
    named_ = [replace(c, name=c.name) for c in filters_of(here) if (c.dimension, c.value) in filters]
    shown = [Chip(filter_name(here, each), f"{FILTER}:{each.code}") for each in named_]
    days = span_name(here, span)
    shown += [Chip(days, "span")] if days else []
    if not shown:
        return
    clear = Chip(here.t("filter.clear"), "clear") if len(shown) > 1 else None
    pick = here.show(chips(shown, here.t("filter.remove"), clear), key="chips")
    if pick:
        if pick in ("clear", "span"):
            choose_span(Span())
        if pick == "clear":
            hold(FILTER, ())
        elif pick.startswith(f"{FILTER}:"):
            hold(FILTER, [each.code for each in named_ if f"{FILTER}:{each.code}" != pick])
        st.rerun()
