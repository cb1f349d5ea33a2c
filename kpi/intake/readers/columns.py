"""What the cells of each column look like, learned from good lines: a broken line is put right where just one way fits.

The look of a cell is its text with digits as 9 and letters as A or a (as in Potter's Wheel, Raman and Hellerstein 2001).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 8  # good lines that teach anything
MANY = 20  # cells among which a look that occurs once is no pattern
MOST_MORE = 6  # cells too many that are tried
WIDEST = 200  # columns above which nothing is tried
PLAIN = 0.3  # how well a number of a new look suits a column of numbers
NUMBER = re.compile(r"^[-+(]?[$€£¥₴₽﷼]?\s?[\d۰-۹٠-٩][\d۰-۹٠-٩.,\s٬٫]*[%)]?$")
_UPPER, _LOWER, _DIGIT, _RUN = (re.compile(p) for p in (r"[^\W\d_a-zа-яіїєґё]", r"[^\W\d_A]", r"\d", r"(.)\1+"))


def look(cell: str) -> str:
    """`MG-8769` as AA-9999."""
    return _DIGIT.sub("9", _LOWER.sub("a", _UPPER.sub("A", cell)))


def kind(cell: str) -> str:
    """What a text begins with: a letter, a digit, or the mark itself."""
    return "a" if cell[0].isalpha() else "9" if cell[0].isdigit() else cell[0]


@dataclass(frozen=True)
class Column:
    """looks: of its cells; runs: the same with runs as one; blank: share of empty cells; free: no pattern, a text; number:
    nothing but plain numbers."""

    looks: frozenset[str]
    runs: frozenset[str]
    kinds: frozenset[str]
    longest: int
    blank: float
    free: bool
    number: bool

    def fits(self, cell: str) -> float:
        """How well a cell suits the column: 1 as the others, 0 not at all."""
        cell = cell.strip()
        if not cell:
            return 1.0 if self.blank else 0.0
        if self.free:
            return 0.8 if kind(cell) in self.kinds and len(cell) <= 3 * self.longest else 0.0
        seen = look(cell)
        if seen in self.looks:
            return 1.0
        return 0.5 if _RUN.sub(r"\1", seen) in self.runs else PLAIN if self.number and NUMBER.match(cell) else 0.0


class Columns:
    """The columns of a table, learned from lines with the right number of cells."""

    def __init__(self, rows: Sequence[Sequence[str]], width: int) -> None:
        good = [row for row in rows if len(row) == width]
        self.width = width
        self.known = len(good) >= FEWEST and 1 < width <= WIDEST
        self.columns = [_learn([row[i].strip() for row in good]) for i in range(width)] if self.known else []

    def score(self, cells: Sequence[str]) -> float:
        """How well a whole line suits: the sum over its cells, 0 where one does not fit at all."""
        fits = [column.fits(cell) for column, cell in zip(self.columns, cells, strict=False)]
        return sum(fits) if all(fits) else 0.0

    def near(self, cells: Sequence[str]) -> float:
        """The sum over all cells, whether or not each of them fits."""
        return sum(column.fits(cell) for column, cell in zip(self.columns, cells, strict=False))

    def misfits(self, cells: Sequence[str]) -> int:
        """How many filled cells of a short line cannot belong to the column they stand in."""
        return sum(
            1
            for column, cell in zip(self.columns, cells, strict=False)
            if cell.strip() and not column.free and not column.fits(cell)
        )

    def best(self, ways: Iterable[Sequence[str]]) -> list[str] | None:
        """The one reading that suits best; None where none does or two do equally well."""
        scores = {tuple(way): self.score(way) for way in ways if len(way) == self.width}
        ranked = sorted(scores.items(), key=lambda each: -each[1])[:2]
        if not ranked or not ranked[0][1] or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
            return None
        return list(ranked[0][0])

    def split(self, cells: Sequence[str]) -> Iterable[list[str]]:
        """All readings of a line that lost one delimiter inside a cell, if its other cells fit their columns."""
        for i, cell in enumerate(cells):
            if i and not self.columns[i - 1].fits(cells[i - 1]):
                return
            if not all(self.columns[j + 1].fits(cells[j]) for j in range(i + 1, len(cells))):
                continue
            for place in range(1, len(cell)):
                if self.columns[i].fits(cell[:place]) and self.columns[i + 1].fits(cell[place:]):
                    yield [*cells[:i], cell[:place], cell[place:], *cells[i + 1 :]]

    def joined(self, cells: Sequence[str], quoted: Sequence[bool], mark: str) -> list[list[str]]:
        """The two best readings of a line with cells too many: a delimiter belongs to the text of a cell, or an empty
        cell is none."""
        more = len(cells) - self.width
        if not 0 < more <= MOST_MORE:
            return []
        best: dict[int, list[tuple[float, list[str]]]] = {0: [(0.0, [])]}
        for column in self.columns:
            after: dict[int, list[tuple[float, list[str]]]] = {}
            for used, ways in best.items():
                for end, cell in _pieces(cells, quoted, mark, used, more):
                    fit = column.fits(cell)
                    if fit > (PLAIN if end > used + 1 and mark in cell else 0.0):
                        after.setdefault(end, []).extend((score + fit, [*row, cell]) for score, row in ways)
            best = {end: _two(ways) for end, ways in after.items()}
        ends = [
            (score, row)
            for end, ways in best.items()
            if not any(cell.strip() for cell in cells[end:])
            for score, row in ways
        ]
        return [row for _, row in _two(ends)]


def _pieces(cells: Sequence[str], quoted: Sequence[bool], mark: str, used: int, more: int) -> Iterable[tuple[int, str]]:
    """(place after it, text) of what one column may take from `used` on: empty cells may be passed over."""
    for start in range(used, min(used + more + 1, len(cells))):
        if start > used and cells[start - 1].strip():
            return
        yield start + 1, cells[start]
        for end in range(start + 2, min(start + more + 2, len(cells) + 1)):
            if any(quoted[start:end]) or not all(cell.strip() for cell in cells[start:end]):
                break
            yield end, mark.join(cells[start:end])


def _two(ways: list[tuple[float, list[str]]]) -> list[tuple[float, list[str]]]:
    unique = {tuple(row): (score, row) for score, row in ways}
    return sorted(unique.values(), key=lambda each: -each[0])[:2]


def _learn(cells: list[str]) -> Column:
    filled = [cell for cell in cells if cell]
    looks = [(each := look(cell), _RUN.sub(r"\1", each)) for cell in filled]
    runs = Counter(run for _, run in looks)
    # what occurs once among many may itself come from a broken line
    usual = {run for run, times in runs.items() if times > 1 or len(filled) < MANY}
    return Column(
        frozenset(each for each, run in looks if run in usual),
        frozenset(usual),
        frozenset(map(kind, filled)),
        max(map(len, filled), default=0),
        1 - len(filled) / len(cells),
        len(runs) > max(3, 0.15 * len(filled)),
        bool(filled) and sum(bool(NUMBER.match(cell)) for cell in filled) >= 0.95 * len(filled),
    )
