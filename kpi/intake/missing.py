"""Cells that say that nothing was given: words are taken as blank and told, numbers and days are only asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kpi import model
from kpi.intake import date_shape, date_style, lexicon, numbers, written
from kpi.intake.date_style import DateStyle
from kpi.intake.messages import Message, say
from kpi.intake.names import quote
from kpi.intake.options import Options
from kpi.intake.plan import Fill, Question
from kpi.intake.profile import Column
from kpi.intake.raw import Raw, cell

SMALL = 300_000  # rows up to which every cell is looked at, not only the sample
OFTEN, LEAST, OTHERS = 0.005, 3, 10  # share and number of cells with a code, and how many others there must be
FAR = 2.0  # how many times the largest of the others a code must be
YEARS = 10  # how far a day that stands for nothing lies from all others
SILENT = {"null", "nan", "nat", "none", "<null>", "(null)"}  # what programs write for an empty cell
MONEY_LEAST = 99_999  # smaller codes are prices


@dataclass(frozen=True)
class Missing:
    """words: cells of a column that are read as blank. notes: what is told about them. ask: a code to be asked about."""

    words: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    ask: Question | None = None


def find(raw: Raw, column: Column, table: str, fill: Fill, options: Options) -> Missing:
    """What stands for nothing in the column of a fill (with its style): as told, else by its words and codes."""
    field = model.table(table).field(fill.field)
    path = field.path
    given = [word for owner, name, word in options.missing if name == fill.field and owner in ("", table)]
    told = [word for word in given if word]
    forms = tuple(form for word in told for form in _forms(raw, column, word, fill))
    if given:  # once told, nothing is taken as missing by itself; an empty word keeps everything
        return Missing(forms)
    if field.values:
        return Missing()
    counts = _words(raw, column, field.type)
    for word in column.missing:
        counts.setdefault(word, sum(value == word for value in (*column.values, word)))
    notes = tuple(
        say("taken_as_missing", column=column.header, word=word, n=n, field=path)
        for word, n in counts.items()
        if word.casefold() not in SILENT
    )
    ask = None
    if field.type == "time" and isinstance(fill.style, DateStyle):
        ask = _day(column, path, fill.style)
    elif field.type in ("money", "number", "integer"):
        ask = _code(column, table, field)
    return Missing(tuple(counts), notes, ask)


def _words(raw: Raw, column: Column, type_: str) -> dict[str, int]:
    """Cells of the column that are words for nothing, with their counts."""
    blank = {written.said(word) for word in lexicon.shared()["blank"]}
    if type_ in ("id", "text"):
        known = written.missing_words() - blank
    else:
        known = written.missing_words() | blank | (written.missing_among_values() if type_ != "flag" else set())
    if raw.rows > SMALL:
        found = Counter(value for value in column.values if written.said(value) in known)
    else:
        text = cell(column.index)
        rows = raw.query(
            f"SELECT {text}, count(*) FROM raw WHERE length({text}) < 32 "
            f"AND NOT regexp_matches({text}, '^(?:[1-9]|0[^0]|0$)') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5000"
        )
        found = Counter({value: n for value, n in rows if written.said(value) in known})
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _code(column: Column, table: str, field: model.Field) -> Question | None:
    """A number that stands in many cells and far outside all others."""
    values = [x for value in column.values if (x := numbers.rough(value)) is not None]
    codes = set(written.missing_numbers())
    others = [x for x in values if x not in codes]
    if len(others) < OTHERS:
        return None
    low, high = min(others), max(others)
    signed = field.type == "money" or field.name in ("quantity", "on_hand", "before_value", "after_value", "value")
    for code, n in Counter(x for x in values if x in codes).most_common():
        if n < max(LEAST, OFTEN * len(values)):
            continue
        if code < 0 and (signed or low < 0 or any(x < 0 and x not in codes for x in values)):
            continue
        if code > 0 and (code <= FAR * max(high, 1) or (signed and code < MONEY_LEAST)):
            continue
        word = next(value for value in column.values if numbers.rough(value) == code)
        text = say("ask_missing", column=column.header, word=word, n=n, low=f"{low:g}", high=f"{high:g}")
        return _question(text, field.path, word)
    return None


def _day(column: Column, path: str, style: DateStyle) -> Question | None:
    """A day by which systems write that there is none, in many cells and years away from all others."""
    days = [(value, day) for value in column.values if (day := _iso(style, value))]
    codes = set(written.missing_days())
    others = [int(day[:4]) for _, day in days if day not in codes]
    if len(others) < OTHERS:
        return None
    for code, n in Counter(day for _, day in days if day in codes).most_common():
        year = int(code[:4])
        if n < max(LEAST, OFTEN * len(days)) or min(others) - YEARS < year < max(others) + YEARS:
            continue
        word = next(value for value, day in days if day == code)
        text = say("ask_missing_day", column=column.header, word=word, n=n, low=f"{min(others)}", high=f"{max(others)}")
        return _question(text, path, word)
    return None


def _question(text: Message, path: str, word: str) -> Question:
    return Question(text, f"--missing {path}={word}|", f"missing {path}", (word, ""))


def _iso(style: DateStyle, value: str) -> str | None:
    """The Gregorian day of a cell as an ISO date, None where it shows none."""
    text = date_shape.base(value)
    place = date_style.places(style, text.translate(date_shape.NINES)) if style.kind in ("iso", "strptime") else None
    if place is None or place.day is None or place.month is None or place.year[1] != 4:
        return None
    month = place.month if isinstance(place.month, int) else int(_at(text, place.month))
    return f"{_at(text, place.year)}-{month:02}-{int(_at(text, place.day)):02}"


def _at(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[0] + span[1]]


def _forms(raw: Raw, column: Column, word: str, fill: Fill) -> Iterable[str]:
    """The cells that say `word`: 999 also as 999.00, a day also with its time."""
    text = cell(column.index)
    number = numbers.rough(word)
    rows = raw.query(f"SELECT DISTINCT {text} FROM raw WHERE lower({text}) = lower({quote(word)})")
    found = {value for (value,) in rows}
    if number is not None:
        same = f"try_cast(replace({text}, ',', '.') AS DOUBLE) = {number!r}"
        found |= {value for (value,) in raw.query(f"SELECT DISTINCT {text} FROM raw WHERE {same} LIMIT 1000")}
    if isinstance(fill.style, DateStyle) and (day := _iso(fill.style, word)):
        rows = raw.query(f"SELECT DISTINCT {text} FROM raw WHERE contains({text}, '{day[:4]}') LIMIT 5000")
        found |= {value for (value,) in rows if _iso(fill.style, value) == day}
    return sorted(found)
