"""Scores of 0 to 100 and how they combine: attainment of a target, weighted composite, ratings by people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

MIN_COVERAGE = 0.7
ROUNDING = 1e-9


@dataclass(frozen=True)
class Attainment:
    """Way from baseline to target: raw in percent (may lie outside 0 to 100), score capped to 0 to 100."""

    raw: float | None
    score: float
    met: bool


@dataclass(frozen=True)
class Composite:
    """score: None where coverage is below the minimum; coverage: share of the weights that had a score."""

    score: float | None
    coverage: float


@dataclass(frozen=True)
class Ratings:
    """Ratings brought to 0 to 100. spread: sample standard deviation, None for one rating."""

    n: int
    mean: float
    median: float
    spread: float | None


def attainment(actual: float, baseline: float, target: float, better: str = "higher") -> Attainment:
    """100 * (actual - baseline) / (target - baseline); the signs handle lower-is-better.

    Where target equals baseline there is no way to measure: met or not met by `better` (higher, lower, target).
    """
    if target == baseline:
        met = {"higher": actual >= target, "lower": actual <= target, "target": actual == target}[better]
        return Attainment(None, 100.0 if met else 0.0, met)
    raw = 100 * (actual - baseline) / (target - baseline)
    return Attainment(raw, min(100.0, max(0.0, raw)), raw >= 100)


def band_attainment(actual: float, baseline: float, low: float, high: float) -> Attainment:
    """Way from baseline into the band low to high: 100 * (1 - distance now / distance of the baseline).

    A baseline inside the band leaves no way to measure: inside is met, outside not. Raises ValueError if low > high.
    """
    if low > high:
        raise ValueError(f"the lower limit {low} lies above the upper limit {high}")
    now, before = (max(low - x, x - high, 0.0) for x in (actual, baseline))
    if before == 0:
        return Attainment(None, 0.0 if now else 100.0, now == 0)
    raw = 100 * (1 - now / before)
    return Attainment(raw, min(100.0, max(0.0, raw)), now == 0)


def enough(coverage: float, least: float = MIN_COVERAGE) -> bool:
    """Is enough covered for a composite to be shown?"""
    return coverage >= least - ROUNDING


def composite(
    scores: Sequence[float | None],
    weights: Sequence[float] | None = None,
    geometric: bool = False,
    min_coverage: float = MIN_COVERAGE,
) -> Composite:
    """Weighted mean of the scores that exist, weights renormalised over them (OECD/JRC Handbook 2008).

    weights: None for equal ones. geometric: weighted geometric mean with floor 1, where weak spots must not be
    offset. A missing score is never 0. Below `min_coverage` the score is None. Raises ValueError for weights
    that are negative or do not fit.
    """
    shares = [1.0] * len(scores) if weights is None else [float(w) for w in weights]
    if len(shares) != len(scores) or any(w < 0 for w in shares):
        raise ValueError("one weight from 0 on per score is needed")
    total = math.fsum(shares)
    present = [(s, w) for s, w in zip(scores, shares, strict=True) if s is not None and w > 0]
    covered = math.fsum(w for _, w in present)
    coverage = covered / total if total else 0.0
    if not present or not enough(coverage, min_coverage):
        return Composite(None, coverage)
    if geometric:
        logs = math.fsum(w * math.log(max(s, 1.0)) for s, w in present)
        return Composite(math.exp(logs / covered), coverage)
    return Composite(math.fsum(s * w for s, w in present) / covered, coverage)


def rating_score(rating: float, scale_max: float = 5, scale_min: float = 1) -> float:
    """(rating - 1) / (scale - 1) * 100: the lowest rating is 0, the highest 100. ValueError outside the scale."""
    if scale_max <= scale_min or not scale_min <= rating <= scale_max:
        raise ValueError(f"{rating} does not lie on the scale {scale_min} to {scale_max}")
    return (rating - scale_min) / (scale_max - scale_min) * 100


def ratings(scores: Iterable[float]) -> Ratings | None:
    """Mean, median and spread of scores of 0 to 100; None without any."""
    values = [float(s) for s in scores]
    if not values:
        return None
    return Ratings(len(values), mean(values), median(values), stdev(values) if len(values) > 1 else None)
