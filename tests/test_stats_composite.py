"""Attainment, composite and ratings, worked by definition (oracles/definitions_worked.json)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import attainment, band_attainment, composite, rating_score, ratings

ATTAINMENT = [  # oracles/definitions_worked.json, attainment: actual, baseline, target, raw, capped
    (65, 50, 80, 50.0, 50.0),
    (12, 20, 10, 80.0, 80.0),
    (95, 50, 80, 150.0, 100.0),
    (41, 50, 80, -30.0, 0.0),
]


@pytest.mark.parametrize(("actual", "baseline", "target", "raw", "capped"), ATTAINMENT)
def test_attainment_equals_worked_examples(actual, baseline, target, raw, capped):
    found = attainment(actual, baseline, target)
    assert (found.raw, found.score) == pytest.approx((raw, capped))
    assert found.met == (raw >= 100)


def test_target_equal_to_baseline_is_met_or_not():
    assert attainment(5, 5, 5, "higher").met and attainment(5, 5, 5, "higher").raw is None
    assert attainment(4, 5, 5, "higher").score == 0
    assert attainment(4, 5, 5, "lower").score == 100
    assert not attainment(4, 5, 5, "target").met


def test_band_attainment():
    assert band_attainment(15, 5, 10, 20).score == 100
    assert band_attainment(7.5, 5, 10, 20).score == 50
    assert band_attainment(22, 5, 10, 20).score == 60  # above the band counts by its distance too
    assert band_attainment(0, 5, 10, 20).score == 0
    assert band_attainment(9, 15, 10, 20) == band_attainment(21, 15, 10, 20)
    assert band_attainment(9, 15, 10, 20).raw is None
    with pytest.raises(ValueError):
        band_attainment(1, 1, 3, 2)


def test_composite_equals_worked_example():
    scores, weights = [80, None, 50], [0.5, 0.3, 0.2]
    found = composite(scores, weights)
    assert found.score == pytest.approx(71.42857142857143)  # 50 if the missing one counted as 0
    assert found.coverage == pytest.approx(0.7)
    assert composite(scores, weights, geometric=True).score == pytest.approx(69.94714486360564)


def test_composite_is_suppressed_below_70_percent():
    found = composite([80, None, 50], [0.4, 0.4, 0.2])
    assert found.score is None and found.coverage == pytest.approx(0.6)
    assert composite([None, None]).score is None
    assert composite([]).coverage == 0
    with pytest.raises(ValueError):
        composite([1, 2], [1])
    with pytest.raises(ValueError):
        composite([1, 2], [1, -1])


def test_rating_score():
    assert [rating_score(r) for r in (1, 3, 5)] == [0, 50, 100]
    assert rating_score(4, scale_max=10) == pytest.approx(100 / 3)
    for bad in (0, 6, float("nan")):
        with pytest.raises(ValueError):
            rating_score(bad)


def test_ratings_summary():
    found = ratings([75, 100, 50])
    assert (found.n, found.mean, found.median, found.spread) == (3, 75, 75, 25)
    assert ratings([50]).spread is None
    assert ratings([]) is None


@given(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_composite_lies_between_its_scores_in_any_order(scores, random):
    found = composite(scores, min_coverage=0)
    present = [s for s in scores if s is not None]
    assert found.coverage == pytest.approx(len(present) / len(scores))
    assert (found.score is None) == (not present)
    if present:
        assert min(present) - 1e-9 <= found.score <= max(present) + 1e-9
        shuffled = list(scores)
        random.shuffle(shuffled)
        assert composite(shuffled, min_coverage=0).score == pytest.approx(found.score)
        assert composite([*scores, None], min_coverage=0).score == pytest.approx(found.score)
