"""Student's t against scipy.stats, which the product does not load for it."""

import math

import numpy as np
import pytest
from scipy.stats import t, ttest_ind

from kpi.stats.student import mean_half, welch_p


@pytest.mark.parametrize("seed", range(20))
def test_welch_as_scipy_has_it(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0, 1, rng.integers(2, 30)), rng.normal(rng.uniform(-2, 2), 3, rng.integers(2, 30))
    assert welch_p(a, b) == pytest.approx(float(ttest_ind(a, b, equal_var=False).pvalue), rel=1e-9)
    assert welch_p(a, b) == welch_p(b, a)


def test_without_spread_or_values_only_what_can_be_said_is_said():
    assert welch_p([1, 1, 1], [2, 2]) == 0.0
    assert math.isnan(welch_p([1, 1, 1], [1, 1]))
    assert math.isnan(welch_p([1], [1, 2, 3]))
    assert math.isnan(mean_half(1, 2.0))


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_the_interval_of_a_mean(n):
    assert mean_half(n, 2.0) == pytest.approx(float(t.ppf(0.975, n - 1)) * 2.0 / math.sqrt(n), rel=1e-12)
