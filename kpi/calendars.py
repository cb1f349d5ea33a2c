"""Days, weeks, months, quarters and years in the Gregorian, the Jalali and a fiscal calendar, as half-open periods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import jdatetime

from kpi.core import Period
from kpi.errors import Refused

BY = ("day", "week", "month", "quarter", "year")
CALENDARS = ("gregorian", "jalali", "fiscal")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST = 50_000  # more buckets than this come from a wrong date, not from a question
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def _last_day(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - _DAY).day if (year, month) != (9999, 12) else 31


def month_index(day: date, calendar: str = "gregorian", fiscal_start: tuple[int, int] = (1, 1)) -> int:
    """The running number of the month that holds `day`: twelve times the year of the calendar plus 0–11.

    A fiscal year has the number of the Gregorian year it begins in.
    """
    if calendar == "jalali":
        jalali = jdatetime.date.fromgregorian(year=day.year, month=day.month, day=day.day)
        return jalali.year * 12 + jalali.month - 1
    if calendar == "gregorian":
        return day.year * 12 + day.month - 1
    index = day.year * 12 + day.month - fiscal_start[0]
    return index if day.day >= min(fiscal_start[1], _last_day(day.year, day.month)) else index - 1


def month_start(index: int, calendar: str = "gregorian", fiscal_start: tuple[int, int] = (1, 1)) -> date:
    """The first day of the month with this running number; the inverse of `month_index`."""
    if calendar == "jalali":
        return jdatetime.date(index // 12, index % 12 + 1, 1).togregorian()
    if calendar == "gregorian":
        return date(index // 12, index % 12 + 1, 1)
    year, month = divmod(index + fiscal_start[0] - 1, 12)
    return date(year, month + 1, min(fiscal_start[1], _last_day(year, month + 1)))


def _weekday(week_start: str) -> int:
    if week_start not in WEEKDAYS:
        raise Refused("bad_week_start", week_start=week_start)
    return WEEKDAYS.index(week_start)


def _check(by: str | None, calendar: str) -> None:
    if by is not None and by not in BY:
        raise Refused("bad_step", by=by)
    if calendar not in CALENDARS:
        raise Refused("bad_calendar", calendar=calendar)


def bucket(
    day: date,
    by: str,
    calendar: str = "gregorian",
    week_start: str = "monday",
    fiscal_start: tuple[int, int] = (1, 1),
) -> Period:
    """The whole day, week, month, quarter or year that holds `day`.

    Refused for an unknown step, calendar or week start, and for days the calendar cannot name.
    """
    _check(by, calendar)
    try:
        if by == "day":
            return Period(day, day + _DAY)
        if by == "week":
            since = day - timedelta(days=(day.weekday() - _weekday(week_start)) % 7)
            return Period(since, since + timedelta(days=7))
        size = _MONTHS[by]
        first = month_index(day, calendar, fiscal_start) // size * size
        return Period(month_start(first, calendar, fiscal_start), month_start(first + size, calendar, fiscal_start))
    except (ValueError, OverflowError) as error:
        raise Refused("bad_day", text=day.isoformat()) from error


def _buckets(since: date, until: date, by: str, **how) -> Iterator[Period]:
    day = since
    while day < until:
        found = bucket(day, by, **how)
        yield found
        day = found.until


def periods(
    since: date,
    until: date,
    by: str | None,
    calendar: str = "gregorian",
    week_start: str = "monday",
    fiscal_start: tuple[int, int] = (1, 1),
    running_from: date | None = None,
    clip: bool = False,
) -> list[Period]:
    """The buckets that cover since <= day < until, in order, without gap or overlap.

    by: day, week, month, quarter, year; None: the range itself as one period.
    fiscal_start: Gregorian (month, day) on which the fiscal year begins; a day missing in a month means its last day.
    running_from: the day after the last day of data; buckets that end later are not `complete`.
    clip: cut the first and the last bucket to the range (the caller named its ends) instead of giving whole buckets.
    An empty range has no buckets. Refused for unknown words and for more than 50,000 buckets.
    """
    _check(by, calendar)
    if since >= until:
        return []
    if by == "day" and (until - since).days > MOST:
        raise Refused("too_many_periods", most=MOST)
    if by is None:
        found = [Period(since, until)]
    else:
        found = list(_buckets(since, until, by, calendar=calendar, week_start=week_start, fiscal_start=fiscal_start))
    if clip:
        found = [Period(max(p.since, since), min(p.until, until)) for p in found]
    return [Period(p.since, p.until, running_from is None or p.until <= running_from) for p in found]


def previous(
    period: Period,
    by: str | None,
    calendar: str = "gregorian",
    week_start: str = "monday",
    fiscal_start: tuple[int, int] = (1, 1),
) -> Period:
    """The period before. A whole bucket gives the whole bucket before it; a part of one gives the same part
    (as many days in, as many days long) of the bucket before, so that a half month is compared with a half month.
    Without `by`: the same number of days directly before.
    """
    if by is None:
        return Period(period.since - (period.until - period.since), period.since)
    how = {"calendar": calendar, "week_start": week_start, "fiscal_start": fiscal_start}
    here = bucket(period.since, by, **how)
    before = bucket(here.since - _DAY, by, **how)
    since = min(before.since + (period.since - here.since), before.until - _DAY)
    until = (
        before.until if period.until >= here.until else min(before.since + (period.until - here.since), before.until)
    )
    return Period(since, max(until, since + _DAY))


def same_period_last_year(
    period: Period,
    by: str | None,
    calendar: str = "gregorian",
    week_start: str = "monday",
    fiscal_start: tuple[int, int] = (1, 1),
) -> Period:
    """The period a year earlier in its calendar; for weeks 52 weeks earlier, so that weekdays meet weekdays."""
    if by == "week":
        year = timedelta(weeks=52)
        return Period(period.since - year, period.until - year)

    def earlier(day: date) -> date:
        index = month_index(day, calendar, fiscal_start)
        offset = day - month_start(index, calendar, fiscal_start)
        return min(
            month_start(index - 12, calendar, fiscal_start) + offset,
            month_start(index - 11, calendar, fiscal_start) - _DAY,
        )

    since = earlier(period.since)
    return Period(since, since + _DAY if by == "day" else max(earlier(period.until), since + _DAY))


def parse_day(text: str, calendar: str = "gregorian") -> date:
    """The day written year-month-day with -, / or . and Latin or Persian digits.

    calendar jalali: a year before 1700 is a Jalali year, a later one Gregorian. Refused where no day can be read.
    """
    _check(None, calendar)
    match = re.fullmatch(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*", text.translate(_DIGITS), re.ASCII)
    if match is None:
        raise Refused("bad_day", text=text)
    year, month, day = (int(part) for part in match.groups())
    jalali = year < 1700
    if jalali and calendar != "jalali":
        raise Refused("jalali_day", text=text)
    try:
        return jdatetime.date(year, month, day).togregorian() if jalali else date(year, month, day)
    except ValueError as error:
        raise Refused("bad_day", text=text) from error


def write_day(day: date, calendar: str = "gregorian") -> str:
    """The day as `parse_day` reads it: 2026-11-15, in the Jalali calendar 1405-08-24."""
    if calendar != "jalali":
        return day.isoformat()
    return jdatetime.date.fromgregorian(date=day).isoformat()
