"""What a user gives on the command line, read: days, numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from kpi.calendars import parse_day
from kpi.errors import Refused


def day(text: str | None, calendar: str = "") -> date | None:
    """The day written in `calendar` (empty: Gregorian); None where none is given. Refused where it is no day."""
    return parse_day(text, calendar or "gregorian") if text else None


def span(since: str | None, until: str | None, calendar: str = "") -> tuple[date | None, date | None]:
    """Both ends of a half-open range, either open. Refused where it would hold no day."""
    if since and until:
        return whole_span(since, until, calendar)
    return day(since, calendar), day(until, calendar)


def whole_span(since: str, until: str, calendar: str = "") -> tuple[date, date]:
    """Both ends of a half-open range. Refused where it would hold no day."""
    first, end = (parse_day(text, calendar or "gregorian") for text in (since, until))
    if first >= end:
        raise Refused("empty_range", since=first, until=end)
    return first, end


def filters(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """DIMENSION=VALUE, several of them. Refused for what is none."""
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Refused("bad_filter", text=text)
        found.append((name.strip(), value.strip()))
    return tuple(found)


def number(text: str) -> float:
    """A number; ValueError for what is none, infinity and not-a-number included."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
