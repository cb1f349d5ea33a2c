"""Values of any format as the text of a cell, and tables of text as Arrow files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

BATCH = 20_000
EXACT = 1e15  # beyond it a floating number is written with an exponent
TIMES = {date, datetime}  # as text they are in ISO form; none of them is false
Rows = Sequence[Sequence[object]]
Watch = Callable[[Sequence[object]], object]


def cell(value: object) -> str | None:
    """A value as text: whole numbers without a point, dates and times in ISO form, nothing for an empty cell."""
    make = MAKE.get(type(value))
    return make(value) if make else str(value) or None


def column(values: Sequence[object], watch: Watch | None = None) -> pa.Array:
    """A column of cells as text; columns of one type, blanks aside, go the short way.

    watch: is shown the values of a column with floating numbers.
    """
    types = set(map(type, values))
    if types == {str}:
        return pa.array([value or None for value in values] if "" in values else values, pa.string())
    if watch and float in types:
        watch(values)
    if str in types and len(types) == 2 and not any(value for value in values if type(value) is str):
        types.discard(str)
        values = [None if value == "" else value for value in values]
    if types == {float} and (found := _floats(values)) is not None:
        return found
    if types <= TIMES:
        return pa.array([value and str(value) for value in values], pa.string())
    return pa.array(list(map(cell, values)), pa.string())


def write(target: Path, width: int, batches: Iterable[tuple[Sequence[int], Rows]], watch: Watch | None = None) -> int:
    """(lines, rows) batch by batch as columns line, c0, c1 … of an Arrow file. How many rows were written."""
    schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
    written = 0
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        for lines, rows in batches:
            columns = [column(values, watch) for values in zip(*rows, strict=True)]
            out.write_batch(pa.RecordBatch.from_arrays([pa.array(lines, pa.int64()), *columns], schema=schema))
            written += len(rows)
    return written


def batches(rows: Iterator[tuple[int, Sequence[object]]]) -> Iterator[tuple[list[int], Rows]]:
    """(line, cells) gathered for `write`."""
    while batch := list(islice(rows, BATCH)):
        yield [line for line, _ in batch], [cells for _, cells in batch]


def _floats(values: Sequence[Any]) -> pa.Array | None:
    """Shortest digits that mean the same number; None where some would be written with an exponent."""
    known = [value for value in values if value is not None] if None in values else values
    if not (max(known) < EXACT and min(known) > -EXACT):
        return None
    return pa.array(values, pa.float64()).cast(pa.string())


def _float(value: float) -> str | None:
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value) if value == value else None


def _clock(value: timedelta) -> str:
    """A duration as hours:minutes:seconds, hours above 24 too."""
    seconds, rest = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    text += f".{rest:06d}".rstrip("0") if rest else ""
    return f"-{text}" if value < timedelta(0) else text


def _blob(value: bytes) -> str | None:
    try:
        return value.decode() or None
    except UnicodeDecodeError:
        return "0x" + value.hex()


MAKE: dict[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    float: _float,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    type(None): lambda value: None,
    datetime: str,
    date: str,
    time: str,
    timedelta: _clock,
    bytes: _blob,
}
