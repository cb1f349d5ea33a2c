"""Days and periods as people read them, in the Gregorian, the Jalali and a fiscal calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpi.calendars import month_index, month_start
from kpi.core import Period
from kpi.text import bidi
from kpi.text.numbers import UNDEFINED, Numbers


@dataclass(frozen=True)
class Dates:
    """How one language writes days and periods. calendar: gregorian, jalali or fiscal."""

    numbers: Numbers
    calendar: str
    fiscal_start: tuple[int, int] = (1, 1)

    @property
    def _meta(self) -> dict:
        return self.numbers.meta

    def _whole(self, text: str) -> str:
        """The label in the digits of the language; in Persian as an island that a left-to-right chart keeps whole."""
        text = self.numbers.digits(text)
        return bidi.rtl(text) if self.numbers.right_to_left else text

    def _split(self, day: date, calendar: str) -> tuple[int, int, int]:
        """Year, month from 0 and day in the calendar; fiscal days are written as Gregorian ones."""
        calendar = "jalali" if calendar == "jalali" else "gregorian"
        year, month = divmod(month_index(day, calendar), 12)
        return year, month, (day - month_start(year * 12 + month, calendar)).days + 1

    def _names(self, calendar: str, bent: bool = False) -> list[str]:
        names = "jalali" if calendar == "jalali" else "gregorian"
        return self._meta["months"][f"{names}_of" if bent else names]

    def _day(self, day: date, calendar: str, pattern: str = "day") -> str:
        year, month, number = self._split(day, calendar)
        return self._meta[pattern].format(d=number, month=self._names(calendar, bent=True)[month], y=year)

    def day(self, day: date | None, calendar: str | None = None) -> str:
        """15 Nov 2026 · ۲۴ آبان ۱۴۰۵ · 15 листопада 2026; "–" for None."""
        return UNDEFINED if day is None else self._whole(self._day(day, calendar or self.calendar))

    def day_month(self, day: date, calendar: str | None = None) -> str:
        """The day without its year: 1 Jul · ۱۰ تیر · 1 липня."""
        calendar = calendar or self.calendar
        _, month, number = self._split(day, calendar)
        bent = not self.numbers.right_to_left  # Persian joins the month to a year only
        return self._whole(self._meta["day_month"].format(d=number, month=self._names(calendar, bent)[month]))

    def days(self, period: Period, calendar: str | None = None) -> str:
        """First to last day of the period, with month and year once where both share them: 16–22 Nov 2026."""
        calendar = calendar or self.calendar
        first, last = period.since, period.until - timedelta(days=1)
        (y1, m1, d1), (y2, m2, _) = self._split(first, calendar), self._split(last, calendar)
        end = self._day(last, calendar)
        if first == last:
            return self._whole(end)
        if (y1, m1) == (y2, m2):
            return self._whole(self._meta["day_span"].format(**{"from": d1, "to": end}))
        start = self._day(first, calendar, "day_month" if y1 == y2 else "day")
        return self._whole(self._meta["days"].format(**{"from": start, "to": end}))

    def month(self, day: date, calendar: str | None = None) -> str:
        """The month that holds `day`: Oct 2026 · مهر ۱۴۰۵ · жовтень 2026."""
        calendar = calendar or self.calendar
        if calendar == "fiscal" and self.fiscal_start[1] != 1:
            index = month_index(day, "fiscal", self.fiscal_start)
            since, until = (month_start(i, "fiscal", self.fiscal_start) for i in (index, index + 1))
            return self.days(Period(since, until), "gregorian")
        year, month, _ = self._split(day, calendar)
        bent = self.numbers.right_to_left  # Persian joins month and year (ezafe)
        return self._whole(self._meta["month"].format(month=self._names(calendar, bent)[month], y=year))

    def period(self, period: Period, by: str | None, calendar: str | None = None) -> str:
        """The label of a bucket in tables and charts. by None or week: its days; a clipped bucket is named as whole."""
        calendar = calendar or self.calendar
        if by in (None, "week", "day"):
            return self.days(period, calendar)
        if by == "month":
            return self.month(period.since, calendar)
        year, month = divmod(month_index(period.since, calendar, self.fiscal_start), 12)
        shown = self._fiscal_year(year) if calendar == "fiscal" else str(year)
        if by == "year":
            return self._whole(self._meta["fiscal_year"].format(y=shown) if calendar == "fiscal" else shown)
        pattern = self._meta["quarter" if calendar == "gregorian" else f"{calendar}_quarter"]
        quarter = month // 3
        number, season = self._meta["quarters"][quarter], self._meta["seasons"][quarter]
        return self._whole(pattern.format(q=number, season=season, y=shown))

    def _fiscal_year(self, year: int) -> str:
        """2026/27; 2026 where the fiscal year is the calendar year."""
        return str(year) if self.fiscal_start == (1, 1) else f"{year}/{(year + 1) % 100:02d}"
