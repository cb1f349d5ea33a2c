"""Progress and readings: F01, F02, F97, and signal against noise."""

from datetime import date

import pytest

from kpi.analysis.progress import NEEDS_ACTION, Target, progress, target_for
from kpi.analysis.reading import read
from kpi.catalogue import kpi
from kpi.core import Period, Row

YEAR = Target("total_revenue", None, date(2026, 1, 1), date(2027, 1, 1), 100, 110)


def test_f97_half_the_horizon_gone_and_less_than_half_way_is_behind():
    found = progress(YEAR, 103, date(2026, 7, 2))
    assert found.gone == pytest.approx(0.5, abs=0.003)
    assert found.expected == pytest.approx(105, abs=0.03)
    assert found.state == "at_risk" and found.state in NEEDS_ACTION


def test_f01_actual_progress_and_time_elapsed():
    found = progress(YEAR, 105, date(2026, 4, 2))
    assert (found.actual, found.done) == (105, pytest.approx(0.5))
    assert found.gone == pytest.approx(91 / 365)
    assert found.state == "on_track"


def test_f02_worse_than_target_past_the_horizon_needs_action():
    assert progress(YEAR, 109, date(2027, 2, 1)).state == "corrective_action_needed"
    assert progress(YEAR, 110, date(2027, 2, 1)).state == "reached"


def test_lower_is_better_works_by_signs():
    target = Target("churn_rate", None, date(2026, 1, 1), date(2027, 1, 1), 0.2, 0.1)
    assert progress(target, 0.12, date(2026, 7, 2), "lower").done == pytest.approx(0.8)
    assert progress(target, 0.12, date(2026, 7, 2), "lower").state == "on_track"
    assert progress(target, 0.21, date(2026, 7, 2), "lower").state == "corrective_action_needed"


def test_a_sum_that_must_stay_small_is_a_budget():
    target = Target("complaints_count", None, date(2026, 1, 1), date(2027, 1, 1), 474, 420)
    early = date(2026, 2, 1)  # a small sum at the beginning has reached nothing yet

    def state(actual, today):
        return progress(target, actual, today, "lower", flow=True).state

    assert [state(n, early) for n in (30, 38, 60)] == ["on_track", "at_risk", "corrective_action_needed"]
    assert progress(target, 60, early, "lower", flow=True).expected == pytest.approx(420 * 31 / 365)
    assert [state(n, date(2027, 1, 1)) for n in (420, 421)] == ["reached", "corrective_action_needed"]


def test_a_band_is_reached_inside_and_target_equal_to_baseline_divides_by_nothing():
    band = Target("weekly_calls_per_rep", None, date(2026, 1, 1), date(2027, 1, 1), 80, None, 100, 125)
    assert progress(band, 110, date(2026, 3, 1)).state == "reached"
    same = Target("nps", None, date(2026, 1, 1), date(2027, 1, 1), 40, 40)
    assert progress(same, 39, date(2026, 3, 1)).state == "corrective_action_needed"
    assert progress(same, 41, date(2026, 3, 1)).state == "reached"


def test_no_value_is_no_progress():
    assert progress(YEAR, None, date(2026, 7, 2)).state == "needs_data"


def test_the_running_target_of_the_goal_is_taken():
    other = Target("total_revenue", "increase_sales", date(2026, 1, 1), date(2027, 1, 1), 100, 120)
    old = Target("total_revenue", None, date(2025, 1, 1), date(2026, 1, 1), 90, 100)
    today = date(2026, 5, 1)
    assert target_for([old, YEAR, other], "total_revenue", today, "increase_sales") == other
    assert target_for([old, YEAR], "total_revenue", today) == YEAR
    assert target_for([old], "total_revenue", today) == old
    assert target_for([old], "nps", today) is None


def _series(values, running=None):
    rows = [
        Row(Period(date(2024 + i // 12, i % 12 + 1, 1), date(2024 + i // 12, i % 12 + 1, 28)), v, 10)
        for i, v in enumerate(values)
    ]
    if running is not None:
        rows.append(Row(Period(date(2030, 1, 1), date(2030, 2, 1), complete=False), running, 3))
    return rows


def test_noise_has_no_arrow_and_a_signal_is_judged_by_the_better_direction():
    steady = [100, 104, 98, 102, 97, 103, 99, 101, 98, 103]
    quiet = read(kpi("complaints_count"), _series([*steady, 104]))
    assert (quiet.noise, quiet.way, quiet.tone) == (True, "", "noise")
    loud = read(kpi("complaints_count"), _series([*steady, 160]))
    assert (loud.noise, loud.way, loud.tone) == (False, "up", "worse")
    good = read(kpi("total_revenue"), _series([*steady, 160]))
    assert good.tone == "better"


def test_the_running_period_is_never_compared():
    found = read(kpi("total_revenue"), _series([100, 110, 120], running=40))
    assert found.current.value == 120 and found.change == 10 and found.running.value == 40
    assert found.points == (100, 110, 120)


def test_too_few_periods_say_neither_signal_nor_noise():
    found = read(kpi("total_revenue"), _series([100, 150]))
    assert found.noise is None and found.tone == "noise" and found.change == 50


@pytest.mark.parametrize(
    ("actual", "today", "state"),
    [
        (56.0, date(2026, 7, 2), "on_track"),
        (53.0, date(2026, 7, 2), "at_risk"),  # more than last year by then, less than what is due
        (49.0, date(2026, 7, 2), "corrective_action_needed"),
        (110.0, date(2026, 7, 2), "reached"),
        (109.0, date(2027, 1, 1), "corrective_action_needed"),
    ],
)
def test_a_sum_from_a_baseline_starts_from_nothing_all_the_same(actual, today, state):
    """Revenue of 100 last year, 110 wanted this year: in July it cannot be "below the baseline"."""
    target = Target("total_revenue", None, date(2026, 1, 1), date(2027, 1, 1), 100.0, 110.0)
    found = progress(target, actual, today, "higher", flow=True)
    assert found.state == state
    assert found.done == pytest.approx(actual / 110)
    assert found.expected == pytest.approx(110 * found.gone)
