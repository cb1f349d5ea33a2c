"""import, template: files into a workspace; an empty sheet to fill in."""

from __future__ import annotations

from typing import Any

from kpi.cli import Answer, Call, Table
from kpi.cli.waiting import shown, waited
from kpi.errors import KpiError, Refused


def register(subparsers) -> None:
    """import W FILE… [options] · remap W IMPORT_ID [options] · template TABLE --out FILE.xlsx"""
    parser = subparsers.add_parser("import", help="cli.help_import")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("file", metavar="FILE", nargs="+", help="cli.help_file")
    _add_options(parser)
    parser.add_argument("--again", action="store_true", help="cli.help_again")
    parser.add_argument("--replace", action="store_true", help="cli.help_replace")
    parser.set_defaults(run=load_files, creates=True)
    parser = subparsers.add_parser("remap", help="cli.help_remap")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("number", metavar="IMPORT_ID", help="cli.help_import_id")
    _add_options(parser)
    parser.set_defaults(run=remap)
    parser = subparsers.add_parser("template", help="cli.help_template")
    parser.add_argument("table", metavar="TABLE", help="cli.help_table")
    parser.add_argument("--out", metavar="FILE.xlsx", required=True, help="cli.help_out")
    parser.set_defaults(run=template)


def _add_options(parser) -> None:
    """What overrules the recognition: the same for import and remap."""
    parser.add_argument("--table", metavar="T", help="cli.help_table")
    parser.add_argument("--map", metavar="[T.]FIELD=COLUMN", action="append", default=[], help="cli.help_map")
    parser.add_argument("--set", metavar="[T.]FIELD=VALUE", action="append", default=[], help="cli.help_set")
    parser.add_argument("--ignore", metavar="COLUMN", action="append", default=[], help="cli.help_ignore")
    parser.add_argument("--word", metavar="[T.]FIELD:WORD=VALUE", action="append", default=[], help="cli.help_word")
    parser.add_argument("--shape", metavar="months|log|as_is", help="cli.help_shape")
    parser.add_argument("--stage", metavar="NAME=KIND", action="append", default=[], help="cli.help_stage")
    parser.add_argument("--missing", metavar="[T.]FIELD=WORD", action="append", default=[], help="cli.help_missing")
    parser.add_argument("--dates", metavar="dmy|mdy|ymd|jalali", help="cli.help_dates")
    parser.add_argument("--decimal", metavar=",|.", help="cli.help_decimal")
    parser.add_argument("--sheet", metavar="S", help="cli.help_sheet")
    parser.add_argument("--encoding", metavar="E", help="cli.help_encoding")
    parser.add_argument("--delimiter", metavar="D", help="cli.help_delimiter")
    parser.add_argument("--header", metavar="N", type=int, help="cli.help_header")
    parser.add_argument("--dry-run", action="store_true", help="cli.help_dry_run")


def _given(args):
    """The options of a command line, checked."""
    from kpi import intake

    return intake.options(
        table=args.table,
        maps=args.map,
        sets=args.set,
        stages=args.stage,
        missing=args.missing,
        dates=args.dates,
        decimal=args.decimal,
        delimiter=args.delimiter,
        sheet=args.sheet,
        encoding=args.encoding,
        header=args.header,
        ignore=tuple(args.ignore),
        words=args.word,
        shape=args.shape,
        again=getattr(args, "again", False),
    )


def load_files(call: Call) -> Answer:
    """Recognises and loads each file; one that cannot be loaded leaves the others loaded and the status 1."""
    from kpi import intake

    args = call.args
    given = _given(args)
    plans, failures = intake.inspect_each(call.workspace, [call.path(each) for each in args.file], given)
    if failures and not plans and len(failures) == 1:
        raise failures[0].error
    status = 1 if failures else 0
    for failure in failures:
        call.warn(call.texts.error(failure.error))
    done: dict[int, dict[str, Any]] = {}
    lines = []
    for plan in intake.in_order(plans):
        before = intake.earlier(call.workspace, plan) if plan.table else ()
        changed = intake.changes(call.workspace, plan, before) if before else []
        report = _load(call, plan, before)
        status = status or int(not _fine(report, args.dry_run))
        entry: dict[str, Any] = intake.entry(report, call.texts) | {"changes": [each.plain() for each in changed]}
        done[id(plan)] = entry
        if _fine(report, args.dry_run):
            for said in entry["warnings"]:
                call.warn(f"{_name(plan)}: {said}")
        lines += _lines(call, report, entry, args.dry_run)
        lines += _changed(call, before, changed) if _fine(report, args.dry_run) else []
    failed = [
        {"file": each.path.name, **({"sheet": each.sheet} if each.sheet else {}), "error": call.texts.error(each.error)}
        for each in failures
    ]
    return Answer({"imports": [*(done[id(plan)] for plan in plans), *failed]}, lines, status)


def _load(call: Call, plan, before):
    """The report of one file, loaded or (dry run, or what stands in the way) as it would be. before: the imports of
    the same source, which it replaces where that is asked for."""
    from kpi import intake

    if plan.table is None and not plan.questions:  # a sheet beside others that is no table of ours
        return intake.ImportReport(plan, warnings=plan.warnings)
    if call.args.dry_run:
        for question in plan.questions:
            _ask(call, plan, question)
        return intake.try_out(call.workspace, plan)
    try:
        if call.args.replace and not before and not plan.questions:
            raise Refused("nothing_to_replace", file=plan.file)
        old, tell = before if call.args.replace else (), shown(call, plan.file)
        report = waited(lambda stop: intake.refresh(call.workspace, plan, old, tell, stop))
    except KpiError as error:
        if error.code == "import_stopped":
            raise
        call.warn(call.texts.error(error))
        return intake.ImportReport(plan, rows_read=plan.rows, rows_rejected=plan.rows, warnings=plan.warnings)
    if report.id is None:
        _told_nothing(call, report)
    return report


def _changed(call: Call, before, changed) -> list[str | Table]:
    """What the file changes against the earlier ones of its source."""
    if not changed:
        return []
    t = call.texts.t
    heads = [t(f"cli.{key}") for key in ("table", "new", "updated", "unchanged", "gone", "fields_changed")]
    rows = [
        [
            each.table,
            each.new + each.new_lines,
            each.updated,
            each.unchanged + each.same_lines,
            each.gone + each.gone_lines,
            ", ".join(f"{field.field} {call.texts.number(field.rows)}" for field in each.fields),
        ]
        for each in changed
    ]
    return [t("cli.import_changes", id=str(before[0].id), file=before[0].file), Table(heads, rows)]


def _told_nothing(call: Call, report) -> None:
    reason = report.rejects[0].reason.text(call.texts) if report.rejects else "–"
    call.warn(call.texts.t("cli.import_nothing", file=report.plan.file, rows=report.rows_rejected, reason=reason))


def _ask(call: Call, plan, question) -> None:
    call.warn(
        call.texts.t("cli.import_asks", file=plan.file, question=question.text.text(call.texts), option=question.option)
    )


def _fine(report, dry_run: bool) -> bool:
    """Whether the file is loaded, or in a dry run would be."""
    plan = report.plan
    if plan.table is None and not plan.questions:
        return True
    return not plan.questions if dry_run else report.id is not None


def _name(plan) -> str:
    return f"{plan.file} [{plan.sheet}]" if plan.sheet else plan.file


def _lines(call: Call, report, entry: dict, dry_run: bool) -> list[str | Table]:
    """What a person reads about one file."""
    t = call.texts.t
    plan = report.plan
    name = _name(plan)
    lines: list[str | Table] = []
    if plan.table and (dry_run or report.id is not None):
        made = ", ".join(f"{table} {call.texts.number(rows)}" for table, rows in report.tables.items())
        key = "cli.import_would" if report.id is None else "cli.import_done"
        counts = {"read": report.rows_read, "loaded": report.rows_loaded, "rejected": report.rows_rejected}
        lines.append(t(key, file=name, table=plan.table, id=str(report.id or ""), made=made or "–", **counts))
    if dry_run and plan.table:
        heads = [t(f"cli.{key}") for key in ("column", "field", "confidence", "why")]
        rows = [[each["column"], each["field"], each["confidence"], each["why"]] for each in entry["mapping"]]
        rows += [[column, None, None, None] for column in plan.unmapped]
        lines.append(Table(heads, rows))
    if report.rejects:
        heads = [t(f"cli.{key}") for key in ("row", "column", "value", "reason")]
        rows = [[str(r["row"]), r["column"], r["value"], r["reason"]] for r in entry["rejects"][:10]]
        lines.append(Table(heads, rows))
    return lines


def remap(call: Call) -> Answer:
    """Loads an import anew from its original, by the options given or, without any, as it was."""
    from kpi import intake

    number, given = call.args.number, _given(call.args)
    if not number.isdecimal():
        raise Refused("import_missing", id=number)
    asked = None if given == intake.Options() else given
    report = intake.remap(call.workspace, int(number), asked, dry_run=call.args.dry_run)
    for question in report.plan.questions:
        _ask(call, report.plan, question)
    if report.id is None and not call.args.dry_run:
        _told_nothing(call, report)
    entry = intake.entry(report, call.texts)
    fine = _fine(report, call.args.dry_run)
    for said in [each.text(call.texts) for each in report.warnings] if fine else []:
        call.warn(f"{_name(report.plan)}: {said}")
    return Answer({"imports": [entry]}, _lines(call, report, entry, call.args.dry_run), int(not fine))


def template(call: Call) -> Answer:
    """Writes an empty workbook for one table."""
    from kpi import intake

    path = call.path(call.args.out)
    intake.write_template(call.args.table, path, call.texts)
    said = call.texts.t("cli.template_done", table=call.args.table, file=str(path))
    return Answer({"templates": [{"table": call.args.table, "file": str(path)}]}, [said])
