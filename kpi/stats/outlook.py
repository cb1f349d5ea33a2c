"""What a series will have come to at a date: forecast, range, chance of reaching a number, and how right that was before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.stats.forecast import LEAST, METHODS, ORIGINS, YEAR, Spread, Tried, scaled_errors, simplest_best, spread, tried
from kpi.stats.little import TooLittle, lacking
from kpi.stats.proportions import wilson

LEVEL = 0.8
CHECKS = 5  # past moments below which nothing is said about how right the method was
SURE = 0.01  # a chance is never told nearer to 0 or 1: the tails of a handful of errors are not known


@dataclass(frozen=True)
class Checked:
    """How right the same procedure was at past moments of this series, knowing only what was known then.

    of: the moments; inside: outcomes that lay in the range of 80 %; low, high: Wilson's interval of that share (the
    moments overlap, so it is the narrowest it can be); places: where each outcome fell in what was expected, 0 to 1.
    """

    of: int
    inside: int
    low: float
    high: float
    places: tuple[float, ...]

    def came_true(self, chance: float, above: bool = True) -> int:
        """At how many of the moments a number given this chance (of at least it, or of at most it) was reached."""
        return sum((p >= 1 - chance) if above else (p <= chance) for p in self.places)


@dataclass(frozen=True)
class Outlook:
    """The next `ahead` periods of a series and what is expected of their last value, or of their sum (`total`).

    method: name in METHODS; mase: of every method tried; points: each period; expected, low, high: with 80 % range.
    """

    n: int
    ahead: int
    total: bool
    method: str
    mase: dict[str, float]
    points: tuple[float, ...]
    expected: float
    low: float
    high: float
    checked: Checked | None
    spread: Spread

    def chance(self, low: float | None = None, high: float | None = None) -> float:
        """The chance of at least `low`, at most `high`, or a value between; 1 to 99 %."""
        below = 0.0 if low is None else self.spread.below(low)
        upto = 1.0 if high is None else self.spread.below(high)
        return min(max(upto - below, SURE), 1 - SURE)


def outlook(
    values: ArrayLike,
    ahead: int,
    total: bool = False,
    season: int = YEAR,
    exposure: ArrayLike | None = None,
    floor: float | None = None,
    ceiling: float | None = None,
) -> Outlook | TooLittle:
    """The outlook of whole periods `ahead` after the last of `values` (whole ones without gaps, oldest first).

    total: of their sum (what is counted or paid), else of the last (rates, stocks). season: periods of a year.
    exposure: what each period, past and ahead, offers (working days): the rate per unit of it is continued.
    floor, ceiling: bounds of a single value; ranges end there.
    TooLittle below 6 values, for constant ones, ones with gaps, or nothing ahead.
    """
    x = np.asarray(values, dtype=float)
    few = TooLittle("past", x.size) if ahead < 1 else lacking(x, LEAST)
    if few:
        return few
    share = np.ones(x.size + ahead) if exposure is None else np.asarray(exposure, dtype=float)
    if share.size != x.size + ahead or not (share > 0).all():
        raise ValueError("exposure needs a positive number for every period, past and ahead")
    rate, coming = x / share[: x.size], share[x.size :]
    season = season if x.size >= season + ORIGINS else 1
    t = tried(rate, ahead, season)
    mase = scaled_errors(t, x.size)
    name = simplest_best(mase)
    found = None
    if name is not None:
        said = METHODS[name][0](rate, np.array([x.size]), ahead, season)[0]
        found = spread(t, name, x.size, said, total)
    if name is None or found is None or found.scale <= 0:
        return TooLittle("constant", x.size, LEAST)
    points = _within(said * coming, floor, ceiling)
    # The spread speaks of rates; the periods ahead offer so much of what it is a rate of.
    times = float(coming.mean() if total else coming[-1])
    whole = Spread(float(points.sum() if total else points[-1]), found.scale * times, found.df)
    periods = ahead if total else 1
    bounds = [None if b is None else b * periods for b in (floor, ceiling)]
    low, high = (float(v) for v in _within(np.array(whole.interval(LEVEL)), *bounds))
    return Outlook(
        x.size,
        ahead,
        total,
        name,
        mase,
        tuple(float(v) for v in points),
        whole.center,
        low,
        high,
        checked(t, ahead, total),
        whole,
    )


def _within(x: NDArray[np.float64], low: float | None, high: float | None) -> NDArray[np.float64]:
    return np.clip(x, -np.inf if low is None else low, np.inf if high is None else high)


def checked(t: Tried, ahead: int, total: bool) -> Checked | None:
    """Every past moment from which `ahead` periods have passed since, asked as today; None below five of them."""
    places = []
    for i, origin in enumerate(t.origins):
        until = int(origin)
        if until + ahead > t.x.size:
            break
        name = simplest_best(scaled_errors(t, until))
        if name is None or np.isnan(t.said[name][i]).any():
            continue
        found = spread(t, name, until, t.said[name][i], total)
        if found is None or found.scale <= 0:
            continue
        came = t.x[until : until + ahead]
        places.append(found.below(float(came.sum() if total else came[-1])))
    if len(places) < CHECKS:
        return None
    inside = sum((1 - LEVEL) / 2 <= p <= (1 + LEVEL) / 2 for p in places)
    low, high = wilson(inside, len(places)) or (0.0, 1.0)
    return Checked(len(places), inside, low, high, tuple(places))


def needed(aim: float, done: float, periods: NDArray[np.float64] | int) -> float:
    """What each remaining period must bring to reach `aim` from `done`; periods: their number, or what each offers."""
    return (aim - done) / float(np.sum(periods) if not isinstance(periods, int) else periods)
