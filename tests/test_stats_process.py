"""What is usual and what is not: limits of a frozen baseline, with season, skew, cases and memory allowed for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.stats import TooLittle, process, xmr_limits
from kpi.stats.signals import Signal

# NIST e-Handbook 6.3.3.2: defective chips of 30 wafers of 50 (centre .2313, limits .0524 and .4103 by binomial sigma)
WAFERS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]


def stable(n=36, seed=1):
    return 100 + 10 * np.random.default_rng(seed).normal(size=n)


def test_without_anything_to_allow_for_it_is_the_xmr_chart():
    x = stable()
    found, limits = process(x), xmr_limits(x[:24])
    assert found.base == (0, 24) and not (found.season or found.scale or found.memory)
    assert found.center == pytest.approx(limits.center)
    assert (found.low[0], found.high[0]) == pytest.approx((limits.low, limits.high))


def test_a_baseline_is_frozen_what_comes_later_does_not_move_it():
    x = stable(40)
    early, late = process(x[:30]), process(np.concatenate([x, np.full(20, 170.0)]))
    assert late.low[:30] == pytest.approx(early.low) and late.high[:30] == pytest.approx(early.high)
    assert [s for s in late.signals if s.index < 30] == list(early.signals)
    assert {s.index for s in late.signals if s.rule == "limit"} >= set(range(40, 60))


def test_twelve_values_are_a_baseline_until_there_are_twenty_four():
    assert process(stable(13)).base == (0, 12)
    assert process(stable(24)).base == (0, 12)
    assert process(stable(25)).base == (0, 24)
    assert process(stable(60), until=48).base == (24, 48)
    assert process(stable(12)) == TooLittle("few", 12, 13)
    assert process(stable(40), until=8) == TooLittle("few", 40, 13)
    assert process([7.0] * 30) == TooLittle("constant", 30, 13)
    assert process([None] * 30) == TooLittle("few", 0, 13)
    assert process([]) == TooLittle("few", 0, 13)


def test_each_rule_with_its_side():
    calm = [10.0, 12.0] * 12

    def signals(*after):
        return process([*calm, *after], season=1).signals

    assert signals(30) == (Signal("limit", 24),)
    assert signals(30)[0].up and not signals(-10)[0].up
    assert signals(*[10.9] * 8) == (Signal("run", 31),) and not signals(*[10.9] * 8)[0].up
    assert signals(15, 15, 11, 15) == (Signal("near_limit", 27),)
    assert signals(11.0, 10.0) == ()


def test_what_never_moved_has_moved():
    assert [s.rule for s in process([5.0] * 24 + [6.0]).signals] == ["limit"]


def test_blanks_are_skipped_and_keep_their_place():
    x = list(stable(30, seed=2))
    gaps = [*x[:5], None, *x[5:], None, 300.0]
    found = process(gaps)
    assert found.base == (0, 25) and found.n == 31
    assert [s.index for s in found.signals if s.rule == "limit"] == [32]
    assert np.isnan(found.beyond[[5, 31]]).all()


def test_a_season_is_no_signal_and_a_shift_under_it_is_one():
    t = np.arange(60)
    season = 30 * np.sin(2 * np.pi * t / 12)
    x = 100 + season + 5 * np.random.default_rng(4).normal(size=60)
    found = process(x, 48)
    assert found.season and found.signals == ()
    assert process(x, 48, season=1).season is False
    assert np.ptp(found.center) > 40
    shifted = process(np.where(t >= 50, x - 25, x), 48)
    assert any(s.rule == "limit" and not s.up for s in shifted.signals)


def test_skewed_money_is_read_in_logarithms_and_small_counts_in_roots():
    rng = np.random.default_rng(5)
    money = np.exp(8 + 0.6 * rng.normal(size=60))
    logs = process(money, 48, money=True)
    assert logs.scale == "log" and (logs.low > 0).all()
    expected = xmr_limits(np.log(money[24:48]))
    assert (logs.low[0], logs.high[0]) == pytest.approx((np.exp(expected.low), np.exp(expected.high)))
    assert process(stable(), money=True).scale == ""
    few = process(rng.poisson(2, 40).astype(float), counted=True, floor=0)
    assert few.scale == "root" and (few.low >= 0).all()
    assert process(rng.poisson(200, 40).astype(float), counted=True).scale == ""


def test_shares_with_the_same_cases_have_the_limits_of_xmr_and_others_their_own():
    shares = np.array(WAFERS) / 50
    same, plain = process(shares, cases=[50] * 30), xmr_limits(shares[:24])
    assert same.center == pytest.approx(plain.center)
    assert (same.low[0], same.high[0]) == pytest.approx((max(plain.low, same.low[0]), plain.high))
    rng = np.random.default_rng(6)
    cases = rng.integers(20, 500, 40)
    found = process(rng.binomial(cases, 0.3) / cases, cases=cases, floor=0, ceiling=1)
    width = found.high - found.center
    assert width[np.argmin(cases)] > 2 * width[np.argmax(cases)]
    # Where chance is all there is, P' comes down to the binomial limits of the p chart (NIST 6.3.3.2).
    binomial = 3 * np.sqrt(found.center[0] * (1 - found.center[0]) / cases)
    assert np.median(width / binomial) == pytest.approx(1, abs=0.3)


def test_the_centre_of_shares_is_the_share_of_all_cases():
    found = process(np.array(WAFERS) / 50, 29, cases=[50] * 30)
    assert found.center[0] == pytest.approx(sum(WAFERS[5:29]) / (24 * 50))
    uneven = process([0.5, 0.1] * 12 + [0.1], cases=[10, 990] * 12 + [100], season=1)
    assert uneven.center[0] == pytest.approx((0.5 * 10 + 0.1 * 990) / 1000)


def test_memory_widens_the_limits_and_silences_the_runs():
    rng = np.random.default_rng(7)
    x = rng.normal(size=80)
    for t in range(1, 80):
        x[t] += 0.8 * x[t - 1]
    found = process(x[20:], 48)
    plain = xmr_limits(x[44:68])
    assert found.memory
    assert found.high[0] - found.low[0] > 1.3 * (plain.high - plain.low)
    assert all(s.rule == "limit" for s in found.signals)


def test_sure_limits_are_wider_and_seldom_crossed_by_chance():
    rng = np.random.default_rng(8)
    crossed = [[], []]
    for _ in range(300):
        x = rng.normal(size=36)
        for k, sure in enumerate((False, True)):
            crossed[k].append(any(s.rule == "limit" for s in process(x, sure=sure).signals))
    assert np.mean(crossed[1]) <= 0.06 < np.mean(crossed[0]) + 0.02  # 12 values at .27 % each: 3.2 %
    assert process(stable(), sure=True).high[0] > process(stable()).high[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(13, 60), st.floats(-1e4, 1e4), st.sampled_from([0.01, 3.0, 1e5]))
def test_neither_unit_nor_origin_matter_and_a_mirror_turns_the_sides(seed, n, shift, factor):
    x = np.random.default_rng(seed).normal(size=n)
    found = process(x)
    moved, mirrored = process(shift + factor * x), process(-x)
    assert [(s.rule, s.index, s.up) for s in moved.signals] == [(s.rule, s.index, s.up) for s in found.signals]
    assert [(s.rule, s.index, not s.up) for s in mirrored.signals] == [(s.rule, s.index, s.up) for s in found.signals]
    assert mirrored.low == pytest.approx(-found.high)
