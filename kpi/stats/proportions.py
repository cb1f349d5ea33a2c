"""Intervals for proportions: Wilson for one, Newcombe for a difference."""

from __future__ import annotations

import math
from statistics import NormalDist


def z_value(conf: float = 0.95) -> float:
    """The two-sided standard normal quantile of a confidence level, e.g. 1.959964 for 0.95."""
    if not 0 < conf < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {conf}")
    return NormalDist().inv_cdf(0.5 + conf / 2)


def wilson(successes: float, n: float, conf: float = 0.95) -> tuple[float, float] | None:
    """Wilson score interval (Wilson 1927) of the share successes / n, as fractions; None where n is 0.

    Raises ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a share")
    if n == 0:
        return None
    z = z_value(conf)
    share = successes / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends rounding would leave 1e-17 in place of the exact 0 or 1.
    low = 0.0 if successes == 0 else max(0.0, (middle - half) / scale)
    high = 1.0 if successes == n else min(1.0, (middle + half) / scale)
    return low, high


def newcombe(x1: float, n1: float, x2: float, n2: float, conf: float = 0.95) -> tuple[float, float, float] | None:
    """Difference x1/n1 - x2/n2 with its hybrid score interval (Newcombe 1998, method 10): (difference, low, high).

    None where a group is empty: the difference is not defined.
    """
    first, second = wilson(x1, n1, conf), wilson(x2, n2, conf)
    if first is None or second is None:
        return None
    p1, p2 = x1 / n1, x2 / n2
    difference = p1 - p2
    low = difference - math.hypot(p1 - first[0], second[1] - p2)
    high = difference + math.hypot(first[1] - p1, p2 - second[0])
    return difference, low, high
