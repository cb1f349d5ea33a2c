"""Text files. Well-formed UTF-8 goes straight to DuckDB; everything else is read line by line, and put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.messages import Message, say
from kpi.intake.options import Options
from kpi.intake.raw import Broken, Format, Raw, finish, from_rows, refuse_wide
from kpi.intake.readers import dialect, encoding, ending, fixed, head
from kpi.intake.readers.columns import Columns
from kpi.intake.readers.ending import lines_text
from kpi.intake.readers.hazards import hidden
from kpi.intake.readers.records import Record
from kpi.intake.readers.shape import NUMBER
from kpi.intake.readers.straight import straight

SAMPLE = 1 << 18
MOST_SHIFTED = 2  # cells in the wrong column that a short line may hold
Numbered = tuple[int, Record]


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The one table of a text file. `format`, where known from a plan, is taken as it is.

    Refused: file_empty, file_binary, encoding_unknown, not_a_table, file_no_rows, too_many_columns, bad_option.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused("file_empty", file=path.name)
    layout = format or _layout(path, options)
    found = head.of(_sample(path, layout.encoding or "utf-8"), layout, size > SAMPLE)
    refuse_wide(path.name, len(found.headers))
    layout = head.with_top(layout, found.top)
    raw, short = None, list[int]()
    if not found.odd and not layout.cuts and not hidden(path, layout, len(found.headers)):
        raw = straight(path, replace(layout, header=found.top.last), found.headers, found.above)
    if raw is None:
        raw = _by_line(path, layout, found.headers, found.columns, short)
    raw.format = layout
    raw.notes = (*_encoded(layout, options), *found.notes, *raw.notes)
    other = ending.second(raw) if format is None and options.header is None else None
    if other and other[2] > other[1]:  # the greater of two tables is the one that is meant
        raw.close()
        return read(path, replace(options, header=other[0]))
    _trim(raw)
    if short:
        ((n,),) = raw.query(f"SELECT count(*) FROM raw WHERE line IN ({', '.join(map(str, short))})")
        raw.notes = (*raw.notes, *([say("short_lines", n=n)] if n else []))
    if raw.rows == 0 and not raw.broken:
        raw.close()
        raise Refused("file_no_rows", file=path.name)
    return [raw]


def _trim(raw: Raw) -> None:
    """Takes out what is no row. That needs all lines in the table: of a large file only where the sample shows any."""
    if raw.sampled:
        n = raw.query("SELECT count(*) FROM raw")[0][0]
        if ending.trim(replace(raw, rows=n)).rows == n:
            return
        finish(raw.settle())
    ending.trim(raw)


def _sample(path: Path, name: str) -> str:
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    return start.decode(name, errors="replace").lstrip("\ufeff")


def _layout(path: Path, options: Options) -> Format:
    """How the file is laid out: encoding, dialect or fixed places, and the header where the user says it."""
    name = encoding.check(options.encoding, path.name) if options.encoding else encoding.detect(path)
    text = _sample(path, name)
    if not text.strip():
        raise Refused("file_empty", file=path.name)
    if re.match(r"\s*(<!doctype|<html|<\?xml|[{\[]\s*[\"{\[])", text, re.I):
        raise Refused("not_a_table", file=path.name)
    hint = re.match(r"sep=(.)\r?\n", text)
    given = options.delimiter or (hint[1] if hint else None)
    found = dialect.detect(text, given, options.header, cut=path.stat().st_size > SAMPLE)
    places = () if given else _places(text, found)
    told = given or options.header is not None or options.table or options.maps
    if not told and not places and not dialect.is_table(text, found):
        raise Refused("not_a_table", file=path.name)
    cuts = fixed.text(places) if places else head.BLANKS if found.runs else None
    delimiter = " " if cuts else found.delimiter
    layout = Format("csv", name, delimiter, found.quote, found.escape, options.header, cuts=cuts)
    last = len(list(islice(head.read_lines(head.lines(text), layout), head.LOOKED_AT)))
    if (options.header or 0) > last:
        raise Refused("bad_option", option="--header", value=str(options.header), known=f"1–{last}")
    return layout


def _places(text: str, found: dialect.Dialect) -> tuple[int, ...]:
    """Where the columns of fixed width begin, if blanks are all that parts them and runs of blanks do not do it."""
    if found.width > 1 and found.delimiter != " ":
        return ()
    starts = fixed.cuts(list(head.lines(text))[:-1] or [text])
    return () if found.runs and found.agreement >= dialect.CLEAR and len(starts) <= found.width else starts


def _encoded(layout: Format, options: Options) -> list[Message]:
    """A code page is only the likeliest one: told, so that a wrong one is seen."""
    sure = options.encoding or (layout.encoding or "").startswith(("utf", "ascii"))
    return [] if sure else [say("encoding_guessed", encoding=layout.encoding)]


def _by_line(
    path: Path,
    layout: Format,
    headers: tuple[str, ...],
    columns: Columns | None = None,
    short: list[int] | None = None,
) -> Raw:
    """The careful way: every record with its number; short ones are filled up, what cannot be a row is set aside.

    short: takes the numbers of the lines that were filled up.
    """
    careful = _Careful(layout, headers, columns)
    with path.open("r", encoding=layout.encoding, errors="replace", newline="") as file:
        if file.read(1) != "\ufeff":
            file.seek(0)
        raw = from_rows(headers, layout, careful.rows(file))
    raw.broken = tuple(careful.broken)
    raw.notes = tuple(careful.notes())
    if short is not None:
        short += careful.short
    return raw


class _Careful:
    """The rows of a file one by one, and what was odd about them."""

    def __init__(self, layout: Format, headers: tuple[str, ...], columns: Columns | None) -> None:
        self.layout, self.width = layout, len(headers)
        self.columns = columns if columns and columns.width == self.width else None
        self.broken: list[Broken] = []
        self.bad = self.windows = 0
        self.short: list[int] = []
        self.repaired: list[int] = []
        self.other: list[int] = []
        self.other_names: list[str] = []

    def rows(self, file: Iterable[str]) -> Iterator[tuple[int, list[str | None]]]:
        last = max(self.layout.header or 0, self.layout.units or 0)
        numbered = enumerate(head.read_lines(self._mended(file), self.layout, self.width, self.columns), 1)
        source = _Ahead(each for each in numbered if each[0] > last and any(map(str.strip, each[1].cells)))
        any_row = False
        for number, record in source:
            self.bad += sum(cell.count("\ufffd") for cell in record.cells)
            if any_row and self._begins_other(record, source):
                self.other_names = record.cells
                self.other = [number, *(each[0] for each in source)]
                return
            cells = self._fitted(number, record)
            if cells is not None:
                any_row = True
                yield number, cells

    def _mended(self, file: Iterable[str]) -> Iterator[str]:
        for line in file:
            self.windows += len(head.LEFT.findall(line))
            yield head.mended(line)

    def notes(self) -> list[Message]:
        """What was put right, filled up or left out."""
        told = []
        if self.repaired:
            told.append(say("lines_repaired", n=len(self.repaired), lines=lines_text(self.repaired)))
        if self.other:
            names = ", ".join(name.strip() for name in self.other_names[:8] if name.strip())
            told.append(say("other_tables", n=len(self.other), lines=lines_text(self.other), columns=names))
        if self.windows:
            told.append(say("windows_characters", n=self.windows))
        if self.bad:
            told.append(say("bad_characters", n=self.bad, encoding=self.layout.encoding))
        return told

    def _fitted(self, number: int, record: Record) -> list[str | None] | None:
        """The cells of a row as many as there are columns; None where the line is set aside."""
        cells, width = record.cells, self.width
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            self._set_aside(number, record, "too_many_cells")
            return None
        if len(cells) < width:
            if self.columns and len(cells) > 1 and self.columns.misfits(cells) >= MOST_SHIFTED:
                self._set_aside(number, record, "too_few_cells")
                return None
            self.short.append(number)
        if record.repaired:
            self.repaired.append(number)
        return [*cells[:width], *([None] * (width - len(cells)))]

    def _set_aside(self, number: int, record: Record, code: str) -> None:
        reason = say(code, found=len(record.cells), expected=self.width)
        self.broken.append(Broken(number, (self.layout.delimiter or ",").join(record.cells), reason))

    def _begins_other(self, record: Record, source: _Ahead) -> bool:
        """Whether a line is the header of another table: names in another number than here, lines as wide after it."""
        names = [cell.strip() for cell in record.cells]
        if len(names) in (1, self.width) or not all(names) or any(map(NUMBER.match, names)):
            return False
        following = source.ahead(3)
        alike = [each for _, each in following if (each.given or len(each.cells)) == len(names)]
        return bool(following) and len(alike) == len(following)


class _Ahead:
    """Records with a look at the next ones."""

    def __init__(self, source: Iterator[Numbered]) -> None:
        self._source = source
        self._next: list[Numbered] = []

    def __iter__(self) -> Iterator[Numbered]:
        return self

    def __next__(self) -> Numbered:
        return self._next.pop(0) if self._next else next(self._source)

    def ahead(self, n: int) -> list[Numbered]:
        """The next records, at most n, without taking them."""
        while len(self._next) < n and (each := next(self._source, None)):
            self._next.append(each)
        return self._next[:n]
