"""Student's t: how far a mean is known, and whether two means differ. (scipy.stats takes half a second to load, its
functions of the t distribution do not.)"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def mean_half(n: int, spread: float, share: float = 0.95) -> float:
    """Half the interval of a mean of n values with this standard deviation (Student 1908); nan for fewer than two."""
    if n < 2:
        return math.nan
    from scipy.special import stdtrit  # here, because few pages need it

    return float(stdtrit(n - 1, (1 + share) / 2)) * spread / math.sqrt(n)


def welch_p(x: Sequence[float] | NDArray[np.float64], y: Sequence[float] | NDArray[np.float64]) -> float:
    """p of the two-sided test that two means are equal, whatever the variances (Welch 1947), as scipy's ttest_ind gives
    it; nan for fewer than two values on a side, and where nothing varies and the means are the same."""
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if min(a.size, b.size) < 2:
        return math.nan
    va, vb = float(a.var(ddof=1)) / a.size, float(b.var(ddof=1)) / b.size
    apart = float(a.mean() - b.mean())
    if va + vb == 0:
        return 0.0 if apart else math.nan
    from scipy.special import stdtr  # here, because few pages need it

    df = (va + vb) ** 2 / (va**2 / (a.size - 1) + vb**2 / (b.size - 1))
    return 2 * float(stdtr(df, -abs(apart) / math.sqrt(va + vb)))
