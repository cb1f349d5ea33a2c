"""Scores 1 to 5 by quintile: cut points on the raw values, equal values always together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PARTS = 5
MIDDLE = 3


@dataclass(frozen=True)
class Cuts:
    """Cut points between scores. flat: all values were equal, nothing discriminates."""

    points: tuple[float, ...]
    flat: bool = False


def cut_points(values: ArrayLike, parts: int = PARTS) -> Cuts:
    """Type-7 quantiles (Hyndman & Fan 1996; numpy's and R's default) at 1/parts, 2/parts …

    The rank is split in whole numbers, so a cut that falls on a value is that value exactly.
    Raises ValueError for no values or a value that is not a number.
    """
    x = np.sort(np.asarray(values, dtype=float))
    if not x.size or np.isnan(x).any():
        raise ValueError("cut points need at least one value and no blanks")
    points = []
    for k in range(1, parts):
        at, rest = divmod((x.size - 1) * k, parts)
        points.append(float(x[at] + (x[at + 1] - x[at]) * rest / parts) if rest else float(x[at]))
    return Cuts(tuple(points), flat=bool(x[0] == x[-1]))


def score(values: ArrayLike, cuts: Cuts, high_is_good: bool = True) -> NDArray[np.int64]:
    """Scores 1 to 5 with right-closed bins: 1 + number of cut points below the value (reversed: 6 - that).

    Rule of methods for RFM: equal values get equal scores, whatever the row order; a level may stay empty.
    Flat cut points give 3 to everyone. Cut points of another date may be passed ("frozen").
    """
    x = np.asarray(values, dtype=float)
    if np.isnan(x).any():
        raise ValueError("only numbers can be scored")
    if cuts.flat:
        return np.full(x.shape, MIDDLE, dtype=np.int64)
    bins = 1 + np.searchsorted(np.asarray(cuts.points), x, side="left")
    return bins if high_is_good else len(cuts.points) + 2 - bins
