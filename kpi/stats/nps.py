"""Net Promoter Score from counts. All scores, variances and intervals are on the scale -1 to 1; times 100 for points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kpi.stats.proportions import z_value

SMALL = 30  # below it normal theory is not trusted
DRAWS = 10_000
SEED = 20_260_101


@dataclass(frozen=True)
class NpsBands:
    """Answers by band. `outside`: scores that are not 0 to 10, left out; `blank`: no score."""

    promoters: int
    passives: int
    detractors: int
    outside: int = 0
    blank: int = 0

    @property
    def n(self) -> int:
        """The answers that count."""
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True)
class NpsDifference:
    """First group minus second group. method: `z` or `permutation`."""

    difference: float
    low: float
    high: float
    p: float
    method: str


def nps_bands(scores: Iterable[float | None]) -> NpsBands:
    """Count scores into promoters (9-10), passives (7-8) and detractors (0-6), Reichheld 2003.

    Scores outside 0 to 10 and blanks are counted apart, never coerced.
    """
    values = np.array([math.nan if s is None else s for s in scores], dtype=float)
    blank = int(np.isnan(values).sum())
    values = values[~np.isnan(values)]
    inside = values[(values >= 0) & (values <= 10)]
    promoters, detractors = int((inside >= 9).sum()), int((inside <= 6).sum())
    return NpsBands(promoters, inside.size - promoters - detractors, detractors, values.size - inside.size, blank)


def nps_score(promoters: float, detractors: float, n: float) -> float | None:
    """Share of promoters minus share of detractors; None without answers."""
    return (promoters - detractors) / n if n else None


def nps_variance(promoters: float, detractors: float, n: float) -> float | None:
    """Variance of one answer coded 1, 0, -1: P + D - (P - D)^2; None without answers."""
    if not n:
        return None
    return (promoters + detractors) / n - ((promoters - detractors) / n) ** 2


def nps_se(promoters: float, detractors: float, n: float) -> float | None:
    """Standard error of the score: sqrt(variance / n); None without answers."""
    variance = nps_variance(promoters, detractors, n)
    return None if variance is None else math.sqrt(max(variance, 0.0) / n)


def _adjusted(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Score and standard error after adding 3/4 promoter, 3/4 detractor and 3/2 passive."""
    p, d, m = promoters + 0.75, detractors + 0.75, n + 3
    return (p - d) / m, math.sqrt(((p + d) / m - ((p - d) / m) ** 2) / m)


def adjusted_wald(promoters: float, detractors: float, n: float, conf: float = 0.95) -> tuple[float, float] | None:
    """Adjusted Wald interval (Rocks 2016, Am. Stat. 70:365), within -1 to 1; None without answers.

    The point to show with it is the raw score: plain Wald has width 0 where all answers agree.
    """
    if not n:
        return None
    middle, se = _adjusted(promoters, detractors, n)
    half = z_value(conf) * se
    return max(-1.0, middle - half), min(1.0, middle + half)


def nps_difference(first: NpsBands, second: NpsBands, conf: float = 0.95) -> NpsDifference | None:
    """Compare two independent groups; None where one has no answers.

    z test on the plain standard errors; with fewer than 30 answers, no promoters or no detractors in a group a
    permutation test (10 000 draws, fixed seed) and an interval from the adjusted scores.
    """
    if not first.n or not second.n:
        return None
    groups = (first, second)
    scores = [(g.promoters - g.detractors) / g.n for g in groups]
    difference = scores[0] - scores[1]
    if any(g.n < SMALL or not g.promoters or not g.detractors for g in groups):
        adjusted = [_adjusted(g.promoters, g.detractors, g.n) for g in groups]
        middle, se = adjusted[0][0] - adjusted[1][0], math.hypot(adjusted[0][1], adjusted[1][1])
        p, method = _permutation_p(first, second, difference), "permutation"
    else:
        errors = [nps_se(g.promoters, g.detractors, g.n) or 0.0 for g in groups]
        middle, se = difference, math.hypot(*errors)
        p, method = math.erfc(abs(difference) / se / math.sqrt(2)), "z"
    half = z_value(conf) * se
    return NpsDifference(difference, max(-2.0, middle - half), min(2.0, middle + half), p, method)


def _permutation_p(first: NpsBands, second: NpsBands, difference: float) -> float:
    """Share of random regroupings at least as far apart, the observed one included."""
    pooled = [
        first.promoters + second.promoters,
        first.passives + second.passives,
        first.detractors + second.detractors,
    ]
    rng = np.random.default_rng(SEED)
    drawn = rng.multivariate_hypergeometric(pooled, first.n, size=DRAWS)
    net = drawn[:, 0] - drawn[:, 2]
    differences = net / first.n - (pooled[0] - pooled[2] - net) / second.n
    return float((1 + (np.abs(differences) >= abs(difference) - 1e-12).sum()) / (DRAWS + 1))
