"""What is usual for a KPI, and what is not: the XmR chart made fit for business series.

Limits come from a baseline and stay frozen. Season is taken out before; skewed money is read in logarithms, small
counts in square roots (Anscombe 1948); shares with few or many cases behind them get limits of their own width (P',
Laney 2002); where neighbours resemble each other the limits are widened (Vasilopoulos & Stamboulis 1978) and runs mean
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpi.stats.little import TooLittle, still
from kpi.stats.season import season_p
from kpi.stats.signals import BASE, LIMIT, Limits, Signal, lag_one, xmr_signals

Array = NDArray[np.float64]
LEAST_BASE = 12
YEAR = 12
CHANCE = 0.05
SKEWED = 0.5
SMALL = 20  # counts below this on average lean to the right
RANGES = 0.605  # degrees of freedom that a moving range is worth for the spread
ONE_SIDE = 0.99865  # of the normal distribution, below three standard deviations
_UNIT = Limits(0.0, -1.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Process:
    """One value per period (nan where there is none): what is expected and between what, in the KPI's unit.

    base: the periods that the limits come from; season, scale (`log`, `root`), memory: what was allowed for; beyond:
    how far each value lies from what is expected, in half-widths of the limits; signals: after the baseline, index
    into the periods.
    """

    n: int
    base: tuple[int, int]
    center: Array
    low: Array
    high: Array
    beyond: Array
    season: bool
    scale: str
    memory: bool
    signals: tuple[Signal, ...]

    def at(self, index: int) -> tuple[Signal, ...]:
        """The signals that the value of this period completes."""
        return tuple(s for s in self.signals if s.index == index)


def process(
    values: Sequence[float | None] | Array,
    until: int | None = None,
    *,
    cases: Sequence[float | None] | Array | None = None,
    money: bool = False,
    counted: bool = False,
    sure: bool = False,
    floor: float | None = None,
    ceiling: float | None = None,
    season: int = YEAR,
) -> Process | TooLittle:
    """The process behind the values of successive periods, oldest first.

    until: where the baseline of up to 24 values ends (everything before it tells the season); None: after the first
    24 values, or the first 12 of fewer. cases: the denominators of a share. money: amounts above 0, which may be skewed;
    counted: numbers of things. floor, ceiling: bounds that values cannot cross.
    sure: limits for a new value, which allow for how little a baseline tells (Roes, Does & Schurink 1993): for alerts.
    TooLittle without 12 values for the baseline and one after it, or where nothing ever varies.
    """
    x = np.array([np.nan if v is None else v for v in values], dtype=float)
    known = np.flatnonzero(np.isfinite(x))
    if until is None:
        until = int(known[BASE]) if known.size > BASE else int(known[LEAST_BASE]) if known.size > LEAST_BASE else x.size
    before = known[known < until]
    if before.size < LEAST_BASE or before.size == known.size:
        return TooLittle("few", known.size, LEAST_BASE + 1)
    if still(x[known]):
        return TooLittle("constant", known.size, LEAST_BASE + 1)
    base = before[-BASE:]
    scale = "log" if money and _skewed(x[before]) else "root" if counted and _small(x[before]) else ""
    forth, back = _SCALES[scale]
    y = forth(x)
    figure, wider = _season(y, before, season)
    width = np.ones(x.size)
    if cases is not None:
        width = _widths(x, np.array([np.nan if c is None else c for c in cases], dtype=float), base)
    center = _middle(y - figure, width, base, cases is not None)
    steps = (y - figure - center) / width
    half = LIMIT * float(np.abs(np.diff(steps[base])).mean()) * wider
    if sure:
        half *= _allowance(base.size)
    r = lag_one(steps[base])
    memory = r > 2 / math.sqrt(base.size)  # neighbours that alternate make the limits too wide, which is harmless
    if memory:
        half /= math.sqrt(1 - r)
    beyond = steps / half if half > 0 else np.sign(steps) * 2
    found = [Signal(s.rule, int(known[s.index]), s.up) for s in xmr_signals(beyond[known], _UNIT)]
    signals = tuple(s for s in found if s.index >= until and (s.rule == "limit" or not memory))
    low, middle, high = (back(center + figure + k * half * width) for k in (-1, 0, 1))
    return Process(
        int(known.size),
        (int(base[0]), int(base[-1]) + 1),
        np.clip(middle, floor, ceiling),
        np.clip(low, floor, ceiling),
        np.clip(high, floor, ceiling),
        beyond,
        bool(figure.any()),
        scale,
        memory,
        signals,
    )


def _log(x: Array) -> Array:
    return np.log(np.where(x > 0, x, np.nan))


def _root(x: Array) -> Array:
    return 2 * np.sqrt(np.maximum(x, 0.0) + 3 / 8)


def _square(x: Array) -> Array:
    return np.maximum((np.maximum(x, 0.0) / 2) ** 2 - 3 / 8, 0.0)


_SCALES = {"": (np.array, np.array), "log": (_log, np.exp), "root": (_root, _square)}


def _allowance(n: int) -> float:
    """How much wider limits from n values must be, so that a new value crosses them as seldom as known ones: Student's
    t for the spread, the error of the mean."""
    from scipy.special import stdtrit  # here, because few pages need it

    return float(stdtrit(RANGES * (n - 1), ONE_SIDE)) / 3 * math.sqrt(1 + 1 / n)


def _small(x: Array) -> bool:
    return bool((x >= 0).all() and (x == np.round(x)).all() and x.mean() < SMALL)


def _skewed(x: Array) -> bool:
    """Whether amounts lean so far to the right that their logarithms are nearer to symmetric."""
    if not (x > 0).all() or still(x):
        return False
    return _skewness(x) > max(SKEWED, abs(_skewness(np.log(x))))


def _skewness(x: Array) -> float:
    d = x - x.mean()
    return float((d**3).mean()) / max(float((d**2).mean()) ** 1.5, 1e-300)


def _season(y: Array, before: NDArray[np.int64], season: int) -> tuple[Array, float]:
    """What each period's place in the year adds, and how much wider limits must be because that is an estimate.

    From the unbroken periods before the end of the baseline; nothing without two whole seasons or without a season.
    With k values behind each place, what is left of them is too small by (k-1)/k and a new value's distance too large
    by (k+1)/k.
    """
    none = np.zeros(y.size), 1.0
    gaps = np.flatnonzero(np.diff(before) > 1)
    start = int(before[gaps[-1] + 1] if gaps.size else before[0])
    x = y[start : before[-1] + 1]
    k = x.size // season if season > 1 else 0
    if k < 2 or not np.isfinite(x).all() or float(season_p(x[None], season)[0]) >= CHANCE:
        return none
    t = np.arange(x.size)
    line = np.polyval(np.polyfit(t, x, 1), t)
    place = t % season
    means = np.bincount(place, x - line) / np.bincount(place)
    figure = (means - means.mean())[(np.arange(y.size) - start) % season]
    return figure, math.sqrt((k + 1) / (k - 1))


def _widths(x: Array, cases: Array, base: NDArray[np.int64]) -> Array:
    """The binomial spread of a share with so many cases, around the share of the baseline."""
    share = float(np.nansum(x[base] * cases[base]) / max(np.nansum(cases[base]), 1e-300))
    spread = math.sqrt(max(share * (1 - share), 0.0)) or 1.0
    return spread / np.sqrt(np.where(cases > 0, cases, np.nan))


def _middle(x: Array, width: Array, base: NDArray[np.int64], weighted: bool) -> float:
    """The mean of the baseline; of shares the share of all cases together."""
    if not weighted:
        return float(x[base].mean())
    weight = 1 / width[base] ** 2
    return float((x[base] * weight).sum() / weight.sum())
