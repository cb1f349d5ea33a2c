"""What happened along a trend: numbers on the chart, the same numbers in a list, and a form to add a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from kpi.core import Row
from kpi.workspace.annotations import Event, annotate, events, forget_note
from pages.parts.days import day_field
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import captions


def events_of(here: Frame, kpi: str, rows: Sequence[Row]) -> list[Event]:
    """What happened during the periods of the trend."""
    return events(here.workspace, kpi, rows[0].period.since, rows[-1].period.until) if rows else []


def marks(here: Frame, found: Sequence[Event], rows: Sequence[Row]) -> tuple[tuple[int, str], ...]:
    """(index of the period, the numbers of what happened in it)."""
    held: dict[int, list[str]] = {}
    for number, event in enumerate(found, 1):
        index = next((i for i, r in enumerate(rows) if r.period.since <= event.day < r.period.until), None)
        if index is not None:
            held.setdefault(index, []).append(here.texts.number(number))
    return tuple((index, " ".join(numbers)) for index, numbers in held.items())


def events_html(here: Frame, found: Sequence[Event]) -> str:
    """The numbered list under the chart."""
    return captions(
        here.t(
            f"annotations.{event.kind}",
            n=number,
            day=here.texts.day(event.day),
            text=here.texts.name(f"{event.text} · {event.author}" if event.author else event.text),
        )
        for number, event in enumerate(found, 1)
    )


def note_form(here: Frame, kpi: str, found: Sequence[Event]) -> None:
    """A popover in which a note is added, or one of those shown is deleted."""
    with st.popover(here.t("annotations.add")):
        with st.form(f"note_{kpi}", border=False, clear_on_submit=True):
            day = day_field(here, here.t("annotations.day"), here.workspace.as_of() or date.today(), f"note_day_{kpi}")
            text = st.text_input(here.t("annotations.what"), key=f"note_text_{kpi}")
            author = st.text_input(here.t("annotations.who"), key=f"note_author_{kpi}")
            every = st.checkbox(here.t("annotations.all_kpis"), key=f"note_all_{kpi}")
            if st.form_submit_button(here.t("annotations.save"), type="primary", key=f"note_save_{kpi}"):
                with guard(here.texts):
                    if day:
                        annotate(here.workspace, day, text, None if every else kpi, author)
                        st.rerun()
        notes = {event.id: event for event in found if event.id is not None}
        if notes:
            gone = st.selectbox(
                here.t("annotations.which"), list(notes), index=None, key=f"note_which_{kpi}",
                format_func=lambda id_: notes[id_].text, placeholder=here.t("annotations.which_none"),
            )  # fmt: skip
            if gone is not None and st.button(here.t("annotations.delete"), key=f"note_delete_{kpi}"):
                forget_note(here.workspace, gone)
                st.rerun()
