"""The program that reads a workbook in a process of its own: python -m kpi.intake.readers.sheet_child FILE FOLDER.

Writes one Arrow file of text cells per sheet into FOLDER (0.arrow, 1.arrow …, in list.json their names). A hostile
workbook can abort the reader library or ask for all memory; then this process ends, not the one of the app.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 3 << 30  # address space; the libraries themselves reserve some
BATCH = 20_000
OFF_LIMITS = 3  # exit status: no workbook, or one with a password


def main(path: Path, folder: Path) -> int:
    """Reads every visible sheet. Returns the exit status: 0, or OFF_LIMITS where the file is no workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError:
        return OFF_LIMITS
    found = []
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        width = _write(book.get_sheet_by_name(sheet.name), folder / f"{len(found)}.arrow")
        found.append({"name": sheet.name, "width": width})
    (folder / "list.json").write_text(json.dumps(found), encoding="utf-8")
    return 0


def _write(sheet: CalamineSheet, target: Path) -> int:
    """One sheet as columns line, c0, c1 …: lines numbered as the spreadsheet shows them. Returns the width."""
    if sheet.start is None:
        return 0
    width = sheet.width
    schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        rows = sheet.iter_rows()
        line = 1
        while batch := list(islice(rows, BATCH)):
            columns = [pa.array([text(row[i]) for row in batch], pa.string()) for i in range(width)]
            lines = pa.array(range(line, line + len(batch)), pa.int64())
            out.write_batch(pa.RecordBatch.from_arrays([lines, *columns], schema=schema))
            line += len(batch)
    return width


def text(value: object) -> str | None:
    """A cell as text: whole numbers without a point, dates and times in ISO form, nothing for an empty cell."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
