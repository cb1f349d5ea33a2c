"""Contributions add up to the change of the whole; mix and rate effects too, whatever comes and goes."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.analysis.contribution import breakdown
from kpi.core import Period, Row

MARCH, APRIL = Period(date(2026, 3, 1), date(2026, 4, 1)), Period(date(2026, 4, 1), date(2026, 5, 1))


def _ratio(period, group, above, below):
    return Row(period, above / below if below else None, below, group=group, numerator=above, denominator=below)


counts = st.dictionaries(
    st.sampled_from("abcde"),
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
)


def rows(period, groups):
    return [_ratio(period, g, a, b) for g, (a, b) in groups.items()]


def whole(period, groups):
    return _ratio(period, None, sum(a for a, _ in groups.values()), sum(b for _, b in groups.values()))


def _of(now, before):
    return breakdown(rows(APRIL, now), rows(MARCH, before), whole(APRIL, now), whole(MARCH, before))


@given(counts, counts)
def test_parts_of_a_ratio_add_up(now, before):
    found = _of(now, before)
    assert found.kind == "mean"
    assert sum(p.part for p in found.parts) == pytest.approx(found.change, abs=1e-9)
    assert found.rate + found.mix == pytest.approx(found.change, abs=1e-9)
    assert all(p.part == pytest.approx(p.rate + p.mix, abs=1e-12) for p in found.parts)


@given(counts, counts, st.randoms())
def test_neither_the_order_of_the_groups_nor_of_the_periods_matters(now, before, rng):
    found = {p.group: p for p in _of(now, before).parts}
    shuffled = list(now.items())
    rng.shuffle(shuffled)
    for same in _of(dict(shuffled), before).parts:
        assert (same.rate, same.mix) == pytest.approx((found[same.group].rate, found[same.group].mix), abs=1e-12)
    for back in _of(before, now).parts:
        assert back.rate == pytest.approx(-found[back.group].rate, abs=1e-12)
        assert back.mix == pytest.approx(-found[back.group].mix, abs=1e-12)


@given(counts)
def test_the_same_weights_leave_no_mix_and_the_same_values_no_rate(groups):
    grown = {g: (3 * a, 3 * b) for g, (a, b) in groups.items()}
    found = _of(grown, groups)
    assert all(p.rate == pytest.approx(0, abs=1e-12) and p.mix == pytest.approx(0, abs=1e-12) for p in found.parts)
    turned = {g: (b - a, b) for g, (a, b) in groups.items()}
    assert all(p.mix == pytest.approx(0, abs=1e-12) for p in _of(turned, groups).parts)


@given(st.dictionaries(st.sampled_from("abcde"), st.tuples(st.floats(-1e6, 1e6), st.integers(1, 500)), min_size=1),
       st.dictionaries(st.sampled_from("abcde"), st.tuples(st.floats(-1e6, 1e6), st.integers(1, 500)), min_size=1))  # fmt: skip
def test_means_without_a_denominator_are_weighted_by_their_rows(now, before):
    """A mean of row values: n stands in for the denominator (a Net Promoter Score, an average time)."""

    def side(period, groups):
        n = sum(k for _, k in groups.values())
        mean = math.fsum(v * k for v, k in groups.values()) / n
        return [Row(period, v, k, group=g) for g, (v, k) in groups.items()], Row(period, mean, n)

    (ours, here), (theirs, there) = side(APRIL, now), side(MARCH, before)
    found = breakdown(ours, theirs, here, there)
    assert found.kind == "mean"
    assert math.fsum(p.part for p in found.parts) == pytest.approx(found.change, rel=1e-9, abs=1e-6)


def test_lower_rates_and_a_worse_mix_by_hand():
    """.5 of 100 and .1 of 100 → .4 of 50 and .1 of 150: -.125, of which -.0375 rate and -.0875 mix."""
    found = _of({"shop": (20, 50), "web": (15, 150)}, {"shop": (50, 100), "web": (10, 100)})
    assert found.change == pytest.approx(-0.125)
    assert (found.rate, found.mix) == (pytest.approx(-0.0375), pytest.approx(-0.0875))
    shop = next(p for p in found.parts if p.group == "shop")
    middle = (0.3 + 0.175) / 2
    assert (shop.rate, shop.mix) == (pytest.approx(0.375 * -0.1), pytest.approx(-0.25 * (0.45 - middle)))


def test_what_is_new_or_gone_is_mix_alone():
    found = {p.group: p for p in _of({"a": (10, 50), "new": (45, 50)}, {"a": (10, 50), "old": (0, 50)}).parts}
    assert found["new"].rate == found["old"].rate == 0
    assert found["new"].mix > 0 and found["old"].mix > 0


def test_parts_of_a_sum_are_the_differences_and_the_largest_comes_first():
    now = [Row(APRIL, 50.0, 5, group="web"), Row(APRIL, 10.0, 1, group="fair")]
    before = [Row(MARCH, 80.0, 8, group="web"), Row(MARCH, 5.0, 1, group="old")]
    found = breakdown(now, before, Row(APRIL, 60.0, 6), Row(MARCH, 85.0, 9), additive=True)
    assert [(p.group, p.part) for p in found.parts] == [("web", -30.0), ("fair", 10.0), ("old", -5.0)]
    assert found.change == -25 and found.kind == "sum" and found.rate is None


def test_a_level_whose_groups_add_up_is_a_sum_too():
    now = [Row(APRIL, 7.0, 70, group="a"), Row(APRIL, 3.0, 30, group="b")]
    before = [Row(MARCH, 4.0, 40, group="a"), Row(MARCH, 5.0, 50, group="b")]
    found = breakdown(now, before, Row(APRIL, 10.0, 100), Row(MARCH, 9.0, 90))
    assert found.kind == "sum" and [(p.group, p.part) for p in found.parts] == [("a", 3), ("b", -2)]


def test_what_does_not_add_up_has_no_parts():
    """A median, and customers that stand in two groups."""
    found = breakdown(
        [Row(APRIL, 3.0, 40, group="a")], [Row(MARCH, 2.0, 40, group="a")], Row(APRIL, 3.5, 40), Row(MARCH, 2.0, 40)
    )
    assert found.parts[0].part is None and not found.adds_up and found.change == 1.5
    twice = [_ratio(APRIL, g, 10, 60) for g in "ab"]
    found = breakdown(twice, rows(MARCH, {"a": (10, 60)}), _ratio(APRIL, None, 15, 100), _ratio(MARCH, None, 10, 60))
    assert not found.adds_up and found.rate is None


def test_without_a_value_before_there_is_nothing_to_explain():
    found = breakdown(rows(APRIL, {"a": (1, 2)}), [], _ratio(APRIL, None, 1, 2), None, additive=True)
    assert found.change is None and not found.adds_up and found.parts[0].part is None
    empty = breakdown([], [], None, None)
    assert empty.parts == () and empty.change is None
