"""Whole months of the workspace's calendar, for series that are read month by month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from kpi import calendars
from kpi.core import Period


def months_before(settings: Any, until: date, count: int) -> list[Period]:
    """The last `count` whole months that end at or before `until`, the earliest first."""
    found: list[Period] = []
    day = until
    while len(found) < count:
        month = _month(settings, day - timedelta(days=1))
        day = month.since
        if month.until <= until:
            found.append(month)
    return found[::-1]


def months_within(settings: Any, since: date, until: date) -> list[Period]:
    """The whole months of since <= day < until, the earliest first."""
    found, day = [], since
    while day < until:
        month = _month(settings, day)
        if month.since >= since and month.until <= until:
            found.append(month)
        day = month.until
    return found


def _month(settings: Any, day: date) -> Period:
    start = settings.get("fiscal_year_start")
    return calendars.bucket(day, "month", settings.get("calendar"), fiscal_start=start)


def months_cte(months: Iterable[Period], name: str = "m") -> str:
    """The months as a common table expression: k (place), since, until."""
    values = ", ".join(f"({k}, timestamp '{m.since}', timestamp '{m.until}')" for k, m in enumerate(months))
    return f"{name}(k, since, until) as (values {values})"
