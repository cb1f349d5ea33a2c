"""Made-up companies for the proof of evidence: a goal, KPIs that move before it, and the many that do not."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kpi.analysis.evidence import Candidate
from kpi.analysis.series import Series
from kpi.core import Kpi, Period, Text

# Kinds of KPIs without a lead. `follower` answers to the goal one to three months later, `mate` moves with it.
NOISE = ("white", "memory", "long_memory", "walk", "trend", "season", "money", "count", "share", "gaps")
NEAR = ("follower", "mate")
EARLY = 30  # months before the first that is shown, so that memory has settled


@dataclass(frozen=True)
class Company:
    """goal: the series of the goal's KPI; candidates: ids beginning with `lead` were planted `lag` months ahead."""

    goal: Series
    candidates: tuple[Candidate, ...]
    lag: int


@functools.cache
def months(n: int) -> tuple[Period, ...]:
    """n months from January 2020."""
    days = [date(2020 + k // 12, k % 12 + 1, 1) for k in range(n + 1)]
    return tuple(Period(a, b) for a, b in zip(days, days[1:], strict=False))


def series(id_: str, values: NDArray[np.float64], unit: str = "hours", cases: NDArray[np.float64] | None = None):
    """A series under the name of a made-up KPI."""
    kpi = Kpi(id_, Text(id_), Text(id_), unit, "higher", "outcome", "lagging", "success", "line", "business", "sales",
              "", "", proportion=cases is not None)  # fmt: skip
    told = tuple(None if v != v else v for v in values.tolist())
    return Series(kpi, months(len(values)), told, None if cases is None else tuple(float(c) for c in cases))


def company(rng: np.random.Generator, n: int, r: float, candidates: int = 20, planted: int = 1) -> Company:
    """n months of a company; r: the true correlation of each planted KPI with the goal `lag` months later, beside the
    trend and the season of either; 0: none is planted."""
    lag, phi = int(rng.integers(1, 5)), float(rng.choice([0.0, 0.3, 0.6]))
    length = n + EARLY
    planted = planted if r else 0
    # What the leads share with the goal: each has its own part of it, so that together they explain no more than all.
    own = [remembering(rng, length, phi) for _ in range(planted)]
    share = min(r, 0.97 / max(planted, 1) ** 0.5)
    goal = np.sqrt(1 - planted * share**2) * remembering(rng, length, phi)
    for each in own:
        goal[lag:] += share * each[:-lag]
    shown = goal[EARLY:]
    found = [Candidate(series(f"lead{k}", dressed(rng, x[EARLY:], n))) for k, x in enumerate(own)]
    kinds = [*NEAR, *(NOISE[k % len(NOISE)] for k in range(candidates))][: candidates - planted]
    found += [Candidate(other(rng, kind, k, n, goal)) for k, kind in enumerate(kinds)]
    order = rng.permutation(len(found))
    return Company(series("goal", dressed(rng, shown, n), "currency"), tuple(found[i] for i in order), lag)


def remembering(rng: np.random.Generator, n: int, phi: float) -> NDArray[np.float64]:
    """An autoregression with variance 1."""
    x = rng.normal(size=n)
    x[1:] *= np.sqrt(1 - phi * phi)
    for t in range(1, n):
        x[t] += phi * x[t - 1]
    return x


def dressed(rng: np.random.Generator, x: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """x with a level, a trend of up to four standard deviations a decade and a season like those of a year's sales."""
    t = np.arange(n)
    season = rng.choice([0.0, 1.0, 2.0]) * np.sin(2 * np.pi * (t % 12) / 12 + rng.uniform(0, 2 * np.pi))
    december = rng.choice([0.0, 2.0]) * (t % 12 == 11)
    return 100 + 5 * (x + rng.uniform(-4, 4) * t / 120 + season + december)


def other(rng: np.random.Generator, kind: str, k: int, n: int, goal: NDArray[np.float64]) -> Series:
    """A candidate that does not lead."""
    id_ = f"{kind}{k}"
    plain = remembering(rng, n, {"memory": 0.5, "long_memory": 0.85}.get(kind, 0.0))
    if kind == "walk":
        plain = np.cumsum(plain)
    if kind == "follower":
        late = int(rng.integers(1, 4))
        plain = 0.6 * goal[EARLY - late : EARLY - late + n] + 0.8 * plain
    if kind == "mate":
        plain = 0.6 * goal[EARLY:] + 0.8 * plain
    if kind == "money":
        return series(id_, np.exp(8 + 0.4 * dressed(rng, plain, n) / 5 - 8), "currency")
    if kind == "count":
        return series(id_, rng.poisson(np.exp(1.5 + 0.05 * (dressed(rng, plain, n) - 100))).astype(float), "count")
    if kind == "share":
        cases = rng.integers(30, 300, n).astype(float)
        return series(id_, rng.binomial(cases.astype(int), 0.3) / cases, "percent", cases)
    values = dressed(rng, plain, n)
    if kind == "trend":
        values = values + np.linspace(0, 60, n)
    if kind == "season":
        values = values + 30 * np.sin(2 * np.pi * np.arange(n) / 12)
    if kind == "gaps" and n > 30:
        values[rng.integers(0, n // 4)] = np.nan
    return series(id_, values)
