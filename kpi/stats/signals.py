"""Signal or noise: the XmR chart (individuals and moving range; Shewhart, Wheeler)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

LIMIT = 2.66  # 3 / d2 with d2 = 1.128 for ranges of two
RANGE_LIMIT = 3.267
RUN = 8
NEAR = 4
MINIMUM = 6
BASE = 24


@dataclass(frozen=True)
class Limits:
    """Natural process limits of single values, and the upper limit of the moving range."""

    center: float
    low: float
    high: float
    range_mean: float
    range_high: float


@dataclass(frozen=True)
class Signal:
    """One signal: rule (`limit`, `run`, `near_limit`), index of the point that completes it, up: above the centre."""

    rule: str
    index: int
    up: bool = field(default=True, compare=False)


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=float)
    return x[~np.isnan(x)]


def xmr_limits(values: ArrayLike, floor: float | None = None, ceiling: float | None = None) -> Limits:
    """mean +- 2.66 * mean moving range (Wheeler; NIST e-Handbook 6.3.2.2). Blanks are skipped.

    floor, ceiling: bounds that values cannot cross (0 for counts, 0 and 1 for shares).
    Raises ValueError for fewer than two values.
    """
    x = _numbers(values)
    if x.size < 2:
        raise ValueError("limits need at least two values")
    center, mean_range = float(x.mean()), float(np.abs(np.diff(x)).mean())
    low, high = center - LIMIT * mean_range, center + LIMIT * mean_range
    return Limits(
        center,
        low if floor is None else max(low, floor),
        high if ceiling is None else min(high, ceiling),
        mean_range,
        RANGE_LIMIT * mean_range,
    )


def xmr_signals(values: ArrayLike, limits: Limits) -> list[Signal]:
    """Every signal by three rules: one point beyond a limit; 8 in a row on one side of the centre;
    3 of 4 in a row nearer to a limit than to the centre, on the same side."""
    x = _numbers(values)
    above, below = x > limits.center, x < limits.center
    beyond = (x < limits.low) | (x > limits.high)
    run = (_lately(above, RUN) == RUN) | (_lately(below, RUN) == RUN)
    up = _lately(x > (limits.center + limits.high) / 2, NEAR) >= NEAR - 1
    near = up | (_lately(x < (limits.center + limits.low) / 2, NEAR) >= NEAR - 1)
    found = []
    for i in (int(k) for k in np.flatnonzero(beyond | run | near)):
        found += [Signal(rule, i, bool(above[i])) for rule, at in (("limit", beyond), ("run", run)) if at[i]]
        if near[i]:
            found.append(Signal("near_limit", i, bool(up[i])))
    return found


def _lately(mark: NDArray[np.bool_], span: int) -> NDArray[np.int64]:
    """At each place how many of the last `span` are marked; 0 before there are so many."""
    if mark.size < span:
        return np.zeros(mark.size, dtype=np.int64)
    sums = np.concatenate([[0], np.cumsum(mark)])
    return np.concatenate([np.zeros(span - 1, dtype=np.int64), sums[span:] - sums[:-span]])


def within_noise(values: ArrayLike, floor: float | None = None, ceiling: float | None = None) -> bool | None:
    """Is the last value nothing but the usual up and down? None with fewer than 6 values.

    Limits come from the values before the last one (the 24 latest of them at most): a point must not widen the
    limits it is judged by. Noise: the last value lies inside and completes none of the run rules.
    """
    x = _numbers(values)
    if x.size < MINIMUM:
        return None
    limits = xmr_limits(x[-BASE - 1 : -1], floor, ceiling)
    recent = x[-RUN:]
    return not any(signal.index == recent.size - 1 for signal in xmr_signals(recent, limits))


def autocorrelated(values: ArrayLike) -> bool:
    """Do neighbours resemble each other (lag-1 |r| > 2 / sqrt(n))? Then XmR limits are too narrow."""
    x = _numbers(values)
    if x.size < MINIMUM:
        return False
    return abs(lag_one(x)) > 2 / math.sqrt(x.size)


def lag_one(x: NDArray[np.float64]) -> float:
    """Correlation of neighbours; 0 for values that do not vary."""
    d = x - x.mean()
    total = float((d * d).sum())
    return float((d[1:] * d[:-1]).sum()) / total if total > 0 else 0.0
