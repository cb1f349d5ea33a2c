"""imports, undo, tables: what was loaded when, taking it back, what there is now."""

from __future__ import annotations

from dataclasses import asdict

from kpi.cli import Answer, Call, Table
from kpi.errors import Refused
from kpi.workspace import Import, imports, inventory, rejects


def register(subparsers) -> None:
    """imports W · undo W IMPORT_ID · tables W"""
    parser = subparsers.add_parser("imports", help="cli.help_imports")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=listed)
    parser = subparsers.add_parser("undo", help="cli.help_undo")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("number", metavar="IMPORT_ID", help="cli.help_import_id")
    parser.set_defaults(run=take_back)
    parser = subparsers.add_parser("tables", help="cli.help_tables")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.set_defaults(run=tables)


def listed(call: Call) -> Answer:
    """All imports, those taken back included."""
    found = imports(call.workspace)
    t = call.texts.t
    keys = ("import", "file", "table", "rows_read", "rows_loaded", "rows_rejected", "when", "undone_at")
    rows = [
        [
            str(each.id),
            _file(each),
            each.table,
            each.rows_read,
            each.rows_loaded,
            each.rows_rejected,
            each.imported_at,
            each.undone_at,
        ]
        for each in found
    ]
    lines = [Table([t(f"cli.{key}") for key in keys], rows)] if rows else [t("cli.nothing_loaded")]
    return Answer({"imports": [_data(call, each) for each in found]}, lines)


def _file(each: Import) -> str:
    return f"{each.file} [{each.sheet}]" if each.sheet else each.file


def _data(call: Call, each: Import) -> dict[str, object]:
    """The entry of an import as the contract has it; ids are text."""
    shown = [
        {"row": r.row, "column": r.column, "value": r.value, "reason": r.reason}
        for r in rejects(call.workspace, each.id)
    ]
    entry = asdict(each) | {"id": str(each.id), "rejects": shown}
    del entry["plan"]  # for loading it again, not for reading
    return entry


def take_back(call: Call) -> Answer:
    """Takes one import back out; what it had replaced stands again."""
    from kpi import intake

    number = call.args.number
    if not number.isdecimal():
        raise Refused("import_missing", id=number)
    done, again = intake.undo(call.workspace, int(number))
    said = [call.texts.t("cli.undone", id=str(done.id), file=_file(done), rows=done.rows_loaded)]
    said += [call.texts.t("cli.restored", id=str(each.id), file=_file(each)) for each in again]
    data = [_data(call, each) for each in (done, *again)]
    return Answer({"imports": data, "revision": call.workspace.revision}, said)


def tables(call: Call) -> Answer:
    """The tables with rows: how many, how full, from when to when."""
    found = inventory(call.workspace)
    t = call.texts.t
    rows = [[each.table, each.rows, len(each.columns), each.since, each.until] for each in found]
    heads = [t(f"cli.{key}") for key in ("table", "rows", "columns", "since", "until")]
    lines = [Table(heads, rows)] if rows else [t("cli.nothing_loaded")]
    return Answer({"tables": [asdict(each) for each in found]}, lines)
