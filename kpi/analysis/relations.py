"""Which of the chosen KPIs go together, in the same period or one before the other (F93). A link, no proof of a cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kpi.analysis.series import Series
from kpi.core import Period
from kpi.stats import TooLittle, benjamini_hochberg
from kpi.stats.correlation import LEAST
from kpi.stats.lagged import FIRM, bounds
from kpi.stats.little import lacking, last_run
from kpi.stats.prewhiten import cross_many, left_over

RANKED = 50  # periods below which no pair is called the strongest
LEVEL = 0.05


@dataclass(frozen=True)
class Relation:
    """Two KPIs, of which `first` moves `lag` periods before `second` (0: together).

    r, low, high: of that lag, the strongest of those looked at, with an interval right for all of them; same: r in the
    same period; n: periods; p: for all pairs and lags on the page (Benjamini & Hochberg); exploratory: fewer than 36
    periods, the season is not taken out; across: they look through different lenses.
    """

    first: str
    second: str
    lag: int
    r: float
    low: float
    high: float
    same: float
    n: int
    p: float
    across: bool

    @property
    def exploratory(self) -> bool:
        return self.n < FIRM

    @property
    def significant(self) -> bool:
        return self.p < LEVEL


@dataclass(frozen=True)
class Relations:
    """told: the pairs with a coefficient; untold: the others, with what they lack; tests: how many were made."""

    told: tuple[Relation, ...]
    untold: tuple[tuple[str, str, TooLittle], ...]
    tests: int

    def strongest(self) -> list[Relation]:
        """The significant pairs with 50 periods or more, the strongest first."""
        fit = [each for each in self.told if each.significant and each.n >= RANKED]
        return sorted(fit, key=lambda each: -abs(each.r))


def relations(series: Sequence[Series], most: int = 6, season: int = 12) -> Relations:
    """Every pair of these KPIs (same periods) over the last unbroken run of periods with both, lags -most … most.

    Below 20 periods no coefficient. Neither the order of the KPIs nor the direction of a pair changes its numbers.
    """
    by_id = {each.kpi.id: each for each in sorted(series, key=lambda each: each.kpi.id)}
    arrays = {id_: each.array() for id_, each in by_id.items()}
    same: dict[tuple[int, int], list[tuple[str, str]]] = {}
    untold = []
    for a, b in combinations(by_id, 2):
        here = last_run(arrays[a], arrays[b])
        little = lacking(arrays[a][here], LEAST) or lacking(arrays[b][here], LEAST)
        if little:
            untold.append((a, b, little))
        else:
            same.setdefault((here.start, here.stop), []).append((a, b))
    drafts, ps = [], []
    for (start, stop), pairs in same.items():
        x, y = (np.stack([arrays[pair[k]][start:stop] for pair in pairs]) for k in (0, 1))
        crossed = cross_many(x, y, most, season)
        single = crossed.p()
        low, high = bounds(crossed.r, crossed.df, crossed.lags.size)
        for i, (a, b) in enumerate(pairs):
            if np.isnan(crossed.r[i]).any():
                untold.append((a, b, TooLittle("constant", x.shape[1], LEAST)))
                continue
            best = int(np.argmin(single[i]))
            lag = int(crossed.lags[best])
            first, second = (a, b) if lag >= 0 else (b, a)
            numbers = (crossed.r[i, best], low[i, best], high[i, best], crossed.r[i, crossed.lags.size // 2])
            across = by_id[a].kpi.lens != by_id[b].kpi.lens
            drafts.append((first, second, abs(lag), *(float(v) for v in numbers), x.shape[1], len(ps) + best, across))
            ps.extend(single[i])
    adjusted = benjamini_hochberg(ps)
    told = tuple(
        Relation(first, second, lag, r, low, high, now, n, adjusted[at], across)
        for first, second, lag, r, low, high, now, n, at, across in drafts
    )
    return Relations(told, tuple(untold), len(ps))


@dataclass(frozen=True)
class Beside:
    """Two series beside each other. first, second: how far from their mean, in standard deviations, by period of the
    second; the first is moved later by the lag. dots: what the coefficient is of, as scores: what is left of the first,
    of the second, and the period of the second."""

    relation: Relation
    periods: tuple[Period, ...]
    first: tuple[float | None, ...]
    second: tuple[float | None, ...]
    dots: tuple[tuple[float, float, Period], ...]


def beside(relation: Relation, series: Sequence[Series], season: int = 12) -> Beside:
    """The two series of `relation`, over the periods that it was computed from."""
    by_id = {each.kpi.id: each for each in series}
    one, two = by_id[relation.first], by_id[relation.second]
    here = last_run(one.array(), two.array())
    periods = one.periods[here]
    x, y, lag = one.array()[here], two.array()[here], relation.lag
    moved = [None] * lag + _standard(x)[: x.size - lag]
    a, b = sorted((one, two), key=lambda each: each.kpi.id)  # the coefficient was computed in this order
    left = dict(zip((a.kpi.id, b.kpi.id), left_over(a.array()[here], b.array()[here], season), strict=True))
    first, second = left[relation.first], left[relation.second]
    known = periods[len(periods) - second.size :]
    dots = tuple(
        (float(u), float(v), period)
        for u, v, period in zip(first[: second.size - lag], second[lag:], known[lag:], strict=True)
    )
    return Beside(relation, periods, tuple(moved), tuple(_standard(y)), dots)


def coverage(one: Series, two: Series) -> float | None:
    """The share of periods with both values among those with either (F41); None without any."""
    known = [np.isfinite(each.array()) for each in (one, two)]
    either = int((known[0] | known[1]).sum())
    return int((known[0] & known[1]).sum()) / either if either else None


def _standard(x: NDArray[np.float64]) -> list[float | None]:
    spread = float(x.std())
    return [float(v) for v in (x - x.mean()) / (spread or 1.0)]
