"""The quick audit: the grid of answers, coverage as a table, the way since the first audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from kpi.analysis.audit import Answer, Coverage, whole
from kpi.catalogue import kpi_set
from kpi.workspace.audits import Row
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.items import kpi_name
from pages.parts.views import Cell, Column, Table


def answers_grid(here: Frame, rows: Sequence[Answer]) -> dict[str, bool]:
    """The answers to "we measure it today" as they are ticked; the two others only shown."""
    frame = pd.DataFrame(
        {
            "name": [kpi_name(here, kpis_of(here.workspace)[row.kpi]) for row in rows],
            "measured": [row.measured for row in rows],
            "data": [row.data for row in rows],
            "target": [row.target for row in rows],
        },
        index=[row.kpi for row in rows],
    )
    order = ("name", "measured", "data", "target")
    shown = st.data_editor(
        frame, hide_index=True, column_order=order[::-1] if here.texts.direction == "rtl" else order, height="content", disabled=("name", "data", "target"), key=f"audit_grid_{here.workspace.name}", width="stretch",
        column_config={
            "name": st.column_config.TextColumn(here.t("kpi"), width="large"),
            "measured": st.column_config.CheckboxColumn(here.t("measured"), help=here.t("measured_help")),
            "data": st.column_config.CheckboxColumn(here.t("data"), help=here.t("data_help")),
            "target": st.column_config.CheckboxColumn(here.t("target"), help=here.t("target_help")),
        },
    )  # fmt: skip
    return {str(id_): bool(measured) for id_, measured in shown["measured"].items()}


def rows_of(rows: Sequence[Answer]) -> list[Row]:
    """The answers as they are stored."""
    return [(row.kpi, row.measured, row.data, row.target) for row in rows]


def coverage_table(here: Frame, found: Sequence[Coverage], by: str) -> Table:
    """One row per group or stage, with the shares of yes."""
    heads = (
        Column(here.t(f"of_{by}")),
        Column(here.t("kpis"), number=True),
        Column(here.t("measured"), number=True),
        Column(here.t("data"), number=True),
        Column(here.t("target"), number=True),
    )
    rows = tuple(
        (
            Cell(_name(here, each.name, by)),
            here.texts.number(each.n),
            *(here.texts.percent(share, decimals=0) for share in (each.measured, each.data, each.target)),
        )
        for each in found
    )
    return Table(heads, rows)


def earlier_of(here: Frame, saved: Mapping[datetime, Sequence[Row]]) -> str:
    """How it stood at the first audit; nothing before there is one."""
    if not saved:
        return ""
    first = next(iter(saved))
    then = whole([Answer(*row) for row in saved[first]])
    return here.t(
        "since_first",
        day=here.texts.day(first.date()),
        measured=here.texts.percent(then.measured, decimals=0),
        data=here.texts.percent(then.data, decimals=0),
        target=here.texts.percent(then.target, decimals=0),
    )


def _name(here: Frame, name: str, by: str) -> str:
    if by == "group":
        return here.t(f"kpi_group.{name}")
    names = {group.value: group.name for group in kpi_set("stages").groups}
    found = names.get(name)
    return found.get(here.texts.lang) if found else name
