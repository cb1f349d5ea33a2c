"""What a date looks like: its cell with a 9 for every digit, taken apart into the places of year, month, day and time.

Cells of one shape are read in one way, so that a column of millions needs only a look at its few shapes.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from kpi.intake import months, written
from kpi.intake.names import DIGITS

Span = tuple[int, int]  # place of the first character, length
LATIN = str.maketrans({**DIGITS, **written.WIDE})
NINES = str.maketrans("012345678", "999999999")
_MARKS = {
    **dict.fromkeys(written.BLANKS, " "),
    **dict.fromkeys(written.MINUS, "-"),
    **dict.fromkeys(written.UNSEEN, " "),
}
_SAME = str.maketrans({**_MARKS, "،": ",", "؛": ";", "：": ":", "／": "/", "．": ".", "\t": " ", "ʼ": "'", "’": "'"})
_LETTER = "[^\\W\\d_]"
_CLOCK = re.compile(r"(?<![9:.])(9{1,2}) ?: ?(9{1,2})(?: ?: ?(9{1,2})(?:[.,](9{1,9}))?)?(?![9:])")
_BASIC = re.compile(r"(?<!9)9{8}[t ]?(99)(99)(99)?(?!9)")
_POINTS = re.compile(r"^\W*9+[-/.]9+[-/.]9+[,t ]+(9{1,2})\.(99)(?:\.(99))?\W*$")
_OFFSET = re.compile(r"^ *(?:gmt|utc)? ?([-+])(9{1,2}):?(99)?(?!9)(?: *\([^)9]*\)| *\[[a-z_/]+\])?")
_QUARTERS = (
    re.compile(r"(?<![^\W\d_])(?:q|кв|квартал|چارک|فصل) ?[.-]? ?(9)(?!9)"),
    re.compile(r"(?<!9)(9)(?:-?й|-?ий|-?th|st|nd|rd)? ?[.-]? ?(?:q|quarter|кв|квартал[уа]?)(?![^\W\d_])\.?"),
)
_WEEK = re.compile(r"(?<![^\W\d_])(?:w|week|kw|тиждень|неделя|هفته) ?(99?)(?:-(9)(?!9))?(?!9)")


@dataclass(frozen=True)
class Shape:
    """numbers: the numbers that are no time, in their order. month: the month that a word names. period: what less than
    a day says: month, quarter, week; its number in `part`. clock: hour, minute, second, fraction. half: am or pm.

    offset: hours from UTC that a name says; sign and spans of hours and minutes that digits say.
    """

    numbers: tuple[Span, ...]
    month: int | None = None
    jalali: bool = False
    period: str = ""
    part: Span | None = None
    weekday: Span | None = None
    clock: tuple[Span, ...] = ()
    half: str = ""
    offset: float | None = None
    digits: tuple[int, Span, Span | None] | None = None
    zone: str = ""

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many digits each number has."""
        return tuple(length for _, length in self.numbers)


def base(cell: str) -> str:
    """A cell in lower case with Latin digits: what the spans of a shape point into (SQL: date_style.base)."""
    return cell.strip().lower().translate(LATIN)


def of(cell: str) -> Shape | None:
    """The shape of a cell, None where it is no date."""
    return parse(base(cell).translate(NINES)) if len(cell) < 80 else None


def looks(cell: str) -> bool:
    """Whether a cell is a date of a year that a business may write, whichever way round."""
    text = base(cell)
    shape = of(cell)
    if shape is None:
        return False
    found = [int(text[at : at + n]) for at, n in shape.numbers]
    years = [x for x, n in zip(found, shape.lengths, strict=True) if n == 4]
    if shape.lengths == (8,):
        day = text[shape.numbers[0][0] :][:8]
        years, found = [int(day[:4])], [int(day[4:6]), int(day[6:])]
    if not all(1244 <= year <= 1502 or 1900 <= year <= 2199 for year in years):
        return False
    small = [x for x in found if x not in years]
    days = 1 if shape.month is not None or shape.lengths == (8,) else 2 if not years else 1
    return all(x <= 31 for x in small) and sum(x > 12 for x in small) <= days if years else len(small) >= 2


@functools.lru_cache(maxsize=20_000)
def parse(shape: str) -> Shape | None:
    """Takes a shape apart; None where it is not the shape of a date."""
    if shape.count("9") < 3 or shape.count("9") > 30:
        return None
    text = "".join(low if len(low := months.form(c)) == 1 else c for c in shape.translate(_SAME))
    text, half = _half(text)
    text, clock, end = _clock(text, half)
    text, offset = _offset(text, end) if clock else (text, {})
    text, month, jalali = _month(text)
    text, period = _period(text) if month is None else (text, {})
    text = re.sub(r"(?<=9)t(?= |$)", " ", text)
    for pattern in (_weekdays(), _words()):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    if re.search(r"[^9 ,./\-()'\"|;:_]", text):
        return None
    numbers = tuple((m.start(), len(m[0])) for m in re.finditer("9+", text))
    found = Shape(numbers, month, jalali, clock=clock, half=half, **period, **offset)
    return _checked(found, text)


def _checked(found: Shape, text: str) -> Shape | None:
    """The shape with the period that it names; None where its numbers make no date."""
    lengths = found.lengths
    long = sum(n == 4 for n in lengths)
    if found.period:
        return found if lengths == (4,) and not found.clock else None
    if found.month is not None:
        if len(lengths) == 2 and long <= 1 and all(n in (1, 2, 4) for n in lengths):
            return found
        return _with(found, "month") if lengths == (4,) and not found.clock else None
    if len(lengths) == 3 and long <= 1 and all(n in (1, 2, 4) for n in lengths):
        (a, n), (b, m), (c, _) = found.numbers
        marks = text[a + n : b].strip() + text[b + m : c].strip()
        return found if long or (marks and " " not in text[a:c]) else None
    if len(lengths) == 2 and long == 1 and min(lengths) <= 2 and not found.clock:
        (a, n), (b, _) = found.numbers
        return _with(found, "month") if text[a + n : b] in ("-", "/", ".") else None
    return found if lengths == (8,) else None


def _with(found: Shape, period: str) -> Shape:
    return Shape(found.numbers, found.month, found.jalali, period)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


@functools.cache
def _halves() -> re.Pattern[str]:
    words = written.any_of({months.form(word) for word in written.half_days()})
    return re.compile(rf"(?<!{_LETTER})({words})(?!{_LETTER})")


def _half(text: str) -> tuple[str, str]:
    """Before or after noon; only beside a time."""
    found = list(_halves().finditer(text))
    if len(found) != 1 or "9" not in text:
        return text, ""
    word, halves = found[0][1], {months.form(w): half for w, half in written.half_days().items()}
    half = halves.get(word) or next(h for w, h in halves.items() if w.replace(" ", "") == word.replace(" ", ""))
    beside = text[: found[0].start()].rstrip()
    if not (re.search(r"9[.:]99$", beside) or re.search(r"(?<!9)99?$", beside) or ":" in text):
        return text, ""
    return _blank(text, *found[0].span()), half


def _clock(text: str, half: str) -> tuple[str, tuple[Span, ...], int]:
    """The time of day without its characters, its parts, and where it ended."""
    for pattern in (_CLOCK, _BASIC, _POINTS):
        found = pattern.search(text)
        if found:
            spans = tuple((found.start(i), len(found[i])) for i in range(1, pattern.groups + 1) if found[i])
            start = found.start() if pattern is _CLOCK else found.start(1)
            return _blank(text, start, found.end()), spans, found.end()
    hour = re.search(r"(?<![9./-])(99?) *$", text) if half else None
    if hour and len(re.findall("9+", text)) >= 3:
        return _blank(text, hour.start(), hour.end()), ((hour.start(1), len(hour[1])),), hour.end()
    return text, (), 0


def _offset(text: str, end: int) -> tuple[str, dict]:
    """The offset from UTC that follows a time."""
    found = _OFFSET.match(text[end:])
    if found:
        sign, hours = (-1 if found[1] == "-" else 1), (end + found.start(2), len(found[2]))
        minutes = (end + found.start(3), 2) if found[3] else None
        return _blank(text, end, end + found.end()), {"digits": (sign, hours, minutes)}
    name = re.match(rf"^ *({written.any_of(written.zones())})(?!{_LETTER})(?: *\([^)9]*\)| *\[[a-z_/]+\])?", text[end:])
    if name:
        return _blank(text, end, end + name.end()), {"offset": written.zones()[name[1]], "zone": name[1]}
    return text, {}


@functools.cache
def _months() -> re.Pattern[str]:
    words = written.any_of({*months.gregorian(), *months.jalali()})
    return re.compile(rf"(?<!{_LETTER})({words})(?:[\u064b-\u065f\u0654]*)\.?(?!{_LETTER})")


def _month(text: str) -> tuple[str, int | None, bool]:
    """The month that a word names, and whether it is Jalali. Where a weekday is called alike, the month is the other."""
    found = _months().search(text)
    if not found:
        return text, None, False
    word = " ".join(found[1].split())
    jalali = months.jalali()
    month = jalali.get(word)
    number = month if month is not None else months.gregorian().get(word)
    if number is None:
        return text, None, False
    return _blank(text, *found.span()), number, month is not None


def _period(text: str) -> tuple[str, dict]:
    for pattern in _QUARTERS:
        found = pattern.search(text)
        if found:
            return _blank(text, *found.span()), {"period": "quarter", "part": (found.start(1), 1)}
    found = _WEEK.search(text)
    if found:
        day = (found.start(2), 1) if found[2] else None
        return _blank(text, *found.span()), {"period": "week", "part": (found.start(1), len(found[1])), "weekday": day}
    return text, {}


@functools.cache
def _weekdays() -> re.Pattern[str]:
    return re.compile(rf"(?<!{_LETTER})(?:{written.any_of(months.weekdays())})\.?(?!{_LETTER})")


@functools.cache
def _words() -> re.Pattern[str]:
    words = written.any_of({months.form(word) for word in written.in_dates()})
    return re.compile(rf"(?<!{_LETTER})(?:{words})\.?(?!{_LETTER})")
