"""Quintile scores: the oracle's rule, and what must never depend on row order or unit."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import cut_points, score
from tests.support import SHARED

ORACLE = SHARED / "oracles" / "rfm_cdnow_19980630_scores.csv"
amounts = st.lists(st.integers(0, 100_000), min_size=1, max_size=60)


@pytest.mark.skipif(not ORACLE.exists(), reason="the reference outputs are not beside the checkout")
def test_scores_equal_oracle_for_all_2357_customers():
    with ORACLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2357
    for raw, expected, high_is_good in [
        ("recency_days", "rawbin_R", False),
        ("transaction_count", "q7_F", True),
        ("amount", "q7_M", True),
    ]:
        values = [float(row[raw]) for row in rows]
        got = score(values, cut_points(values), high_is_good)
        assert got.tolist() == [int(row[expected]) for row in rows], raw


def test_cut_points_are_type_7():
    values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    assert cut_points(values).points == pytest.approx(tuple(np.quantile(values, [0.2, 0.4, 0.6, 0.8])))


def test_ties_stay_together_and_a_level_may_be_empty():
    frequency = [1] * 60 + [2] * 20 + [9] * 20
    assert set(score(frequency, cut_points(frequency)).tolist()) == {1, 4, 5}


def test_constant_data_score_3():
    cuts = cut_points([7, 7, 7])
    assert cuts.flat
    assert score([7, 7, 7], cuts).tolist() == [3, 3, 3]
    assert score([7, 7, 7], cuts, high_is_good=False).tolist() == [3, 3, 3]


def test_frozen_cut_points_score_later_values():
    cuts = cut_points([10, 20, 30, 40, 50, 60])
    assert cuts.points == (20, 30, 40, 50)
    assert score([5, 20, 21, 99], cuts).tolist() == [1, 1, 2, 5]


def test_blanks_are_refused():
    with pytest.raises(ValueError):
        cut_points([])
    with pytest.raises(ValueError):
        cut_points([1, float("nan")])
    with pytest.raises(ValueError):
        score([float("nan")], cut_points([1, 2]))


@given(amounts, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    plain = score(values, cut_points(values))
    mixed = [values[i] for i in order]
    assert score(mixed, cut_points(mixed)).tolist() == plain[order].tolist()


@given(amounts, st.sampled_from([0.01, 0.37, 3, 100, 1e6]))
def test_unit_does_not_matter_and_scores_are_monotone(values, factor):
    plain = score(values, cut_points(values))
    scaled = [v * factor for v in values]
    assert score(scaled, cut_points(scaled)).tolist() == plain.tolist()
    assert plain.min() >= 1 and plain.max() <= 5
    ranked = sorted(zip(values, plain.tolist(), strict=True))
    assert all(a[1] <= b[1] for a, b in zip(ranked, ranked[1:], strict=False))
    assert len(dict(ranked)) == len(set(ranked))  # equal values, equal scores
    reverse = score(values, cut_points(values), high_is_good=False)
    assert (reverse + plain == 6).all()
