"""The frame of a question: settings, the end of the known data, and the periods that a query means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kpi import calendars
from kpi.compile import Leaf, scope
from kpi.compile.batch import fact_ctes
from kpi.core import Measure, Period, Query
from kpi.errors import Refused
from kpi.model import tables


class SettingValues:
    """The settings of a workspace as the compiler reads them: `.get(name)`, None where there is none."""

    def __init__(self, settings: object) -> None:
        self._settings = settings

    def get(self, name: str, default: object = None) -> object:
        value = getattr(self._settings, name, default)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Frame:
    """Everything that turns a query's words into days."""

    now: date  # the day after the last known day
    by: str | None
    calendar: str
    week_start: str
    fiscal_start: tuple[int, int]

    def buckets(self, since: date, until: date, *, clip: bool) -> list[Period]:
        return calendars.periods(
            since, until, self.by, self.calendar, self.week_start, self.fiscal_start, running_from=self.now, clip=clip
        )

    def previous(self, period: Period) -> Period:
        return calendars.previous(period, self.by, self.calendar, self.week_start, self.fiscal_start)

    def year_before(self, period: Period) -> Period:
        return calendars.same_period_last_year(period, self.by, self.calendar, self.week_start, self.fiscal_start)

    def shifted(self, period: Period, shift: tuple) -> Period:
        """The period that a formula's prev(), trailing(), at_start() means at `period`."""
        if shift[0] == "prev":
            return self.previous(period)
        if shift[0] == "total":
            return period
        if shift[0] == "at_start":
            return Period(period.since, period.since)
        return Period(months_before(period.until, int(shift[1])), period.until)


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier; where that month is shorter, its last day."""
    index = calendars.month_index(day) - months
    start = calendars.month_start(index)
    length = (calendars.month_start(index + 1) - start).days
    return start + timedelta(days=min(day.day, length) - 1)


def frame_of(workspace, query: Query) -> Frame:
    """The frame of `query` in `workspace`; without data, now is the day after today."""
    settings = workspace.settings
    as_of = workspace.as_of() or date.today()
    fiscal = getattr(settings, "fiscal_year_start", (1, 1))
    return Frame(
        now=as_of + timedelta(days=1),
        by=query.by,
        calendar=query.calendar or getattr(settings, "calendar", "") or "gregorian",
        week_start=str(getattr(settings, "week_start", "monday")),
        fiscal_start=fiscal if isinstance(fiscal, tuple) else (int(fiscal), 1),
    )


def coverage(workspace, measures: Iterable[Measure], frame: Frame) -> tuple[date, date] | None:
    """First day and the day after the last of the date columns that `measures` count by; None without any."""
    settings = SettingValues(workspace.settings)
    bounds = []
    for table, column in sorted({(m.table, m.date) for m in measures if m.date}):
        ctes = fact_ctes(table, frame.now, settings)
        head = f"with {', '.join(ctes)} " if ctes else ""
        day = scope(table).column(column).sql
        sql = f"{head}select min(cast({day} as date)), max(cast({day} as date)) from {table} f"
        first, last = workspace.memo(("sql", sql), lambda sql=sql: workspace.rows(sql))[0]
        if first:
            bounds.append((first, last + timedelta(days=1)))
    if not bounds:
        return None
    return min(b[0] for b in bounds), max(b[1] for b in bounds)


def periods_of(
    workspace,
    query: Query,
    frame: Frame,
    leaves: Iterable[Leaf | Measure],
    spans: Iterable[tuple[date, date]] = (),
) -> tuple[Period, ...]:
    """The periods of the query: its own bounds, else the whole period that the date columns and `spans` cover."""
    since, until = query.since, query.until
    if since is None or until is None:
        measures = [leaf.measure if isinstance(leaf, Leaf) else leaf for leaf in leaves]
        known = [each for each in (coverage(workspace, measures, frame), *spans) if each]
        # For states alone: the year up to the end of the data.
        first, last = months_before(frame.now, 12), frame.now
        if known:
            first, last = min(s for s, _ in known), max(u for _, u in known)
        since, until = since or first, until or last
    if since >= until:
        until = since + timedelta(days=1) if query.until is None else until
    found = frame.buckets(since, until, clip=bool(query.since or query.until))
    return tuple(found)


def first_day(workspace) -> date | None:
    """The first day with an event in the loaded data; None while there is none."""
    held: dict[str, list[str]] = {}
    for path in sorted(workspace.columns()):
        table, _, column = path.partition(".")
        field = tables()[table].fields.get(column) if table in tables() else None
        if field and field.type == "time" and not field.planned and not field.derived:
            held.setdefault(table, []).append(f'min("{column}")')
    parts = [f"select least({', '.join(firsts)}) as day from {table}" for table, firsts in held.items()]
    sql = f"select cast(min(day) as date) from ({' union all '.join(parts)})"
    return workspace.memo(("first_day",), lambda: workspace.rows(sql)[0][0]) if parts else None


def recent(
    workspace,
    by: str,
    calendar: str = "",
    whole: int = 13,
    until: date | None = None,
    running: bool = True,
    known: bool = False,
) -> tuple[date, date]:
    """Bounds of the last `whole` complete buckets and, where one runs, the unfinished one unless running is False.

    until: from this day on nothing counts as known. known: no buckets before the first day of the data.
    """
    frame = frame_of(workspace, Query((), by=by, calendar=calendar))
    now = min(frame.now, until) if until else frame.now
    last = calendars.bucket(now - timedelta(days=1), by, frame.calendar, frame.week_start, frame.fiscal_start)
    since, first = last, first_day(workspace) if known else None
    for _ in range(whole if last.until > now else whole - 1):
        if first and since.since <= first and since is not last:
            break
        since = frame.previous(since)
    return since.since, last.until if running or last.until <= now else last.since


def recent_periods(
    workspace, by: str, calendar: str = "", whole: int = 13, since: date | None = None, until: date | None = None
) -> list[Period]:
    """The last `whole` complete buckets and the unfinished one; from the bucket of `since` on where that is given.

    until: nothing from this day on counts: the bucket that it cuts is unfinished. Refused where since lies after the
    data.
    """
    frame = frame_of(workspace, Query((), by=by, calendar=calendar))
    now = min(frame.now, until) if until else frame.now
    if since and since >= now:
        raise Refused("days_after_data", since=since, until=now - timedelta(days=1))
    first, last = recent(workspace, by, calendar, whole, until)
    if since:
        first = calendars.bucket(since, by, frame.calendar, frame.week_start, frame.fiscal_start).since
    found = frame.buckets(first, last, clip=False)
    if until is None:
        return found
    return [Period(p.since, min(p.until, now) if until < frame.now else p.until, p.until <= now) for p in found]
