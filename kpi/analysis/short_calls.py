"""More calls, shorter calls, worse outcomes (F10): each of the three movements beyond chance, over the same periods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from kpi.analysis.alerts import RECENT, Event, side_for_worse
from kpi.analysis.series import Series
from kpi.stats import TooLittle
from kpi.stats.student import welch_p

VOLUME, LENGTH = "calls_answered", "average_handling_time"
SPAN = 6  # periods that a movement is read over
BEFORE = 12
CHANCE = 0.01

Way = Literal["up", "down", ""]


def short_calls(
    volume: Series, length: Series, guarded: Sequence[Series], season: int = 12, recent: int = RECENT
) -> list[Event]:
    """The events of the recent periods, one per endangered outcome.

    volume: calls per operator; length: handling time; guarded: outcomes that must not suffer; all of the same periods.
    """
    n = len(volume.periods)
    busy = ends_of(volume, "up", season, ends_of(length, "down", season, last_ends(n, recent)))
    found = []
    for each in guarded:
        worse = {1: "up", -1: "down"}.get(side_for_worse(each), "")
        fired = [end for end in busy if worse and moved(each, season, end) == worse]
        starts = [end for i, end in enumerate(fired) if not i or end - fired[i - 1] > SPAN]
        for i, end in enumerate(starts):
            last = max(e for e in fired if i + 1 == len(starts) or e < starts[i + 1])
            since = each.periods[end - 1]
            id_ = f"{each.kpi.id}:short_calls:{since.since}"
            params = (("outcome", each.kpi.id), ("since", since), ("span", SPAN))
            event = Event(
                id_, volume.kpi.id, "short_calls", since, each.periods[last - 1], last == n, "short_calls", params
            )
            found.append(event)
    return found


def last_ends(n: int, recent: int = RECENT) -> range:
    """The ends (exclusive indexes) of six periods each that are looked at among `n`."""
    return range(max(BEFORE + SPAN, n - recent + 1), n + 1)


def ends_of(series: Series, way: Way, season: int, ends: Iterable[int]) -> list[int]:
    """Those of `ends` up to which the series moved that way."""
    return [end for end in ends if moved(series, season, end) == way]


def moved(series: Series, season: int, end: int | None = None) -> Way:
    """Where the last six periods before index `end` went against those before: beyond the usual range, or on average
    more than chance explains (Welch's t at 1 %; not where neighbours resemble each other)."""
    end = len(series.periods) if end is None else end
    cut = Series(
        series.kpi, series.periods[:end], series.values[:end], None if series.cases is None else series.cases[:end]
    )
    found = cut.process(season, end - SPAN)
    if isinstance(found, TooLittle):
        return ""
    sides = {s.up for s in found.signals}
    if len(sides) == 1:
        return "up" if sides.pop() else "down"
    now, then = (x[np.isfinite(x)] for x in (found.beyond[end - SPAN :], found.beyond[found.base[0] : found.base[1]]))
    if sides or found.memory or now.size < SPAN:
        return ""
    if not welch_p(now, then) < CHANCE:
        return ""
    return "up" if now.mean() > then.mean() else "down"
