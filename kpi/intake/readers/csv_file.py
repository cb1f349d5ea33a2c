"""Delimited text. Well-formed UTF-8 goes straight to DuckDB; everything else is read line by line by the csv module."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.messages import Message, say
from kpi.intake.options import Options
from kpi.intake.raw import Broken, Format, Raw, from_rows, refuse_wide, unique_headers
from kpi.intake.readers import dialect, encoding
from kpi.intake.readers.straight import LONGEST_CELL, straight

SAMPLE = 1 << 18
csv.field_size_limit(LONGEST_CELL)  # of the process: the module knows no other
AGREEMENT = 0.6  # share of lines with the same number of cells under which a file is no table


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The one table of a delimited text file. `format`, where known from a plan, is taken as it is."""
    if path.stat().st_size == 0:
        raise Refused("file_empty", file=path.name)
    layout = format or _layout(path, options)
    text = _sample(path, layout.encoding or "utf-8")
    lines = list(islice(dialect.rows(text, layout.delimiter or ",", layout.quote or '"', layout.escape or '"'), 400))
    header = layout.header if layout.header is not None else 1
    if header > len(lines):
        raise Refused("bad_option", option="--header", value=str(header), known=f"1–{len(lines)}")
    top = lines[header - 1] if header else []
    width = len(top) if header else max((len(line) for line in lines), default=0)
    refuse_wide(path.name, width)
    headers, repeated = unique_headers(top, width)
    notes = _notes(header, lines, repeated)
    raw = straight(path, layout, headers, lines[:header]) or _by_line(path, layout, headers)
    raw.notes = (*notes, *raw.notes)
    if raw.rows == 0 and not raw.broken:
        raw.close()
        raise Refused("file_no_rows", file=path.name)
    return [raw]


def _sample(path: Path, name: str) -> str:
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    return head.decode(name, errors="replace").lstrip("\ufeff")


def _layout(path: Path, options: Options) -> Format:
    name = encoding.check(options.encoding, path.name) if options.encoding else encoding.detect(path)
    text = _sample(path, name)
    if not text.strip():
        raise Refused("file_empty", file=path.name)
    if re.match(r"\s*(<!doctype|<html|<\?xml|[{\[]\s*[\"{\[])", text, re.I):
        raise Refused("not_a_table", file=path.name)
    found = dialect.detect(text, options.delimiter, options.header, cut=path.stat().st_size > SAMPLE)
    told = options.delimiter or options.header is not None or options.table or options.maps
    if not told and (found.width < 2 or found.agreement < AGREEMENT or dialect.is_prose(text)):
        raise Refused("not_a_table", file=path.name)
    return Format("csv", name, found.delimiter, found.quote, found.escape, found.header)


def _notes(header: int, lines: list[list[str]], repeated: tuple[str, ...]) -> list[Message]:
    notes = []
    above = sum(any(cell.strip() for cell in line) for line in lines[: header - 1]) if header else 0
    if above:
        notes.append(say("lines_above_header", n=above, line=header))
    if not header:
        notes.append(say("no_header"))
    notes += [say("repeated_header", column=name) for name in repeated]
    return notes


def _by_line(path: Path, layout: Format, headers: tuple[str, ...]) -> Raw:
    """The careful way: every record with its number; short ones are filled up, too long ones set aside."""
    broken: list[Broken] = []
    short = [0]

    def records() -> Iterator[tuple[int, list[str | None]]]:
        width = len(headers)
        with path.open("r", encoding=layout.encoding, errors="replace", newline="") as file:
            reader = dialect.rows(
                _without_mark(file), layout.delimiter or ",", layout.quote or '"', layout.escape or '"'
            )
            for number, cells in enumerate(reader, 1):
                if number <= (layout.header or 0) or not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                    reason = say("too_many_cells", found=len(cells), expected=width)
                    broken.append(Broken(number, (layout.delimiter or ",").join(cells), reason))
                    continue
                short[0] += len(cells) < width
                yield number, [*cells[:width], *([None] * (width - len(cells)))]

    try:
        raw = from_rows(headers, layout, records())
    except csv.Error as error:
        raise Refused("not_a_table", file=path.name) from error
    raw.broken = tuple(broken)
    if short[0]:
        raw.notes = (say("short_lines", n=short[0]),)
    return raw


def _without_mark(file: io.TextIOBase) -> io.TextIOBase:
    if file.read(1) != "\ufeff":
        file.seek(0)
    return file
