"""The shape of a relation: a smooth curve through a cloud of points, and the best rising one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def lowess(x: ArrayLike, y: ArrayLike, share: float = 2 / 3, rounds: int = 3) -> Array:
    """Locally weighted straight lines, robust against outliers (Cleveland 1979), at each x in the order given.

    share: of the points that each line rests on; rounds: of giving outliers less weight. As R's lowess with delta = 0.
    Raises ValueError for blanks.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("a curve needs rows with both values")
    if a.size < 2:
        return b.copy()
    span = max(2, min(a.size, int(share * a.size + 1e-7)))
    apart = np.abs(a[:, None] - a[None, :])
    reach = np.sort(apart, axis=1)[:, span - 1][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.where(apart <= 0.001 * reach, 1.0, (1 - (apart / reach) ** 3) ** 3)
    near = np.where(apart <= 0.999 * reach, near, 0.0)
    near[(reach == 0)[:, 0]] = (apart == 0)[(reach == 0)[:, 0]]
    trust = np.ones(a.size)
    fitted = _lines(a, b, near * trust)
    for _ in range(rounds):
        off = np.abs(b - fitted)
        scale = 6 * float(np.median(off))
        if scale < 1e-7 * float(off.mean()) or scale == 0:
            break
        trust = np.where(off <= 0.001 * scale, 1.0, (1 - np.minimum(off / scale, 1) ** 2) ** 2)
        trust[off > 0.999 * scale] = 0.0
        fitted = _lines(a, b, near * trust)
    return fitted


def _lines(x: Array, y: Array, weight: Array) -> Array:
    """At each x the value of its own weighted line; the weighted mean where its points do not spread."""
    weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    middle = weight @ x
    spread = (weight * (x[None, :] - middle[:, None]) ** 2).sum(axis=1)
    flat = np.sqrt(spread) <= 0.001 * float(np.ptp(x))
    lean = np.where(flat, 0.0, (x - middle) / np.where(flat, 1.0, spread))
    return (weight * (1 + lean[:, None] * (x[None, :] - middle[:, None]))) @ y


def rising(x: ArrayLike, y: ArrayLike) -> Array:
    """The best curve that never falls, at each x in the order given; equal x have one value (isotonic regression)."""
    from scipy.optimize import isotonic_regression  # here, because few pages need it

    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if not a.size:
        return b.copy()
    _, place, counts = np.unique(a, return_inverse=True, return_counts=True)
    means = np.bincount(place, b) / counts
    return isotonic_regression(means, weights=counts).x[place]
