"""How a series goes on: the method with the smallest past errors on this series, and how far it was off.

Rolling origins: every method is asked at every past moment what it would have said, knowing only what was known then.
Chosen by the mean absolute scaled error against the seasonal naive step (MASE; Hyndman & Koehler 2006).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpi.stats import forecasters, smoothing

Array = NDArray[np.float64]
LEAST = 6  # values below which nothing is forecast
ORIGINS = 3  # past moments at which a method must have been tried
EARLIEST = 3  # values before the first of them
SMOOTHED = 12  # values before a smoothing without season is tried
MOST_ORIGINS = 48
TIE = 0.02  # a less simple method must be better by this share
YEAR = 12

Forecaster = Callable[[Array, NDArray[np.int64], int, int], Array]
# The simpler first. With the seasons that must lie before an origin.
METHODS: Mapping[str, tuple[Forecaster, int]] = {
    "seasonal_naive": (forecasters.seasonal_naive, 1),
    "naive": (forecasters.naive, 0),
    "average": (forecasters.average, 0),
    "drift": (forecasters.drift, 0),
    "run_rate": (forecasters.run_rate, 1),
    "theta": (forecasters.theta, 2),
    "ets": (smoothing.ets, 2),
}


@dataclass(frozen=True)
class Tried:
    """Every method at every past origin: forecasts and errors (actual minus forecast), origins x ahead, nan where a
    method could not be asked or the outcome is still to come."""

    x: Array
    season: int
    origins: NDArray[np.int64]
    said: dict[str, Array]
    errors: dict[str, Array]

    def known(self, until: int) -> NDArray[np.bool_]:
        """Which cells were known when `until` values were."""
        ahead = next(iter(self.errors.values())).shape[1]
        return self.origins[:, None] + np.arange(1, ahead + 1) <= until


def tried(x: Array, ahead: int, season: int) -> Tried:
    """`x` under every method that it is long enough for."""
    first = max(EARLIEST, x.size - MOST_ORIGINS)
    origins = np.arange(first, x.size)
    said, errors = {}, {}
    target = origins[:, None] + np.arange(ahead)
    actual = np.where(target < x.size, x[np.minimum(target, x.size - 1)], np.nan)
    for name, (method, _) in METHODS.items():
        since = earliest(name, season)
        if since is None or since > x.size - ORIGINS:
            continue
        found = np.full((origins.size, ahead), np.nan)
        asked = origins >= since
        found[asked] = method(x, origins[asked], ahead, season)
        said[name], errors[name] = found, actual - found
    return Tried(x, season, origins, said, errors)


def earliest(name: str, season: int) -> int | None:
    """The values that a method needs before it can be asked; None for one that is nothing without a season."""
    seasons = METHODS[name][1]
    if season < 2:
        return {0: EARLIEST, 1: None, 2: SMOOTHED}[seasons]
    return max(EARLIEST, seasons * season)


def scaled_errors(t: Tried, until: int) -> dict[str, float]:
    """MASE of the methods that could be tried from three origins at the time when `until` values were known.

    All are judged by the same origins and distances; the scale is the mean step from season to season.
    """
    since = {name: earliest(name, t.season) or 0 for name in t.errors}
    names = [name for name in t.errors if since[name] <= until - ORIGINS]
    if not names:
        return {}
    start = max(since[name] for name in names)
    cells = t.known(until) & (t.origins >= start)[:, None]
    if cells[:, 0].sum() < ORIGINS:
        return {}
    step = t.season if until > t.season + 1 else 1
    scale = float(np.abs(t.x[step:until] - t.x[: until - step]).mean()) or float(np.abs(np.diff(t.x[:until])).mean())
    return {name: float(np.abs(t.errors[name][cells]).mean()) / scale if scale else 0.0 for name in names}


def simplest_best(mase: Mapping[str, float]) -> str | None:
    """The method with the smallest error; of those that hardly differ the simplest."""
    best = None
    for name in METHODS:
        if name in mase and (best is None or mase[name] < mase[best] * (1 - TIE)):
            best = name
    return best


@dataclass(frozen=True)
class Spread:
    """What is expected of one number (the last value ahead, or the sum of all): Student's t around `center`."""

    center: float
    scale: float
    df: float

    def below(self, value: float) -> float:
        """The probability of at most `value`."""
        from scipy.special import stdtr  # here, because few pages need it

        if self.scale <= 0:
            return float(value >= self.center)
        return float(stdtr(self.df, (value - self.center) / self.scale))

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """The middle range that holds `level` of the probability."""
        from scipy.special import stdtrit

        half = self.scale * float(stdtrit(self.df, 0.5 + level / 2))
        return self.center - half, self.center + half


def spread(t: Tried, name: str, until: int, said: Array, total: bool) -> Spread | None:
    """How the forecast `said` (one value per period ahead) of a method may miss, judged by its errors known at `until`.

    The root mean square of the errors is fitted over the distance as a power of it, so that the many short distances
    speak for the few long ones. Errors count in relation to the forecast where all values are positive.
    None with fewer than three errors.
    """
    ahead = said.size
    errors, before = t.errors[name], t.said[name]
    known = t.known(until) & ~np.isnan(errors)
    if total:
        errors, before, said = errors.cumsum(axis=1), before.cumsum(axis=1), said.cumsum()
    relative = bool((t.x[:until] > 0).all() and said[-1] > 0 and (before[known] > 0).all())
    if relative:
        errors = errors / np.where(known, before, 1.0)
    errors = np.where(known, errors, np.nan)
    counts = known.sum(axis=0)
    if counts[0] < ORIGINS:
        return None
    near = np.flatnonzero(counts >= ORIGINS)
    squares = np.where(known, errors, 0.0) ** 2
    rms = np.sqrt(squares.sum(axis=0)[near] / counts[near])
    if not (rms > 0).all():
        return Spread(float(said[-1]), 0.0, 1.0)
    steps = near + 1.0
    weight = counts[near] / steps  # errors of long distances overlap
    # Between errors that stay as they are and errors that grow with the distance; a sum grows by itself.
    low, high = (-0.5, 0.5) if total and relative else (0.5, 1.5) if total else (0.0, 1.0)
    growth = _slope(np.log(steps), np.log(rms), weight, low, high)
    level = float(np.average(np.log(rms) - growth * np.log(steps), weights=weight))
    scale = math.exp(level + growth * math.log(ahead))
    free = math.sqrt(_independent(errors[:, near[0]]) * _independent(errors[:, near[-1]]))
    return Spread(float(said[-1]), scale * (float(said[-1]) if relative else 1.0), max(free - 1, 2.0))


def _independent(errors: Array) -> float:
    """How many independent errors tell as much about their size as these neighbours that resemble each other do."""
    e = errors[~np.isnan(errors)]
    total = float(e @ e)
    r = float(e[1:] @ e[:-1]) / total if total > 0 else 0.0
    return e.size * (1 - r * r) / (1 + r * r)


def _slope(x: Array, y: Array, weight: Array, low: float, high: float) -> float:
    """The weighted slope of y over x, between bounds; the middle of them for a single point."""
    d = x - np.average(x, weights=weight)
    total = float((weight * d * d).sum())
    found = float((weight * d * y).sum()) / total if total > 0 else (low + high) / 2
    return min(max(found, low), high)
