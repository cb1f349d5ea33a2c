"""Does one series precede another? Cross-correlation after taking out trend, season and memory.

Box & Jenkins' prewhitening (kpi/stats/prewhiten.py): the same autoregression is taken out of both series, or two
unrelated series with memory would correlate at some lag. Every lag looked at counts as a test (Sidak 1967).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.stats.prewhiten import cross_many
from kpi.stats.proportions import z_value

YEAR = 12
LEAST = 20  # months below which nothing is reported
FIRM = 36  # months below which a finding is exploratory


@dataclass(frozen=True)
class Lagged:
    """lags: -L to L, positive where x precedes y; r: correlation at each; low, high: their intervals, all at once at
    the level; best: the lag of the strongest r if that passes, else None; p: of the strongest, for all lags looked at
    together; n: months."""

    lags: NDArray[np.int64]
    r: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    best: int | None
    p: float
    n: int

    def at(self, lag: int) -> float:
        """The correlation at `lag`."""
        return float(self.r[int(np.flatnonzero(self.lags == lag)[0])])


def lagged(x: ArrayLike, y: ArrayLike, most: int, level: float = 0.05, season: int = YEAR) -> Lagged | None:
    """Correlation of x with y `most` months back and forth; None under 20 months or where a series does not vary.

    x, y: values of the same months without gaps. Lags reach at most a quarter of the series. The season is taken out
    from 36 months on.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if a.shape != b.shape or np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("two series of the same months without gaps are needed")
    if a.size < LEAST:
        return None
    found = cross_many(a[None], b[None], most, season)
    if np.isnan(found.r).any():
        return None
    single = found.p()[0]
    strongest = int(np.argmin(single))
    p = sidak(float(single[strongest]), found.lags.size)
    low, high = bounds(found.r[0], found.df[0], found.lags.size, level)
    best = int(found.lags[strongest]) if p < level else None
    return Lagged(found.lags, found.r[0], low, high, best, p, a.size)


def sidak(p: float, tests: int) -> float:
    """The p of the smallest of so many independent tests (Sidak 1967)."""
    return -math.expm1(tests * math.log1p(-min(p, 1 - 1e-16)))


def bounds(
    r: NDArray[np.float64], df: NDArray[np.float64], tests: int = 1, level: float = 0.05
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fisher's z intervals of correlations with so many degrees of freedom, right for `tests` of them at once."""
    half = z_value((1 - level) ** (1 / tests)) / np.sqrt(np.maximum(df - 1, 1))
    middle = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    return np.tanh(middle - half), np.tanh(middle + half)
