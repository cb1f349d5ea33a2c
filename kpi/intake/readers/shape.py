"""Where a table begins in a grid of cells: its header in one row or several, the units under it, the first row of data.

The same for text files and for sheets. What stands at the end of a table (totals, footnotes) is in ending.py.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kpi import model
from kpi.intake.messages import Message, say
from kpi.intake.names import plain

NUMBER = re.compile(r"^[-+(]?[$€£¥₴₽﷼]?\s?[\d۰-۹٠-٩][\d۰-۹٠-٩.,\s٬٫/:'-]*[%)]?$")
BRACKETED = re.compile(r"^(\([^()]{1,20}\)|\[[^\[\]]{1,20}\])$")
LOOKED_AT = 50  # lines that may stand above a header
ROWS = 4  # a header of more rows is none
WORDY = 3  # words a cell from which a line may be a title
Line = Sequence[str]


@dataclass(frozen=True)
class Top:
    """How a table begins. Lines are numbered from 1, as a spreadsheet shows them; 0 means that there is none.

    header: its last line; rows: how many lines it takes; units: the line with the units; names: of the columns, joined
    from all rows of the header, "" where there is none; above: lines with something in them that stand above it.
    """

    header: int = 0
    rows: int = 0
    units: int = 0
    names: tuple[str, ...] = ()
    above: int = 0

    @property
    def last(self) -> int:
        """The last line that is no data: the rows follow it."""
        return max(self.header, self.units)

    def notes(self) -> list[Message]:
        """What is left out above the rows, and what was joined, for the user."""
        told = []
        if not self.header:
            return [say("no_header")]
        if self.above:
            told.append(say("lines_above_header", n=self.above, line=self.header - self.rows + 1))
        if self.rows > 1:
            told.append(say("header_joined", n=self.rows, first=self.header - self.rows + 1, last=self.header))
        if self.units:
            told.append(say("units_row", line=self.units))
        return told


def top(lines: Sequence[Line], width: int = 0, header: int | None = None) -> Top:
    """The beginning of a table from its first lines (some hundred are enough, blank ones included).

    width: number of columns, 0 for the usual number of cells. header: where the user says it is, 0 for none.
    """
    lines = [[(cell or "").strip() for cell in line] for line in lines]
    width = width or usual(lines)
    if header == 0:
        return Top()
    told = header is not None
    found = header if header is not None else header_line(lines, width)
    if not found or found > len(lines):
        return Top()
    first, last = (found, found) if told else _spread(lines, found, width)
    units = last + 1 if last < len(lines) and _is_units(lines[last], lines[last + 1 : last + 31]) else 0
    above = sum(map(any, lines[: first - 1]))
    return Top(last, last - first + 1, units, named(lines, last, last - first + 1, units, width), above)


def named(lines: Sequence[Line], header: int, rows: int, units: int, width: int) -> tuple[str, ...]:
    """The names of the columns: the rows of the header joined, groups carried to the right, units in brackets."""
    stacked = [[_cell(lines[i], c) for c in range(width)] for i in range(header - rows, header) if any(lines[i])]
    for lower in range(len(stacked) - 1, 0, -1):
        begins = {c for row in stacked[: lower - 1] for c in range(width) if row[c]}
        _carry(stacked[lower - 1], stacked[lower], begins)
    names = []
    for c in range(width):
        parts = dict.fromkeys(row[c] for row in stacked if row[c])
        unit = _cell(lines[units - 1], c) if units else ""
        if unit and unit not in parts:
            parts[unit if BRACKETED.match(unit) else f"({unit})"] = None
        names.append(" ".join(parts))
    return tuple(names)


def usual(lines: Sequence[Line]) -> int:
    """The usual number of cells of the lines that hold anything."""
    widths = Counter(len(line) for line in lines if any(line))
    return max(widths, key=lambda w: (widths[w] * (w > 1), w), default=0)


def header_line(lines: Sequence[Line], width: int) -> int:
    """The first line as wide as the table whose cells read like names; 0 where the table begins at once."""
    counts = Counter(sum(map(bool, line)) for line in lines if any(line))
    most = max(counts, key=lambda filled: counts[filled], default=0)
    body = typed([line for line in lines if any(line)][-max(2, counts.total() // 3) :])
    for number, cells in enumerate(lines[:LOOKED_AT], 1):
        filled = sum(map(bool, cells))
        if len(cells) < max(min(2, width), min(0.8 * width, width - 1)) or filled < min(0.6 * len(cells), max(2, most)):
            continue
        below = [line for line in lines[number : number + 30] if line != cells]
        if looks_like_header(cells, below):
            if not _is_above(cells, lines[number : number + 3], below, width):
                return number
        elif all(NUMBER.match(cell) for i in body if (cell := _cell(cells, i))):
            return 0
    return 1


def _is_above(cells: Line, following: Sequence[Line], below: Sequence[Line], width: int) -> bool:
    """Whether a line is no header because the next one is: what stands there names more columns, or in fewer words."""
    lower = next(filter(any, following), [])
    if not _cell(lower, 0) or any(NUMBER.match(c) for c in lower if c):
        return False
    gaps = sum(map(bool, cells)) < min(width, sum(map(bool, lower)))
    title = _words(cells) >= WORDY and _words(cells) > 2 * _words(lower)
    longer = len(cells) > width == len(lower) and all(cells) and all(lower)
    rest = below[below.index(lower) + 1 :] if lower in below else below
    return (gaps or title or longer) and bool(typed(rest)) and looks_like_header(lower, rest)


def looks_like_header(cells: Line, below: Sequence[Line]) -> bool:
    """Whether `cells` name the columns of the lines `below`: no numbers among them, and no repeats of their values."""
    named = [cell for cell in cells if cell]
    if any(NUMBER.match(cell) for cell in named):
        numbers = sum(bool(NUMBER.match(cell)) for cell in named)
        return numbers < 0.3 * len(named) and not _repeats(cells, below)
    return not _repeats(cells, below)


def _repeats(cells: Line, below: Sequence[Line]) -> bool:
    """A data line: most of its words stand in their own column again further down."""
    again = [
        i for i, cell in enumerate(cells) if cell and any(i < len(row) and row[i].strip() == cell for row in below)
    ]
    return len(again) >= max(1, 0.3 * len(cells))


def _spread(lines: Sequence[Line], found: int, width: int) -> tuple[int, int]:
    """The first and the last line of the header around the line `found`."""
    first = last = found
    while above := _filled_above(lines, first):
        if first - above > 2 or found - above >= ROWS or not _is_group(lines[above - 1], lines[found - 1], width):
            break
        first = above
    for number in range(found + 1, min(found + ROWS, len(lines))):
        if not any(lines[number - 1]):
            continue
        below = lines[number : number + 30]
        if _is_units(lines[number - 1], below) and below and _goes_on(lines[last - 1], below[0], below[1:]):
            continue  # units between two rows of names
        if not _goes_on(lines[last - 1], lines[number - 1], below):
            break
        last = number
    return first, last


def _filled_above(lines: Sequence[Line], number: int) -> int:
    """The next line above `number` with something in it, 0 where there is none."""
    return next((n for n in range(number - 1, 0, -1) if any(lines[n - 1])), 0)


def _is_group(upper: Line, lower: Line, width: int) -> bool:
    """Whether `upper` groups the columns named in `lower`: fewer labels, spread over the width, blanks beside them."""
    labels = [i for i, cell in enumerate(upper[:width]) if cell]
    names = [cell for cell in lower if cell]
    if not 2 <= len(labels) < len(names) or len(upper) < width:
        return False
    carried = any(not _cell(upper, i + 1) and _cell(lower, i + 1) for i in labels)
    repeated = len(set(names)) < len(names)
    return (repeated or carried) and labels[-1] >= width / 2


def _goes_on(upper: Line, lower: Line, below: Sequence[Line]) -> bool:
    """Whether `lower` is one more row of the header that ends with `upper`."""
    filled = [i for i, cell in enumerate(lower) if cell]
    if not filled or any(NUMBER.match(lower[i]) for i in filled) or not any(map(any, below)):
        return False
    if list(upper) == list(lower):
        return True
    if _is_units(lower, below) or not looks_like_header(lower, below):
        return False
    values = typed(below)
    gaps = [i for i in filled if not _cell(upper, i)]
    if not _cell(lower, 0) and len(filled) < len(lower):
        return bool(gaps) or all(i in values for i in filled)
    evidence = [i for i in filled if i in values]
    return len(evidence) >= max(1, 0.3 * len(filled)) and all(_cell(lower, i) for i in values)


def typed(below: Sequence[Line]) -> frozenset[int]:
    """The columns of which nearly all filled cells are numbers, dates or times."""
    found = set()
    for i in range(max(map(len, below), default=0)):
        cells = [cell for line in below if (cell := _cell(line, i))]
        if len(cells) > 1 and sum(bool(NUMBER.match(cell)) for cell in cells) >= 0.8 * len(cells):
            found.add(i)
    return frozenset(found)


def _is_units(cells: Line, below: Sequence[Line]) -> bool:
    """Whether a line under the header holds nothing but units, at least one of them for a column of numbers."""
    filled = {i: cell for i, cell in enumerate(cells) if cell and cell not in "-–—"}
    if not filled or not all(is_unit(cell) for cell in filled.values()):
        return False
    return bool(typed(below) & filled.keys())


def is_unit(cell: str) -> bool:
    """Whether a cell is the name of a unit: a known one, or something short in brackets."""
    word = cell.strip("()[] ")
    return bool(BRACKETED.match(cell)) or word.casefold() in units() or (plain(word) or word) in units()


def _words(line: Line) -> float:
    """How many words a filled cell has, on average."""
    filled = [cell for cell in line if cell]
    return sum(len(cell.split()) for cell in filled) / max(1, len(filled))


def _carry(upper: list[str], lower: list[str], begins: set[int]) -> None:
    """Group labels carried to the right over the blanks that have a name under them, as far as the group above goes."""
    label = ""
    for i, cell in enumerate(upper):
        label = cell or (label if lower[i] and i not in begins else "")
        upper[i] = label


def _cell(line: Line, index: int) -> str:
    return " ".join((line[index] or "").split()) if index < len(line) else ""


@functools.cache
def words() -> dict[str, dict[str, list[str]]]:
    """The words of definitions/intake/shape.toml."""
    return tomllib.loads((model.DEFINITIONS / "intake" / "shape.toml").read_text(encoding="utf-8"))


@functools.cache
def units() -> frozenset[str]:
    """Names of units, as written and in plain form."""
    listed = words()["units"]["words"]
    return frozenset(word.casefold() for word in listed) | frozenset(filter(None, map(plain, listed)))
