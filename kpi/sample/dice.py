"""Random draws that are the same on every Python and every machine.

Only `random.Random.random()` is used, whose sequence for a seed is guaranteed; the curves come from tables that are
computed once and rounded, so that a last digit of exp() or log() that differs between machines cannot change a row.
Money is counted in whole cents by the callers, as sum() of floats differs between Python 3.11 and 3.12.
"""

from __future__ import annotations

import functools
import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from statistics import NormalDist
from typing import Any, TypeVar

T = TypeVar("T")
STEPS = 2048
NORMAL = tuple(round(NormalDist().inv_cdf((i + 0.5) / STEPS), 6) for i in range(STEPS))
EXPONENTIAL = tuple(round(-math.log(1 - (i + 0.5) / STEPS), 6) for i in range(STEPS))


@functools.cache
def lognormal(sigma: float) -> tuple[float, ...]:
    """The quantiles of a lognormal variable of median 1."""
    return tuple(round(math.exp(sigma * z), 6) for z in NORMAL)


class Weights:
    """Things with weights, to be drawn from."""

    def __init__(self, pairs: Mapping[str, float] | Iterable[tuple[object, float]]) -> None:
        items = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
        self.things = [thing for thing, _ in items]
        self.sums = list(accumulate(float(weight) for _, weight in items))


class Dice:
    """One stream of draws; each subject has its own, so that a change in one leaves the others as they were."""

    def __init__(self, seed: int, subject: str) -> None:
        self.random = random.Random(f"{seed}/{subject}").random

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + self.random() * (high - low)

    def one(self, things: Sequence[T]) -> T:
        """One of the things, each as likely."""
        return things[int(self.random() * len(things))]

    def drawn(self, weights: Weights) -> Any:
        """One of the things by weight."""
        sums = weights.sums
        return weights.things[min(bisect_right(sums, self.random() * sums[-1]), len(sums) - 1)]

    def normal(self) -> float:
        """Mean 0, standard deviation 1."""
        return NORMAL[int(self.random() * STEPS)]

    def spread(self, sigma: float) -> float:
        """A factor around 1: lognormal, median 1."""
        return lognormal(sigma)[int(self.random() * STEPS)]

    def waiting(self, mean: float) -> float:
        """An exponential waiting time."""
        return mean * EXPONENTIAL[int(self.random() * STEPS)]

    def about(self, mean: float) -> int:
        """A whole number whose mean is `mean`, next to it: little noise on purpose."""
        return int(mean + self.random())

    def events(self, mean: float) -> int:
        """A number of events of a Poisson process, for small means."""
        count, left = 0, mean
        while True:
            left -= EXPONENTIAL[int(self.random() * STEPS)]
            if left < 0:
                return count
            count += 1

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """`count` different ones, in the order drawn."""
        left = list(things)
        return [left.pop(int(self.random() * len(left))) for _ in range(min(count, len(left)))]
