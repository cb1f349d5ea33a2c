"""Oddities of a text file that DuckDB's reader passes over without a word."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from kpi.intake.raw import Format
from kpi.intake.readers.tokens import Marks

STEP = 1 << 18
SEARCHED = 64 << 20  # bytes in which a stray quote is looked for


def hidden(path: Path, layout: Format, width: int) -> bool:
    """Whether a line has an empty cell too many (DuckDB drops the last one, though any may be the wrong one) or a quote
    in the middle of a cell (from where a delimiter may have been lost), or a backslash that escapes nothing (DuckDB drops
    it), or control characters in place of the quotes and dashes of Windows."""
    mark, quote = (layout.delimiter or ",").encode(), (layout.quote or '"').encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if any(quote in data[at : at + STEP] for at in range(0, len(data), STEP)) and _stray(
            data, mark, quote, (layout.escape or '"').encode()
        ):
            return True
        if re.search(rb"\xc2[\x80-\x9f]", data[:SEARCHED]):
            return True
        if layout.escape == "\\" and re.search(rb"\\[^\\%b]" % re.escape(quote), data[:SEARCHED]):
            return True
        ends = _ends_with(data, mark[-1]) or data[-len(mark) :] == mark
    return ends and _too_many(path, layout, mark, width)


def _ends_with(data: mmap.mmap, mark: int) -> bool:
    """Whether a line ends with this byte. Over arrays: to search for two bytes of which one is frequent takes twice as
    long."""
    import numpy as np

    for at in range(0, len(data), STEP):
        block = data[at : at + STEP + 1]
        array = np.frombuffer(block, dtype=np.uint8)
        marks = array[:-1] == mark
        for end in (b"\n", b"\r"):
            if end in block and bool((marks & (array[1:] == end[0])).any()):
                return True
    return False


def _stray(data: mmap.mmap, mark: bytes, quote: bytes, escape: bytes) -> bool:
    m, q, e = re.escape(mark[-1:]), re.escape(quote), re.escape(escape)
    return (
        re.search(rb"[^\r\n %b%b%b]%b[^\r\n %b%b]" % (m, q, e, q, re.escape(mark[:1]), q), data[:SEARCHED]) is not None
    )


def _too_many(path: Path, layout: Format, mark: bytes, width: int) -> bool:
    """Whether a line that ends with a delimiter has more cells than the table."""
    marks = Marks(layout.delimiter or ",", layout.quote or '"', layout.escape or '"')
    quote = marks.quote.encode()
    with path.open("rb") as file:
        for line in file:
            text = line.rstrip(b"\r\n")
            if not text.endswith(mark) or text.count(mark) < width:
                continue
            if quote not in text:
                return True
            read = marks.strict(text.decode(layout.encoding or "utf-8", errors="replace"))
            if read.state != "ok" or len(read.cells) > width:
                return True
    return False
