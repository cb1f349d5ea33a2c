"""Values of any format as the text of a cell, and tables of text as Arrow files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

BATCH = 20_000
Watch = Callable[[Sequence[Sequence[object]]], object]


def cell(value: object) -> str | None:
    """A value as text: whole numbers without a point, dates and times in ISO form, nothing for an empty cell."""
    make = MAKE.get(type(value))
    return make(value) if make else str(value) or None


def column(values: Sequence[object]) -> pa.Array:
    """A column of cells as text; columns of one type go the short way."""
    types = set(map(type, values))
    if types == {str}:
        return pa.array([value or None for value in values], pa.string())
    if len(types) == 1:
        make = MAKE.get(types.pop(), cell)
        return pa.array(list(map(make, values)), pa.string())
    return pa.array([MAKE.get(type(value), str)(value) for value in values], pa.string())


def write(target: Path, width: int, rows: Iterator[tuple[int, Sequence[object]]], watch: Watch | None = None) -> int:
    """(line, cells) as columns line, c0, c1 … of an Arrow file. How many rows were written.

    watch: is shown the values of every column, batch by batch.
    """
    schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
    written = 0
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        while batch := list(islice(rows, BATCH)):
            lines = pa.array([line for line, _ in batch], pa.int64())
            values = list(zip(*(cells for _, cells in batch), strict=True))
            if watch:
                watch(values)
            out.write_batch(pa.RecordBatch.from_arrays([lines, *map(column, values)], schema=schema))
            written += len(batch)
    return written


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
    datetime: lambda value: value.isoformat(sep=" "),
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _clock,
    bytes: _blob,
}
