"""Progress towards a target: how far, how much of the time is gone, and the state that follows (F01, F02, F97)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kpi.stats import TooLittle

State = Literal["reached", "on_track", "at_risk", "corrective_action_needed", "no_target", "needs_data"]
NEEDS_ACTION = ("at_risk", "corrective_action_needed")


PACES = ("linear", "seasonal")
ROLLUPS = ("sum", "mean", "none")


@dataclass(frozen=True)
class Target:
    """A target of one KPI: from `baseline` to `value` (or into low..high), since <= day < until.

    scope, scope_id: whose it is, see kpi.analysis.scopes; a scope without an id speaks of each of its members. pace: how
    the way is spread over the time. rollup: how the targets of parts make up this one ("": as the KPI adds up). id,
    set_at: where and when it was stored; withdrawn_at, replaced_by: when it stopped to hold, and for which.
    """

    kpi: str
    goal: str | None
    since: date
    until: date
    baseline: float | None
    value: float | None
    low: float | None = None
    high: float | None = None
    scope: str = "all"
    scope_id: str | None = None
    source: str = ""
    pace: str = "linear"
    rollup: str = ""
    id: int | None = field(default=None, compare=False)
    set_at: datetime | None = field(default=None, compare=False)
    withdrawn_at: datetime | None = field(default=None, compare=False)
    replaced_by: int | None = field(default=None, compare=False)

    @property
    def aim(self) -> float | None:
        """The value aimed at; for a band its middle."""
        if self.value is not None or self.low is None or self.high is None:
            return self.value
        return (self.low + self.high) / 2

    @property
    def band(self) -> tuple[float, float] | None:
        """Both ends of a band, None for a single value."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def days(self) -> int:
        """How long it runs."""
        return max((self.until - self.since).days, 1)


@dataclass(frozen=True)
class Progress:
    """done, gone: shares of the way and of the time (0–1, done unbounded; None without a way: no baseline, or one that
    is the aim); due: the share of the way due today, as the
    pace has it; expected: the value due today. linear: why a seasonal pace fell back to the straight line."""

    target: Target
    actual: float | None
    done: float | None
    gone: float
    expected: float | None
    state: State
    due: float = 0.0
    linear: TooLittle | None = None


def targets_of(workspace) -> list[Target]:
    """All targets of the workspace that hold, the newest start last."""
    return [t for t in every_target(workspace) if t.withdrawn_at is None]


def every_target(workspace) -> list[Target]:
    """All targets, also those that were replaced or removed, the newest start last."""
    sql = (
        "select kpi_id, goal_id, since, until, baseline_value, target_value, target_low, target_high, "
        "coalesce(scope, 'all'), scope_id, coalesce(source, ''), coalesce(pace, 'linear'), coalesce(rollup, ''), "
        "target_id, set_at, withdrawn_at, replaced_by from state.targets order by since, target_id"
    )
    return [Target(*row) for row in workspace.memo(("targets",), lambda: workspace.rows(sql))]


WHOLE = ("all", None)


def target_for(
    targets: list[Target],
    kpi: str,
    today: date,
    goal: str | None = None,
    scope: tuple[str, str | None] | None = WHOLE,
) -> Target | None:
    """The target of `kpi` that runs on `today`, of this goal where one is; else the newest that has ended.

    scope: whose target, (kind, id); None: of a part of the company that has none. A member's own comes before one that
    is set for each of its kind.
    """
    if scope is None:
        return None
    kind, member = scope
    began = [t for t in targets if t.kpi == kpi and t.scope == kind and t.since <= today]
    mine = [t for t in began if t.scope_id == member]
    mine = (
        mine
        if any(today < t.until for t in mine) or kind == "all"
        else [t for t in began if t.scope_id is None] or mine
    )
    running = [t for t in mine if today < t.until] or mine
    own = [t for t in running if t.goal == goal] if goal else []
    return (own or running or [None])[-1]


def is_aimed(targets: list[Target], kpi: str, today: date) -> bool:
    """Whether a company-wide target of `kpi` runs on `today`."""
    return any(t.kpi == kpi and t.scope == "all" and t.since <= today < t.until for t in targets)


def progress(
    target: Target,
    actual: float | None,
    today: date,
    better: str = "higher",
    flow: bool = False,
    paced: float | TooLittle | None = None,
) -> Progress:
    """How `actual` stands to `target` on `today` (exclusive), by the pace alone.

    reached: at or past the aim (inside the band). on_track: at least as far as what is due. at_risk: at least half as
    far. corrective_action_needed: less, or the horizon has passed without reaching it.
    flow: `actual` has added up since the start, see `_sum`; where less is better the aim is then a budget, see
    `_budget`. paced: the share of the way that is due by a seasonal pace, or why there is none; None: a straight line.
    """
    gone = min(max((today - target.since).days / target.days, 0.0), 1.0)
    due = gone if paced is None or isinstance(paced, TooLittle) else paced
    done, expected, state = _judged(target, actual, gone, due, better, flow)
    return Progress(target, actual, done, gone, expected, state, due, paced if isinstance(paced, TooLittle) else None)


Found = tuple[float | None, float | None, State]  # done, expected, state


def _judged(target: Target, actual: float | None, gone: float, due: float, better: str, flow: bool) -> Found:
    aim, base = target.aim, target.baseline
    if actual is None or aim is None:
        return None, None, "needs_data"
    if target.band:
        return _share_of_band(*target.band, actual, gone, due) if flow else _band(target, actual, gone, due)
    if flow and better == "lower":
        return _budget(target, actual, aim, gone, due)
    if flow and base is None and aim > 0:
        return None, aim * due, "reached" if actual >= aim else _late(actual / aim, gone, due)
    if flow and base and aim > 0:
        return _sum(actual, aim, base, gone, due)
    if base is None or base == aim:  # no way to measure: met or not met
        met = actual >= aim if better != "lower" else actual <= aim
        return None, None, "reached" if met else _late(0.0, gone, due)
    done = (actual - base) / (aim - base)
    return done, base + (aim - base) * due, "reached" if done >= 1 else _late(done, gone, due)


def _sum(actual: float, aim: float, base: float, gone: float, due: float) -> Found:
    """A sum that is to grow, such as revenue from 100 to 110 a year: it starts from nothing all the same.

    done is the share of the aim, expected what is due by today. Less than due, but more than the baseline would have
    brought by today, is at_risk.
    """
    wanted = aim * due
    state: State = "reached" if actual >= aim else "on_track" if actual >= wanted else "corrective_action_needed"
    if state == "corrective_action_needed" and gone < 1 and actual >= base * due:
        state = "at_risk"
    return actual / aim, wanted, state


def _budget(target: Target, actual: float, aim: float, gone: float, due: float) -> Found:
    """A sum that must stay small, such as complaints: done is the share used up, expected what may be used by today.

    It can be reached only at the end. Before: on_track within what is due, at_risk above it but below the pace of
    the baseline, corrective_action_needed beyond or once it is used up.
    """
    wanted = aim * due
    done = actual / aim if aim else None
    if actual <= wanted:
        return done, wanted, "reached" if gone >= 1 else "on_track"
    slower = target.baseline is not None and actual <= aim and actual < target.baseline * due and gone < 1
    return done, wanted, "at_risk" if slower else "corrective_action_needed"


def _band(target: Target, actual: float, gone: float, due: float) -> Found:
    """A value that is to come into a band: the way is the distance to it, at the start and now."""
    low, high = target.band or (actual, actual)
    base = target.baseline
    if low <= actual <= high:
        return None if base is None or low <= base <= high else 1.0, None, "reached"
    if base is None or low <= base <= high:  # outside of a band that nothing led into
        return None, None, _late(0.0, gone, due)
    edge = low if base < low else high
    done = 1 - max(low - actual, actual - high) / abs(edge - base)
    return done, base + (edge - base) * due, _late(done, gone, due)


def _share_of_band(low: float, high: float, actual: float, gone: float, due: float) -> Found:
    """A sum that is to end within a band: on the way within the shares of both ends that are due by today."""
    middle = (low + high) / 2
    state: State = "corrective_action_needed"
    if low * due <= actual <= high * due:
        state = "reached" if gone >= 1 else "on_track"
    elif gone < 1 and low * due / 2 <= actual <= high:
        state = "at_risk"
    return actual / middle if middle else None, middle * due, state


def _late(done: float, gone: float, due: float) -> State:
    if gone >= 1:
        return "corrective_action_needed"
    if done >= due:
        return "on_track"
    return "at_risk" if done >= due / 2 else "corrective_action_needed"
