"""How a text file is laid out: delimiter, quote, escape, and the line its header stands on."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

DELIMITERS = ",;\t|"
LOOKED_AT = 300
NUMBER = re.compile(r"^[-+(]?[$€£¥₴₽﷼]?\s?[\d۰-۹٠-٩][\d۰-۹٠-٩.,\s٬٫/:'-]*[%)]?$")


@dataclass(frozen=True)
class Dialect:
    """header: number of the header's line as a spreadsheet shows it, 0 where there is none."""

    delimiter: str
    quote: str
    escape: str
    header: int
    width: int
    agreement: float  # share of the lines looked at that have `width` cells


def detect(text: str, delimiter: str | None = None, header: int | None = None, cut: bool = False) -> Dialect:
    """The dialect of the beginning of a file. `delimiter` and `header` overrule what is recognised. cut: the text may
    end inside a record."""
    quote = "'" if _quoted_by(text, "'") > max(3, 2 * _quoted_by(text, '"')) else '"'
    escape = "\\" if f"\\{quote}" in text and quote * 2 not in text else quote
    best = max(
        (_measure(text, each, quote, escape, cut) for each in (delimiter or DELIMITERS)),
        key=lambda found: (found[1] > 1, found[2] * min(1.0, 0.7 + 0.1 * found[1]), found[1]),
    )
    mark, width, agreement, lines = best
    line = header if header is not None else _header_line(lines, width)
    if header:
        width = len(lines[header - 1]) if header <= len(lines) else width
    return Dialect(mark, quote, escape, line, width, agreement)


def rows(text: str | io.TextIOBase, delimiter: str, quote: str, escape: str):
    """The records of a text by the csv module; escape equal to the quote means doubled quotes."""
    source = io.StringIO(text, newline="") if isinstance(text, str) else text
    doubled = escape == quote
    return csv.reader(
        source,
        delimiter=delimiter,
        quotechar=quote,
        doublequote=doubled,
        escapechar=None if doubled else escape,
        skipinitialspace=True,
    )


def _measure(text: str, delimiter: str, quote: str, escape: str, cut: bool) -> tuple[str, int, float, list[list[str]]]:
    lines: list[list[str]] = []
    try:
        for line in rows(text, delimiter, quote, escape):
            lines.append(line)
            if len(lines) >= LOOKED_AT:
                break
    except csv.Error:
        return delimiter, 0, 0.0, lines
    if cut and 1 < len(lines) < LOOKED_AT:
        lines.pop()
    widths = Counter(len(line) for line in lines if any(cell.strip() for cell in line))
    if not widths:
        return delimiter, 0, 0.0, lines
    width, times = max(widths.items(), key=lambda each: (each[1] * (each[0] > 1), each[0]))
    return delimiter, width, times / widths.total(), lines


def is_prose(text: str) -> bool:
    """Sentences with commas in them: most lines end like a sentence, and a blank follows nearly every comma."""
    lines = [line.strip() for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    ends = sum(line[-1] in ".,:;!?…؟،" for line in lines)
    commas = text.count(",")
    return bool(lines) and ends > 0.5 * len(lines) and len(re.findall(r",\s", text)) > 0.8 * commas


def _quoted_by(text: str, quote: str) -> int:
    return len(re.findall(rf"(?:^|[,;\t|]){quote}[^{quote}\n]*{quote}(?=[,;\t|\r\n]|$)", text[: 1 << 15], re.M))


def _header_line(lines: list[list[str]], width: int) -> int:
    """The first line as wide as the table whose cells read like names; 0 where the table begins at once."""
    for number, line in enumerate(lines[:50], 1):
        cells = [cell.strip() for cell in line]
        if len(cells) < max(2 if width > 1 else 1, 0.8 * width) or sum(map(bool, cells)) < 0.6 * len(cells):
            continue
        return number if looks_like_header(cells, lines[number : number + 30]) else 0
    return 1


def looks_like_header(cells: list[str], below: list[list[str]]) -> bool:
    """Whether `cells` name the columns of the lines `below`: no numbers among them, and no repeats of their values."""
    named = [cell for cell in cells if cell]
    if any(NUMBER.match(cell) for cell in named):
        numbers = sum(bool(NUMBER.match(cell)) for cell in named)
        return numbers < 0.3 * len(named) and not _repeats(cells, below)
    return not _repeats(cells, below)


def _repeats(cells: list[str], below: list[list[str]]) -> bool:
    """A data line: most of its words stand in their own column again further down."""
    again = [
        i for i, cell in enumerate(cells) if cell and any(i < len(row) and row[i].strip() == cell for row in below)
    ]
    return len(again) >= max(1, 0.3 * len(cells))
