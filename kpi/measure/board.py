"""A board: the chosen KPIs read against their past and their targets, and what to say first about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpi.analysis.history import History
from kpi.analysis.matching import match
from kpi.analysis.outlook import TargetOutlook, state_of
from kpi.analysis.progress import NEEDS_ACTION, Progress, State, Target, target_for, targets_of
from kpi.analysis.reading import AGAINST, Against, Reading, aimed, read
from kpi.analysis.scopes import scope_of
from kpi.core import KpiResult, Period, Query, Row
from kpi.errors import Refused, Unknown
from kpi.measure.frame import Frame, frame_of
from kpi.measure.history import pasts
from kpi.measure.outlook import judged
from kpi.measure.run import adds_up
from kpi.measure.running import Running, running_of
from kpi.measure.shared import results
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of

Filters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Item:
    """One KPI of a board. role: its strongest in the chosen goals ("" without one)."""

    result: KpiResult
    reading: Reading
    role: str
    goal: str | None
    target: Target | None
    progress: Progress | None
    flow: bool = False  # a sum or count: its target is for the whole horizon, its progress adds up from the start
    running: Running | None = None  # the unfinished period so far, against the same days of the one before
    history: History | None = None
    outlook: TargetOutlook | None = None  # how its target will end, while it runs

    @property
    def state(self) -> State:
        """How it stands to its target: the chance decides where there is a forecast, else the pace."""
        if self.result.missing or (self.reading.value is None and not self.begun):
            return "needs_data"
        return state_of(self.progress, self.outlook)

    @property
    def begun(self) -> bool:
        """Whether the only value is that of the period that still runs."""
        return self.running is not None and all(point is None for point in self.reading.points)

    @property
    def blocked(self) -> bool:
        """Whether there is no value for a reason that can be told: columns that are missing, a filter it does not know."""
        return bool(self.result.missing) or (not self.result.rows and bool(self.result.notes))

    @property
    def gap(self) -> float | None:
        """Value minus target, in the KPI's unit; of a flow what has added up minus what is due by today."""
        if self.progress is None or self.progress.actual is None or self.progress.target.aim is None:
            return None
        due = self.progress.expected if self.flow else self.progress.target.aim
        return None if due is None else self.progress.actual - due

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of a target that is a band, at the height of one period."""
        if self.target is None or self.target.band is None or self.line is None or not self.target.aim:
            return None
        scale = self.line / self.target.aim
        return self.target.band[0] * scale, self.target.band[1] * scale

    @property
    def line(self) -> float | None:
        """The target at the height of one period: of a flow the period's share of the whole."""
        if self.target is None or self.target.aim is None or not self.flow:
            return self.target.aim if self.target else None
        period = self.reading.current.period if self.reading.current else None
        length = (self.target.until - self.target.since).days
        return self.target.aim * period.days / length if period and length else None


@dataclass(frozen=True)
class Finding:
    """What to say first: `code` names the sentence, `first` and `second` are what it speaks of."""

    code: str
    first: Item | None = None
    second: Item | None = None


def board(
    workspace,
    kpis: Sequence[str],
    goals: Sequence[str] = (),
    by: str = "month",
    calendar: str = "",
    against: str = "previous",
    filters: Filters = (),
    periods: int = 13,
    since: date | None = None,
    until: date | None = None,
) -> list[Item]:
    """The items of `kpis` in their order, read over the last `periods` whole periods.

    since, until: only whole periods between these days; where none fits between them, the days as one period. until
    later than the data means the end of the data. Refused where the days are in the wrong order or after the data.
    """
    if not kpis:
        return []
    if against not in AGAINST:
        raise Unknown("comparison", against, AGAINST)
    frame = frame_of(workspace, Query((), by=by, calendar=calendar))
    now = min(frame.now, until) if until else frame.now
    _check(since, until, frame.now)
    held = _read(workspace, kpis, frame, against, filters, periods, since, now)
    unfinished = running_of(workspace, kpis, frame, now, against, filters) if held.whole else {}
    roles = {m.kpi.id: m for m in match(goals, workspace.columns(), goals_of(workspace), kpis_of(workspace))}
    targets, whose = targets_of(workspace), scope_of(workspace, filters)
    goal_of = {id_: matched.roles[0].goal for id_, matched in roles.items()}
    aimed_at = {id_: target_for(targets, id_, now - timedelta(days=1), goal_of.get(id_), whose) for id_ in held.found}
    flows = {id_ for id_, (result, *_) in held.found.items() if adds_up(workspace, result.kpi)}
    ask_so_far(workspace, ((id_, t) for id_, t in aimed_at.items() if t and id_ in flows), now, filters)
    items = []
    for id_, (result, reading, past) in held.found.items():
        matched, goal, target, flow = roles.get(id_), goal_of.get(id_), aimed_at[id_], id_ in flows
        actual = so_far(workspace, id_, target, now, filters) if target and flow else reading.value
        months = past if frame.by == "month" else None
        end = now if now < frame.now else None
        seen = judged(workspace, result.kpi, target, actual, flow, filters, calendar, months, end) if target else None
        done, ahead = (seen.progress, seen.outlook) if seen else (None, None)
        role = matched.role if matched else ""
        item = Item(result, reading, role, goal, target, done, flow, unfinished.get(id_), past, ahead)
        items.append(replace(item, reading=aimed(reading, item.line)) if against == "target" else item)
    return items


@dataclass(frozen=True)
class _Held:
    """What was read of every KPI; whole: in whole periods, else the days as one period."""

    found: Mapping[str, tuple[KpiResult, Reading, History | None]]
    whole: bool


def _check(since: date | None, until: date | None, now: date) -> None:
    if since and until and since >= until:
        raise Refused("days_in_wrong_order", since=since, until=until - timedelta(days=1))
    if since and since >= now:
        raise Refused("days_after_data", since=since, until=now - timedelta(days=1))


def _read(
    workspace,
    kpis: Sequence[str],
    frame: Frame,
    against: Against,
    filters: Filters,
    periods: int,
    since: date | None,
    now: date,
) -> _Held:
    past = pasts(workspace, kpis, str(frame.by), frame.calendar, filters, now)
    if since and not any(p.since >= since for p in (row.period for each in past.values() for row in each.result.rows)):
        return _Held(_as_one(workspace, kpis, frame, against, filters, since, now), False)
    found = {}
    for id_, each in past.items():
        rows = _year_before(each.history.rows, frame) if against == "year" else each.history.rows
        first = next((i for i, row in enumerate(rows) if not since or row.period.since >= since), len(rows))
        shown = min(periods, len(rows) - first)
        reading = read(each.result.kpi, rows if shown else (), shown, each.history, against)
        if reading.current and since and reading.current.period.since < since:  # a cohort too young within these days
            reading = read(each.result.kpi, (), 0, None, against)
        found[id_] = (each.result, reading, each.history)
    return _Held(found, True)


def _year_before(rows: Sequence[Row], frame: Frame) -> list[Row]:
    """`rows` with the value of the same period a year before, which is among them."""
    held = {(row.period.since, row.period.until): row.value for row in rows}
    earlier = [frame.year_before(row.period) for row in rows]
    pairs = zip(rows, earlier, strict=True)
    return [replace(row, compared=held.get((before.since, before.until))) for row, before in pairs]


def _as_one(workspace, kpis, frame: Frame, against: Against, filters: Filters, since: date, now: date):
    """The days as one period, against as many days before, the same days a year before, or the target."""
    compare = None if against == "target" else against
    query = Query(tuple(kpis), since, now, None, frame.calendar, filters=filters, compare=compare)
    return {
        id_: (each, read(each.kpi, each.rows, 1, None, against), None)
        for id_, each in results(workspace, query).items()
    }


def common_period(items: Sequence[Item]) -> Period | None:
    """The period that most of the items speak of; cohorts that still ripen speak of an earlier one."""
    periods = Counter(item.reading.current.period for item in items if item.reading.current)
    return max(periods, key=lambda p: (periods[p], p.since)) if periods else None


def by_attention(items: Sequence[Item]) -> list[Item]:
    """What needs attention first: off target, behind, worse beyond the usual range; then the order it came in."""
    return sorted(items, key=_attention)


def _attention(item: Item) -> tuple[int, float]:
    done = item.progress.done if item.progress and item.progress.done is not None else 0.0
    if item.state in NEEDS_ACTION:
        return (0 if item.state == "corrective_action_needed" else 1, done)
    return (2 if item.reading.tone == "worse" else 3, 0.0)


def so_far(workspace, kpi: str, target: Target, today: date, filters: Filters = ()) -> float | None:
    """What a sum or count has added up to since the target began."""
    until = min(today, target.until)
    if until <= target.since:
        return None
    rows = results(workspace, Query((kpi,), target.since, until, filters=filters))[kpi].rows
    return rows[0].value if rows else None


def ask_so_far(workspace, flows: Iterable[tuple[str, Target]], today: date, filters: Filters = ()) -> None:
    """Asks for what `so_far` will be wanted of, one question for all targets of the same days."""
    together: dict[tuple[date, date], list[str]] = {}
    for kpi, target in flows:
        days = target.since, min(today, target.until)
        if days[0] < days[1]:
            together.setdefault(days, []).append(kpi)
    for (since, until), kpis in together.items():
        results(workspace, Query(tuple(dict.fromkeys(kpis)), since, until, filters=filters))


def finding(items: Sequence[Item]) -> Finding:
    """The sentence of the board: what is off its target, else the clearest worsening, else the clearest gain.

    A second item speaks of the opposite, so that the sentence does not tell half of the story.
    """
    shown = [i for i in items if i.reading.value is not None]
    if not shown:
        begun = next((i for i in items if i.begun), None)
        return Finding("begun", begun) if begun else Finding("no_values")
    off = sorted((i for i in shown if i.state in NEEDS_ACTION), key=_urgency)
    better = _clearest(shown, "better")
    worse = _clearest(shown, "worse")
    if off:
        return Finding("behind", off[0], better if better is not off[0] else None)
    if worse:
        return Finding("worse", worse, better)
    if better:
        return Finding("better", better)
    if any(i.state in ("on_track", "reached") for i in shown):
        return Finding("on_track", next(i for i in shown if i.state in ("on_track", "reached")))
    if all(i.reading.noise is None for i in shown):
        return Finding("too_short", shown[0])
    return Finding("steady", shown[0])


def _urgency(item: Item) -> tuple[int, int, float]:
    done = item.progress.done if item.progress and item.progress.done is not None else 0.0
    return (item.state != "corrective_action_needed", {"direct": 0, "supporting": 1}.get(item.role, 2), done)


def _clearest(items: Sequence[Item], tone: str) -> Item | None:
    """The item whose change is a signal of that tone and largest against the period before."""
    fitting = [i for i in items if i.reading.tone == tone and i.reading.relative]
    return max(fitting, key=lambda i: abs(i.reading.relative or 0), default=None)
