"""Contributions add up to the change of the whole."""

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


@given(counts, counts)
def test_parts_of_a_ratio_add_up(now, before):
    def rows(period, groups):
        return [_ratio(period, g, a, b) for g, (a, b) in groups.items()]

    def whole(period, groups):
        return _ratio(period, None, sum(a for a, _ in groups.values()), sum(b for _, b in groups.values()))

    found = breakdown(rows(APRIL, now), rows(MARCH, before), whole(APRIL, now), whole(MARCH, before), additive=False)
    assert sum(p.part for p in found.parts) == pytest.approx(found.change, abs=1e-9)


def test_parts_of_a_sum_are_the_differences_and_the_largest_comes_first():
    now = [Row(APRIL, 50.0, 5, group="web"), Row(APRIL, 10.0, 1, group="fair")]
    before = [Row(MARCH, 80.0, 8, group="web"), Row(MARCH, 5.0, 1, group="old")]
    found = breakdown(now, before, Row(APRIL, 60.0, 6), Row(MARCH, 85.0, 9), additive=True)
    assert [(p.group, p.part) for p in found.parts] == [("web", -30.0), ("fair", 10.0), ("old", -5.0)]
    assert found.change == -25


def test_what_does_not_add_up_has_no_parts():
    found = breakdown(
        [Row(APRIL, 3.0, 40, group="a")],
        [Row(MARCH, 2.0, 40, group="a")],
        Row(APRIL, 3.0, 40),
        Row(MARCH, 2.0, 40),
        additive=False,
    )
    assert found.parts[0].part is None and not found.adds_up and found.change == 1
