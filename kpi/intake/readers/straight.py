"""Delimited text without any oddity: DuckDB reads it by itself."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

import duckdb

from kpi.intake.names import quote
from kpi.intake.raw import Format, Raw, finish, scratch
from kpi.intake.readers import large as larger

LONGEST_CELL = 16 << 20
BLANK_LINE = re.compile(rb"\n[ \t\r]*\n[ \t\r\n]*[^ \t\r\n]")


def straight(path: Path, layout: Format, headers: tuple[str, ...], above: list[list[str]]) -> Raw | None:
    """The fast way, for files without any oddity; None where there is one."""
    if layout.encoding not in ("utf-8", "utf-8-sig", "ascii") or len(layout.quote or "") != 1:
        return None
    if any("\n" in cell or "\r" in cell for line in above for cell in line) or _has_blank_line(path):
        return None
    if layout.encoding == "utf-8-sig" and not layout.header:
        return None

    def source(paths: object, skip: int, more: str) -> str:
        return _source(paths, skip, more, layout, len(headers))

    if path.stat().st_size > larger.LARGE and (raw := larger.large(path, layout, headers, source)):
        return raw
    con, folder = scratch()
    raw = Raw(con, headers, layout, f"rowid + {(layout.header or 0) + 1}", folder=folder)
    try:
        raw.query(f"CREATE TABLE raw AS SELECT * FROM {source(path, layout.header or 0, '')}")
    except duckdb.Error:  # a line that breaks the pattern: the csv module tells which
        raw.close()
        return None
    return finish(raw)


def _source(paths: object, skip: int, more: str, layout: Format, width: int) -> str:
    """SQL: the table of one or several files; more: further options."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    listed = [quote(str(each)) for each in paths] if isinstance(paths, list) else quote(str(paths))
    place = f"[{', '.join(listed)}]" if isinstance(listed, list) else listed
    return (
        f"read_csv({place}, auto_detect=false, header=false, skip={skip}, delim={quote(layout.delimiter or ',')}, "
        f"quote={quote(layout.quote or '')}, escape={quote(layout.escape or '')}, nullstr='', "
        f"max_line_size={LONGEST_CELL}, columns={{{columns}}}{more})"
    )


def _has_blank_line(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        first = data[: 1 << 16].lstrip(b"\xef\xbb\xbf")
        if first[:1] in b"\r\n" or b"\0" in first:
            return True
        return BLANK_LINE.search(data) is not None
