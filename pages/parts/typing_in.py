"""Entering by hand: the grid with its typed columns, and what is typed as the core wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas
import streamlit as st

from kpi import model
from kpi.calendars import parse_day, write_day
from kpi.errors import KpiError
from kpi.intake import by_hand
from kpi.intake.by_hand import Fault
from kpi.intake.template import needs, note
from pages.parts.frame import Frame
from pages.parts.tables import table
from pages.parts.views import Cell, Column, Table

NUMBERS = ("money", "number", "integer")
BLANK = 3  # rows of an empty grid
ROUND = "by_hand_round"  # a new number gives a grid without the edits of before


def grid(here: Frame, name: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows in a grid that can be changed; as they stand in it now."""
    fields = model.table(name).fields
    rows = rows or [{}] * BLANK
    frame = pandas.DataFrame(
        [[_shown(here, field, row.get(key)) for key, field in fields.items()] for row in rows], columns=list(fields)
    )
    for key, field in fields.items():
        frame[key] = _typed(here, name, field, frame[key])
    order = sorted(fields, key=lambda key: key not in needs(model.table(name)))  # what every row needs comes first
    order = order if here.texts.direction == "ltr" else order[::-1]
    edited = st.data_editor(
        frame, key=f"by_hand_grid_{name}_{st.session_state.get(ROUND, 0)}", num_rows="dynamic", hide_index=True,
        width="stretch", column_order=order, placeholder="",
        column_config={key: _column(here, name, field) for key, field in fields.items()},
    )  # fmt: skip
    return [
        {key: _read(here, fields[key], value) for key, value in row.items()} for row in edited.to_dict(orient="records")
    ]


def _typed(here: Frame, name: str, field: model.Field, column: pandas.Series) -> pandas.Series:
    """The column with a type that an empty grid keeps too."""
    if field.type == "time":
        return column.astype("object") if _as_text(here) else pandas.to_datetime(column)
    if field.type in NUMBERS:
        return column.astype("Int64" if field.type == "integer" else "float64")
    return column.astype("boolean" if field.type == "flag" else "object")


def _as_text(here: Frame) -> bool:
    """Days are typed as text where the calendar is not Streamlit's."""
    return here.calendar == "jalali"


def _column(here: Frame, name: str, field: model.Field) -> Any:
    table = model.table(name)
    said = {"label": here.t(f"field.{field.name}"), "help": note(field, table, here.texts), "required": False}
    if field.name in needs(table):
        said["label"] = here.t("by_hand.needed", name=said["label"])
    if field.type == "flag":
        return st.column_config.CheckboxColumn(**said)
    if field.values:
        return st.column_config.SelectboxColumn(
            **said, options=field.values, format_func=lambda value: _word(here, str(value))
        )
    if field.type in NUMBERS:
        return st.column_config.NumberColumn(**said, step=1 if field.type == "integer" else None)
    if field.type == "time" and not _as_text(here):
        if by_hand.has_time(name):
            return st.column_config.DatetimeColumn(**said, format="YYYY-MM-DD HH:mm")
        return st.column_config.DateColumn(**said, format="YYYY-MM-DD")
    return st.column_config.TextColumn(**said)


def _word(here: Frame, value: str) -> str:
    return here.t(f"value.{value}") if here.texts.has(f"value.{value}") else value


def _shown(here: Frame, field: model.Field, value: Any) -> Any:
    """A stored value as the grid shows it."""
    if field.type == "time" and value is not None and _as_text(here):
        day = write_day(value.date(), here.calendar)
        return f"{day} {value:%H:%M}" if (value.hour or value.minute) else day
    return float(value) if field.type == "money" and value is not None else value


def _read(here: Frame, field: model.Field, value: Any) -> Any:
    """What stands in the grid as the core wants it; a text that is no day stays as it is, and is told."""
    if value is None or value is pandas.NA or value is pandas.NaT or value != value:
        return None
    if field.type == "time" and isinstance(value, str) and value.strip():
        return _moment(here, value.strip())
    if isinstance(value, datetime):
        return datetime.fromisoformat(value.isoformat())  # pandas' own kind of moment as a plain one
    if field.type == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _moment(here: Frame, text: str) -> Any:
    day, _, clock = text.partition(" ")
    try:
        found: date = parse_day(day, here.calendar)
        time = datetime.strptime(clock, "%H:%M").time() if clock else datetime.min.time()
    except (KpiError, ValueError):
        return text
    return datetime.combine(found, time)


def fault_table(here: Frame, faults: Sequence[Fault]) -> str:
    """What is wrong, cell by cell."""
    heads = (
        Column(here.t("by_hand.row"), number=True),
        Column(here.t("by_hand.column")),
        Column(here.t("by_hand.typed")),
        Column(here.t("by_hand.reason")),
    )
    rows = tuple(
        (
            here.texts.number(each.row + 1),
            Cell(here.t(f"field.{each.field}") if each.field else "–"),
            Cell("–" if each.value is None else str(each.value)),
            each.reason.text(here.texts),
        )
        for each in faults
    )
    return table(Table(heads, rows))
