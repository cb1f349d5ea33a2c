"""A large file of delimited text: its rows are counted, and recognised from its head, its end and even blocks between.

Nothing of it is held. What is decided from the sample about values is checked again where all lines are read.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from kpi.intake import job
from kpi.intake.names import quote
from kpi.intake.raw import WHOLE, Format, Large, Raw, scratch, stamp

LARGE = 32 << 20  # bytes up to which a file is read at once
HEAD, BLOCK, BLOCKS = 1 << 18, 32 << 10, 62
CHUNK = 1 << 22

Source = Callable[[object, int, str], str]  # (path or paths, lines to skip, further options) → read_csv(…)


def large(path: Path, layout: Format, headers: tuple[str, ...], source: Source) -> Raw | None:
    """The Raw of a large file without any oddity; None where there is one, or where no sample can be cut."""
    first, skip = stamp(path), layout.header or 0
    con, folder = scratch()
    raw = Raw(con, headers, layout, f"rowid + {skip + 1}", folder=folder)
    parts = _cut(path, Path(folder.name), (layout.quote or '"').encode())
    try:
        with ThreadPoolExecutor(1) as beside:
            plain = beside.submit(_is_plain, path)
            rows, again = _all(raw, source(path, skip, ""))
        if parts and not again:
            _sample(raw, [source([parts[0]], skip, ", ignore_errors=true")], parts[1:], source)
            head = raw.query("SELECT count(*) FROM sample WHERE block = 0")[0][0]
            raw.large = Large(path, first, tuple(_counts(raw, rows)), head, plain.result())
    except duckdb.Error:  # a line that breaks the pattern
        raw.close()
        return None
    for part in parts:
        part.unlink()
    if raw.large is None:
        raw.close()
        return None
    raw.rows = rows
    return raw


def _all(raw: Raw, source: str) -> tuple[int, int]:
    """(rows with a filled cell, repetitions of the header) of the whole file; makes the view over it."""
    raw.query(f"CREATE SCHEMA {WHOLE}")
    raw.query(f"CREATE VIEW {WHOLE}.raw AS SELECT row_number() OVER () - 1 AS rowid, * FROM {source}")
    name = quote(raw.headers[0])  # most files show by their first column alone that every line is a row
    lines, blank, named = raw.query(
        f"SELECT count(*), count(*) FILTER (c0 IS NULL), count(*) FILTER (suffix(c0, {name})) FROM {WHOLE}.raw"
    )[0]
    if not blank and not named:
        return lines, 0
    filled = " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers)))
    same = " AND ".join(f"trim(c{i}) = {quote(each)}" for i, each in enumerate(raw.headers[:3]))
    return raw.query(f"SELECT count(*) FILTER ({filled}), count(*) FILTER ({same}) FROM {WHOLE}.raw")[0]


def _is_plain(path: Path) -> bool:
    """Whether the file is ASCII without tabs."""
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            if not data.isascii() or b"\t" in data:
                return False
    return True


def _cut(path: Path, folder: Path, mark: bytes) -> list[Path]:
    """The head, even blocks and the end of a file as files of whole lines; blocks that begin within a quoted cell are
    left out as far as that can be seen."""
    size = path.stat().st_size
    step = (size - HEAD - BLOCK) // BLOCKS
    places = [(0, HEAD), *((HEAD + i * step, min(BLOCK, step)) for i in range(BLOCKS)), (size - BLOCK, BLOCK)]
    found = []
    with path.open("rb") as file:
        for number, (start, length) in enumerate(places):
            job.check()
            file.seek(start)
            data = file.read(length)
            first = data.find(b"\n") + 1 if start else 0
            last = len(data) if start + length >= size else data.rfind(b"\n") + 1
            data = data[first:last]
            if number and (not data or data.count(mark) % 2):
                continue
            found.append(folder / f"part{number:03}.csv")
            found[-1].write_bytes(data)
    return found if len(found) > BLOCKS // 2 and found[-1].stat().st_size else []


def _sample(raw: Raw, head: list[str], parts: list[Path], source: Source) -> None:
    """Tables `sample` (with the number of the block) and `raw`."""
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    blocks = source(parts, 0, ", ignore_errors=true, filename=true")
    raw.query(
        f"CREATE TABLE sample AS SELECT 0 AS block, {cells} FROM {head[0]} UNION ALL "
        f"SELECT right(filename, 7)[1:3]::INTEGER AS block, {cells} FROM {blocks}"
    )
    raw.query(f"CREATE TABLE raw AS SELECT {cells} FROM sample ORDER BY rowid")


def _counts(raw: Raw, rows: int) -> list[tuple[int, int]]:
    """(filled, distinct) of every column, extrapolated from the blocks.

    A value that repeats does so within a block (lines of one order) or in several blocks (a customer, a channel). The
    values of the blocks are drawings from all values: from the pairs of blocks that share a value follows how often one
    comes back (method of coincidences: Good, The population frequencies of species, Biometrika 40, 1953).
    """
    total, last = raw.query("SELECT count(*), max(block) FROM sample WHERE block > 0")[0]
    spread = f"sample WHERE block BETWEEN 1 AND {last - 1}"
    total = raw.query(f"SELECT count(*) FROM {spread}")[0][0]
    found = []
    for i in range(len(raw.headers)):
        filled, kinds, values, pairs = raw.query(
            f"SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(blocks), 0)::BIGINT, count(*), "
            f"coalesce(sum(blocks * (blocks - 1) / 2), 0)::BIGINT FROM (SELECT count(*) AS n, "
            f"count(DISTINCT block) AS blocks FROM {spread} AND c{i} IS NOT NULL GROUP BY c{i})"
        )[0]
        here = round(rows * filled / max(1, total))
        drawn = here * kinds / max(1, filled)  # values, each counted once a block, if the whole file were blocks
        times = 1 + 2 * pairs * drawn / (kinds * (kinds - 1)) if kinds > 1 else 1.0
        found.append((here, min(here, max(values, round(drawn / times)))))
    return found
