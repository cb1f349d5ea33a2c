"""Reading a scorecard: where data and people differ, what holds the whole back, what is missing most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt

from kpi.analysis.card import OBJECTIVE, SUBJECTIVE
from kpi.analysis.scorecard import (
    FEW_RATERS,
    NO_DATA,
    NO_TARGET,
    NOT_RATED,
    SCORED,
    FactorScore,
    Instrument,
    PerspectiveScore,
    Scorecard,
)

APART = 20.0  # points of 100 from which data and people contradict each other
NO_SLOT = "no_slot"
_ORDER = (NO_TARGET, NO_DATA, FEW_RATERS, NOT_RATED)  # what to say of a side where nothing is scored: the nearest first


@dataclass(frozen=True)
class Missing:
    """What keeps instruments from a score: the state, how many, and the share of the whole that it costs."""

    state: str
    n: int
    share: float


def side(factor: FactorScore, kind: str) -> list[Instrument]:
    """The instruments of one side of the factor."""
    return [i for i in factor.instruments if i.kind == kind]


def side_state(factor: FactorScore, kind: str) -> str:
    """scored where at least one instrument is; else what is missing; no_slot where the factor has no such side."""
    states = {i.state for i in side(factor, kind)}
    if not states:
        return NO_SLOT
    return SCORED if SCORED in states else next(s for s in _ORDER if s in states)


def gap(factor: FactorScore) -> float | None:
    """Data minus people, in points of 100."""
    if factor.objective is None or factor.subjective is None:
        return None
    return factor.objective - factor.subjective


def people_range(factor: FactorScore) -> tuple[float, float] | None:
    """The people's score, one spread down and up, within 0 to 100; of several instruments the root mean square."""
    spreads = [i.spread for i in side(factor, SUBJECTIVE) if i.spread is not None]
    if factor.subjective is None or not spreads:
        return None
    spread = sqrt(sum(s * s for s in spreads) / len(spreads))
    return max(0.0, factor.subjective - spread), min(100.0, factor.subjective + spread)


def scored(card: Scorecard, perspective: str | None = None) -> tuple[int, int]:
    """(scored, all) instruments of a perspective or of the whole."""
    mine = [i for f in card.factors if perspective in (None, f.perspective) for i in f.instruments]
    return sum(i.state == SCORED for i in mine), len(mine)


def weakest(card: Scorecard) -> PerspectiveScore | None:
    """The perspective with the lowest score, where it lies under the whole."""
    known = [p for p in card.perspectives if p.score is not None]
    lowest = min(known, key=lambda p: p.score, default=None)  # type: ignore[arg-type, return-value]
    return lowest if lowest and card.score is not None and lowest.score < card.score else None  # type: ignore[operator]


def weakest_factor(card: Scorecard, perspective: str) -> FactorScore | None:
    """The factor of the perspective with the lowest score."""
    known = [f for f in card.factors if f.perspective == perspective and f.score is not None]
    return min(known, key=lambda f: f.score, default=None)  # type: ignore[arg-type, return-value]


def farthest_apart(card: Scorecard) -> FactorScore | None:
    """The factor whose data and people contradict each other most."""
    apart = [f for f in card.factors if abs(gap(f) or 0.0) >= APART]
    return max(apart, key=lambda f: abs(gap(f) or 0.0), default=None)


def missing(card: Scorecard) -> list[Missing]:
    """What is missing, the costliest first; the shares add up to 1 minus the coverage."""
    count: dict[str, int] = defaultdict(int)
    cost: dict[str, float] = defaultdict(float)
    for factor in card.factors:
        sides = [each for each in (side(factor, OBJECTIVE), side(factor, SUBJECTIVE)) if each]
        for each in sides:
            for instrument in each:
                if instrument.state != SCORED:
                    count[instrument.state] += 1
                    cost[instrument.state] += factor.weight / len(sides) / len(each)
    return sorted((Missing(s, count[s], cost[s]) for s in count), key=lambda m: (-m.share, m.state))
