"""Small tables typed in: what is entered already, what is wrong with it cell by cell, saved as an import of its own.

What is typed for a table is one document: saving it again takes the earlier one back in the same transaction, and
undoing brings that one back. It is read, checked and logged like any file (`<table>.by-hand.csv`).
"""

from __future__ import annotations

import csv
import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kpi import model
from kpi.catalogue.needs import choose
from kpi.errors import Refused
from kpi.intake import template, upload
from kpi.intake.inspecting import inspect
from kpi.intake.lexicon import FOLDER
from kpi.intake.loading import load, try_out
from kpi.intake.messages import Message, say
from kpi.intake.names import identifier
from kpi.intake.options import Options
from kpi.intake.plan import Plan
from kpi.intake.remap import undo_alone
from kpi.intake.report import ImportReport
from kpi.workspace import Import, imports
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_kpis import kpis_of

Row = Mapping[str, Any]
SUFFIX = ".by-hand.csv"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell. row: from 0, as given; field None: the row as a whole."""

    row: int
    field: str | None
    value: Any
    reason: Message


@functools.cache
def _settings() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "by_hand.toml").read_text(encoding="utf-8"))


def tables() -> list[str]:
    """All tables, those first that are usually typed in."""
    usual = _settings()["usual"]
    return [*usual, *(name for name in model.tables() if name not in usual)]


def has_time(table: str) -> bool:
    """Whether the moments of a table have a time of day."""
    return table in _settings()["moments"]


def most_rows() -> int:
    """More rows than these are a file, not typing."""
    return _settings()["most_rows"]


def missing(workspace: Any) -> list[str]:
    """The tables without rows that the chosen KPIs need, in the order of `tables`."""
    present = workspace.columns()
    there = {column.partition(".")[0] for column in present}
    lacking = [
        column.partition(".")[0]
        for each in selected_kpis(workspace)
        if each.kpi in kpis_of(workspace)
        for column in choose(kpis_of(workspace)[each.kpi], present)[1]
    ]
    return [name for name in tables() if name in lacking and name not in there]


def document(workspace: Any, table: str) -> Import | None:
    """The import that holds what is typed in for a table, None where nothing is."""
    found = [each for each in imports(workspace) if each.undone_at is None and is_by_hand(each) and each.table == table]
    return found[-1] if found else None


def is_by_hand(made: Import) -> bool:
    """Whether an import was typed in."""
    return made.file == f"{made.table}{SUFFIX}"


def entered(workspace: Any, table: str) -> list[dict[str, Any]]:
    """The rows that were typed in for a table, in their order."""
    made = document(workspace, table)
    if made is None:
        return []
    fields = list(model.table(table).fields)
    listed = ", ".join(map(identifier, fields))
    rows = workspace.rows(f"SELECT {listed} FROM rows.{identifier(table)} WHERE _import = ? ORDER BY _line", [made.id])
    return [dict(zip(fields, row, strict=True)) for row in rows]


def from_files(workspace: Any, table: str) -> int:
    """The rows that files have brought for the table."""
    made = document(workspace, table)
    number = made.id if made else -1
    sql = f"SELECT count(*) FROM rows.{identifier(table)} WHERE _import IS DISTINCT FROM ?"
    return workspace.rows(sql, [number])[0][0]


def check(workspace: Any, table: str, rows: Sequence[Row]) -> list[Fault]:
    """Everything that is wrong, in the order of the rows: cells that are missing or do not read, keys that stand twice.

    Rows without any value are passed over. Values: texts, numbers, days, moments, flags; a text is read as in a file.
    """
    listed = _filled(rows)
    if len(listed) > most_rows():
        raise Refused("too_many_by_hand", n=len(listed), most=most_rows())
    found = [*_missing(table, listed), *_twice(table, listed)]
    wrong = {(each.row, each.field) for each in found}
    if listed:
        path = _written(workspace, table, listed)
        try:
            report = try_out(workspace, _plan(workspace, table, path))
        finally:
            upload.drop(path)
        for each in report.rejects:
            place = listed[each.row - 2][0]
            if (place, each.column) not in wrong:
                found.append(Fault(place, each.column, each.value, each.reason))
    return sorted(found, key=lambda each: each.row)


def save(workspace: Any, table: str, rows: Sequence[Row]) -> ImportReport | None:
    """Saves what is typed in for a table in place of what was. None: all rows were taken out, and nothing stays.

    Refused("by_hand_wrong") with the first fault while there is any.
    """
    faults = check(workspace, table, rows)
    if faults:
        raise Refused("by_hand_wrong", n=len(faults), row=faults[0].row + 1, field=faults[0].field or "")
    before = document(workspace, table)
    listed = _filled(rows)
    if not listed:
        if before:
            undo_alone(workspace, before.id)
        return None
    path = _written(workspace, table, listed)
    try:
        plan = _plan(workspace, table, path)
        return load(workspace, plan, taking_back=[before.id] if before else [])
    finally:
        upload.drop(path)


def _filled(rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """(place, row) of the rows with a value."""
    return [(place, row) for place, row in enumerate(rows) if any(not _blank(value) for value in row.values())]


def _blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _missing(table: str, listed: Iterable[tuple[int, Row]]) -> list[Fault]:
    """Cells that every row needs."""
    needed = [name for name in model.table(table).fields if name in template.needs(model.table(table))]
    optional = {"kpi_values": ("split", "member"), "stages": ("pipeline",), "customer_wallet": ("category",)}
    return [
        Fault(place, name, None, say("needed"))
        for place, row in listed
        for name in needed
        if _blank(row.get(name)) and name not in optional.get(table, ())
    ]


def _twice(table: str, listed: Iterable[tuple[int, Row]]) -> list[Fault]:
    """Rows whose key stands in a row above."""
    key = model.table(table).key
    seen: dict[tuple, int] = {}
    found = []
    for place, row in listed:
        values = tuple(_text(row.get(name)) for name in key)
        if not any(values):
            continue
        if values in seen:
            found.append(Fault(place, key[0], row.get(key[0]), say("twice", row=seen[values] + 1)))
        seen.setdefault(values, place)
    return found


def _written(workspace: Any, table: str, listed: Iterable[tuple[int, Row]]) -> Path:
    """The rows as a file in the spool: the model's own names above, days and numbers in their plainest form."""
    fields = list(model.table(table).fields)
    path = upload.place(workspace, f"{table}{SUFFIX}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        writer.writerows([_text(row.get(name)) for name in fields] for _, row in listed)
    return path


def _text(value: Any) -> str:
    if _blank(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return (
            value.strftime("%Y-%m-%d %H:%M:%S") if (value.hour or value.minute or value.second) else f"{value:%Y-%m-%d}"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value).strip()


def _plan(workspace: Any, table: str, path: Path) -> Plan:
    """The plan of what was typed: every filled column is the field it is called after."""
    fields = model.table(table).fields
    options = Options(
        table=table,
        maps=tuple((table, name, name) for name in fields),
        dates="ymd",
        decimal=".",
        delimiter=",",
        encoding="utf-8",
        header=1,
        again=True,
    )
    return inspect(workspace, [path], options)[0]
