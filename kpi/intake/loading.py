"""A plan carried out: typed, checked, written in one transaction with its log and its rejected rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kpi.errors import Refused
from kpi.intake import checks, identity, originals, sales, staging, typed
from kpi.intake.messages import Message
from kpi.intake.names import identifier
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.report import ImportReport
from kpi.intake.rows import Rows, made
from kpi.intake.typed import Rejected, Typed
from kpi.text import Texts
from kpi.workspace import Import, Reject, known_file, next_import, record

BATCH = 100_000
Progress = Callable[[str, float], object]


def load(workspace: Any, plan: Plan, progress: Progress | None = None) -> ImportReport:
    """Loads a file as planned; all of it that is valid, or nothing.

    Refused where the plan still has questions, or the same bytes are there and plan.options.again is not set.
    progress: called with a step (read, check, write, keep) and the share done. KeyboardInterrupt and any error leave
    the workspace as it was.
    """
    step = progress or (lambda name, share: None)
    refuse_open(plan)
    _refuse_again(workspace, plan)
    step("read", 0.0)
    raw = staging.take(plan)
    try:
        stored = originals.name(plan.sha256, Path(plan.path))
        originals.copy(workspace, Path(plan.path), stored)
        step("check", 0.3)
        expected = workspace.rows("SELECT coalesce(max(id), 0) + 1 FROM state.imports")[0][0]
        report, rows = _checked(workspace, raw, plan, expected)
        if not report.rows_loaded:
            return report
        step("write", 0.5)
        with workspace.write() as cur:
            number = next_import(cur)
            if number != expected:  # another import came between, and ids may be made from the number
                report, rows = _checked(workspace, raw, plan, number)
            report = _written(cur, raw, report, rows, number)
            record(cur, _log(report, stored), [_reject(each) for each in report.rejects])
            step("write", 0.9)
    finally:
        raw.close()
    step("keep", 0.95)
    originals.compress(workspace, stored)
    step("keep", 1.0)
    return report


def try_out(workspace: Any, plan: Plan) -> ImportReport:
    """What `load` would do, without writing: rows that would be made and rejected, warnings. The file stays at hand."""
    if plan.questions or plan.table is None:
        return ImportReport(plan, rows_read=plan.rows, rows_rejected=0, warnings=plan.warnings)
    raw = staging.take(plan)
    report, rows = _checked(workspace, raw, plan, 0)
    tables: dict[str, int] = {}
    for each in rows:
        tables[each.table] = tables.get(each.table, 0) + raw.query(f"SELECT count(*) FROM ({each.sql})")[0][0]
    staging.keep(plan, raw)
    return ImportReport(
        plan, None, tables, report.rows_read, report.rows_loaded, report.rows_rejected, report.rejects, report.warnings
    )


def refuse_open(plan: Plan) -> None:
    """Refused("plan_open") with the first question and the option that answers it, while there is one."""
    for question in plan.questions:
        said = question.text.text(Texts("en"))
        raise Refused("plan_open", file=plan.file, question=said, option=question.option)
    if plan.table is None:
        raise Refused("not_a_table", file=plan.file)


def _refuse_again(workspace: Any, plan: Plan) -> None:
    if plan.options.again:
        return
    known = known_file(workspace, plan.sha256, plan.sheet)
    if known is not None:
        raise Refused("file_again", file=plan.file, id=str(known.id), known=known.file)


def _checked(workspace: Any, raw: Raw, plan: Plan, number: int) -> tuple[ImportReport, list[Rows]]:
    """Types and checks every line: the report as far as it is known before the load, and the rows to make."""
    zone = str(workspace.settings.time_zone) if workspace is not None else "UTC"
    lines: Typed = typed.make(raw, plan, zone, number)
    named = identity.find_known(workspace, lines, plan) if workspace is not None else []
    sorted_, found = sales.sort(lines, plan)
    aliases, taken = identity.take_over(workspace, lines, plan) if workspace is not None else ([], [])
    rejected: list[Rejected] = lines.rejected()
    good = lines.good()
    messages: list[Message] = [*plan.warnings, *named, *taken, *found, *checks.of_lines(lines, plan, sorted_)]
    report = ImportReport(plan, None, {}, good + len(rejected), good, len(rejected), tuple(rejected), tuple(messages))
    return report, [*made(lines, plan, sorted_), *aliases]


def _written(cur: Any, raw: Raw, report: ImportReport, rows: list[Rows], number: int) -> ImportReport:
    """The rows inserted, and what only shows beside the rows that were there before."""
    tables: dict[str, int] = {}
    for each in rows:
        before = tables.get(each.table, 0)
        tables[each.table] = before + _insert(cur, raw, each, number)
    tables = {name: n for name, n in tables.items() if n}
    beside = [*checks.spellings(cur, number, report.plan), *checks.in_order(cur, number, set(tables))]
    warnings = (*report.warnings, *beside)
    return ImportReport(
        report.plan,
        number,
        tables,
        report.rows_read,
        report.rows_loaded,
        report.rows_rejected,
        report.rejects,
        warnings,
    )


def _insert(cur: Any, raw: Raw, rows: Rows, number: int) -> int:
    """Streams rows from the scratch database into rows.<table>; how many."""
    reader = raw.con.cursor().sql(rows.sql).to_arrow_reader(BATCH)
    columns = ", ".join(identifier(name) for name in rows.columns)
    cur.register("incoming", reader)
    try:
        inserted = cur.execute(
            f"INSERT INTO rows.{identifier(rows.table)} ({columns}, _import, _line, _extra) "
            f"SELECT {columns}, ?, line, extra FROM incoming",
            [number],
        ).fetchall()
    finally:
        cur.unregister("incoming")
    return inserted[0][0] if inserted else 0


def _reject(each: Rejected) -> Reject:
    reason = each.reason
    return Reject(each.row, each.column, each.value, f"intake.{reason.code}", dict(reason.params), each.line)


def _log(report: ImportReport, stored: str) -> Import:
    plan = report.plan
    return Import(
        file=plan.file,
        sha256=plan.sha256,
        table=plan.table or "",
        rows_read=report.rows_read,
        rows_loaded=report.rows_loaded,
        rows_rejected=report.rows_rejected,
        sheet=plan.sheet,
        stored_as=stored,
        tables=report.tables,
        format=plan.format.plain(),
        mapping=[
            {"column": column, "field": field, "confidence": sure, "why": [each.plain() for each in why]}
            for column, field, sure, why in plan.mapping()
        ],
        unmapped=list(plan.unmapped),
        options=plan.options.plain(),
        warnings=[each.plain() for each in report.warnings],
        id=report.id or 0,
    )
