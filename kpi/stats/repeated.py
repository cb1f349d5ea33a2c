"""Correlation with something held fixed: within people who were measured often, and beside other columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.stats.correlation import LEAST
from kpi.stats.lagged import bounds
from kpi.stats.little import TooLittle, still


@dataclass(frozen=True)
class Held:
    """r with its 95 % interval and two-sided p (Student's t with df); n: rows."""

    n: int
    r: float
    low: float
    high: float
    df: int
    p: float


def within(x: ArrayLike, y: ArrayLike, people: ArrayLike) -> Held | TooLittle:
    """The common correlation within each person (repeated measures correlation; Bland & Altman 1995, Bakdash & Marusich
    2017): whether more goes with more for the same person, whoever does much or little.

    Rows with a missing value are left out, and people with one row. TooLittle below 20 rows or where nobody varies.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.isfinite(a) & np.isfinite(b)
    group = np.unique(np.asarray(people)[known], return_inverse=True)[1]
    a, b = a[known], b[known]
    many = np.bincount(group)[group] > 1 if group.size else np.zeros(0, dtype=bool)
    group = np.unique(group[many], return_inverse=True)[1]
    if group.size < LEAST:
        return TooLittle("few", group.size, LEAST)
    u, v = (_around_means(s[many], group) for s in (a, b))
    return _held(u, v, group.size, group.size - int(group.max()) - 2, (a[many], b[many]))


def partial(x: ArrayLike, y: ArrayLike, controls: ArrayLike) -> Held | TooLittle:
    """The correlation of what the columns of `controls` (rows x columns) leave of x and y (R's partial by residuals).

    Rows with a missing value are left out. TooLittle below 20 rows or where nothing is left.
    """
    columns = np.column_stack(
        [np.asarray(x, dtype=float), np.asarray(y, dtype=float), np.asarray(controls, dtype=float)]
    )
    columns = columns[np.isfinite(columns).all(axis=1)]
    n = len(columns)
    if n < LEAST:
        return TooLittle("few", n, LEAST)
    held = np.column_stack([np.ones(n), columns[:, 2:]])
    u, v = (s - held @ np.linalg.lstsq(held, s, rcond=None)[0] for s in columns[:, :2].T)
    return _held(u, v, n, n - 2 - int(np.linalg.matrix_rank(held) - 1), tuple(columns[:, :2].T))


def _held(
    u: NDArray[np.float64], v: NDArray[np.float64], n: int, df: int, original: tuple[NDArray[np.float64], ...]
) -> Held | TooLittle:
    from scipy.special import stdtr  # here, because few pages need it

    gone = [
        still(o) or float(np.abs(left).max()) < 1e-9 * float(np.abs(o).max())
        for left, o in zip((u, v), original, strict=True)
    ]
    if df < 2 or any(gone):
        return TooLittle("constant" if any(gone) else "few", n, LEAST)
    r = float(np.clip(u @ v / np.sqrt((u @ u) * (v @ v)), -1, 1))
    p = 2 * float(stdtr(df, -abs(r) * np.sqrt(df / max(1 - r * r, 1e-15))))
    low, high = bounds(np.array([r]), np.array([df]))
    return Held(n, r, float(low[0]), float(high[0]), df, p)


def _around_means(x: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    return x - (np.bincount(group, x) / np.bincount(group))[group]
