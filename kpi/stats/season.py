"""Is there a season? The places of it (months of the year) against a straight line alone, row by row."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def season_p(x: Array, season: int, trend: bool = True) -> Array:
    """p of the F test that the means of the season's places are all equal, per row of x (rows x time).

    1 where there is nothing to test: no season, or no values left beside its means.
    """
    n = x.shape[1]
    free = n - season - trend
    if season < 2 or free < 2:
        return np.ones(len(x))
    from scipy.special import fdtrc  # here, because few pages need it

    plain, full = (without(x, basis(n, s, trend)) for s in (0, season))
    before, after = (plain**2).sum(axis=1), (full**2).sum(axis=1)
    f = (before - after) / (season - 1) / np.maximum(after / free, 1e-300)
    return np.where(before > 0, fdtrc(season - 1, free, np.clip(f, 0.0, 1e12)), 1.0)


@functools.lru_cache(maxsize=256)
def basis(n: int, season: int, trend: bool) -> Array:
    """Orthonormal columns over n periods: constant, straight line, places of the season (0: none)."""
    t = np.arange(n)
    columns = [np.ones(n), *([t - t.mean()] if trend else [])]
    columns += [(t % season == k).astype(float) for k in range(1, season)]
    return np.linalg.qr(np.stack(columns, axis=1))[0]


def without(x: Array, columns: Array) -> Array:
    """What is left of each row beside these orthonormal columns."""
    return x - (x @ columns) @ columns.T
