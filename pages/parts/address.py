"""What the address of a page carries, so that a link, the back button and a saved view restore what was chosen.

A choice is held in the session under its name in the address (`HELD`): those that travel from page to page under that
name alone, the others under "<page>.<name>". The address says more than the session when a page is entered with it or
when it was changed in the browser; a widget that was just used says more than both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from kpi.errors import KpiError
from pages.parts import state

TRAVELS = ("filter", "since", "until", "by", "calendar", "against")
HELD = "address_held"
LAST = "address_last"  # the page and its parameters as the last run left them
USED = "address_used"  # a widget was used for this run
VIEW = "view"  # a saved view, named by a link


def held_name(page: str, name: str) -> str:
    """The name under which the session holds a choice of a page."""
    return name if name in TRAVELS else f"{page}.{name}"


def held() -> dict[str, tuple[str, ...]]:
    """The choices in force that differ from what pages show by themselves: name → values as they stand in the address."""
    return st.session_state.setdefault(HELD, {})


def hold(name: str, values: Sequence[str]) -> None:
    """Hold the values of a choice; none: what the page shows by itself."""
    if values:
        held()[name] = tuple(values)
    else:
        held().pop(name, None)


def used(name: str, key: str) -> None:
    """What widgets of the address do when they are used: their value is held, whatever the address says."""
    value = st.session_state.get(key)
    values = [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)] if value else []
    hold(name, values)
    st.session_state[USED] = True


@dataclass
class Address:
    """The address of one page in one run. unread: what it says that means nothing, one error each, to be told."""

    page: str
    said: dict[str, tuple[str, ...]]  # what the address has to say in this run
    whole: bool = False  # what it does not name is not chosen
    unread: list[KpiError] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # name in the address → key of its widget, in this run

    def values(self, name: str, key: str = "") -> tuple[str, ...]:
        """The values in force of a choice; key: of the widget that shows them."""
        mine = held_name(self.page, name)
        if name not in self.names and (name in self.said or self.whole):
            hold(mine, self.said.get(name, ()))
        self.names[name] = key or name
        return held().get(mine, ())

    def refuse(self, name: str, error: KpiError, keep: Sequence[str] = ()) -> None:
        """A value that means nothing: told on the page, and left out of what is held."""
        self.unread.append(error)
        hold(held_name(self.page, name), keep)

    def carry(self, name: str, values: Sequence[str]) -> None:
        """Let the address carry the values of a choice; none: nothing of it."""
        wanted = [str(value) for value in values]
        if wanted != st.query_params.get_all(name):
            if wanted:
                st.query_params[name] = wanted
            else:
                del st.query_params[name]
        st.session_state[LAST] = (self.page, _parameters())


def arrive(page: str) -> Address:
    """The address of a page at the beginning of a run."""
    now, last = _parameters(), st.session_state.get(LAST)
    by_widget = st.session_state.pop(USED, False)
    st.session_state[LAST] = (page, now)
    if last is None or last[0] != page:
        return Address(page, now)
    if by_widget or now == last[1]:
        return Address(page, {})
    return Address(page, now, whole=True)


def travelling() -> dict[str, list[str]]:
    """What goes along from page to page, as parameters."""
    return {name: list(values) for name, values in held().items() if name in TRAVELS}


def _parameters() -> dict[str, tuple[str, ...]]:
    given = st.query_params
    return {name: tuple(given.get_all(name)) for name in given if name not in (state.LANG, state.WORKSPACE)}
