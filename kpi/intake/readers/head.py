"""The beginning of a text file as a table: the names and the number of its columns, and the line where its rows begin."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kpi.intake.messages import Message, say
from kpi.intake.raw import Format, unique_headers
from kpi.intake.readers import fixed, shape
from kpi.intake.readers.columns import Columns
from kpi.intake.readers.records import Record, read_alike, records
from kpi.intake.readers.shape import Top
from kpi.intake.readers.tokens import Marks

LOOKED_AT = 400  # records
# Characters that Windows writes in place of control characters, left behind by a text taken for latin-1 (as in HTML 5).
WINDOWS = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
LEFT = re.compile("[\x80-\x9f]")
BLANKS = "blanks"  # Format.cuts of text whose cells are parted by runs of blanks


@dataclass(frozen=True)
class Head:
    """headers: of the columns; columns: what their cells look like; above: the records down to the last that is no row.

    odd: a record of the sample was put right, so that the file cannot be read the fast way.
    """

    headers: tuple[str, ...]
    top: Top
    columns: Columns
    above: list[list[str]]
    notes: tuple[Message, ...]
    odd: bool


def marks(layout: Format) -> Marks:
    """What the lines of a delimited file are read with."""
    quote = layout.quote or '"'
    return Marks(layout.delimiter or ",", quote, layout.escape or quote, layout.cuts == BLANKS)


def lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, whatever these are: LF, CR, CRLF or all of them."""
    return iter(io.StringIO(text, newline=""))


def mended(line: str) -> str:
    """A line with the quotes and dashes of Windows where control characters stand for them."""
    return line.translate(WINDOWS) if LEFT.search(line) else line


def read_lines(
    source: Iterable[str], layout: Format, width: int = 0, columns: Columns | None = None
) -> Iterator[Record]:
    """The records of a text, delimited or of fixed width."""
    if layout.cuts and layout.cuts != BLANKS:
        starts = fixed.parsed(layout.cuts)
        return (Record(fixed.cells(line.rstrip("\r\n").replace("\0", ""), starts)) for line in source)
    return records(source, marks(layout), width, columns)


def of(text: str, layout: Format, cut: bool = False) -> Head:
    """The head of a file from its first part. layout.header, where known already, is taken as it is.

    cut: the text may end inside a record.
    """
    text = mended(text)
    first = [each.cells for each in islice(read_lines(lines(text), layout), LOOKED_AT + cut)]
    first = first[: len(first) - cut] if len(first) > 1 else first
    width = shape.usual([[cell.strip() for cell in row] for row in first])
    known = Columns(first, width)
    found = list(islice(read_lines(lines(text), layout, width, known), len(first)))
    rows = [each.cells for each in found]
    _quoted_header(rows, text, layout, width)
    told = layout.header
    top, width, notes = _top(rows, width, told, layout)
    if layout.rows and layout.header:
        names = shape.named(rows, layout.header, layout.rows, layout.units or 0, width)
        above = sum(any(cell.strip() for cell in row) for row in rows[: layout.header - layout.rows])
        top = Top(layout.header, layout.rows, layout.units or 0, names, above)
    headers, repeated = unique_headers(list(top.names), width)
    columns = known if width == known.width else Columns(rows[top.last :], width)
    told_notes = (
        *([say("fixed_width")] if layout.cuts else []),
        *top.notes(),
        *notes,
        *(say("repeated_header", column=name) for name in repeated),
    )
    odd = any(each.repaired for each in found) or any(marks(layout).quote in c for row in rows[: top.last] for c in row)
    return Head(headers, top, columns, rows[: top.last], told_notes, odd)


def with_top(layout: Format, top: Top) -> Format:
    """The layout with where the table begins."""
    return replace(layout, header=top.header, rows=top.rows if top.rows > 1 else None, units=top.units or None)


def _top(rows: list[list[str]], width: int, told: int | None, layout: Format) -> tuple[Top, int, list[Message]]:
    """Where the table begins; a header with its own delimiter, with gaps, or with fewer names than columns is mended."""
    top = shape.top(rows, width, told)
    number = told if told is not None else top.header
    if not number and told is None:
        number = _full(rows, width) - 1
    if not 0 < number <= len(rows):
        return top, width if top.header or width else max(map(len, rows), default=0), []
    line = rows[number - 1]
    if layout.cuts and layout.cuts != BLANKS and top.header:
        rows[number - 1] = fixed.header(line)
        top = shape.top(rows, width, number)
    if len(line) < 0.8 * width and not layout.cuts:
        text = (layout.delimiter or ",").join(line)
        for way in read_alike(text, marks(layout), width):
            if not any(shape.NUMBER.match(cell.strip()) for cell in way.cells if cell.strip()):
                rows[number - 1] = way.cells
                top = shape.top(rows, width, number)
    if not top.header:
        return top, width, []
    notes: list[Message] = []
    line = rows[top.header - 1]
    names = [cell.strip() for cell in line]
    more = len(names) - width
    blank = [i for i, name in enumerate(names) if not name]
    if more > 0 and len(blank) >= more:
        for i in reversed(blank[-more:]):
            notes += [say("header_gap", n=more)] if i < width and not notes else []
            del line[i]
        top = shape.top(rows, width, top.header) if top.rows < 2 else top
    elif more > 0:
        width = len(names)
        top = shape.top(rows, width, top.header) if top.rows < 2 else top
    else:
        width, notes = _narrow(rows, top, width)
    return replace(top, names=top.names[:width]), width, notes


def _narrow(rows: list[list[str]], top: Top, width: int) -> tuple[int, list[Message]]:
    """A header with fewer names than the lines have cells: told; where the cells without a name are all empty, they
    are no column."""
    given = max(len(rows[i]) for i in range(top.header - top.rows, top.header))
    if given >= width:
        return width, []
    told = [say("header_narrow", found=given, expected=width)]
    if not any(cell.strip() for row in rows[top.last :] if len(row) <= width for cell in row[given:]):
        return given, told
    return width, told


def _quoted_header(rows: list[list[str]], text: str, layout: Format, width: int) -> None:
    """A header in the first line that lost a delimiter beside a quote gets it back, where it can stand in one place."""
    line = next(lines(text), "").rstrip("\r\n")
    if len(rows) > 1 and len(rows[0]) == width - 1 and not layout.cuts and marks(layout).quote in line:
        ways = [way.cells for way in marks(layout).beside_quotes(line, width) if all(map(str.strip, way.cells))]
        if len(ways) == 1:
            rows[0] = ways[0]


def _full(rows: Sequence[Sequence[str]], width: int) -> int:
    """The first line with nearly as many cells as the table has columns, from 1."""
    return next((i for i, row in enumerate(rows, 1) if len(row) >= 0.8 * width), 0)
