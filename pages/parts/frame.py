"""The frame of one page: texts, workspace, head. Every page begins with `here = frame.page("<its name>")`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.calendars import CALENDARS
from kpi.errors import Unknown
from kpi.text import Texts
from kpi.workspace import Workspace
from pages.parts import click, head, slices, state
from pages.parts.address import VIEW, Address, arrive, held_name, travelling, used
from pages.parts.opened import open_named
from pages.parts.views import State, StateCode, Value

if TYPE_CHECKING:  # altair takes half a second to import: only pages with a chart pay for it
    from kpi.charts import Chart, Style


@dataclass(frozen=True)
class Frame:
    """What a page works with. `head` may be called late: its place at the top is kept free."""

    name: str
    texts: Texts
    workspace: Workspace
    place: DeltaGenerator
    address: Address
    below: list[DeltaGenerator] = field(default_factory=list)  # the place under the line of filters

    @property
    def calendar(self) -> str:
        """The calendar of labels and of buckets: give it to every `Query`, so that both say the same months."""
        return self.texts.calendar

    @property
    def style(self) -> Style:
        """How charts look for this reader."""
        from kpi.charts import Style

        return Style(self.texts.lang, self.texts.vega_number(), st.context.theme.type == "dark")

    def t(self, key: str, **params: object) -> str:
        """The text `key` of this page's section; a key with a dot is taken from that section."""
        return self.texts.t(key if "." in key else f"{self.name}.{key}", **params)

    def head(
        self,
        *,
        finding: str,
        title: str = "",
        context: str = "",
        until: str | None = None,
        note: str = "",
        step: str = "",
    ) -> None:
        """Fill the head. finding, note: one sentence each, with `<b>`, `<better>`, `<worse>` around key words.

        title: the page's name where it differs (the KPI's name); until: at the right end, by default how far the
        data reach; step: one of `head.STEPS`, only on the way from the file to the board, in place of the name.
        """
        place = self._until() if until is None else until
        names = [self.t(f"parts.step_{each}") for each in head.STEPS]
        numbers = [self.texts.number(n) for n, _ in enumerate(names, 1)]
        top = head.steps(names, head.STEPS.index(step), numbers) if step else ""
        name = "" if step else title or self.t(f"nav.{self.name}")
        shown = head.page_head(name, context=context, until="" if step else place, finding=finding, note=note)
        with self.place:
            click.show(top + shown, key=f"{self.name}_head")
        if self.address.unread:
            with self.below[0] if self.below else self.place:
                slices.tell_unread(self)

    def show(self, html: str, key: str) -> str | None:
        """Show HTML from the builders; the `data-pick` of what was clicked just now, else None."""
        return click.show(html, key=f"{self.name}_{key}")

    def filters(self) -> DeltaGenerator:
        """The one line of filters below the head: `with here.filters(): …`."""
        line = st.container(horizontal=True, key="filters")
        self.below.append(st.container(key="chips"))
        return line

    def chart(self, chart: Chart, key: str) -> None:
        """Show a chart of `kpi.charts` as it is."""
        st.altair_chart(chart, theme=None, width="stretch", key=f"{self.name}_{key}")

    def filter_choice(self) -> slices.Filters:
        """The filters in force, as `Query` takes them: chosen here, kept in the address and over all pages."""
        filters = slices.filter_popover(self)
        self._chips(filters, slices.Span())
        return filters

    def slice(self) -> slices.Slice:
        """The filters and the days in force: chosen here, kept in the address and over all pages, shown as chips."""
        span = slices.span_popover(self)
        filters = slices.filter_popover(self)
        self._chips(filters, span)
        return slices.Slice(filters, span.since, span.until)

    def filter_by(self, dimension: str, value: str) -> None:
        """A click on a group: filter by it, or no longer where it is one of the filters already; draws the page anew."""
        slices.toggle(self, f"{dimension}={value}")
        st.rerun()

    def _chips(self, filters: slices.Filters, span: slices.Span) -> None:
        with self.below[0] if self.below else st.container():
            slices.slice_chips(self, filters, span)

    def choice(
        self,
        key: str,
        codes: Sequence[str],
        default: str | None = None,
        label: str = "",
        address: str = "",
        listed: bool = False,
    ) -> str:
        """One of a few, as a segmented control; the texts are `<key>_<code>` of the page's section.

        The choice is kept for the session, over page switches and language switches; address: the name under which the
        address carries it too (those of `address.TRAVELS` are one choice for all pages). label: for screen readers.
        listed: as a list to open, for longer words.
        """
        name, usual = f"{self.name}_{key}", default or codes[0]
        how: dict[str, Any] = {"label_visibility": "collapsed", "persist_state": "session", "key": name}
        how["format_func"] = lambda code: self.t(f"{key}_{code}")
        if address:
            st.session_state[name] = self.said(address, codes, usual, name)
            how |= {"on_change": used, "args": (held_name(self.name, address), name)}
        elif not listed:
            how["default"] = usual
        if listed:
            chosen = st.selectbox(label or self.t(key), codes, **how)
        else:
            chosen = st.segmented_control(label or self.t(key), codes, required=True, **how)
        chosen = chosen if chosen in codes else usual
        if address:
            self.address.carry(address, [] if chosen == usual else [chosen])
        return chosen

    def said(self, name: str, codes: Sequence[str], usual: str, key: str = "") -> str:
        """The code that the session or the address holds under `name`; a code that means nothing is told."""
        values = self.address.values(name, key)
        if not values or values[0] in codes:
            return values[0] if values else usual
        if name in self.address.said:
            self.address.refuse(name, Unknown("choice", values[0], codes))
        return usual

    def value(self, x: float | None, unit: str | None = None) -> Value:
        """A number in short form for a card, its unit apart, the exact number on hover."""
        parts = self.texts.parts(x, unit, short=True)
        return Value(parts.number, parts.unit, self.texts.number(x, unit))

    def state(self, code: StateCode) -> State:
        """The state of a KPI against its target, in words."""
        return State(code, self.t(f"state.{code}"))

    def _until(self) -> str:
        day = self.workspace.as_of()
        return self.t("app.data_until", day=self.texts.day(day)) if day else ""


def page(name: str) -> Frame:
    """Begin a page; `name` is its name in the navigation and its section in the locales."""
    address = arrive(name)
    if VIEW in address.said:
        open_named(state.workspace(), address)
    calendar = next(iter(address.values(slices.CALENDAR)), None)
    if calendar and calendar not in CALENDARS:
        address.refuse(slices.CALENDAR, Unknown("calendar", calendar, CALENDARS))
        calendar = None
    address.carry(slices.CALENDAR, [calendar] if calendar else [])
    return Frame(name, state.texts(calendar), state.workspace(), st.container(key="page_head"), address)


def go(section: str, name: str, **params: str) -> None:
    """Go to another page with its parameters, `go("explore", "kpi", kpi="win_rate")`; filters and days go along."""
    st.switch_page(f"pages/{section}/{name}.py", query_params={**travelling(), **params})


def param(name: str) -> str | None:
    """A page's parameter from the address, such as `kpi` in `/kpi?kpi=win_rate`."""
    return st.query_params.get(name)
