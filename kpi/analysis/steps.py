"""From journeys through ordered levels to the steps of a funnel that add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.stats import median_time, wilson

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Step:
    """One level of a funnel. entered = advanced + lost + moved_back + open, always.

    entered: ever reached this level or a later one. advanced: went further. rate = advanced / entered with its 95 %
    Wilson interval; null for the last level and where nobody entered. median_days: Kaplan-Meier median to the next
    level, open and lost ones censored (lost without a date: left out); null where half never got there. median_days_completed: median of those who
    did. overall: share of all that entered the funnel which reached this level.
    """

    step: str
    group: str | None
    entered: int
    advanced: int
    lost: int
    moved_back: int
    open: int
    rate: float | None
    low: float | None
    high: float | None
    median_days: float | None
    median_days_completed: float | None
    overall: float | None


@dataclass(frozen=True)
class Journeys:
    """n cases over L ordered levels.

    reached: index of the furthest level per case; now: where it stands at present (earlier than reached: moved back);
    lost: given up; times: n x L, first entry per level (NaT unknown); ended: when it was lost (NaT unknown).
    """

    levels: tuple[str, ...]
    reached: NDArray[np.int64]
    now: NDArray[np.int64]
    lost: NDArray[np.bool_]
    times: NDArray[np.datetime64]
    ended: NDArray[np.datetime64]

    def of(self, rows: NDArray[np.bool_]) -> Journeys:
        """The journeys of some of the cases."""
        return Journeys(
            self.levels, self.reached[rows], self.now[rows], self.lost[rows], self.times[rows], self.ended[rows]
        )


def steps(journeys: Journeys, group: str | None, as_of: date | None) -> list[Step]:
    """The steps of one group, first level first. Skipped levels count as reached, moving back does not undo it."""
    last = len(journeys.levels) - 1
    times = first_entries(journeys.times)
    total = len(journeys.reached)
    found = []
    for i, name in enumerate(journeys.levels):
        here = journeys.reached >= i
        entered = int(here.sum())
        overall = entered / total if total else None
        if i == last:  # the end of the funnel: nobody stays behind
            found.append(Step(name, group, entered, entered, 0, 0, 0, None, None, None, None, None, overall))
            continue
        stayed = journeys.reached == i
        advanced = entered - int(stayed.sum())
        lost = int((stayed & journeys.lost).sum())
        back = int((stayed & ~journeys.lost & (journeys.now < i)).sum())
        low, high = wilson(advanced, entered) or (None, None)
        median, completed = _days(journeys, times, here, i, as_of)
        rate = advanced / entered if entered else None
        rest = entered - advanced - lost - back
        found.append(
            Step(name, group, entered, advanced, lost, back, rest, rate, low, high, median, completed, overall)
        )
    return found


def by_group(groups: pd.Series, journeys: Journeys) -> dict[str | None, Journeys]:
    """The journeys of each group in alphabetical order; {None: all} without a split."""
    if groups.isna().all():
        return {None: journeys}
    return {str(g): journeys.of((groups == g).to_numpy()) for g in sorted(groups.unique())}


def went_backwards(journeys: Journeys) -> int:
    """Cases whose first entry into a later level is dated before the first level: counted, without a duration."""
    if len(journeys.levels) < 2 or not len(journeys.reached):
        return 0
    later = first_entries(journeys.times)[:, 1]
    return int((later < journeys.times[:, 0]).sum())  # NaT compares as false


def first_entries(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Entry into a level = first entry into it or any later one; the first level keeps its own date."""
    found = times.copy()
    for i in range(times.shape[1] - 2, 0, -1):
        found[:, i] = np.fmin(found[:, i], found[:, i + 1])
    return found


def _days(
    journeys: Journeys, times: NDArray[np.datetime64], here: NDArray[np.bool_], i: int, as_of: date | None
) -> tuple[float | None, float | None]:
    """(censored median, median of the completed) of the days from level i to the next one."""
    went = here & (journeys.reached > i)
    since_entry = (times[:, i + 1] - times[:, i]) / DAY
    completed = since_entry[went & (since_entry >= 0)]
    if as_of is None or not completed.size:
        return None, None
    end = np.where(journeys.lost, journeys.ended, np.datetime64(as_of, "us"))  # lost, nobody knows when: not waiting
    waited = np.maximum((end - times[:, i]) / DAY, 0)
    waiting = waited[here & (journeys.reached == i) & ~np.isnan(waited)]
    durations = np.concatenate([completed, waiting])
    happened = np.arange(durations.size) < completed.size
    return median_time(durations, happened), float(np.median(completed))
