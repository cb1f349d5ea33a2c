"""Workbooks (xlsx, xlsm, xlsb, xls, ods), read in a child process with a memory and a time limit."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa

from kpi.errors import Refused
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw, finish, refuse_wide, scratch, unique_headers
from kpi.intake.readers import dialect
from kpi.intake.readers.sheet_child import OFF_LIMITS

SECONDS = 120
UNPACKED = 2 << 30  # a zip that grows beyond this is no honest workbook
LOOKED_AT = 400


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """One Raw per sheet that holds a table; only the one named by `options` or `format` where one is named."""
    if path.stat().st_size == 0:
        raise Refused("file_empty", file=path.name)
    wanted = format.sheet if format else options.sheet
    with tempfile.TemporaryDirectory(prefix="kpi-sheets-") as folder:
        sheets = _unpack(path, Path(folder))
        names = [each["name"] for each in sheets]
        if wanted is not None and wanted not in names:
            raise Refused("sheet_unknown", file=path.name, sheet=wanted, known=", ".join(names))
        found = []
        for number, each in enumerate(sheets):
            if wanted in (None, each["name"]) and each["width"]:
                refuse_wide(path.name, each["width"])
                header = format.header if format else options.header
                raw = _raw(Path(folder) / f"{number}.arrow", each["name"], each["width"], header, wanted is not None)
                found += [raw] if raw else []
    if not found:
        raise Refused("file_no_rows" if sheets else "file_empty", file=path.name)
    return found


def _unpack(path: Path, folder: Path) -> list[dict]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > UNPACKED:
                raise Refused("sheet_too_big", file=path.name)
    command = [sys.executable, "-m", "kpi.intake.readers.sheet_child", str(path.absolute()), str(folder)]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        raise Refused("sheet_too_big", file=path.name) from late
    if done.returncode == OFF_LIMITS:
        raise Refused("sheet_unreadable", file=path.name)
    if done.returncode != 0:
        raise Refused("sheet_too_big", file=path.name)
    return json.loads((folder / "list.json").read_text(encoding="utf-8"))


def _raw(file: Path, sheet: str, width: int, header: int | None, forced: bool) -> Raw | None:
    """The sheet as a Raw; None where it holds no table (prose, a lone title) and nobody asked for it."""
    con, folder = scratch()
    with pa.memory_map(str(file)) as source, pa.ipc.open_file(source) as sheets:
        cursor = con.cursor()
        cursor.register("sheet", sheets.read_all())
        cursor.execute("CREATE TABLE raw AS SELECT * FROM sheet").fetchall()
        cursor.unregister("sheet")
    rows = con.cursor().execute(f"SELECT * FROM raw ORDER BY line LIMIT {LOOKED_AT}").fetchall()
    lines = [[cell or "" for cell in row[1:]] for row in rows]
    if header is None:
        header = _header(lines, width)
    if header is None or (width < 2 and not forced):
        con.close()
        folder.cleanup()
        return None
    headers, repeated = unique_headers(lines[header - 1] if header else [], width)
    con.cursor().execute("DELETE FROM raw WHERE line <= ?", [header]).fetchall()
    notes = [say("repeated_header", column=name) for name in repeated]
    above = sum(any(line) for line in lines[: header - 1]) if header else 0
    if above:
        notes.append(say("lines_above_header", n=above, line=header))
    if not header:
        notes.append(say("no_header"))
    raw = finish(
        Raw(con, headers, Format("sheet", header=header, sheet=sheet), "line", notes=tuple(notes), folder=folder)
    )
    return _without_empty_columns(raw)


def _header(lines: list[list[str]], width: int) -> int | None:
    """The line of the header, 0 where data begin at once, None where no line is as wide as a table."""
    widths = sorted((sum(map(bool, line)) for line in lines if any(line)), reverse=True)
    if not widths:
        return None
    usual = widths[len(widths) // 2]
    for number, line in enumerate(lines[:50], 1):
        filled = sum(map(bool, line))
        if filled >= max(2, 0.6 * usual, 0.5 * min(width, widths[0])):
            return number if dialect.looks_like_header(line, lines[number : number + 30]) else 0
    return None


def _without_empty_columns(raw: Raw) -> Raw:
    """Columns without a header and without a value come from formatting only: left out."""
    counts = raw.query("SELECT " + ", ".join(f"count(c{i})" for i in range(len(raw.headers))) + " FROM raw")[0]
    keep = [i for i, n in enumerate(counts) if n or not raw.headers[i].startswith("column ")]
    if len(keep) == len(raw.headers):
        return raw
    listed = ", ".join(f"c{old} AS c{new}" for new, old in enumerate(keep))
    raw.query(f"CREATE OR REPLACE TABLE raw AS SELECT line, {listed} FROM raw")
    raw.headers = tuple(raw.headers[i] for i in keep)
    return raw


def stem(sheet: str | None, path: Path) -> str:
    """What the table is called: the sheet's name where it says more than "Sheet1", else the file's."""
    plain = (sheet or "").strip()
    default = plain.rstrip("0123456789 ").casefold() in {"", "sheet", "аркуш", "лист", "برگه", "شیت"}
    return path.stem if default else plain
