"""A file as it was read: all cells as text in a scratch database of its own, with the line each row stood on."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kpi.errors import Refused
from kpi.intake import job
from kpi.intake.messages import Message

BATCH = 50_000
MOST_COLUMNS = 2000
FOLDER = "kpi-intake-"  # and the number of the process, in the folder for temporary files
WHOLE = "whole"  # schema with the view of all lines of a large file
MEMORY = "1GB"  # above it the scratch database spills to its temporary folder


@dataclass(frozen=True)
class Format:
    """How the file is laid out. header: (last) line of the header as a spreadsheet shows it, 0 where there is none.

    rows: lines of the header, where it takes more than one; units: the line under it that names the units;
    cuts: places in the line where the columns of fixed width begin, as "0,8,15".
    within: what the file lay in, from the outside in: "zip", "gzip", "zip/gzip".
    """

    kind: str  # csv, sheet, parquet, sqlite, json
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: int | None = None
    sheet: str | None = None
    rows: int | None = None
    units: int | None = None
    cuts: str | None = None
    within: str | None = None
    reshape: str | None = None  # the step after reading, as JSON: months as lines, an event log (reshape.py)

    def plain(self) -> dict:
        """What is known about the layout, as a JSON object."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Broken:
    """A line that cannot be read as a row of the table."""

    line: int
    text: str
    reason: Message


@dataclass
class Raw:
    """Table `raw` (c0, c1, … VARCHAR) in a scratch database.

    line: SQL for the line number of a row as a spreadsheet shows it. rows: rows with at least one filled cell.
    Of a large file (`large`) the table holds a sample; rows is exact, and `whole` has all lines.
    """

    con: Any
    headers: tuple[str, ...]
    format: Format
    line: str
    rows: int = 0
    broken: tuple[Broken, ...] = ()
    notes: tuple[Message, ...] = ()
    folder: tempfile.TemporaryDirectory | None = field(default=None, repr=False)
    large: Large | None = None
    schema: str = ""

    def cursor(self) -> Any:
        """A new cursor on the scratch database that sees the right `raw`."""
        cursor = self.con.cursor()
        if self.schema:
            cursor.execute(f"SET schema = '{self.schema}'").fetchall()
        return cursor

    def query(self, sql: str, params: Iterable[object] = ()) -> list[tuple]:
        """All rows of a query on the scratch database."""
        cursor = self.cursor()
        with job.interruptible(cursor):
            return cursor.execute(sql, list(params)).fetchall()

    def arrays(self, sql: str) -> dict[str, Any]:
        """The columns of a query as numpy arrays."""
        cursor = self.cursor()
        with job.interruptible(cursor):
            return cursor.execute(sql).fetchnumpy()

    def counts(self) -> list[tuple[int, int]]:
        """(filled cells, distinct values) of every column, in the whole file; distinct ones are estimated."""
        if self.large and not self.schema:
            return list(self.large.counts)
        listed = ", ".join(f"count(c{i}), approx_count_distinct(c{i})" for i in range(len(self.headers)))
        row = self.query(f"SELECT {listed} FROM raw")[0]
        return list(zip(row[::2], row[1::2], strict=True))

    @property
    def sampled(self) -> bool:
        """Whether table `raw` holds only a sample of the lines."""
        return self.large is not None and not self.schema

    def whole(self) -> Raw:
        """The same file with all its lines: `raw` is a view then, and every query a pass over the file.

        Refused("file_changed") where the file is not the one that was looked at.
        """
        if self.large is None:
            return self
        self.large.same()
        return replace(self, schema=WHOLE)

    def settle(self) -> Raw:
        """The same with all lines in the table `raw`, so that they can be changed and the file may go."""
        if self.large is not None:
            self.large.same()
            cells = ", ".join(f"c{i}" for i in range(len(self.headers)))
            self.query(f"CREATE OR REPLACE TABLE main.raw AS SELECT {cells} FROM {WHOLE}.raw")
            self.large = None
        return self

    def close(self) -> None:
        """Drops the scratch database."""
        self.con.close()
        if self.folder:
            self.folder.cleanup()


@dataclass(frozen=True)
class Large:
    """What is known of a file that is too large to be held. counts: as of `Raw.counts`. stamp: size and time of the
    last change, by which it is known again. head: rows at the beginning of the sample that are those of the file. plain: nothing but ASCII, and no tab."""

    path: Path
    stamp: tuple[int, int]
    counts: tuple[tuple[int, int], ...]
    head: int
    plain: bool = False

    def same(self) -> None:
        """Refused("file_changed") where another file lies there by now, or none."""
        if stamp(self.path) != self.stamp:
            raise Refused("file_changed", file=self.path.name)


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of the last change; zeros where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def scratch() -> tuple[Any, tempfile.TemporaryDirectory]:
    """A new database in memory that may spill to a temporary folder."""
    _sweep()
    folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-")
    con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder.name})
    con.execute("SET preserve_insertion_order = true").fetchall()
    con.execute("SET GLOBAL TimeZone = 'UTC'").fetchall()  # as in a workspace
    return con, folder


@functools.cache
def _sweep() -> None:
    """Removes, once, what processes that were killed have left."""
    if os.name != "posix":  # elsewhere there is no asking for a process without ending it
        return
    for each in Path(tempfile.gettempdir()).glob(f"{FOLDER}[0-9]*-*"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(each.name.removeprefix(FOLDER).partition("-")[0]), 0)
            continue
        shutil.rmtree(each, ignore_errors=True)  # no such process, or another user's: then nothing happens


def cell(index: int) -> str:
    """SQL: the cell of column `index` without blanks around it, NULL where it is empty.

    Only cells that begin or end like a padded one are trimmed: trimming a set of marks is ten times the work.
    """
    c = f"c{index}"
    return f"CASE WHEN {padded(c)} THEN nullif(trim({c}, ' \t\r\n\u00a0\u200e\u200f\ufeff'), '') ELSE {c} END"


def padded(c: str) -> str:
    """SQL: whether the text `c` begins or ends like one with blanks around it."""
    return f"{c} < '!' OR {c} >= '\u00a0' OR suffix({c}, ' ') OR suffix({c}, '\u00a0') OR suffix({c}, '\t')"


def spared(sql: str, raw: Raw) -> str:
    """`sql` over the cells of `raw` without the tests for marks that the file does not hold: four in five of them."""
    if raw.large and raw.large.plain:
        for i in range(len(raw.headers)):
            sql = sql.replace(padded(f"c{i}"), f"c{i} < '!' OR suffix(c{i}, ' ')")
    return sql


def finish(raw: Raw) -> Raw:
    """Counts the rows; columns without a name get one, and repeated names are numbered."""
    filled = " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers))) or "false"
    raw.rows = raw.query(f"SELECT count(*) FROM raw WHERE {filled}")[0][0]
    return raw


def from_rows(
    headers: tuple[str, ...], format: Format, rows: Iterator[tuple[int, list[str | None]]], **rest: Any
) -> Raw:
    """A Raw from (line number, cells) pairs, each with as many cells as there are headers."""
    con, folder = scratch()
    names = [f"c{i}" for i in range(len(headers))]
    con.execute(f"CREATE TABLE raw (line BIGINT, {', '.join(f'{name} VARCHAR' for name in names)})").fetchall()
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in names)])
    for lines, columns in _batches(rows, len(headers)):
        job.check()
        batch = pa.table([pa.array(lines, pa.int64()), *(pa.array(each, pa.string()) for each in columns)], schema)
        cursor = con.cursor()
        cursor.register("batch", batch)
        cursor.execute("INSERT INTO raw SELECT * FROM batch").fetchall()
        cursor.unregister("batch")
    return finish(Raw(con, headers, format, "line", folder=folder, **rest))


def _batches(rows: Iterator[tuple[int, list[str | None]]], width: int) -> Iterator[tuple[list[int], list[list]]]:
    lines: list[int] = []
    columns: list[list] = [[] for _ in range(width)]
    for line, cells in rows:
        lines.append(line)
        for column, value in zip(columns, cells, strict=True):
            column.append(value or None)
        if len(lines) >= BATCH:
            yield lines, columns
            lines, columns = [], [[] for _ in range(width)]
    if lines:
        yield lines, columns


def refuse_wide(file: str, width: int) -> None:
    """Refused("too_many_columns") where a file is no list of things with their properties."""
    if width > MOST_COLUMNS:
        raise Refused("too_many_columns", file=file, n=width, most=MOST_COLUMNS)


def unique_headers(cells: list[str], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns, and the names that stood there more than once.

    A column without a name is called after its place; the second `amount` becomes `amount (2)`.
    """
    names: dict[str, None] = {}
    repeated: list[str] = []
    given = [(cells[i] or "").strip() if i < len(cells) else "" for i in range(width)]
    for i, name in enumerate(given):
        name = " ".join(name.split()) or f"column {i + 1}"
        number, unique = 2, name
        while unique in names:
            unique, number = f"{name} ({number})", number + 1
        if unique != name:
            repeated.append(name)
        names[unique] = None
    return tuple(names), tuple(dict.fromkeys(repeated))
