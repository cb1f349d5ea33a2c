"""Stretches of time without a row where the time around them has many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from kpi.quality.checks import judgements
from kpi.quality.finding import Finding
from kpi.quality.rules import rules
from kpi.workspace.storage import Cursor, quoted

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST = 10  # gaps told of one table, the largest


@dataclass(frozen=True)
class Gap:
    """Days since <= day < until without a row; expected: rows that the time around leads to expect."""

    since: date
    until: date
    expected: float


def gaps(cur: Cursor, table: str, as_of: date | None) -> Iterator[Finding]:
    """One finding for each gap along the date of `table`, up to `as_of`."""
    column = rules().dates.get(table)
    if column is None or as_of is None:
        return
    day = f"{quoted(column)}::DATE"
    sql = f"SELECT {day}, count(*) FROM main.{quoted(table)} WHERE {day} <= ? GROUP BY 1"
    counts = dict(cur.execute(sql, [as_of]).fetchall())
    found = sorted(gaps_in(counts), key=lambda gap: -gap.expected)[:MOST]
    for gap in sorted(found, key=lambda gap: gap.since):
        yield Finding(
            f"{table}.gap_in_time.{gap.since}", judgements()["gap_in_time"], table, round(gap.expected),
            sum(counts.values()), (f"{table}.{column}",), {"since": gap.since, "until": gap.until - DAY},
        )  # fmt: skip


def gaps_in(counts: dict[date, int]) -> list[Gap]:
    """The gaps in rows per day ({day: rows}), looked for by day, else by week, else by month: by the first of them of
    which at least half have rows. A day is compared with the same day of the weeks around it."""
    if not counts:
        return []
    settings = rules().gaps
    for bucket, season in ((_day, 7), (_week, 1), (_month, 1)):
        starts = _starts(min(counts), max(counts), bucket)
        filled = dict.fromkeys(starts, 0)
        for day, n in counts.items():
            filled[bucket(day)] += n
        values = list(filled.values())
        if sum(n > 0 for n in values) * 2 >= len(values):
            if len(values) < settings["least_buckets"]:
                return []
            return [
                Gap(starts[a], starts[b], expected)
                for a, b in _empty_runs(values)
                if (expected := _expected(values, a, b, season)) >= settings["expected"]
            ]
    return []


def _empty_runs(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    begun = None
    for i, n in enumerate(values):
        if n == 0 and begun is None:
            begun = i
        if n and begun is not None:
            yield begun, i
            begun = None


def _expected(values: Sequence[int], begin: int, end: int, season: int) -> float:
    """Rows that values[begin:end] would have by the medians of the nearest buckets of the same season outside it."""
    reach, total = int(rules().gaps["neighbours"]), 0.0
    for i in range(begin, end):
        last = begin - 1 - (begin - 1 - i) % season
        first = end + (i - end) % season
        before = [values[k] for k in range(last, -1, -season)[:reach]]
        after = [values[k] for k in range(first, len(values), season)[:reach]]
        around = [*before, *after]
        total += median(around) if len(around) >= reach else 0.0
    return total


def _starts(first: date, last: date, bucket) -> list[date]:
    found, day = [], bucket(first)
    while day <= bucket(last):
        found.append(day)
        day = bucket(day + (timedelta(days=32) if bucket is _month else WEEK if bucket is _week else DAY))
    return found


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)
