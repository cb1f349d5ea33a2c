"""The log of imports: what was loaded when, what was rejected, taking one back out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from kpi import model
from kpi.errors import Refused
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Import:
    """One file or sheet as it was imported. The fields are the columns of state.imports.

    table: what one line of the file stands for; tables: rows made in each; rows_*: source lines,
    rows_read = rows_loaded + rows_rejected. plan: as it was carried out, to be carried out again; before: what a later
    mapping of the same file replaced, the oldest first; replaces: imports that this one took back.
    """

    file: str
    sha256: str
    table: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    sheet: str | None = None
    stored_as: str | None = None
    tables: Mapping[str, int] = field(default_factory=dict)
    format: Mapping[str, Any] = field(default_factory=dict)
    mapping: Sequence[Mapping[str, Any]] = ()
    unmapped: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Any] = ()
    id: int = 0
    imported_at: datetime | None = None
    undone_at: datetime | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[Mapping[str, Any]] = ()
    replaces: Sequence[int] = ()


@dataclass(frozen=True)
class Reject:
    """One cell (or line) that was not loaded. row: the line as a spreadsheet shows it; reason: key of its text."""

    row: int
    column: str | None
    value: str | None
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    line: Sequence[Any] | Mapping[str, Any] | None = None


COLUMNS = tuple(each.name for each in fields(Import))
JSON = ("tables", "format", "mapping", "unmapped", "options", "warnings", "plan", "before", "replaces")
EMPTY: dict[str, Any] = {"plan": {}, "before": (), "replaces": ()}  # in workspaces of older versions


def next_import(cur: Cursor) -> int:
    """The number of the next import: also those taken back keep theirs."""
    return cur.execute("SELECT coalesce(max(id), 0) + 1 FROM state.imports").fetchall()[0][0]


def record(cur: Cursor, made: Import, rejects: Iterable[Reject] = ()) -> int:
    """Writes the log row of an import and its rejected rows, within the transaction that loads it. Its number:
    `made.id`, or the next one where that is 0."""
    if made.rows_read != made.rows_loaded + made.rows_rejected:
        raise ValueError(
            f"{made.rows_read} rows read are not {made.rows_loaded} loaded and {made.rows_rejected} rejected"
        )
    values = {name: getattr(made, name) for name in COLUMNS}
    values |= {name: json.dumps(values[name], ensure_ascii=False, default=str) for name in JSON}
    values["id"] = made.id or next_import(cur)
    values["imported_at"] = made.imported_at or datetime.now().replace(microsecond=0)
    listed = ", ".join(map(quoted, COLUMNS))
    marks = ", ".join("?" for _ in COLUMNS)
    cur.execute(f"INSERT INTO state.imports ({listed}) VALUES ({marks})", list(values.values())).fetchall()
    _record_rejects(cur, values["id"], list(rejects))
    return values["id"]


def _record_rejects(cur: Cursor, number: int, rejects: list[Reject]) -> None:
    """All of them in one statement, a list a column: thousands take no time."""
    if not rejects:
        return
    lists = [
        [each.row for each in rejects],
        [each.column for each in rejects],
        [each.value for each in rejects],
        [each.reason for each in rejects],
        [json.dumps(each.params, ensure_ascii=False, default=str) for each in rejects],
        [None if each.line is None else json.dumps(each.line, ensure_ascii=False, default=str) for each in rejects],
    ]
    cur.execute(
        'INSERT INTO state.rejected_rows (import_id, "row", "column", "value", reason, params, line) '
        "SELECT ?::BIGINT, unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[])::JSON, unnest(?::VARCHAR[])::JSON",
        [number, *lists],
    ).fetchall()


def imports(workspace: Workspace) -> list[Import]:
    """All imports in order, those taken back included (undone_at is set)."""
    listed = ", ".join(map(quoted, COLUMNS))
    found = []
    for row in workspace.rows(f"SELECT {listed} FROM state.imports ORDER BY id"):
        values = dict(zip(COLUMNS, row, strict=True))
        read = {name: json.loads(values[name] or "null") for name in JSON}
        read |= {name: value for name, value in EMPTY.items() if read[name] is None}
        found.append(Import(**(values | read)))
    return found


def logged(workspace: Workspace, number: int) -> Import:
    """The import of that number, taken back or not; Refused("import_missing") where there is none."""
    found = next((each for each in imports(workspace) if each.id == number), None)
    if found is None:
        raise Refused("import_missing", id=str(number))
    return found


def rejects(workspace: Workspace, number: int, most: int | None = 100) -> list[Reject]:
    """The rejected rows of an import in the order of the file; the first `most`, or all."""
    rows = workspace.rows(
        'SELECT "row", "column", "value", reason, params, line FROM state.rejected_rows WHERE import_id = ? '
        'ORDER BY "row", "column" LIMIT ?',
        [number, most if most is not None else 2**40],
    )
    return [
        Reject(row, column, value, reason, json.loads(params or "{}"), json.loads(line or "null"))
        for row, column, value, reason, params, line in rows
    ]


def known_file(workspace: Workspace, sha256: str, sheet: str | None = None) -> Import | None:
    """The latest import of the same bytes (and sheet, where given) that still counts."""
    found = [
        each
        for each in imports(workspace)
        if each.sha256 == sha256 and each.undone_at is None and (sheet is None or each.sheet == sheet)
    ]
    return found[-1] if found else None


def take_out(cur: Cursor, number: int) -> None:
    """Removes the rows, the rejected rows and the log row of an import within a transaction that writes them anew."""
    _remove_rows(cur, number)
    cur.execute("DELETE FROM state.rejected_rows WHERE import_id = ?", [number]).fetchall()
    cur.execute("DELETE FROM state.imports WHERE id = ?", [number]).fetchall()


def take_back(cur: Cursor, number: int) -> None:
    """Takes the rows of an import out within a transaction; its log row stays, with undone_at. Refused where there is
    no such import or it has been taken back."""
    found = cur.execute("SELECT undone_at FROM state.imports WHERE id = ?", [number]).fetchall()
    if not found:
        raise Refused("import_missing", id=str(number))
    if found[0][0] is not None:
        raise Refused("import_undone", id=str(number))
    _remove_rows(cur, number)
    now = datetime.now().replace(microsecond=0)
    cur.execute("UPDATE state.imports SET undone_at = ? WHERE id = ?", [now, number]).fetchall()


def _remove_rows(cur: Cursor, number: int) -> None:
    for name in model.tables():
        cur.execute(f"DELETE FROM rows.{quoted(name)} WHERE _import = ?", [number]).fetchall()
    cur.execute("DELETE FROM state.assessments WHERE _import = ?", [number]).fetchall()


def undo(workspace: Workspace, number: int) -> Import:
    """Takes the rows of an import out; older values of the same keys show again. Refused where there is no such
    import or it has been taken back. The import as it was logged, with undone_at."""
    with workspace.write() as cur:
        take_back(cur, number)
    return logged(workspace, number)
