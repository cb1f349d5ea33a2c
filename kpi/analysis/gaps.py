"""The days between orders: completed gaps and the open one since the last order (methods: Kaplan & Meier 1958)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.stats import Survival, kaplan_meier

PERSONAL = 3  # gaps from which a customer has a rhythm of their own
SHRINK = 3  # gaps that the pool weighs against them
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Gaps:
    """completed: days from one order day to the next; waiting: days from the last one to the end, above zero."""

    completed: NDArray[np.int64]
    waiting: NDArray[np.int64]

    @property
    def n(self) -> int:
        return self.completed.size + self.waiting.size

    @property
    def curve(self) -> Survival:
        """The share not yet reordered by day, the open gaps as censored."""
        happened = np.arange(self.n) < self.completed.size
        return kaplan_meier(np.concatenate([self.completed, self.waiting]), happened)

    @property
    def median(self) -> float | None:
        """Days by which half have reordered; None where more than half had not while they were watched."""
        return self.curve.median


def number(day: date) -> int:
    """A day as a running number, as in the frames of this module."""
    return (day - _EPOCH).days


def day(running: float) -> date:
    """The day of a running number."""
    return date.fromordinal(_EPOCH.toordinal() + int(running))


def gaps(orders: pd.DataFrame, last: int) -> Gaps:
    """The gaps of `orders` (day, following: this and the next order day of the same customer, as numbers) up to `last`."""
    here = orders[orders["day"] <= last]
    start, end = here["day"].to_numpy(dtype=float), here["following"].to_numpy(dtype=float)
    done = end <= last  # NaN: no further order
    waiting = last - start[~done]
    return Gaps((end - start)[done].astype(np.int64), waiting[waiting > 0].astype(np.int64))


def rhythms(orders: pd.DataFrame, keys: Iterable[str], last: int) -> pd.DataFrame:
    """Per `keys` (such as the customer) what is known of its rhythm at `last`.

    orders: number of order days; last: the last of them; own: geometric median of the own gaps, null with fewer than
    3; long: 90th percentile of the own gaps, null likewise.
    """
    here = orders[orders["day"] <= last].copy()
    following = here["following"].astype(float)
    here["gap"] = (following - here["day"]).where(following <= last)
    here["log"] = np.log(here["gap"])
    grouped = here.groupby(list(keys), sort=True)
    found = grouped.agg(orders=("day", "size"), last=("day", "max"), n=("gap", "count"), log=("log", "median"))
    found["long"] = grouped["gap"].quantile(0.9).where(found["n"] >= PERSONAL)
    found["own"] = np.exp(found["log"]).where(found["n"] >= PERSONAL)
    return found.drop(columns="log").reset_index()


def intervals(found: pd.DataFrame, pool: pd.Series) -> pd.Series:
    """The expected days to the next order: own median and `pool` weighted n : 3 on the log scale, else the pool.

    Where the pool has no median the own one stands alone; where neither exists the interval is null.
    """
    weight = found["n"] / (found["n"] + SHRINK)
    shrunk = np.exp(weight * np.log(found["own"]) + (1 - weight) * np.log(pool))
    return shrunk.fillna(found["own"]).fillna(pool)
