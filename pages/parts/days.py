"""A day, typed or picked, in the reader's calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from kpi.calendars import parse_day, write_day

if TYPE_CHECKING:
    from pages.parts.frame import Frame


def day_field(here: Frame, label: str, day: date, key: str) -> date | None:
    """A day in the reader's calendar; the date picker knows only the Gregorian one."""
    if here.calendar == "jalali":
        typed = st.text_input(label, write_day(day, "jalali"), key=key, help=here.t("target_form.jalali_day"))
        return parse_day(typed, "jalali")
    return st.date_input(label, day, key=key, format="YYYY-MM-DD")
