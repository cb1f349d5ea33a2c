"""Import: uploads held, plans corrected, reports told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from kpi.intake import Failure, ImportReport, Options, Plan, drop, hold, inspect_each, try_out, why
from kpi.intake.options import DATE_ORDERS, DECIMALS
from kpi.model import tables
from pages.parts.frame import Frame
from pages.parts.views import Cell, Column, Table

CHOICES = "import_choices"  # session: what the user overruled, by file and sheet
MOST_REJECTS = 30


@dataclass(frozen=True)
class Held:
    """An upload as a file in the workspace's spool."""

    id: str
    path: Path


def held_files(here: Frame, file: Any) -> Held:
    """The upload as a file; kept once per upload. Refused above the workspace's upload limit."""
    kept: dict[str, Path] = st.session_state.setdefault("import_held", {})
    if file.file_id not in kept or not kept[file.file_id].exists():
        limit = getattr(here.workspace.settings, "upload_limit_mb", None)
        kept[file.file_id] = hold(here.workspace, file.name, file.getbuffer(), limit)
    return Held(file.file_id, kept[file.file_id])


def forget(files: list[Held]) -> None:
    """Gives up the uploads after they are loaded."""
    for file in files:
        drop(file.path)
    for key in ("import_held", "import_plans", CHOICES):
        st.session_state.pop(key, None)


def _key(plan: Plan) -> str:
    return f"{plan.sha256[:12]}|{plan.sheet or ''}"


def plans_of(here: Frame, files: list[Held]) -> tuple[list[Plan], list[Failure]]:
    """The plans of all files; one that the user corrected is made again with the corrections."""
    choices: dict[str, Options] = st.session_state.setdefault(CHOICES, {})
    remembered: dict[Any, Any] = st.session_state.setdefault("import_plans", {})
    paths = tuple(str(file.path) for file in files)
    first = (paths, here.workspace.revision)
    if first not in remembered:
        with st.spinner(here.t("reading")):
            remembered[first] = inspect_each(here.workspace, list(paths))
    plans, failures = remembered[first]
    made = []
    for plan in plans:
        chosen = choices.get(_key(plan))
        if chosen is None:
            made.append(plan)
            continue
        again = (plan.path, plan.sheet, chosen, here.workspace.revision)
        if again not in remembered:
            given = replace(chosen, sheet=plan.sheet) if plan.sheet else chosen
            remembered[again] = inspect_each(here.workspace, [plan.path], given)
        made += remembered[again][0]
        failures = [*failures, *remembered[again][1]]
    return made, list(failures)


def _change(plan: Plan, **changes: Any) -> None:
    choices: dict[str, Options] = st.session_state.setdefault(CHOICES, {})
    choices[_key(plan)] = replace(choices.get(_key(plan), Options()), **changes)


def plan_title(here: Frame, plan: Plan) -> str:
    """The file, its sheet and what its lines are."""
    name = f"{plan.file} · {plan.sheet}" if plan.sheet else plan.file
    if plan.table is None:
        return here.t("title_unknown", file=name)
    return here.t("title", file=name, rows=plan.rows, table=here.t(f"table.{plan.table}"))


def plan_note(here: Frame, plan: Plan) -> str:
    """Which further tables the file holds."""
    more = [here.t(f"table.{target.table}") for target in plan.targets if target.kind != "main"]
    return here.t("also", tables=list(dict.fromkeys(more))) if more else ""


def choices_form(here: Frame, plan: Plan) -> None:
    """Table, order of dates and decimal mark, where the recognition is to be overruled."""
    key = _key(plan)
    with st.expander(here.t("overrule"), expanded=bool(plan.questions) or plan.table is None):
        left, middle, right = st.columns(3)
        names = [*dict.fromkeys([t for t in (plan.table, *(name for name, _ in plan.others)) if t]), *tables()]
        names = list(dict.fromkeys(names))
        with left:
            chosen = st.selectbox(
                here.t("table"), names, index=names.index(plan.table) if plan.table else None,
                format_func=lambda name: here.t(f"table.{name}"), key=f"import_table_{key}", placeholder=here.t("choose"),
            )  # fmt: skip
        with middle:
            dates = st.selectbox(
                here.t("dates"), DATE_ORDERS, index=DATE_ORDERS.index(plan.options.dates) if plan.options.dates else None,
                format_func=lambda code: here.t(f"dates_{code}"), key=f"import_dates_{key}", placeholder=here.t("as_found"),
            )  # fmt: skip
        with right:
            decimal = st.selectbox(
                here.t("decimal"), DECIMALS, index=DECIMALS.index(plan.options.decimal) if plan.options.decimal else None,
                key=f"import_decimal_{key}", placeholder=here.t("as_found"),
            )  # fmt: skip
        table = chosen if chosen != plan.table else plan.options.table
        if (table, dates, decimal) != (plan.options.table, plan.options.dates, plan.options.decimal):
            _change(plan, table=table, dates=dates, decimal=decimal)
            st.rerun()


def _fields(plan: Plan) -> list[str]:
    """Where a column may go: the fields of every table that the file makes rows of."""
    owners = list(dict.fromkeys(target.table for target in plan.targets)) or ([plan.table] if plan.table else [])
    return [f"{owner}.{field}" for owner in owners for field in tables()[owner].fields]


def mapping_editor(here: Frame, plan: Plan) -> None:
    """Column by column: samples, where it goes, how surely and why; correcting is one click."""
    if plan.table is None:
        return
    found = {column: (field, confidence, reasons) for column, field, confidence, reasons in reversed(plan.mapping())}
    rows = []
    for header in plan.headers:
        field, confidence, reasons = found.get(header.name, ("", None, ()))
        rows.append(
            {
                "column": header.name,
                "samples": " · ".join(header.samples[:3]),
                "field": field or None,
                "confidence": confidence,
                "why": why(reasons, here.texts) if field else here.t("kept"),
            }
        )

    def label(path: str) -> str:
        return here.t(
            "field_label",
            name=here.t(f"field.{path.partition('.')[2]}"),
            table=here.t(f"table.{path.partition('.')[0]}"),
        )

    edited = st.data_editor(
        rows,
        key=f"import_map_{_key(plan)}_{hash(plan.options)}",
        hide_index=True,
        width="stretch",
        column_order=("column", "field", "samples", "confidence", "why"),
        placeholder="–",
        disabled=["column", "samples", "confidence", "why"],
        column_config={
            "column": st.column_config.TextColumn(here.t("column"), width=130),
            "samples": st.column_config.TextColumn(here.t("samples"), width="medium"),
            "field": st.column_config.SelectboxColumn(
                here.t("goes_to"), options=_fields(plan), format_func=lambda path: label(str(path)), width="medium"
            ),
            "confidence": st.column_config.ProgressColumn(
                here.t("confidence"), min_value=0.0, max_value=1.0, format="percent"
            ),
            "why": st.column_config.TextColumn(here.t("why"), width="large"),
        },
    )
    for before, after in zip(rows, edited, strict=True):
        if before["field"] != after["field"]:
            _remap(plan, before["column"], before["field"], after["field"])
            st.rerun()
    told = try_out(here.workspace, plan) if not plan.questions else None
    if told and told.rows_rejected:
        st.caption(here.t("would_reject", n=told.rows_rejected, reason=told.rejects[0].reason.text(here.texts)))


def _pair(path: str) -> tuple[str, str]:
    table, _, field = path.partition(".")
    return table, field


def _remap(plan: Plan, column: str, old: str | None, new: str | None) -> None:
    options: Options = st.session_state.get(CHOICES, {}).get(_key(plan), Options())
    maps, ignore = {(t, f): c for t, f, c in options.maps}, set(options.ignore)
    ignore.discard(column)
    if old:
        maps[_pair(old)] = ""
    if new:
        maps[_pair(new)] = column
    else:
        ignore.add(column)
    _change(plan, table=plan.table, maps=tuple((t, f, c) for (t, f), c in maps.items()), ignore=tuple(sorted(ignore)))


def report_text(here: Frame, report: ImportReport) -> tuple[str, list[str]]:
    """What became of a file: counts, rows per table, warnings."""
    title = here.t(
        "done", file=report.plan.file, loaded=report.rows_loaded, read=report.rows_read, rejected=report.rows_rejected
    )
    made = [f"{here.texts.number(n)} {here.t(f'table.{name}')}" for name, n in report.tables.items()]
    lines = [here.t("made", tables=made)] if made else []
    return title, [*lines, *(warning.text(here.texts) for warning in report.warnings)]


def reject_table(here: Frame, report: ImportReport) -> Table:
    """The rejected rows with line, column, value and reason."""
    heads = (
        Column(here.t("row"), number=True),
        Column(here.t("column")),
        Column(here.t("cell")),
        Column(here.t("reason")),
    )
    rows = tuple(
        (here.texts.number(each.row), Cell(each.column or "–"), Cell(each.value or "–"), each.reason.text(here.texts))
        for each in report.rejects[:MOST_REJECTS]
    )
    caption = here.t("more_rejects", n=report.rows_rejected - len(rows)) if report.rows_rejected > len(rows) else ""
    return Table(heads, rows, caption=caption)
