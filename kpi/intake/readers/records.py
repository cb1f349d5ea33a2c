"""Lines of a text → records: quoted cells over several lines, and broken lines put right where just one way fits.

A line that breaks the rules never swallows the lines after it: what a stray quote opens is closed where a record with the
right number of cells comes out, else the quote is a character like others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpi.intake.readers.columns import Columns
from kpi.intake.readers.tokens import Cells, Marks

MOST_LINES = 500  # that one quoted cell may span
LONGEST = 20_000  # characters of a line above which it is not put right
OTHER_DELIMITERS = (";", "\t", "|", ",", " ")


@dataclass(frozen=True)
class Record:
    """cells: of one record; repaired: its delimiters or quotes break the rules, and one way to read it was found;
    given: how many cells it had before, 0 where that is the same."""

    cells: list[str]
    repaired: bool = False
    given: int = 0


def records(lines: Iterable[str], marks: Marks, width: int = 0, columns: Columns | None = None) -> Iterator[Record]:
    """The records of a text given line by line, with or without their line ends; blank lines are records of one cell.

    width: the number of cells a record should have, 0 where that is not known yet; columns: what they look like.
    """
    source = _Lines(lines)
    for text in source:
        if marks.quote not in text and (not width or len(cells := marks.plain(text)) == width or not text.strip()):
            yield Record(marks.plain(text) if not width or not text.strip() else cells)
            continue
        read = marks.strict(text)
        if read.state == "open":
            read, text = _closed(source, read, text, marks, width)
        if read.state == "ok" and (not width or (len(read.cells) == width and not _suspect(read, marks, columns))):
            yield Record(read.cells)
        else:
            yield _put_right(text, read, marks, width, columns)


def read_alike(text: str, marks: Marks, width: int) -> list[Cells]:
    """Readings with `width` cells of a line that has another delimiter than the rest."""
    found = []
    for mark in OTHER_DELIMITERS:
        if mark != marks.delimiter and text.count(mark) >= width - 1:
            read = Marks(mark, marks.quote, marks.escape).strict(text)
            if read.state == "ok" and len(read.cells) == width:
                found.append(read)
    return found


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.end = line[len(line.rstrip("\r\n")) :]
        return line.rstrip("\r\n").replace("\0", "")

    def back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


def _closed(source: _Lines, read: Cells, text: str, marks: Marks, width: int) -> tuple[Cells, str]:
    """The record that an open quote makes with the lines after it, where that is one; else the line by itself."""
    joined, end, taken, found = text, source.end, [], read
    for line in source:
        taken.append(line + (source.end or "\n"))
        joined, end = joined + end + line, source.end
        if marks.quote in line:
            found = marks.strict(joined)
            if found.state != "open":
                break
        if len(taken) >= MOST_LINES:
            break
    if found.state == "ok":
        alone = [way for way in marks.ways(text) if len(way.cells) == width]
        if not width or len(found.cells) == width or not alone:
            return found, joined
    source.back(taken)
    return read, text


def _put_right(text: str, read: Cells, marks: Marks, width: int, columns: Columns | None) -> Record:
    """A line with stray or missing quotes or delimiters, or simply with fewer or more cells than it should have."""
    if not width:
        ways = [read] if read.state == "ok" else marks.ways(text)
        return Record(ways[0].cells if ways else marks.plain(text), read.state != "ok")
    given = read.cells if read.state == "ok" else max((w.cells for w in marks.ways(text)), key=len, default=[text])
    if len(text) > LONGEST:
        return Record(given)
    known = columns if columns and columns.known else None
    quotes = [way.cells for way in marks.ways(text, deep=read.state == "ok") if len(way.cells) == width]
    if known and not _is_short(given, known) and not _is_long(given, known):
        beside = marks.beside_quotes(text, width)
        calm = known.best(way.cells for way in beside if marks.strays(way) < marks.strays(read))
        best = calm or known.best([*quotes, *(way.cells for way in beside)])
        best = best or known.best([*quotes, *_other_ways(text, read, marks, known)])
        if best and (len(given) != width or calm or known.score(best) > known.score(given)):
            return Record(best, True, len(given))
    if quotes and read.state != "ok":
        nearest = max(quotes, key=known.near) if known else quotes[0]
        return Record(nearest, True)
    return Record(given)


def _suspect(read: Cells, marks: Marks, columns: Columns | None) -> bool:
    """The right number of cells by accident: a plain one holds a quote, and the line does not suit its columns."""
    if columns is None or not columns.known:
        return False
    plain = [cell for cell, quoted in zip(read.cells, read.quoted, strict=True) if not quoted and marks.quote in cell]
    return bool(plain) and (plain[-1].endswith(marks.quote) or not columns.score(read.cells))


def _is_short(cells: list[str], columns: Columns) -> bool:
    """A line whose last cells were left away, nothing else: what it has fits."""
    rest = columns.columns[len(cells) :]
    return len(cells) < columns.width and all(c.blank for c in rest) and bool(columns.score(cells))


def _is_long(cells: list[str], columns: Columns) -> bool:
    """A line with delimiters after its last cell, nothing else."""
    width = columns.width
    return len(cells) > width and not any(map(str.strip, cells[width:])) and bool(columns.score(cells[:width]))


def _other_ways(text: str, read: Cells, marks: Marks, columns: Columns) -> Iterator[list[str]]:
    """Readings that put a lost delimiter back, drop one too many, or take another one for this line."""
    width = columns.width
    if read.state == "ok" and len(read.cells) == width - 1:
        yield from columns.split(read.cells)
    if read.state == "ok" and len(read.cells) > width:
        yield from columns.joined(read.cells, read.quoted, marks.delimiter)
    if len(read.cells) < width:
        for mark in OTHER_DELIMITERS:
            if mark != marks.delimiter and text.count(mark) >= width - 1:
                other = Marks(mark, marks.quote, marks.escape).strict(text)
                if other.state == "ok" and len(other.cells) == width:
                    yield other.cells
                elif other.state == "ok" and len(other.cells) > width:
                    yield from columns.joined(other.cells, other.quoted, mark)
