"""Kaplan-Meier and Aalen-Johansen against R survival, cmprsk and lifelines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import cumulative_incidence, kaplan_meier, median_time

# oracles/funnel_deals24.csv: days and outcome (0 open, 1 won, 2 lost) of 24 made-up deals
DAYS = [5, 8, 8, 12, 14, 15, 20, 21, 21, 25, 28, 30, 30, 33, 35, 40, 40, 42, 45, 50, 55, 60, 60, 75]
OUTCOME = [1, 2, 1, 0, 2, 1, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2, 1, 0, 2, 0, 1, 0, 2, 0]
# oracles/survival_r.json aml_maintained (R survival 3.5-3, conf.type = "log-log")
AML_DAYS = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
AML_EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]


def test_kaplan_meier_equals_r():
    curve = kaplan_meier(AML_DAYS, AML_EVENT)
    assert curve.times.tolist() == [9, 13, 18, 23, 28, 31, 34, 45, 48, 161]
    assert curve.at_risk.tolist() == [11, 10, 8, 7, 6, 5, 4, 3, 2, 1]
    assert curve.events.tolist() == [1, 1, 1, 1, 0, 1, 1, 0, 1, 0]
    assert curve.survival == pytest.approx(
        [0.909090909090909, 0.818181818181818, 0.715909090909091, 0.613636363636364, 0.613636363636364,
         0.490909090909091, 0.368181818181818, 0.368181818181818, 0.184090909090909, 0.184090909090909], abs=1e-9
    )  # fmt: skip
    assert curve.low == pytest.approx(
        [0.50808020576993, 0.447428614682181, 0.350190385907938, 0.265752040001286, 0.265752040001286,
         0.167330909776851, 0.0928295749369852, 0.0928295749369852, 0.0117384801231896, 0.0117384801231896], abs=1e-9
    )  # fmt: skip
    assert curve.high == pytest.approx(
        [0.986673822667823, 0.951162228582492, 0.899023974191053, 0.835299243250221, 0.835299243250221,
         0.753399790370811, 0.657040832398164, 0.657040832398164, 0.525014842726641, 0.525014842726641], abs=1e-9
    )  # fmt: skip
    assert curve.median == 31


def test_kaplan_meier_equals_lifelines():
    """oracles/km_lifelines_deals24.json: 1 - KM with losses censored, and the median of 55 days."""
    curve = kaplan_meier(DAYS, [o == 1 for o in OUTCOME])
    times = [5, 10, 15, 20, 30, 45, 60, 75]
    assert [1 - curve.at(t) for t in times] == pytest.approx(
        [0.0416666667, 0.0833333333, 0.1315789474, 0.1798245614, 0.2933873144, 0.3718998351, 0.5289248763,
         0.5289248763], abs=1e-9
    )  # fmt: skip
    assert median_time(DAYS, [o == 1 for o in OUTCOME]) == 55
    assert curve.at(1) == 1


def test_cumulative_incidence_equals_r():
    """oracles/survival_r.json deals24 (survfit multi-state = cmprsk cuminc); 1 - KM would say 52.9 %."""
    curves = cumulative_incidence(DAYS, OUTCOME)
    times = [10, 20, 30, 45, 60, 75]
    assert [curves.at(1, t) for t in times] == pytest.approx(
        [0.0833333333333333, 0.170833333333333, 0.264166666666667, 0.320732323232323, 0.403223905723906,
         0.403223905723906], abs=1e-9
    )  # fmt: skip
    assert [curves.at(2, t) for t in times] == pytest.approx(
        [0.0416666666666667, 0.0854166666666667, 0.175833333333333, 0.349301346801347, 0.431792929292929,
         0.431792929292929], abs=1e-9
    )  # fmt: skip
    assert curves.last_time(10) == 35
    assert curves.at(1, 0) == 0


def test_median_does_not_exist_while_more_than_half_are_open():
    assert median_time([1, 2, 3, 10, 10, 10, 10], [1, 1, 1, 0, 0, 0, 0]) is None
    assert median_time([], []) is None


def test_bad_durations_are_refused():
    with pytest.raises(ValueError):
        kaplan_meier([-1, 2], [1, 1])
    with pytest.raises(ValueError):
        kaplan_meier([float("nan")], [1])
    with pytest.raises(ValueError):
        cumulative_incidence([1, 2], [1])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), min_size=1), st.randoms(use_true_random=False))
def test_outcomes_and_open_add_up_in_any_order(cases, random):
    days, codes = zip(*cases, strict=True)
    curves = cumulative_incidence(days, codes)
    total = sum(curves.by_cause.values()) + curves.open
    assert np.allclose(total, 1)
    shuffled = list(cases)
    random.shuffle(shuffled)
    again = cumulative_incidence(*zip(*shuffled, strict=True))
    for cause, curve in curves.by_cause.items():
        assert np.allclose(curve, again.by_cause[cause])
        assert (np.diff(curve) >= -1e-12).all() and curve[-1] <= 1 + 1e-12
