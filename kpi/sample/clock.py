"""The time of the sample: 60 full months up to October 2026 and the first half of November 2026.

Moments are whole minutes since the start, so that they compare and add up exactly; `at` makes datetimes of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kpi.sample.dice import Dice, Weights

START = date(2021, 11, 1)
FULL_UNTIL = date(2026, 11, 1)  # the end of the last full month, exclusive
LAST_DAY = date(2026, 11, 15)
ORIGIN = datetime(2021, 11, 1)
DAY = 24 * 60
DAYS = (LAST_DAY - START).days + 1
NOW = DAYS * DAY - 1  # the last minute that can be known

_MIDNIGHT = [ORIGIN + timedelta(days=d) for d in range(DAYS + 800)]
_MINUTES = [timedelta(minutes=m) for m in range(DAY)]

# How much of a usual month's trade each month sees, January first.
SEASON = (0.90, 0.93, 1.04, 1.00, 1.02, 1.03, 0.93, 0.86, 1.06, 1.09, 1.10, 1.04)
GROWTH = 0.0105  # of the first month, each month


@dataclass(frozen=True)
class Month:
    """One month of the sample; the last one is cut off at LAST_DAY. Days count from START."""

    index: int
    year: int
    month: int
    first: int
    days: int
    share: float  # of the month that the sample covers
    any_day: Weights
    working: tuple[int, ...]

    @property
    def last(self) -> int:
        return self.first + self.days - 1

    @property
    def season(self) -> float:
        return SEASON[self.month - 1]

    @property
    def growth(self) -> float:
        return 1 + GROWTH * self.index


def day_of(when: date) -> int:
    """Days from START to `when`."""
    return (when - START).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return START + timedelta(days=day)


def at(minute: int | None) -> datetime | None:
    """The datetime of a moment."""
    if minute is None:
        return None
    if minute < 0:
        return ORIGIN + timedelta(minutes=minute)
    return _MIDNIGHT[minute // DAY] + _MINUTES[minute % DAY]


def midnight(day: int) -> datetime:
    """The datetime at which a day begins."""
    return _MIDNIGHT[day] if day >= 0 else ORIGIN + timedelta(days=day)


def _months() -> tuple[Month, ...]:
    months: list[Month] = []
    year, month, first = START.year, START.month, 0
    while first < DAYS:
        following = date(year + month // 12, month % 12 + 1, 1)
        whole = (following - date(year, month, 1)).days
        days = min(whole, DAYS - first)
        working = tuple(d for d in range(first, first + days) if date_of(d).weekday() < 5)
        any_day = Weights((d, 1.0 if date_of(d).weekday() < 5 else 0.18) for d in range(first, first + days))
        months.append(Month(len(months), year, month, first, days, days / whole, any_day, working))
        year, month, first = following.year, following.month, first + days
    return tuple(months)


MONTHS = _months()
MONTH_OF = tuple(m.index for m in MONTHS for _ in range(m.days))
_WORKING_FROM = tuple(
    next((d for d in range(day, day + 4) if date_of(d).weekday() < 5), day) for day in range(DAYS + 400)
)


def month_of(minute: int) -> int:
    """The index of the month of a moment; the last month for what lies ahead, 0 for what lies before."""
    day = minute // DAY
    return MONTH_OF[day] if 0 <= day < DAYS else (0 if day < 0 else len(MONTHS) - 1)


def at_work(dice: Dice, day: int) -> int:
    """A moment in the working hours of `day`, or of the next working day."""
    return _WORKING_FROM[day] * DAY + 8 * 60 + int((dice.random() + dice.random()) * 290)


def any_time(dice: Dice, day: int) -> int:
    """A moment between seven in the morning and eleven at night."""
    return day * DAY + 7 * 60 + int((dice.random() + dice.random()) * 480)
