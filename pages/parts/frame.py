"""The frame of one page: texts, workspace, head. Every page begins with `here = frame.page("<its name>")`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.text import Texts
from kpi.workspace import Workspace
from pages.parts import click, head, state
from pages.parts.views import State, StateCode, Value

if TYPE_CHECKING:  # altair takes half a second to import: only pages with a chart pay for it
    from kpi.charts import Chart, Style

FILTER = "filter"  # the key of the filters, in the address and in the session


@dataclass(frozen=True)
class Frame:
    """What a page works with. `head` may be called late: its place at the top is kept free."""

    name: str
    texts: Texts
    workspace: Workspace
    place: DeltaGenerator

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

    def show(self, html: str, key: str) -> str | None:
        """Show HTML from the builders; the `data-pick` of what was clicked just now, else None."""
        return click.show(html, key=f"{self.name}_{key}")

    def filters(self) -> DeltaGenerator:
        """The one line of filters below the head: `with here.filters(): …`."""
        return st.container(horizontal=True, key="filters")

    def chart(self, chart: Chart, key: str) -> None:
        """Show a chart of `kpi.charts` as it is."""
        st.altair_chart(chart, theme=None, width="stretch", key=f"{self.name}_{key}")

    def filter_choice(self) -> tuple[tuple[str, str], ...]:
        """The filters in force, as `Query` takes them: chosen here, kept in the address and over all pages that ask."""
        from kpi.measure.filtering import choices

        known = {each.code: each for each in choices(self.workspace)}
        if not known:
            return ()
        held = st.session_state.get(FILTER, st.query_params.get_all(FILTER))
        st.session_state[FILTER] = [code for code in held if code in known]
        chosen = st.multiselect(
            self.t("filter.label"), list(known), key=FILTER, persist_state="session", placeholder=self.t("filter.none"),
            format_func=lambda code: self._filter_name(known[code].dimension, known[code].name),
            label_visibility="collapsed",
        )  # fmt: skip
        # By hand: a bound widget would put the names it shows into the address, which differ by language.
        if chosen != st.query_params.get_all(FILTER):
            st.query_params[FILTER] = chosen
        return tuple((known[code].dimension, known[code].value) for code in chosen)

    def _filter_name(self, dimension: str, name: str) -> str:
        value = self.t(f"value.{name}") if self.texts.has(f"value.{name}") else self.texts.name(name)
        return self.t("filter.one", dimension=self.t(f"field.{dimension.rpartition('.')[2]}"), value=value)

    def choice(self, key: str, codes: Sequence[str], default: str | None = None, label: str = "") -> str:
        """One of a few, as a segmented control; the texts are `<key>_<code>` of the page's section.

        The choice is kept for the session, over page switches and language switches. label: for screen readers.
        """
        name = f"{self.name}_{key}"
        chosen = st.segmented_control(
            label or self.t(key),
            codes,
            default=default or codes[0],
            format_func=lambda code: self.t(f"{key}_{code}"),
            key=name,
            label_visibility="collapsed",
            required=True,
            persist_state="session",
        )
        return chosen if chosen in codes else default or codes[0]

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
    return Frame(name, state.texts(), state.workspace(), st.container(key="page_head"))


def go(section: str, name: str, **params: str) -> None:
    """Go to another page, with its parameters: `go("explore", "kpi", kpi="win_rate")`."""
    # An empty mapping, not None: None would clear what is bound to the sidebar, which Streamlit refuses.
    st.switch_page(f"pages/{section}/{name}.py", query_params=params)


def param(name: str) -> str | None:
    """A page's parameter from the address, such as `kpi` in `/kpi?kpi=win_rate`."""
    return st.query_params.get(name)
