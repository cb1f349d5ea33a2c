"""What the values of a column look like: counts over the whole column, kinds from an even sample of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from kpi.intake import date_shape, lexicon, numbers
from kpi.intake.names import DIGITS, plain
from kpi.intake.raw import Raw, cell

SAMPLE = 2000
MISSING = 0.2
EXACT = 200_000  # values up to which distinct ones are counted exactly, not estimated
MIX = 2654435761  # Knuth's multiplicative hash: an even sample that no period of the file can fool
ASCII = str.maketrans({**DIGITS, "٫": ".", "٬": ","})
TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
COMPACT = re.compile(r"^(?:1[2345]\d\d|19\d\d|20\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
CLOCK = re.compile(rf"^{TIME}$")
CODE = re.compile(r"^(?=.*\d)[\w.#/-]{1,64}$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


@dataclass(frozen=True)
class Column:
    """Facts of one column. Shares are of the filled cells of the sample; counts are of the whole column."""

    index: int
    header: str
    plain: str
    rows: int
    filled: int
    distinct: int
    samples: tuple[str, ...]
    values: tuple[str, ...]
    number: float
    integer: float
    date: float
    clock: float
    flag: float
    code: float
    email: float
    spaced: float  # holds blanks or is longer than a code: reads like a name or a sentence
    low: float | None
    high: float | None
    missing: tuple[str, ...] = ()  # words that stand for "not given" among dates or numbers

    @property
    def share_filled(self) -> float:
        return self.filled / self.rows if self.rows else 0.0

    @property
    def uniqueness(self) -> float:
        """Distinct values per filled cell; where they are estimated, a near miss of 1 counts as 1."""
        share = min(1.0, self.distinct / self.filled) if self.filled else 0.0
        return 1.0 if self.filled > EXACT and share > 0.93 else share


def columns(raw: Raw) -> tuple[Column, ...]:
    """The facts of every column of `raw`."""
    blank = set(lexicon.shared()["blank"])
    counted = raw.counts()
    total = max(1, raw.query("SELECT count(*) FROM raw")[0][0])
    take = min(1.0, SAMPLE / total)
    listed = ", ".join(cell(i) for i in range(len(raw.headers)))
    sample = raw.query(
        f"SELECT {listed} FROM raw WHERE (rowid * {MIX}) % 4294967296 < {int(take * 4294967296)} ORDER BY rowid"
    )
    found = []
    for i, header in enumerate(raw.headers):
        values = [row[i] for row in sample if row[i] is not None and row[i].casefold() not in blank]
        filled, distinct = counted[i]
        if filled and not values:
            values = _few(raw, i, blank)
        if distinct > 0.9 * filled and filled <= EXACT and not raw.sampled:
            distinct = raw.query(f"SELECT count(DISTINCT c{i}) FROM raw")[0][0]
        found.append(_column(i, header, raw.rows, filled, distinct, values))
    return tuple(found)


def _few(raw: Raw, index: int, blank: set[str]) -> list[str]:
    """Values of a column that the even sample missed."""
    rows = raw.query(f"SELECT {cell(index)} FROM raw WHERE {cell(index)} IS NOT NULL ORDER BY rowid LIMIT {SAMPLE}")
    return [value for (value,) in rows if value.casefold() not in blank]


def _missing(values: list[str]) -> tuple[str, ...]:
    """One word that fills a fifth of a column of dates or numbers says that nothing was given: "not closed yet"."""
    words = Counter(value for value in values if not any(c.isdigit() for c in value))
    if not words:
        return ()
    word, n = words.most_common(1)[0]
    rest = [value.translate(ASCII) for value in values if value != word]
    regular = sum(date_shape.looks(value) or numbers.rough(value) is not None for value in rest)
    often = n >= MISSING * len(values) and len(set(rest)) >= 5
    return (word,) if often and regular >= 0.9 * len(rest) else ()


def _column(index: int, header: str, rows: int, filled: int, distinct: int, values: list[str]) -> Column:
    missing = _missing(values)
    values = [value for value in values if value not in missing]
    ascii_values = [value.translate(ASCII) for value in values]
    n = max(1, len(values))
    found = [numbers.rough(value) for value in values]
    known = [x for x in found if x is not None]

    def share(pattern: re.Pattern[str]) -> float:
        return sum(bool(pattern.match(value)) for value in ascii_values) / n

    dates = sum(date_shape.looks(v) for v in ascii_values) / n
    flags = lexicon.flags()
    return Column(
        index,
        header,
        plain(header),
        rows,
        filled,
        distinct,
        tuple(dict.fromkeys(values))[:5],
        tuple(values),
        len(known) / n,
        sum(x == int(x) for x in known if abs(x) < 1e15) / n,
        dates,
        share(CLOCK),
        sum(lexicon.flag_word(v) in flags for v in set(values)) / max(1, len(set(values))) if values else 0.0,
        share(CODE),
        share(EMAIL),
        sum(" " in v.strip() or len(v) > 64 for v in values) / n,
        min(known, default=None),
        max(known, default=None),
        missing,
    )
