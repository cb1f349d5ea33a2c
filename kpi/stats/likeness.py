"""Do two series say the same? Their correlation in the same period, without the trend and season they may share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpi.stats.correlation import LEAST
from kpi.stats.lagged import YEAR, bounds
from kpi.stats.little import TooLittle, lacking, last_run
from kpi.stats.prewhiten import clean, crossed, effective, scores


@dataclass(frozen=True)
class Likeness:
    """r with its 95 % interval; n: periods with both; independent: how many of them count (Bartlett 1946)."""

    n: int
    r: float
    low: float
    high: float
    independent: float

    @property
    def least(self) -> float:
        """The weakest |r| that the interval allows; 0 where it holds 0."""
        return 0.0 if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))


def likeness(x: ArrayLike, y: ArrayLike, season: int = YEAR) -> Likeness | TooLittle:
    """The likeness of two series of the same periods (nan where there is no value) over their last unbroken run.

    Trend and season are taken out of both, then their memory out of n: two series that wander look alike by chance.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    here = last_run(a, b)
    a, b = a[here], b[here]
    few = lacking(a, LEAST) or lacking(b, LEAST)
    if few:
        return few
    _, left = clean(a[None], b[None], season)[0]
    if left.flat[0]:
        return TooLittle("constant", a.size, LEAST)
    u, v = scores(left.x), scores(left.y)
    r = crossed(u, v, 0)[0]
    free = (u.shape[1] - 2 - left.spent) * effective(u, v)
    low, high = bounds(r, free)
    return Likeness(a.size, float(r[0]), float(low[0]), float(high[0]), float(free[0] + 2))
