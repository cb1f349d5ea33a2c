"""Forecasts against R's forecast package, the choice among them, ranges, chances, and what they refuse to say."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.stats import Outlook, TooLittle, outlook
from kpi.stats.forecast import METHODS, Spread, scaled_errors, simplest_best, tried
from kpi.stats.forecasters import drift, figure_of, has_season, naive, run_rate, seasonal_naive, theta
from kpi.stats.outlook import needed
from kpi.stats.smoothing import ets
from tests.support import SHARED

ORACLE = SHARED / "oracles" / "forecast_AirPassengers.json"
oracle = pytest.mark.skipif(not ORACLE.exists(), reason="the reference outputs do not lie beside the checkout")


def passengers():
    found = json.loads(ORACLE.read_text())
    return np.array(found["train"], dtype=float), np.array(found["test"], dtype=float), found


@oracle
@pytest.mark.parametrize(
    ("method", "name", "within"),
    [(naive, "naive", 1e-6), (seasonal_naive, "snaive", 1e-6), (drift, "drift", 1e-6), (theta, "theta", 1e-3),
     (ets, "ets", 0.02)],
)  # fmt: skip
def test_methods_equal_those_of_r(method, name, within):
    train, test, expected = passengers()
    said = method(train, np.array([train.size]), 12, 12)[0]
    assert said == pytest.approx(np.array(expected[name]["mean"]), rel=within)
    scale = np.abs(train[12:] - train[:-12]).mean()
    assert np.abs(said - test).mean() / scale == pytest.approx(expected[name]["MASE_test"], rel=max(within, 1e-9))


@oracle
def test_the_year_that_came_lies_in_the_range():
    train, test, _ = passengers()
    found = outlook(train, 12, total=True)
    assert found.low < test.sum() < found.high
    assert found.mase[found.method] < found.mase["seasonal_naive"]
    assert found.expected == pytest.approx(sum(found.points))
    assert found.checked and found.checked.of >= 20 and found.checked.inside / found.checked.of > 0.5


def test_every_method_looks_only_at_what_was_known():
    x = 100 + 20 * np.sin(np.arange(60) * np.pi / 6) + np.random.default_rng(1).normal(size=60)
    for name, (method, seasons) in METHODS.items():
        origins = np.array([max(24, 12 * seasons), 40, 47])
        for k, origin in enumerate(origins):
            later = x.copy()
            later[origin:] = 1e6
            assert method(later, origins[k : k + 1], 6, 12)[0] == pytest.approx(
                method(x, origins[k : k + 1], 6, 12)[0]
            ), name


def test_run_rate_by_hand():
    year = np.arange(1.0, 13.0)
    x = np.concatenate([year, 2 * year[:6]])
    assert run_rate(x, np.array([18]), 6, 12)[0] == pytest.approx(2 * year[6:])
    assert run_rate(np.zeros(18), np.array([18]), 3, 12)[0] == pytest.approx([0, 0, 0])


def test_a_season_is_seen_where_there_is_one():
    t = np.arange(36)
    noise = np.random.default_rng(2).normal(size=36)
    assert has_season(10 * np.sin(t * np.pi / 6) + noise, 12)
    assert not has_season(noise, 12) and not has_season(noise[:20], 12) and not has_season(noise, 1)
    figure = figure_of((100 + t) * (1 + 0.3 * np.sin(t * np.pi / 6)), 12, times=True)
    assert figure == pytest.approx(1 + 0.3 * np.sin(np.arange(12) * np.pi / 6), abs=0.01)


def test_of_methods_that_hardly_differ_the_simplest_is_taken():
    assert simplest_best({"theta": 0.700, "average": 0.705, "seasonal_naive": 1.0}) == "average"
    assert simplest_best({"theta": 0.6, "average": 0.7, "seasonal_naive": 1.0}) == "theta"
    assert simplest_best({"seasonal_naive": 1.0, "naive": 1.0}) == "seasonal_naive"
    assert simplest_best({}) is None


def test_the_right_method_wins_on_its_own_kind_of_series():
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.normal(size=400))[340:]
    assert outlook(walk, 3).method in ("naive", "drift", "theta", "ets")
    noise = 100 + rng.normal(size=60)
    assert outlook(noise, 3).method in ("average", "theta", "ets")
    season = 100 + 30 * np.sin(np.arange(60) * np.pi / 6) + rng.normal(size=60)
    found = outlook(season, 12)
    assert found.mase[found.method] <= found.mase["seasonal_naive"]
    assert np.array(found.points) == pytest.approx(100 + 30 * np.sin(np.arange(60, 72) * np.pi / 6), abs=5)


def test_three_origins_are_needed_before_a_method_is_tried():
    x = np.random.default_rng(4).normal(size=27)
    assert set(tried(x[:14], 3, 12).errors) == {"naive", "average", "drift"}
    assert set(tried(x[:15], 3, 12).errors) == {"naive", "average", "drift", "seasonal_naive", "run_rate"}
    assert set(tried(x, 3, 12).errors) == set(METHODS)
    assert set(scaled_errors(tried(x, 3, 12), 20)) == {"naive", "average", "drift", "seasonal_naive", "run_rate"}


def test_without_a_season_nothing_is_called_seasonal():
    x = np.random.default_rng(9).normal(size=40)
    assert set(tried(x[:14], 2, 1).errors) == {"naive", "average", "drift"}
    assert set(tried(x, 2, 1).errors) == {"naive", "average", "drift", "theta", "ets"}
    assert set(outlook(x[:12], 3).mase) == {"naive", "average", "drift"}  # a year alone shows no season


def test_too_little_is_said_and_never_a_number():
    assert outlook([1, 2, 3], 3) == TooLittle("few", 3, 6)
    assert outlook([1, 2, 3, 4, 5], 3) == TooLittle("few", 5, 6)
    assert outlook([4.0] * 30, 3) == TooLittle("constant", 30, 6)
    assert outlook([1, 2, np.nan, 4, 5, 6, 7], 3) == TooLittle("gaps", 6, 6)
    assert outlook([1, 2, 3, 4, 5, 7], 0) == TooLittle("past", 6)
    assert isinstance(outlook([1, 2, 3, 4, 5, 7], 3), Outlook)
    assert outlook([3, 1, 4, 1, 5, 9, 2], 3).checked is None  # fewer than five moments to check
    with pytest.raises(ValueError, match="exposure"):
        outlook([3, 1, 4, 1, 5, 9], 3, exposure=[1] * 6)


def test_working_days_are_allowed_for():
    rng = np.random.default_rng(5)
    days = rng.integers(16, 24, 30).astype(float)
    sales = 50 * days[:24] * (1 + 0.01 * rng.normal(size=24))
    found = outlook(sales, 6, total=True, exposure=days)
    assert found.expected == pytest.approx(50 * days[24:].sum(), rel=0.02)
    assert found.high - found.low < 0.1 * found.expected


def test_bounds_hold_for_points_and_ranges():
    rng = np.random.default_rng(6)
    falling = np.clip(0.5 - 0.02 * np.arange(24) + 0.02 * rng.normal(size=24), 0, 1)
    found = outlook(falling, 12, floor=0.0, ceiling=1.0)
    assert min(found.points) >= 0 and found.low >= 0 and found.high <= 1


def test_a_chance_by_hand():
    found = outlook(100 + 10 * np.random.default_rng(7).normal(size=48), 6)
    assert found.chance(low=found.expected) == pytest.approx(0.5)
    assert found.chance(low=found.low) == pytest.approx(0.9)
    assert found.chance(high=found.low) == pytest.approx(0.1)
    assert found.chance(low=found.low, high=found.high) == pytest.approx(0.8)
    assert found.chance(low=-1e9) == 0.99 and found.chance(low=1e9) == 0.01
    assert Spread(10, 0, 1).below(10) == 1.0 and Spread(10, 0, 1).below(9) == 0.0
    assert Spread(0, 1, 1e9).interval(0.8)[1] == pytest.approx(1.2815516, abs=1e-6)
    assert needed(120, 30, 9) == 10 and needed(120, 30, np.array([20.0, 25])) == 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 50), st.integers(1, 12), st.booleans())
def test_properties_of_an_outlook(seed, n, ahead, total):
    x = 50 + np.random.default_rng(seed).normal(size=n)
    found = outlook(x, ahead, total)
    assert len(found.points) == ahead and found.low < found.expected < found.high
    assert found.chance(low=found.high) < found.chance(low=found.expected) < found.chance(low=found.low)
    scaled = outlook(1000 * x, ahead, total)
    assert scaled.method == found.method
    assert (scaled.expected, scaled.low) == pytest.approx((1000 * found.expected, 1000 * found.low), rel=1e-6)
    if found.checked:
        assert 0 <= found.checked.inside <= found.checked.of == len(found.checked.places)
        assert found.checked.came_true(0.99) >= found.checked.came_true(0.5) >= found.checked.came_true(0.01)


def test_a_range_of_80_percent_holds_about_that_often():
    """Over noise, memory and season, 36 months and half a year ahead; 70 to 92 % is within chance of 150 draws."""
    rng = np.random.default_rng(8)
    inside, places = [], []
    for k in range(150):
        x = rng.normal(size=42)
        if k % 3 == 1:
            for t in range(1, 42):
                x[t] += 0.5 * x[t - 1]
        x = 100 + 5 * x + (20 * np.sin(np.arange(42) * np.pi / 6) if k % 3 == 2 else 0)
        found = outlook(x[:36], 6, total=True)
        inside.append(found.low <= x[36:].sum() <= found.high)
        places.append(found.spread.below(float(x[36:].sum())))
    assert 0.70 <= np.mean(inside) <= 0.92
    assert 0.38 <= np.mean(np.array(places) < 0.5) <= 0.62
