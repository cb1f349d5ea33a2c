"""Periods that columns are named after: "Jan 2024", "2024-01", "Q1 2024", «січень 2024», «فروردین ۱۴۰۳», "2024"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpi.intake import months
from kpi.intake.names import DIGITS, SAME

ASCII = str.maketrans(DIGITS)
YEAR = r"(?:19|20|21)\d\d|1[34]\d\d"
QUARTERS = {"q", "quarter", "кв", "квартал", "кварталу", "فصل", "سه‌ماهه", "سه ماهه"}
JALALI_BEFORE = 1600  # years below it are Jalali


@dataclass(frozen=True)
class Period:
    """Starts in `month` of `year` (None: the header does not say) and takes `length` months."""

    year: int | None
    month: int
    length: int = 1
    jalali: bool = False

    def start(self, year: int | None = None) -> str:
        """Its first day as text: ISO, or the same with a Jalali year."""
        return f"{self.year or year}-{self.month:02d}-01"

    def end(self, year: int | None = None) -> str:
        """The first day after it."""
        months_ = (self.year or year or 0) * 12 + self.month - 1 + self.length
        return f"{months_ // 12}-{months_ % 12 + 1:02d}-01"


def of(header: str) -> Period | None:
    """The period that a header names and nothing but it."""
    text = header.translate(ASCII).strip().casefold()
    found = re.fullmatch(rf"({YEAR})[-/. ](\d{{1,2}})(?:[-/. ]0?1(?: 00:00(?::00)?)?)?", text)
    if found and 1 <= int(found[2]) <= 12:
        return _period(int(found[1]), int(found[2]))
    found = re.fullmatch(rf"(?:0?1[-/. ])?(\d{{1,2}})[-/. ]({YEAR})", text)
    if found and 1 <= int(found[1]) <= 12:
        return _period(int(found[2]), int(found[1]))
    if re.fullmatch(YEAR, text):
        return Period(int(text), 1, 12, int(text) < JALALI_BEFORE)
    return _worded(text)


def _period(year: int | None, month: int, length: int = 1) -> Period:
    return Period(year, month, length, year is not None and year < JALALI_BEFORE)


def _worded(text: str) -> Period | None:
    """A month or a quarter by its name, with a year or without."""
    years = re.findall(rf"(?<!\d)(?:{YEAR})(?!\d)", text)
    short = re.search(r"['’\- ](\d\d)$", text) if not years else None
    year = int(years[0]) if len(years) == 1 else 2000 + int(short[1]) if short else None
    rest = text.replace(years[0], " ") if years else text[: short.start()] if short else text
    words = re.findall(r"[^\W\d_]+|\d+", rest.translate(SAME))
    words = [word for word in words if word not in ("р", "рік", "року", "г", "год", "года", "year", "سال")]
    quarter = _quarter(words)
    if quarter:
        return _period(year, 3 * quarter - 2, 3)
    named = months.in_text(words[0]) if len(words) == 1 else None
    if named is None:
        return None
    _, month, jalali = named
    return Period(year, month, 1, jalali)


def _quarter(words: list[str]) -> int | None:
    joined = "".join(words)
    for name in QUARTERS:
        plain = name.translate(SAME)
        for form in (rf"{plain}([1-4])", rf"([1-4]){plain}"):
            found = re.fullmatch(form, joined)
            if found:
                return int(found[1])
    return None
