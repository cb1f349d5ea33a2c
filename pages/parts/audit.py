"""The quick audit: the grid of answers, coverage as a table beside an earlier one, the page to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from kpi.analysis.audit import QUESTIONS, Answer, Coverage, whole
from kpi.measure.audits import against, audit_sheets, group_name
from kpi.measure.sheets import KINDS, written
from kpi.workspace.audits import Row
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.items import kpi_name
from pages.parts.views import Cell, Change, Column, Table, Way


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
            "name": st.column_config.TextColumn(here.t("kpi"), width=172),
            "measured": st.column_config.CheckboxColumn(here.t("measured"), width=60, help=here.t("measured_help")),
            "data": st.column_config.CheckboxColumn(here.t("data"), width=60, help=here.t("data_help")),
            "target": st.column_config.CheckboxColumn(here.t("target"), width=60, help=here.t("target_help")),
        },
    )  # fmt: skip
    return {str(id_): bool(measured) for id_, measured in shown["measured"].items()}


def coverage_table(here: Frame, found: Sequence[tuple[Coverage, Coverage | None]], by: str) -> Table:
    """One row per group or stage: the shares of yes, each with its change since the audit compared with."""
    heads = (
        Column(here.t(f"of_{by}")),
        Column(here.t("kpis"), number=True),
        *(Column(here.t(question), number=True) for question in QUESTIONS),
    )
    rows = tuple(
        (
            Cell(group_name(here.texts, now.name, by)),
            here.texts.number(now.n),
            *(_share(here, now, then, question) for question in QUESTIONS),
        )
        for now, then in found
    )
    return Table(heads, rows)


def compare_choice(here: Frame, saved: Mapping[datetime, Sequence[Row]]) -> list[Answer]:
    """The earlier audit to compare with; nothing before there are two to choose from, then the first is it."""
    which = here.choice("compare", ("first", "last")) if len(saved) > 1 else "first"
    found = against(saved, which)
    return found[1] if found else []


def page_to_keep(here: Frame, rows: Sequence[Answer], saved: Mapping[datetime, Sequence[Row]]) -> None:
    """The one page as a file: to print, to pass on, to lay beside the next one."""
    with st.container(horizontal=True, key="audit_downloads"):
        for kind in KINDS:
            st.download_button(
                here.t(f"as_{kind}"), lambda kind=kind: written(audit_sheets(here.workspace, here.texts, rows, saved), kind),
                f"audit.{kind}", key=f"audit_{kind}", on_click="ignore",
            )  # fmt: skip


def earlier_of(here: Frame, saved: Mapping[datetime, Sequence[Row]]) -> str:
    """How it stood at the first audit; nothing before there is one."""
    found = against(saved)
    if found is None:
        return ""
    then = whole(found[1])
    shares = {question: here.texts.percent(getattr(then, question), decimals=0) for question in QUESTIONS}
    return here.t("since_first", day=here.texts.day(found[0].date()), **shares)


def _share(here: Frame, now: Coverage, then: Coverage | None, question: str) -> Cell:
    share = getattr(now, question)
    text = here.texts.percent(share, decimals=0)
    step = share - getattr(then, question) if then else 0
    if not step:
        return Cell(text)
    way: Way = "up" if step > 0 else "down"
    return Cell(
        text, change=Change(here.texts.change(step, "percent", decimals=0), way, "better" if step > 0 else "worse")
    )
