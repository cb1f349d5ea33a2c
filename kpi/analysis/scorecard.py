"""The balanced CRM scorecard: what the data say and what people say, factor by factor, with missing as missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kpi.analysis.card import OBJECTIVE, SUBJECTIVE, Card, Factor, read_card
from kpi.analysis.ratings import Rated
from kpi.errors import Unknown
from kpi.stats import Attainment, attainment, band_attainment, composite, enough

SCORED, NO_DATA, NO_TARGET, NOT_RATED, FEW_RATERS = "scored", "no_data", "no_target", "not_rated", "few_raters"


class Measured(NamedTuple):
    """A KPI value with what it is judged by: baseline and target, or baseline and the limits low to high."""

    value: float | None
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    better: str = "higher"


@dataclass(frozen=True)
class Instrument:
    """One instrument of one factor.

    score: 0 to 100, null unless state is "scored". state: scored; no_data (not computable); no_target (a value, but
    nothing to judge it by); not_rated; few_raters (hidden until enough people rated). raw: attainment in percent
    before the cap. n, spread, median: of the ratings.
    """

    id: str
    kind: str
    state: str
    score: float | None = None
    value: float | None = None
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    raw: float | None = None
    n: int | None = None
    spread: float | None = None
    median: float | None = None


@dataclass(frozen=True)
class FactorScore:
    """objective, subjective: means of the scored instruments of each side; score: mean of the sides that have one;
    weight: share in the whole; coverage: share of instruments scored, each side counting alike."""

    perspective: str
    factor: str
    objective: float | None
    subjective: float | None
    score: float | None
    weight: float
    coverage: float
    instruments: tuple[Instrument, ...]


@dataclass(frozen=True)
class PerspectiveScore:
    """Weighted mean of its factors; null where less than 70 % is covered."""

    perspective: str
    score: float | None
    weight: float
    coverage: float


@dataclass(frozen=True)
class Scorecard:
    """The whole. score: weighted mean over the factors; null where less than 70 % is covered."""

    factors: tuple[FactorScore, ...]
    perspectives: tuple[PerspectiveScore, ...]
    score: float | None
    coverage: float


ValueOf = Callable[[str], Sequence[Any] | None]


def scorecard(
    value_of: ValueOf,
    ratings: Mapping[str, Rated],
    weights: Mapping[str, float] | None = None,
    card: Card | None = None,
) -> Scorecard:
    """Score every factor, perspective and the whole from 0 to 100.

    value_of: KPI id -> (value, baseline, target, low, high, better), shorter where there is less, or None where it
    cannot be computed. ratings: what `ratings.rated` gives. weights: perspective or factor id -> weight relative to
    its neighbours, 1 where not named; perspectives count alike by default, and factors within theirs.
    Unknown for a weight of nothing on the card.
    """
    card = card or read_card()
    given = dict(weights or {})
    for name in given:
        if name not in card.perspectives and name not in card.factors:
            raise Unknown("factor", name, [*card.perspectives, *card.factors])
    shares = _shares(card, given)
    factors = tuple(_factor(f, shares[f.id], value_of, ratings) for f in card.factors.values())
    parts = []
    for perspective in card.perspectives:
        mine = [f for f in factors if f.perspective == perspective]
        parts.append(PerspectiveScore(perspective, *_whole(mine)))
    score, _, coverage = _whole(factors)
    return Scorecard(factors, tuple(parts), score, coverage)


def _shares(card: Card, given: Mapping[str, float]) -> dict[str, float]:
    """Weight of each factor in the whole; all of them add up to 1."""

    def normal(names: list[str]) -> dict[str, float]:
        each = {name: float(given.get(name, 1)) for name in names}
        total = sum(each.values())
        return {name: weight / total if total else 0.0 for name, weight in each.items()}

    of = normal(list(card.perspectives))
    found = {}
    for perspective in card.perspectives:
        names = [f.id for f in card.factors.values() if f.perspective == perspective]
        found |= {name: of[perspective] * share for name, share in normal(names).items()}
    return found


def _whole(factors: Sequence[FactorScore]) -> tuple[float | None, float, float]:
    """(score, weight, coverage) of some factors. A factor counts as covered as far as its instruments are."""
    weight = sum(f.weight for f in factors)
    coverage = sum(f.weight * f.coverage for f in factors) / weight if weight else 0.0
    mean = composite([f.score for f in factors], [f.weight for f in factors], min_coverage=0).score
    return (mean if enough(coverage) else None), weight, coverage


def _factor(factor: Factor, weight: float, value_of: ValueOf, ratings: Mapping[str, Rated]) -> FactorScore:
    objective = [_objective(id_, value_of(id_)) for id_ in factor.objective]
    subjective = [_subjective(id_, ratings.get(id_)) for id_ in factor.subjective]
    sides = [composite([i.score for i in side], min_coverage=0) for side in (objective, subjective)]
    existing = [side for side, slots in zip(sides, (objective, subjective), strict=True) if slots]
    score = composite([side.score for side in existing], min_coverage=0).score
    coverage = sum(side.coverage for side in existing) / len(existing)
    first, second = sides[0].score, sides[1].score
    return FactorScore(factor.perspective, factor.id, first, second, score, weight, coverage, (*objective, *subjective))


def _objective(id_: str, found: Sequence[Any] | None) -> Instrument:
    measured = Measured(None) if found is None else Measured(*found)
    value, baseline, target, low, high, _ = measured
    if value is None:
        return Instrument(id_, OBJECTIVE, NO_DATA, baseline=baseline, target=target, low=low, high=high)
    judged = _judge(measured)
    state, score, raw = (NO_TARGET, None, None) if judged is None else (SCORED, judged.score, judged.raw)
    return Instrument(id_, OBJECTIVE, state, score, value, baseline, target, low, high, raw)


def _judge(measured: Measured) -> Attainment | None:
    value, baseline, target, low, high, better = measured
    if value is None or baseline is None:
        return None
    if target is not None:
        return attainment(value, baseline, target, better)
    if low is None and high is None:
        return None
    return band_attainment(
        value, baseline, float("-inf") if low is None else low, float("inf") if high is None else high
    )


def _subjective(id_: str, found: Rated | None) -> Instrument:
    if found is None or not found.n:
        return Instrument(id_, SUBJECTIVE, NOT_RATED, n=0)
    if found.score is None:
        return Instrument(id_, SUBJECTIVE, FEW_RATERS, n=found.n)
    return Instrument(id_, SUBJECTIVE, SCORED, found.score, n=found.n, spread=found.spread, median=found.median)
