"""Wilson and Newcombe against statsmodels and Newcombe 1998."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import newcombe, wilson, z_value

# oracles/wilson.csv (statsmodels 0.15.0 proportion_confint, = scipy binomtest): x, n, conf, low, high
WILSON = [
    (81, 263, 0.95, 0.2552885199, 0.366209577),
    (15, 148, 0.95, 0.0623863995, 0.1604872417),
    (0, 20, 0.95, 0.0, 0.1611251581),
    (1, 29, 0.95, 0.0061132143, 0.1717552188),
    (0, 10, 0.95, 0.0, 0.2775327999),
    (5, 10, 0.95, 0.2365930905, 0.7634069095),
    (10, 10, 0.95, 0.7224672001, 1.0),
    (37, 250, 0.95, 0.109319824, 0.1973340189),
    (8, 16, 0.9, 0.3098430968, 0.6901569032),
    (130, 200, 0.95, 0.5816346434, 0.7127117585),
]
# oracles/newcombe_diff.csv (statsmodels confint_proportions_2indep "newcomb"): x1, n1, x2, n2, diff, low, high
NEWCOMBE = [
    (56, 70, 48, 80, 0.2, 0.05243147, 0.33387265),
    (9, 10, 3, 10, 0.6, 0.17052272, 0.80901797),
    (6, 7, 2, 7, 0.57142857, 0.05822793, 0.80624964),
    (5, 56, 0, 29, 0.08928571, -0.03813715, 0.19256001),
    (0, 10, 0, 20, 0.0, -0.16112516, 0.2775328),
    (8, 24, 12, 30, -0.06666667, -0.30087477, 0.18549683),
    (130, 200, 100, 190, 0.12368421, 0.02600254, 0.21827429),
]


@pytest.mark.parametrize(("x", "n", "conf", "low", "high"), WILSON)
def test_wilson_equals_oracle(x, n, conf, low, high):
    assert wilson(x, n, conf) == pytest.approx((low, high), abs=1e-7)


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "difference", "low", "high"), NEWCOMBE)
def test_newcombe_equals_oracle(x1, n1, x2, n2, difference, low, high):
    assert newcombe(x1, n1, x2, n2) == pytest.approx((difference, low, high), abs=1e-7)


def test_nothing_counted_is_not_defined():
    assert wilson(0, 0) is None
    assert newcombe(1, 2, 0, 0) is None


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError):
        wilson(3, 2)
    with pytest.raises(ValueError):
        wilson(-1, 2)
    with pytest.raises(ValueError):
        z_value(95)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_in_0_to_1(case):
    x, n = case
    low, high = wilson(x, n)
    assert 0 <= low <= x / n <= high <= 1
    mirrored = wilson(n - x, n)
    assert math.isclose(low, 1 - mirrored[1], abs_tol=1e-12) and math.isclose(high, 1 - mirrored[0], abs_tol=1e-12)
