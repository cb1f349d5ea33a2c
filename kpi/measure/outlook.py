"""How targets stand and how they will end: pace, forecast and state of a KPI's target, remembered until the next revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kpi.analysis.history import History
from kpi.analysis.outlook import TargetOutlook, state_of, target_outlook
from kpi.analysis.pace import seasonal_share
from kpi.analysis.progress import Progress, State, Target, progress
from kpi.analysis.series import SEASONS, Series
from kpi.core import Kpi, Period, Query
from kpi.measure.frame import frame_of
from kpi.measure.history import histories
from kpi.stats import TooLittle
from kpi.workspace.workspace import Workspace

SHORT = 92  # days: a target that runs for less is foretold week by week

Filters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Judged:
    """What is said of a target: by the pace, by the forecast (None once it has ended), and the state that follows."""

    progress: Progress
    outlook: TargetOutlook | None

    @property
    def state(self) -> State:
        return state_of(self.progress, self.outlook)


def judged(
    workspace: Workspace,
    kpi: Kpi,
    target: Target,
    actual: float | None,
    flow: bool,
    filters: Filters = (),
    calendar: str = "",
    past: History | None = None,
    now: date | None = None,
) -> Judged:
    """How `target` stands with the data known before `now` (default: all of them).

    actual: what a sum or count (flow) has added up to since the start, else the value of the last whole period.
    filters: the rows it is judged on. past: the KPI's months, where they are at hand; only for these filters.
    """
    today = now or frame_of(workspace, Query((), calendar=calendar)).now

    def make() -> Judged:
        by = step_of(target)
        held = past if by == "month" else None
        series = (held or histories(workspace, (kpi.id,), by, calendar, filters, now)[kpi.id]).series
        coming = _coming(workspace, series, target, today, by, calendar)
        paced = _paced(series, target, coming, today, flow, SEASONS[by])
        done = progress(target, actual, today, kpi.better, flow, paced)
        if today >= target.until or actual is None:
            return Judged(done, None)
        known = (today, actual) if flow else None
        return Judged(done, target_outlook(series, target, coming, flow, SEASONS[by], known))

    key = ("judged", kpi.id, target, actual, flow, filters, calendar, now)
    return workspace.memo(key, make)


def step_of(target: Target) -> str:
    """The periods a target is foretold in."""
    return "week" if target.days < SHORT else "month"


def _coming(
    workspace: Workspace, series: Series, target: Target, now: date, by: str, calendar: str
) -> tuple[Period, ...]:
    """The periods after the last whole one until the target ends."""
    frame = frame_of(workspace, Query((), by=by, calendar=calendar))
    since = series.periods[-1].until if series.periods else now
    return tuple(frame.buckets(since, target.until, clip=False)) if since < target.until else ()


def _paced(
    series: Series, target: Target, coming: tuple[Period, ...], today: date, flow: bool, season: int
) -> float | TooLittle | None:
    """The share that is due by a seasonal pace; None where the pace is a straight line."""
    if target.pace != "seasonal" or not flow:
        return None
    whole = replace(
        series, periods=(*series.periods, *coming), values=(*series.values, *(None for _ in coming)), cases=None
    )
    return seasonal_share(whole, target, today, season)
