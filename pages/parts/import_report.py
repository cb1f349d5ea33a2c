"""Import: what became of the files, and the rows that were rejected."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kpi.errors import KpiError
from kpi.intake import ImportReport
from kpi.intake.rejected import rejected_csv
from kpi.workspace import Reject, rejects
from pages.parts.empty import message
from pages.parts.errors import tell
from pages.parts.frame import Frame
from pages.parts.head import caption, captions, section
from pages.parts.import_plan import plan_name
from pages.parts.tables import table
from pages.parts.views import Cell, Column, Table

MOST_REJECTS = 30


def done_view(here: Frame, name: str, result: Any, number: int) -> None:
    """What became of one file."""
    if isinstance(result, KpiError):
        here.show(message(name, here.texts.error(result)), key=f"done_{number}")
        return
    if isinstance(result, Exception):
        tell(here.texts, result)
        return
    report: ImportReport = result
    title = here.t(
        "import.done", file=plan_name(report.plan), loaded=report.rows_loaded, read=report.rows_read,
        rejected=report.rows_rejected,
    )  # fmt: skip
    made = [here.t("parts.rows_of", n=n, table=here.t(f"table.{name}")) for name, n in report.tables.items()]
    here.show(section(title, here.t("import.made", tables=made) if made else ""), key=f"done_{number}")
    if report.warnings:
        here.show(captions(each.text(here.texts) for each in report.warnings), key=f"said_{number}")
    if report.id is not None and report.rows_rejected:
        rejected_view(here, report.id, f"done_{number}")
    elif report.rejects:
        here.show(
            caption(here.t("import.nothing_loaded", reason=report.rejects[0].reason.text(here.texts))),
            key=f"no_{number}",
        )


def rejected_view(here: Frame, id_: int, key: str) -> None:
    """The rejected rows of an import: the first of them, and all of them to download, correct and load again."""
    shown = rejects(here.workspace, id_, MOST_REJECTS + 1)
    if not shown:
        return
    here.show(table(_rejects(here, shown)), key=f"rejects_{key}")
    here.show(caption(here.t("import.rejects_how")), key=f"how_{key}")
    st.download_button(
        here.t("import.rejects_download"), data=lambda: rejected_csv(here.workspace, id_, here.texts),
        file_name=f"rejected-{id_}.csv", mime="text/csv", key=f"import_download_{key}", on_click="ignore",
    )  # fmt: skip


def _rejects(here: Frame, shown: list[Reject]) -> Table:
    heads = (
        Column(here.t("import.row"), number=True),
        Column(here.t("import.column")),
        Column(here.t("import.cell")),
        Column(here.t("import.reason")),
    )
    rows = tuple(
        (
            here.texts.number(each.row),
            Cell(each.column or "–"),
            Cell(each.value or "–"),
            here.t(each.reason, **each.params),
        )
        for each in shown[:MOST_REJECTS]
    )
    return Table(
        heads, rows, caption=here.t("import.more_rejects", n=MOST_REJECTS) if len(shown) > MOST_REJECTS else ""
    )
