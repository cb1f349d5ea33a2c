"""KPI values that people entered or uploaded as such (`kpi_values`): used where a KPI cannot be computed.

They are never mixed with computed ones in silence: every row that holds one names where it came from
(`Row.entered`), and the result says how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kpi import calendars
from kpi.analysis.context import Context, Filters
from kpi.catalogue.additive import adds_up
from kpi.core import Computation, Kpi, Measure, Period, Row

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entered:
    """One entered value: of since <= day < until, of the whole or of one member of a split."""

    since: date
    until: date
    split: str | None
    member: str | None
    value: float
    source: str


def entered(workspace: Any, kpi: str) -> list[Entered]:
    """The values entered for `kpi`, oldest first. Without an end they are of the month that begins on their day."""
    rows = workspace.memo(("entered",), lambda: _by_kpi(workspace)).get(kpi, ())
    return [Entered(since, _until(workspace, since, end), *rest) for since, end, *rest in rows]


def _by_kpi(workspace: Any) -> dict[str, list[tuple]]:
    """What was entered for every KPI, in one question: a board asks for each of its KPIs."""
    sql = (
        "select kpi_id, period_start::date, period_end::date, nullif(split, ''), nullif(member, ''), value::double, "
        "coalesce(source, '') from kpi_values where period_start is not null and value is not null "
        "order by period_start, split, member"
    )
    found: dict[str, list[tuple]] = {}
    for kpi, *rest in workspace.rows(sql):
        found.setdefault(kpi, []).append(tuple(rest))
    return found


def span(workspace: Any, kpi: str) -> tuple[date, date] | None:
    """First day and the day after the last that the values entered for `kpi` speak of; None without any."""
    held = entered(workspace, kpi)
    return (min(e.since for e in held), max(e.until for e in held)) if held else None


def values(context: Context) -> list[Row]:
    """The function of a KPI that only entered values answer: a row per period, and per member of a split."""
    held = entered(context.workspace, context.kpi.id)
    split, member = _place(context.split, context.filters)
    mine = [each for each in held if each.split == split and (member is None or each.member == member)]
    context.prove(f"select * from kpi_values where kpi_id = '{context.kpi.id}'")
    groups = sorted({e.member for e in mine if e.member}) if context.split else (None,)
    rows = []
    for period in context.periods:
        for group in groups:
            fitting = [e for e in mine if group is None or e.member == group]
            rows.append(_row(Row(period, None, None, group=group), fitting, context.kpi))
    return rows


def fill(workspace: Any, kpi: Kpi, rows: Sequence[Row], split: str | None, filters: Filters) -> list[Row]:
    """`rows` as computed; those with nothing behind them take the value entered for their period, where one is."""
    wanted, member = _place(split, filters)
    held = [e for e in entered(workspace, kpi.id) if e.split == wanted and (member is None or e.member == member)]
    if not held:
        return list(rows)
    found = []
    for row in rows:
        bare = not row.n and row.value in (None, 0)
        fitting = [e for e in held if row.group is None or e.member == row.group]
        found.append(_row(row, fitting, kpi) if bare else row)
    return found


def sources(rows: Sequence[Row]) -> list[str]:
    """Where the entered values among `rows` came from, each once."""
    return list(dict.fromkeys(row.entered for row in rows if row.entered))


def entries(workspace: Any, kpi: Kpi, period: Period, filters: Filters) -> Computation:
    """The entries that an entered value of `kpi` was taken from, as a measure over `kpi_values`."""
    split, member = _place(None, filters)
    held = [e for e in entered(workspace, kpi.id) if e.split == split and (member is None or e.member == member)]
    taken = _taken(held, period, kpi)
    tests = [("kpi_id", kpi.id), ("coalesce(split, '')", split or ""), ("coalesce(member, '')", member or "")]
    if len(taken) == 1:
        tests.append(("cast(period_start as date)", taken[0].since.isoformat()))
    where = " and ".join("{} = '{}'".format(name, value.replace("'", "''")) for name, value in tests)
    measure = Measure("kpi_values", "sum(value)", "period_start", where if taken else f"{where} and 1 = 0")
    return Computation("entered", (("entered", measure),))


def _row(row: Row, held: Sequence[Entered], kpi: Kpi) -> Row:
    """`row` with the value entered for its period, where one was."""
    taken = _taken(held, row.period, kpi)
    if not taken:
        return row
    said = ", ".join(dict.fromkeys(e.source for e in taken if e.source)) or "kpi_values"
    value = sum(e.value for e in taken)
    return replace(row, value=value, n=None, low=None, high=None, mature=True, entered=said)


def _taken(held: Sequence[Entered], period: Period, kpi: Kpi) -> Sequence[Entered]:
    """What was entered for the same period, else parts that fill it where those add up, else, of a state, the part that
    ends with it. An average of parts would need their weights: none."""
    same = [e for e in held if (e.since, e.until) == (period.since, period.until)]
    if same:
        return same[-1:]
    inside = [e for e in held if period.since <= e.since and e.until <= period.until]
    if kpi.stock:
        return [e for e in inside if e.until == period.until][-1:]
    computation = kpi.computations[0] if kpi.computations else None
    return inside if adds_up(kpi, computation) and _fills(inside, period) else ()


def _fills(parts: Sequence[Entered], period: Period) -> bool:
    reached = period.since
    for each in parts:
        if each.since != reached:
            return False
        reached = each.until
    return reached == period.until


def _place(split: str | None, filters: Filters) -> tuple[str | None, str | None]:
    """The split and member that entered values must have to answer a question split or filtered like this."""
    if split:
        return split, None
    if len(filters) == 1:
        return filters[0]
    return ("", "") if filters else (None, None)  # two filters at once: nobody enters such values


def _until(workspace: Any, since: date, end: date | None) -> date:
    """The day after the last: an end may be typed as the last day (31 March) or as the day after (1 April)."""
    settings = workspace.settings
    calendar = getattr(settings, "calendar", "") or "gregorian"
    week = str(getattr(settings, "week_start", "monday"))
    fiscal = getattr(settings, "fiscal_year_start", (1, 1))
    buckets = [calendars.bucket(since, by, calendar, week, fiscal) for by in ("month", "quarter", "year", "week")]
    if end is None or end <= since:
        return buckets[0].until
    return next((b.until for b in buckets if b.since == since and end in (b.until, b.until - DAY)), end)
