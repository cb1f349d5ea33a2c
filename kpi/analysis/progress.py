"""Progress towards a target: how far, how much of the time is gone, and the state that follows (F01, F02, F97)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["reached", "on_track", "at_risk", "corrective_action_needed", "no_target", "needs_data"]
NEEDS_ACTION = ("at_risk", "corrective_action_needed")


@dataclass(frozen=True)
class Target:
    """A target of one KPI: from `baseline` to `value` (or into low..high), since <= day < until."""

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

    @property
    def aim(self) -> float | None:
        """The value aimed at; for a band its middle."""
        if self.value is not None or self.low is None or self.high is None:
            return self.value
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Progress:
    """done, gone: shares of the way and of the time (0–1, done unbounded); expected: the value due today."""

    target: Target
    actual: float | None
    done: float | None
    gone: float
    expected: float | None
    state: State


def targets_of(workspace) -> list[Target]:
    """All targets of the workspace, the newest start last."""
    sql = (
        "select kpi_id, goal_id, since, until, baseline_value, target_value, target_low, target_high, "
        "coalesce(scope, 'all'), scope_id, coalesce(source, '') from state.targets order by since, target_id"
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

    scope: whose target, (kind, id); None: of a part of the company that has none.
    """
    mine = [t for t in targets if t.kpi == kpi and (t.scope, t.scope_id) == scope and t.since <= today]
    running = [t for t in mine if today < t.until] or mine
    own = [t for t in running if t.goal == goal] if goal else []
    return (own or running or [None])[-1]


def is_aimed(targets: list[Target], kpi: str, today: date) -> bool:
    """Whether a company-wide target of `kpi` runs on `today`."""
    return any(t.kpi == kpi and t.scope == "all" and t.since <= today < t.until for t in targets)


def progress(target: Target, actual: float | None, today: date, better: str = "higher", flow: bool = False) -> Progress:
    """How `actual` stands to `target` on `today`: expected by a straight line from start to end.

    reached: at or past the aim (inside the band). on_track: at least as far as time. at_risk: at least half as far.
    corrective_action_needed: less, or the horizon has passed without reaching it. flow: `actual` has added up since the start, see
    `_sum`; where less is better the aim is then a budget, see `_budget`.
    """
    length = max((target.until - target.since).days, 1)
    gone = min(max((today - target.since).days / length, 0.0), 1.0)
    aim, base = target.aim, target.baseline
    if actual is None or aim is None:
        return Progress(target, actual, None, gone, None, "needs_data")
    if target.low is not None and target.high is not None and target.low <= actual <= target.high:
        return Progress(target, actual, 1.0, gone, aim, "reached")
    if flow and better == "lower":
        return _budget(target, actual, aim, gone)
    if flow and base and aim > 0:
        return _sum(target, actual, aim, base, gone)
    if base is None or base == aim:
        met = actual >= aim if better != "lower" else actual <= aim
        return Progress(target, actual, 1.0 if met else 0.0, gone, aim, "reached" if met else _late(0.0, gone))
    done = (actual - base) / (aim - base)
    expected = base + (aim - base) * gone
    state: State = "reached" if done >= 1 else _late(done, gone)
    return Progress(target, actual, done, gone, expected, state)


def _sum(target: Target, actual: float, aim: float, base: float, gone: float) -> Progress:
    """A sum that is to grow, such as revenue from 100 to 110 a year: it starts from nothing all the same.

    done is the share of the aim, expected what is due by today. Less than due, but more than the baseline would have
    brought by today, is at_risk.
    """
    due = aim * gone
    state: State = "reached" if actual >= aim else "on_track" if actual >= due else "corrective_action_needed"
    if state == "corrective_action_needed" and gone < 1 and actual >= base * gone:
        state = "at_risk"
    return Progress(target, actual, actual / aim, gone, due, state)


def _budget(target: Target, actual: float, aim: float, gone: float) -> Progress:
    """A sum that must stay small, such as complaints: done is the share used up, expected what may be used by today.

    It can be reached only at the end. Before: on_track within what is due, at_risk above it but below the pace of
    the baseline, corrective_action_needed beyond.
    """
    due = aim * gone
    done = actual / aim if aim else None
    if actual <= due:
        return Progress(target, actual, done, gone, due, "reached" if gone >= 1 else "on_track")
    slower = target.baseline is not None and actual < target.baseline * gone and gone < 1
    return Progress(target, actual, done, gone, due, "at_risk" if slower else "corrective_action_needed")


def _late(done: float, gone: float) -> State:
    if gone >= 1:
        return "corrective_action_needed"
    if done >= gone:
        return "on_track"
    return "at_risk" if done >= gone / 2 else "corrective_action_needed"
