"""Time to an event with open cases: Kaplan-Meier, and Aalen-Johansen where several outcomes compete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.stats.proportions import z_value

CENSORED = 0


@dataclass(frozen=True)
class Survival:
    """Kaplan-Meier curve: one entry per distinct time, events before censorings of the same time."""

    times: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    survival: NDArray[np.floating]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def at(self, time: float) -> float:
        """Share still without the event after `time`."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.survival[index]) if index >= 0 else 1.0

    def quantile(self, share: float) -> float | None:
        """First time by which at least `share` had the event; None where the curve never gets there."""
        reached = np.flatnonzero(self.survival <= 1 - share + 1e-12)
        return float(self.times[reached[0]]) if reached.size else None

    @property
    def median(self) -> float | None:
        """Time by which half had the event; None where more than half never had it while observed."""
        return self.quantile(0.5)


@dataclass(frozen=True)
class Incidence:
    """Aalen-Johansen curves: per distinct time the share that had each outcome, and the share still open."""

    times: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    by_cause: dict[int, NDArray[np.float64]]
    open: NDArray[np.floating]

    def at(self, cause: int, time: float) -> float:
        """Share that had outcome `cause` up to and including `time`."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.by_cause[cause][index]) if index >= 0 else 0.0

    def last_time(self, at_least: int = 10) -> float | None:
        """Last time with `at_least` cases still at risk: report no further than this."""
        enough = np.flatnonzero(self.at_risk >= at_least)
        return float(self.times[enough[-1]]) if enough.size else None


def _checked(durations: ArrayLike, codes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    t, c = np.asarray(durations, dtype=float), np.asarray(codes).astype(np.int64)
    if t.shape != c.shape or t.ndim != 1:
        raise ValueError("one outcome per duration is needed")
    if np.isnan(t).any() or (t < 0).any():
        raise ValueError("durations must be numbers from 0 on")
    return t, c


def _at_risk(t: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.int64]:
    return t.size - np.searchsorted(np.sort(t), times, side="left")


def kaplan_meier(durations: ArrayLike, happened: ArrayLike, conf: float = 0.95) -> Survival:
    """Kaplan & Meier 1958. durations: days from 0 on; happened: True for an event, False for a case still open.

    low, high: Greenwood's variance on the log-log scale (Kalbfleisch & Prentice). Raises ValueError for
    negative or missing durations. No cases give an empty curve; where nobody is left, low and high are NaN.
    """
    t, event = _checked(durations, happened)
    times, place = np.unique(t, return_inverse=True)
    at_risk = _at_risk(t, times)
    events = np.bincount(place, weights=event != CENSORED, minlength=times.size).astype(np.int64)
    survival = np.cumprod(1 - events / np.maximum(at_risk, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events)))
        half = z_value(conf) * np.sqrt(variance) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    certain = survival == 1  # nothing happened yet: the interval is the point
    return Survival(times, at_risk, events, survival, np.where(certain, 1.0, low), np.where(certain, 1.0, high))


def cumulative_incidence(durations: ArrayLike, outcomes: ArrayLike) -> Incidence:
    """Aalen & Johansen 1978. outcomes: 0 for a case still open, 1, 2 … for the competing outcomes.

    F_k(t) = sum of S(t-) d_k / n. Outcomes on one day are taken together, so the result is exact and does not
    depend on row order; the shares of all outcomes and the open share add up to 1.
    """
    t, code = _checked(durations, outcomes)
    times, place = np.unique(t, return_inverse=True)
    at_risk = _at_risk(t, times)
    any_event = np.bincount(place, weights=code != CENSORED, minlength=times.size)
    still_open = np.cumprod(1 - any_event / np.maximum(at_risk, 1))
    before = np.concatenate([[1.0], still_open[:-1]])
    by_cause = {
        int(cause): np.cumsum(before * np.bincount(place, weights=code == cause, minlength=times.size) / at_risk)
        for cause in np.unique(code[code != CENSORED])
    }
    return Incidence(times, at_risk, by_cause, still_open)


def median_time(durations: ArrayLike, happened: ArrayLike) -> float | None:
    """Median days until it happened, open cases counted as censored; None where it does not exist."""
    return kaplan_meier(durations, happened).median
