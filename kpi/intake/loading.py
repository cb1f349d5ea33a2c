"""A plan carried out: typed, checked, written in one transaction with its log and its rejected rows."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.errors import Refused
from kpi.intake import checks, direct, identity, job, originals, sales, staging, typed
from kpi.intake.facts import Unsuitable
from kpi.intake.kept import kept
from kpi.intake.messages import Message
from kpi.intake.names import identifier
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.report import ImportReport
from kpi.intake.rows import Rows, made
from kpi.intake.standing import Standing, before, without
from kpi.intake.typed import Rejected, Typed
from kpi.text import Texts
from kpi.workspace import Import, Reject, known_file, next_import, record, take_back, take_out

BATCH = 100_000
Progress = job.Progress


def load(
    workspace: Any,
    plan: Plan,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    *,
    over: Import | None = None,
    taking_back: Sequence[int] = (),
) -> ImportReport:
    """Loads a file as planned; all of it that is valid, or nothing.

    Refused where the plan still has questions, or the same bytes are there and plan.options.again is not set.
    progress: called with a step (read, check, write, keep) and the share done. stop: set by another thread to give up:
    Refused("import_stopped"). KeyboardInterrupt and any error leave the workspace as it was.
    over: the import that is loaded anew under its number, in its place. taking_back: imports that this one replaces.
    """
    refuse_open(plan)
    if over is None:
        _refuse_again(workspace, plan, taking_back)
    with job.running(plan.file, progress, stop) as work:
        work.tell("read", 0.0)
        raw = staging.take(plan)
        load = _Load(workspace, plan, raw, work, over, taking_back)
        try:
            report = load.done()
            if report.id is None:
                load.copying.undo()
        except BaseException:
            load.copying.undo()
            raise
        finally:
            raw.close()
    if progress:
        progress("keep", 0.95)
    originals.compress(workspace, load.stored)
    if progress:
        progress("keep", 1.0)
    return report


class _Nothing(Exception):
    """No line could be loaded: what was begun is to be rolled back."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


class _Load:
    """One file being loaded."""

    def __init__(
        self, workspace: Any, plan: Plan, raw: Raw, work: job.Job, over: Import | None, taking_back: Sequence[int]
    ) -> None:
        self.workspace, self.plan, self.raw, self.work = workspace, plan, raw, work
        self.over, self.taking_back = over, taking_back
        self.stored = originals.name(plan.sha256, Path(plan.path))
        self.copying = originals.Copying(workspace, Path(plan.path), self.stored)

    def done(self) -> ImportReport:
        """The report of the load, which is committed then; or of one that made no row, with id None."""
        ws, over = self.workspace, self.over
        standing = before(ws, over.id) if over else without(ws, self.taking_back)
        try:
            if direct.possible(standing, self.raw, self.plan):
                return self._direct()
            return self._careful(self.raw.whole(), standing)
        except Unsuitable:
            return self._careful(self.raw.settle(), standing)
        except _Nothing as nothing:
            return nothing.report

    def _careful(self, raw: Raw, standing: Standing) -> ImportReport:
        """Typed and checked in the scratch database, then written."""
        self.work.tell("check", 0.3)
        expected = self.over.id if self.over else self.workspace.ask(next_import)
        report, rows = _checked(self.workspace, raw, self.plan, expected, standing)
        if not report.rows_loaded:
            return report
        self.work.tell("write", 0.5)
        with self.workspace.write(around=self.work.interruptible) as cur:
            number = self._begin(cur)
            if number != expected:  # another import came between, and ids may be made from the number
                report, rows = _checked(self.workspace, raw, self.plan, number, standing)
            return self._recorded(cur, _written(cur, raw, report, rows, number))

    def _direct(self) -> ImportReport:
        """Typed and written in one pass, then checked."""
        way = direct.Direct(self.raw, self.plan, str(self.workspace.settings.time_zone))
        while True:
            with contextlib.suppress(direct.Again), self.workspace.write(around=self.work.interruptible) as cur:
                number = self._begin(cur)
                done = way.write(cur, number, self.work)
                good, bad = done.rows, len(done.rejected)
                warnings = (*self.plan.warnings, *done.odd)
                report = ImportReport(self.plan, None, {}, good + bad, good, bad, tuple(done.rejected), warnings)
                if not good:
                    raise _Nothing(report)
                made = {self.plan.targets[0].table: good}
                return self._recorded(cur, _written(cur, self.raw, report, done.more, number, made))

    def _begin(self, cur: Any) -> int:
        """Takes out what this load replaces; the number of the import."""
        number = self.over.id if self.over else next_import(cur)
        if self.over:
            take_out(cur, self.over.id)
        for each in self.taking_back:
            take_back(cur, each)
        return number

    def _recorded(self, cur: Any, report: ImportReport) -> ImportReport:
        self.copying.finish()
        record(cur, _log(report, self.stored, self.over, self.taking_back), [_reject(each) for each in report.rejects])
        self.work.tell("write", 0.8)
        return report


def try_out(workspace: Any, plan: Plan) -> ImportReport:
    """What `load` would do, without writing: rows that would be made and rejected, warnings. The file stays at hand."""
    if plan.questions or plan.table is None:
        return ImportReport(plan, rows_read=plan.rows, rows_rejected=0, warnings=plan.warnings)
    with rehearsed(workspace, plan) as (raw, report, rows):
        tables: dict[str, int] = {}
        for each in rows:
            tables[each.table] = tables.get(each.table, 0) + raw.query(f"SELECT count(*) FROM ({each.sql})")[0][0]
    return replace(report, tables=tables)


@contextlib.contextmanager
def rehearsed(workspace: Any, plan: Plan) -> Iterator[tuple[Raw, ImportReport, list[Rows]]]:
    """The file typed and checked, and the rows it would make, without writing. The file stays at hand afterwards."""
    raw = staging.take(plan)
    standing = Standing(workspace) if workspace is not None else None
    try:
        try:
            lines = raw.whole()
            report, rows = _checked(workspace, lines, plan, 0, standing)
        except Unsuitable:
            lines = raw.settle()
            report, rows = _checked(workspace, lines, plan, 0, standing)
        yield lines, report, rows
    finally:
        staging.keep(plan, raw)


def refuse_open(plan: Plan) -> None:
    """Refused("plan_open") with the first question and the option that answers it, while there is one."""
    for question in plan.questions:
        said = question.text.text(Texts("en"))
        raise Refused("plan_open", file=plan.file, question=said, option=question.option)
    if plan.table is None:
        raise Refused("not_a_table", file=plan.file)


def _refuse_again(workspace: Any, plan: Plan, taking_back: Sequence[int]) -> None:
    if plan.options.again:
        return
    known = known_file(workspace, plan.sha256, plan.sheet)
    if known is not None and known.id not in taking_back:
        raise Refused("file_again", file=plan.file, id=str(known.id), known=known.file)


def _checked(
    workspace: Any, raw: Raw, plan: Plan, number: int, standing: Standing | None
) -> tuple[ImportReport, list[Rows]]:
    """Types and checks every line: the report as far as it is known before the load, and the rows to make."""
    zone = str(workspace.settings.time_zone) if workspace is not None else "UTC"
    lines: Typed = typed.make(raw, plan, zone, number)
    named = identity.find_known(standing, lines, plan) if standing else []
    sorted_, found = sales.sort(lines, plan)
    aliases, taken = identity.take_over(standing, lines, plan) if standing else ([], [])
    rejected: list[Rejected] = lines.rejected()
    good = lines.good()
    messages: list[Message] = [*plan.warnings, *named, *taken, *found, *checks.of_lines(lines, plan, sorted_)]
    report = ImportReport(plan, None, {}, good + len(rejected), good, len(rejected), tuple(rejected), tuple(messages))
    return report, [*made(lines, plan, sorted_), *aliases]


def _written(
    cur: Any, raw: Raw, report: ImportReport, rows: list[Rows], number: int, made: dict[str, int] | None = None
) -> ImportReport:
    """The rows inserted, and what only shows beside the rows that were there before. made: those inserted already."""
    tables = dict(made or {})
    for each in rows:
        so_far = tables.get(each.table, 0)
        tables[each.table] = so_far + _insert(cur, raw, each, number)
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
    reader = raw.cursor().sql(rows.sql).to_arrow_reader(BATCH)
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


def _log(report: ImportReport, stored: str, over: Import | None, taking_back: Sequence[int]) -> Import:
    plan = report.plan
    mapping = [
        {"column": column, "field": field, "confidence": sure, "why": [each.plain() for each in why]}
        for column, field, sure, why in plan.mapping()
    ]
    was = () if over is None else over.before if _same(over, plan, mapping) else (*over.before, _was(over))
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
        mapping=mapping,
        unmapped=list(plan.unmapped),
        options=plan.options.plain(),
        warnings=[each.plain() for each in report.warnings],
        id=report.id or 0,
        imported_at=over.imported_at if over else None,
        plan=kept(plan),
        before=was,
        replaces=list(over.replaces if over else taking_back),
    )


def _same(made: Import, plan: Plan, mapping: list[dict]) -> bool:
    """Whether the plan is the one by which the import was made."""
    places = [(each["column"], each["field"]) for each in mapping]
    return [(each["column"], each["field"]) for each in made.mapping] == places and dict(made.options) == json.loads(
        json.dumps(plan.options.plain())
    )


def _was(made: Import) -> dict[str, Any]:
    """What the log keeps of an import that is loaded anew."""
    counts = {name: getattr(made, name) for name in ("table", "rows_read", "rows_loaded", "rows_rejected")}
    until = datetime.now().replace(microsecond=0).isoformat()
    return {**counts, "tables": dict(made.tables), "mapping": made.mapping, "options": made.options, "until": until}
