"""Many tests at once: p values corrected for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that keep the false discovery rate (Benjamini & Hochberg 1995), in the order given.

    Raises ValueError for a value outside 0 to 1.
    """
    p = np.asarray(p_values, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p values lie between 0 and 1")
    order = np.argsort(p)[::-1]
    ranks = np.arange(p.size, 0, -1)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(1, np.minimum.accumulate(p[order] * p.size / ranks))
    return [float(value) for value in adjusted]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that keep the chance of even one false finding (Holm 1979), in the order given.

    Raises ValueError for a value outside 0 to 1.
    """
    p = np.asarray(p_values, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p values lie between 0 and 1")
    order = np.argsort(p)
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return [float(value) for value in adjusted]
