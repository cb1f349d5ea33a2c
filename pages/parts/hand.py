"""The KPIs in hand: chosen on the page, not yet on the board. One list for ticks, pairs, groups and hints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from kpi.workspace.choices import selected_kpis
from pages.parts.frame import Frame
from pages.parts.plan import fresh, proposals


@dataclass
class Hand:
    """chosen: in the order of choosing; before: what was chosen before each change of this session; owners: who answers
    for which KPI, where it was said here."""

    mark: str
    began: tuple[str, ...]
    chosen: list[str]
    owners: dict[str, str | None]
    before: list[list[str]] = field(default_factory=list)

    def change(self, chosen: Iterable[str]) -> None:
        """Another set, each KPI once; `undo` takes it back."""
        wanted = list(dict.fromkeys(chosen))
        if wanted != self.chosen:
            self.before.append(self.chosen)
            self.chosen = wanted

    def add(self, kpi: str) -> None:
        """One more KPI."""
        self.change([*self.chosen, kpi])

    def drop(self, kpi: str) -> None:
        """One KPI less."""
        self.change(id_ for id_ in self.chosen if id_ != kpi)

    def undo(self) -> None:
        """Back to what was chosen before the last change."""
        if self.before:
            self.chosen = self.before.pop()

    def name(self, owners: dict[str, str | None]) -> None:
        """Who answers for which KPI."""
        self.owners = {**self.owners, **owners}


def hand_of(here: Frame, goals: Sequence[str]) -> Hand:
    """What is in hand for these goals; at first the board, and a few for each goal that nothing on it serves.

    It begins anew when the goals or the board change, here or elsewhere.
    """
    stored = selected_kpis(here.workspace)
    began, mark = tuple(each.kpi for each in stored), fresh(here, goals)
    key = f"kpis_hand_{here.workspace.name}"
    held = st.session_state.get(key)
    if held is None or (held.mark, held.began) != (mark, began):
        proposed = proposals(here, goals, began)
        order = [*began, *sorted(proposed - set(began))]
        held = Hand(mark, began, order, {each.kpi: each.owner for each in stored})
        st.session_state[key] = held
    return held


def tick(hand: Hand, kpi: str, key: str, label: str, about: str) -> None:
    """A box that shows whether the KPI is in hand, and takes or leaves it."""
    st.session_state[key] = kpi in hand.chosen

    def changed() -> None:
        (hand.add if st.session_state[key] else hand.drop)(kpi)

    st.checkbox(label, key=key, help=about, on_change=changed)


def several(hand: Hand, options: Sequence[str], key: str, label: str, name: Callable[[str], str], empty: str) -> None:
    """A search box over KPIs: those in hand among the options are shown in it."""
    st.session_state[key] = [id_ for id_ in hand.chosen if id_ in options]

    def changed() -> None:
        now = st.session_state[key]
        kept = [id_ for id_ in hand.chosen if id_ not in options or id_ in now]
        hand.change([*kept, *(id_ for id_ in now if id_ not in kept)])

    st.multiselect(label, options, format_func=name, key=key, placeholder=empty, on_change=changed)
