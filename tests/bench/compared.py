"""One file read by four readers, each as a user would call it, and its known clean version; made comparable.

Every reader is asked for text only (pandas: dtype=str, DuckDB: all_varchar), so that nobody loses by guessing types.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import clevercsv
import duckdb
import pandas as pd
from clevercsv.encoding import get_encoding

from kpi.errors import KpiError
from kpi.intake import readers
from kpi.intake.options import Options

csv.field_size_limit(1 << 24)
Rows = list[list[str]]


@dataclass(frozen=True)
class Table:
    """What a reader made of a file. names: None where it found no header. told: codes of notes, or the refusal.
    totals: lines of totals that were set aside."""

    names: list[str] | None
    rows: Rows
    told: tuple[str, ...] = ()
    refused: str = ""
    totals: Rows = field(default_factory=list)


def ours(path: Path) -> Table:
    """kpi.intake.readers, untouched."""
    try:
        (raw,) = readers.read(path, Options())
    except KpiError as error:
        return Table(None, [], (error.code,), error.code)
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    rows = raw.query(f"SELECT {cells} FROM raw ORDER BY {raw.line}")
    told = (*(note.code for note in raw.notes), *(each.reason.code for each in raw.broken))
    mark = raw.format.delimiter or ","
    totals = [each.text.split(mark) for each in raw.broken if each.reason.code == "is_total"]
    names = list(raw.headers) if raw.format.header else None
    raw.close()
    return Table(names, [[cell or "" for cell in row] for row in rows], told, totals=totals)


def by_pandas(path: Path) -> Table:
    """pandas.read_csv with its sniffer."""
    frame = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return Table(list(map(str, frame.columns)), frame.fillna("").astype(str).values.tolist())


def by_duckdb(path: Path) -> Table:
    """DuckDB's read_csv with its sniffer."""
    with duckdb.connect() as con:
        cur = con.execute("SELECT * FROM read_csv(?, all_varchar = true)", [str(path)])
        names = [column[0] for column in cur.description or ()]
        rows = cur.fetchall()
    given = None if all(re.fullmatch(r"column\d+", name) for name in names) else names
    return Table(given, [[cell or "" for cell in row] for row in rows])


def by_clevercsv(path: Path) -> Table:
    """clevercsv: detected dialect, its reader, its answer on whether there is a header."""
    encoding = get_encoding(str(path))
    with path.open(newline="", encoding=encoding) as file:
        text = file.read()
    dialect = clevercsv.Sniffer().sniff(text[: 1 << 16])
    rows = list(clevercsv.reader(text.splitlines(keepends=True), dialect)) if dialect else []
    header = bool(rows) and clevercsv.Sniffer().has_header(text[: 1 << 16])
    return Table(rows[0] if header else None, rows[1:] if header else rows)


READERS: dict[str, Callable[[Path], Table]] = {
    "ours": ours,
    "pandas": by_pandas,
    "DuckDB": by_duckdb,
    "clevercsv": by_clevercsv,
}


@dataclass(frozen=True)
class Truth:
    """The clean version. headed: whether the file has a header at all; without one, names are not compared."""

    names: list[str]
    rows: Rows
    headed: bool


def truth(corpus: Path, name: str) -> Truth:
    """The clean version of a Pollock file (clean/) with what its parameters say about its header."""
    parameters = json.loads((corpus / "parameters" / f"{name}_parameters.json").read_text(encoding="utf-8"))
    data = (corpus / "clean" / name).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    rows = list(csv.reader(text.splitlines(keepends=True)))
    headed = int(parameters["header_lines"]) > 0
    return Truth(rows[0] if rows else [], rows[1:] if headed else rows, headed)


def same(found: Table, true: Truth) -> bool:
    """Read exactly right: every name and every cell as text equal to the clean version.

    The same for all readers: blanks around cells and blank lines do not count, nor does the name of a column whose
    true name is empty, nor how a repeated name is numbered. Where the file has no header, the names are not compared.
    Where it has no rows, an empty table and a refusal are both right.
    """
    rows = _rows(found.rows)
    expected = _rows(true.rows)
    if not true.headed:
        if not expected:
            return not rows
        return found.names is None and not found.refused and rows in (expected, expected[1:])
    if not expected:
        return not rows and (bool(found.refused) or _named(found.names or [], true.names))
    return not found.refused and _named(found.names or [], true.names) and rows == expected


def _named(names: Sequence[str], true: Sequence[str]) -> bool:
    expected = _line(true)
    given = [" ".join(name.split()) for name in names]
    given += [""] * (len(expected) - len(given))
    if any(not _made_up(name) for name in given[len(expected) :]):
        return False
    seen: dict[str, int] = {}
    for one, other in zip(given, expected, strict=False):
        seen[other] = seen.get(other, 0) + 1
        numbered = re.sub(r"( \(\d+\)|\.\d+|_\d+)$", "", one) if seen[other] > 1 else one
        if other and other not in (one, numbered):
            return False
    return True


def _made_up(name: str) -> bool:
    return not name or bool(re.fullmatch(r"(column ?\d+|Unnamed: \d+|_\d+)", name))


def _rows(rows: Rows) -> Rows:
    return [line for row in rows if any(line := _line(row))]


def _line(row: Sequence[str]) -> list[str]:
    line = [" ".join(cell.split()) for cell in row]
    while line and not line[-1]:
        line.pop()
    return line
