"""Periods in the three calendars: they tile, begin where the calendar says, and know their neighbours."""

from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendars import BY, CALENDARS, WEEKDAYS, bucket, parse_day, periods, previous, same_period_last_year
from kpi.core import Period
from kpi.errors import Refused

DAYS = st.dates(date(1930, 1, 1), date(2090, 12, 31))
STARTS = st.tuples(st.integers(1, 12), st.integers(1, 31))
HOW = st.fixed_dictionaries(
    {
        "by": st.sampled_from(BY),
        "calendar": st.sampled_from(CALENDARS),
        "week_start": st.sampled_from(WEEKDAYS),
        "fiscal_start": STARTS,
    }
)


@given(DAYS, st.integers(1, 1200), HOW)
def test_buckets_tile_the_range_without_gap_or_overlap(since, days, how):
    until = since + timedelta(days=days)
    found = periods(since, until, **how)
    assert found[0].since <= since < found[0].until
    assert found[-1].since < until <= found[-1].until
    assert all(a.until == b.since for a, b in zip(found, found[1:], strict=False))
    assert all(p.since < p.until for p in found)
    clipped = periods(since, until, clip=True, **how)
    assert (clipped[0].since, clipped[-1].until) == (since, until)
    assert sum(p.days for p in clipped) == days
    assert len(clipped) == len(found)


@given(DAYS, HOW)
def test_a_bucket_is_the_same_for_each_of_its_days(day, how):
    found = bucket(day, **how)
    assert found.since <= day < found.until
    assert bucket(found.since, **how) == bucket(found.until - timedelta(days=1), **how) == found


@given(DAYS)
def test_jalali_months_and_years_are_those_of_jdatetime(day):
    known = jdatetime.date.fromgregorian(date=day)
    month, year = bucket(day, "month", "jalali"), bucket(day, "year", "jalali")
    assert month.since == jdatetime.date(known.year, known.month, 1).togregorian()
    length = 31 if known.month <= 6 else 30 if known.month <= 11 else 30 if known.isleap() else 29
    assert month.days == length
    assert year.since == jdatetime.date(known.year, 1, 1).togregorian()
    assert year.days == (366 if known.isleap() else 365)
    quarter = bucket(day, "quarter", "jalali")
    assert jdatetime.date.fromgregorian(date=quarter.since).month == (known.month - 1) // 3 * 3 + 1


@pytest.mark.parametrize(
    ("year", "nowruz", "days"),
    [  # Nowruz as in the official calendars of Iran; 1399 and 1403 are leap years
        (1399, date(2020, 3, 20), 366),
        (1400, date(2021, 3, 21), 365),
        (1403, date(2024, 3, 20), 366),
        (1404, date(2025, 3, 21), 365),
        (1405, date(2026, 3, 21), 365),
    ],
)
def test_nowruz_begins_the_year(year, nowruz, days):
    assert bucket(nowruz, "year", "jalali") == Period(nowruz, nowruz + timedelta(days=days))
    assert bucket(nowruz - timedelta(days=1), "month", "jalali").until == nowruz
    assert parse_day(f"{year}/1/1", "jalali") == nowruz


@given(DAYS, st.sampled_from(WEEKDAYS))
def test_weeks_begin_on_the_chosen_day(day, week_start):
    week = bucket(day, "week", week_start=week_start)
    assert week.days == 7
    assert week.since.strftime("%A").lower() == week_start


def test_weeks_of_monday_and_saturday_by_hand():
    day = date(2026, 11, 22)  # a Sunday
    assert bucket(day, "week") == Period(date(2026, 11, 16), date(2026, 11, 23))
    assert bucket(day, "week", week_start="saturday") == Period(date(2026, 11, 21), date(2026, 11, 28))
    assert bucket(day, "week", week_start="sunday") == Period(date(2026, 11, 22), date(2026, 11, 29))


def test_fiscal_years_quarters_and_months_by_hand():
    april = {"calendar": "fiscal", "fiscal_start": (4, 1)}
    assert bucket(date(2026, 3, 31), "year", **april) == Period(date(2025, 4, 1), date(2026, 4, 1))
    assert bucket(date(2026, 11, 22), "quarter", **april) == Period(date(2026, 10, 1), date(2027, 1, 1))
    britain = {"calendar": "fiscal", "fiscal_start": (4, 6)}
    assert bucket(date(2026, 4, 5), "year", **britain) == Period(date(2025, 4, 6), date(2026, 4, 6))
    assert bucket(date(2026, 5, 5), "month", **britain) == Period(date(2026, 4, 6), date(2026, 5, 6))
    end = {"calendar": "fiscal", "fiscal_start": (1, 31)}
    assert bucket(date(2024, 2, 29), "month", **end) == Period(date(2024, 2, 29), date(2024, 3, 31))


def test_running_periods_are_not_complete():
    found = periods(date(2026, 9, 1), date(2026, 11, 16), "month", running_from=date(2026, 11, 16))
    assert [p.complete for p in found] == [True, True, False]
    assert found[-1].until == date(2026, 12, 1)
    clipped = periods(date(2026, 9, 1), date(2026, 11, 16), "month", running_from=date(2026, 11, 16), clip=True)
    assert [p.complete for p in clipped] == [True, True, True]
    assert periods(date(2026, 9, 1), date(2026, 9, 1), "month") == []
    assert periods(date(2026, 9, 3), date(2026, 9, 9), None) == [Period(date(2026, 9, 3), date(2026, 9, 9))]


@given(DAYS, HOW)
def test_the_previous_bucket_touches_this_one(day, how):
    here = bucket(day, **how)
    before = previous(here, **how)
    assert before.until == here.since
    assert before == bucket(before.since, **how)


def test_part_of_a_month_is_compared_with_the_same_part():
    part = Period(date(2026, 3, 1), date(2026, 3, 16))
    assert previous(part, "month") == Period(date(2026, 2, 1), date(2026, 2, 16))
    assert previous(Period(date(2026, 3, 30), date(2026, 4, 1)), "month") == Period(date(2026, 2, 28), date(2026, 3, 1))
    assert previous(part, None) == Period(date(2026, 2, 14), date(2026, 3, 1))


@given(DAYS, HOW)
def test_last_year_is_a_whole_bucket_too(day, how):
    here = bucket(day, **how)
    year_ago = same_period_last_year(here, **how)
    assert 350 <= (here.since - year_ago.since).days <= 385
    if how["by"] not in ("day", "week"):
        assert year_ago == bucket(year_ago.since, **how)


def test_last_year_by_hand():
    assert same_period_last_year(Period(date(2024, 2, 29), date(2024, 3, 1)), "day").since == date(2023, 2, 28)
    aban = bucket(date(2026, 11, 15), "month", "jalali")
    assert same_period_last_year(aban, "month", "jalali") == bucket(
        parse_day("1404/08/01", "jalali"), "month", "jalali"
    )
    week = bucket(date(2026, 11, 22), "week")
    assert same_period_last_year(week, "week").since == date(2025, 11, 17)
    part = Period(date(2026, 11, 1), date(2026, 11, 16))
    assert same_period_last_year(part, "month") == Period(date(2025, 11, 1), date(2025, 11, 16))


@given(DAYS)
def test_days_are_read_in_both_calendars_and_digits(day):
    jalali = jdatetime.date.fromgregorian(date=day)
    persian = f"{jalali.year}/{jalali.month:02d}/{jalali.day:02d}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert parse_day(persian, "jalali") == day
    assert parse_day(day.isoformat()) == parse_day(day.isoformat(), "jalali") == day


@pytest.mark.parametrize(
    ("text", "calendar", "code"),
    [
        ("", "gregorian", "bad_day"),
        ("15 Nov 2026", "gregorian", "bad_day"),
        ("2026-02-30", "gregorian", "bad_day"),
        ("1405/08/24", "gregorian", "jalali_day"),
        ("1404/12/30", "jalali", "bad_day"),  # 1404 is not a leap year
        ("2026-11-15", "lunar", "bad_calendar"),
    ],
)
def test_what_is_not_a_day_is_refused(text, calendar, code):
    with pytest.raises(Refused) as refused:
        parse_day(text, calendar)
    assert refused.value.code == code


def test_wrong_words_and_endless_ranges_are_refused():
    cases = [
        ("bad_step", {"by": "decade"}),
        ("bad_calendar", {"by": "day", "calendar": "maya"}),
        ("bad_week_start", {"by": "week", "week_start": "someday"}),
        ("too_many_periods", {"by": "day"}),
        ("bad_day", {"by": "month", "calendar": "jalali"}),
    ]
    for code, how in cases:
        with pytest.raises(Refused) as refused:
            periods(date(1, 1, 1), date(2026, 1, 1), **how)
        assert refused.value.code == code
