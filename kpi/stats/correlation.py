"""Correlation of two columns, with repeated measures of the same people in mind."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.stats.proportions import z_value

DRAWS = 5_000
SEED = 20_260_102
CHUNK = 2_000_000  # cells permuted at once
LEAST = 20  # below it no coefficient is shown


@dataclass(frozen=True)
class Correlation:
    """spearman with its interval; pearson beside; p: by permutation within blocks, two-sided."""

    n: int
    spearman: float
    low: float
    high: float
    pearson: float
    p: float


def correlate(x: ArrayLike, y: ArrayLike, blocks: ArrayLike | None = None, conf: float = 0.95) -> Correlation | None:
    """Spearman's rank correlation of the rows with both values; None under 20 of them or where a column is constant.

    blocks: who each row belongs to. p compares with y permuted within blocks (5 000 draws, fixed seed): repeated
    rows of one person are exchangeable, rows of different people are not. Interval: Bonett & Wright 2000.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = ~(np.isnan(a) | np.isnan(b))
    group = (
        np.zeros(a.size, dtype=np.int64) if blocks is None else np.unique(np.asarray(blocks), return_inverse=True)[1]
    )
    a, b, group = a[both], b[both], group[both]
    if a.size < LEAST or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    from scipy.stats import rankdata  # here, because it takes most of a second that few pages need

    ra, rb = _standard(rankdata(a)), _standard(rankdata(b))
    r = float(ra @ rb)
    half = z_value(conf) * math.sqrt((1 + r * r / 2) / (a.size - 3))
    middle = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r)))
    pearson = float(_standard(a) @ _standard(b))
    p = _permutation_p(ra, rb, group, r)
    return Correlation(a.size, r, math.tanh(middle - half), math.tanh(middle + half), pearson, p)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean()
    return centred / math.sqrt(float(centred @ centred))


def _permutation_p(x: NDArray[np.float64], y: NDArray[np.float64], group: NDArray[np.int64], r: float) -> float:
    """Share of permutations at least as strong, the observed one included."""
    order = np.argsort(group, kind="stable")
    x, y, group = x[order], y[order], group[order]
    rng = np.random.default_rng(SEED)
    stronger, left = 0, DRAWS
    while left:
        size = min(left, max(1, CHUNK // x.size))
        shuffled = y[np.argsort(group + rng.random((size, x.size)), axis=1)]
        stronger += int((np.abs(shuffled @ x) >= abs(r) - 1e-12).sum())
        left -= size
    return (1 + stronger) / (DRAWS + 1)
