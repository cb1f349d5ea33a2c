"""XmR limits against R qcc and NIST, rules by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import Limits, Signal, autocorrelated, within_noise, xmr_limits, xmr_signals

# oracles/xmr_qcc.json nist_flowrate (NIST e-Handbook 6.3.2.2) and with_shift, constants 2.66 and 3.267
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
SHIFTED = [*FLOW, 56.2, 57.1, 58.3, 57.7, 58.9, 57.2, 58.4, 59]


def test_limits_equal_nist():
    limits = xmr_limits(FLOW)
    assert limits.center == pytest.approx(50.81, abs=1e-9)
    assert limits.range_mean == pytest.approx(1.87777777777778, abs=1e-9)
    assert (limits.low, limits.high) == pytest.approx((45.8151111111111, 55.8048888888889), abs=1e-9)
    assert limits.range_high == pytest.approx(6.1347, abs=1e-9)
    assert (limits.low, limits.high) == pytest.approx((45.8159, 55.8041), abs=1e-3)  # NIST's 3 / 1.128
    assert xmr_signals(FLOW, limits) == []


def test_points_beyond_limits_equal_qcc():
    limits = xmr_limits(SHIFTED)
    assert (limits.low, limits.high) == pytest.approx((49.4951241830065, 58.3826535947712), abs=1e-9)
    beyond = [s.index + 1 for s in xmr_signals(SHIFTED, limits) if s.rule == "limit"]
    assert sorted(beyond) == [2, 5, 15, 17, 18]


def test_runs_by_hand():
    limits = Limits(center=10, low=4, high=16, range_mean=2, range_high=7)
    assert xmr_signals([11] * 8, limits) == [Signal("run", 7)]
    assert xmr_signals([11] * 7 + [9], limits) == []
    assert xmr_signals([9, 14, 10, 14, 14], limits) == [Signal("near_limit", 4)]
    assert xmr_signals([14, 6, 14, 6], limits) == []
    assert xmr_signals([17], limits) == [Signal("limit", 0)]


def test_within_noise():
    assert within_noise([10, 11, 9, 10, 11]) is None
    assert within_noise([10, 11, 9, 10, 11, 10]) is True
    assert within_noise([10, 11, 9, 10, 11, 40]) is False
    assert within_noise([10, 12, 8, 10, 12, 8, 10, 12, 8, 10, 12, 8] + [11.5] * 8) is False  # a run, no point outside
    assert within_noise([10, 11, 10, 11, 10, 11, 14.5]) is False  # its own jump must not widen the limits
    assert within_noise([5, None, 5, 5, 5, 5, 5]) is True
    assert within_noise([10, 10, 10, 10, 10, 10, 10.5]) is False  # what never moved has moved


def test_limits_respect_bounds():
    limits = xmr_limits([0.9, 0.5, 1.0, 0.6], floor=0, ceiling=1)
    assert limits.low == 0 and limits.high == 1
    with pytest.raises(ValueError):
        xmr_limits([1])


def test_autocorrelation_is_noticed():
    assert autocorrelated(range(24))
    assert not autocorrelated([1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1])
    assert not autocorrelated([3] * 12)


@given(st.lists(st.integers(-100, 100), min_size=6, max_size=40), st.integers(-50, 50), st.sampled_from([0.5, 2, 10]))
def test_noise_does_not_depend_on_unit_or_origin(values, shift, factor):
    assert within_noise(values) == within_noise([v * factor + shift for v in values])
    assert within_noise(values) == within_noise([-v for v in values])
