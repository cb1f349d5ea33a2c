"""A board: the chosen KPIs read against their past and their targets, and what to say first about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi.analysis.matching import match
from kpi.analysis.progress import NEEDS_ACTION, Progress, Target, progress, target_for, targets_of
from kpi.analysis.reading import Reading, from_first, read
from kpi.analysis.targets import SCOPES
from kpi.core import KpiResult, Period, Query
from kpi.measure.frame import recent
from kpi.measure.run import adds_up, run
from kpi.workspace.own_goals import goals_of


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

    @property
    def state(self) -> str:
        if self.result.missing or self.reading.value is None:
            return "needs_data"
        return self.progress.state if self.progress else "no_target"

    @property
    def gap(self) -> float | None:
        """Value minus target, in the KPI's unit; of a flow what has added up minus what is due by today."""
        if self.progress is None or self.progress.actual is None or self.progress.target.aim is None:
            return None
        due = self.progress.expected if self.flow else self.progress.target.aim
        return None if due is None else self.progress.actual - due

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
    filters: tuple[tuple[str, str], ...] = (),
    periods: int = 13,
) -> list[Item]:
    """The items of `kpis` in their order, read over the last `periods` whole periods."""
    if not kpis:
        return []
    since, until = recent(workspace, by, calendar, periods + 12)
    compare = "year" if against == "year" else None
    result = run(workspace, Query(tuple(kpis), since, until, by, calendar, filters=filters, compare=compare))
    roles = {m.kpi.id: m for m in match(goals, workspace.columns(), goals_of(workspace))}
    targets = targets_of(workspace)
    today = (workspace.as_of() or since) + timedelta(days=1)
    items = []
    for each in result.results:
        matched = roles.get(each.kpi.id)
        reading = read(each.kpi, from_first(each.rows), periods)
        goal = matched.roles[0].goal if matched else None
        target = target_for(targets, each.kpi.id, today - timedelta(days=1), goal, part_of(filters))
        flow = adds_up(workspace, each.kpi)
        actual = so_far(workspace, each.kpi.id, target, today, filters) if target and flow else reading.value
        done = progress(target, actual, today, each.kpi.better, flow) if target else None
        items.append(Item(each, reading, matched.role if matched else "", goal, target, done, flow))
    return items


def part_of(filters: tuple[tuple[str, str], ...]) -> tuple[str, str | None] | None:
    """Whose targets the filters speak of: the company's, a person's or team's, nobody's (None)."""
    if not filters:
        return "all", None
    scopes = {dimension: scope for scope, dimension in SCOPES.items()}
    name, member = filters[0]
    return (scopes[name], member) if len(filters) == 1 and name in scopes else None


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


def so_far(workspace, kpi: str, target: Target, today: date, filters=()) -> float | None:
    """What a sum or count has added up to since the target began."""
    until = min(today, target.until)
    if until <= target.since:
        return None
    rows = run(workspace, Query((kpi,), target.since, until, filters=filters))[kpi].rows
    return rows[0].value if rows else None


def finding(items: Sequence[Item]) -> Finding:
    """The sentence of the board: what is off its target, else the clearest worsening, else the clearest gain.

    A second item speaks of the opposite, so that the sentence does not tell half of the story.
    """
    shown = [i for i in items if i.reading.value is not None]
    if not shown:
        return Finding("no_values")
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
