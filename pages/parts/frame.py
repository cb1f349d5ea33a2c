"""The frame of one page: texts, workspace, head. Every page begins with `here = frame.page("<its name>")`."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kpi.text import Texts
from kpi.workspace import Workspace
from pages.parts import click, head, state


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

    def t(self, key: str, **params: object) -> str:
        """The text `key` of this page's section; a key with a dot is taken from that section."""
        return self.texts.t(key if "." in key else f"{self.name}.{key}", **params)

    def head(
        self, *, finding: str, title: str = "", context: str = "", until: str | None = None, note: str = ""
    ) -> None:
        """Fill the head. finding, note: one sentence each, with `<b>`, `<better>`, `<worse>` around key words.

        title: the page's name where it differs (the KPI's name); until: at the right end, by default how far the
        data reach.
        """
        with self.place:
            click.show(
                head.page_head(
                    title or self.t(f"nav.{self.name}"),
                    context=context,
                    until=self._until() if until is None else until,
                    finding=finding,
                    note=note,
                ),
                key=f"{self.name}_head",
            )

    def show(self, html: str, key: str) -> str | None:
        """Show HTML from the builders; the `data-pick` of what was clicked just now, else None."""
        return click.show(html, key=f"{self.name}_{key}")

    def _until(self) -> str:
        day = self.workspace.as_of()
        return self.t("app.data_until", day=self.texts.day(day)) if day else ""


def page(name: str) -> Frame:
    """Begin a page; `name` is its name in the navigation and its section in the locales."""
    return Frame(name, state.texts(), state.workspace(), st.container(key="page_head"))


def go(section: str, name: str, **params: str) -> None:
    """Go to another page, with its parameters: `go("explore", "kpi", kpi="win_rate")`."""
    st.switch_page(f"pages/{section}/{name}.py", query_params=params or None)
