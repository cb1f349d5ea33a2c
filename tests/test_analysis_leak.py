"""Which step leaks: significant, settled, and the largest first."""

from kpi.analysis.leak import against, weakest
from kpi.analysis.steps import Step


def _step(name, entered, advanced, lost, open_=0):
    return Step(name, None, entered, advanced, lost, 0, open_, advanced / entered, None, None, None, None, None)


def test_a_significant_fall_is_named_before_the_largest_loss():
    now = [_step("a", 1000, 500, 500), _step("b", 500, 150, 350)]
    before = [_step("a", 1000, 510, 490), _step("b", 510, 300, 210)]
    changes = against(now, before)
    assert [c.signal for c in changes] == [False, True]
    assert weakest(changes).step.step == "b"


def test_a_young_cohort_is_not_called_worse():
    now = [_step("a", 1000, 300, 300, open_=400)]
    before = [_step("a", 1000, 500, 500)]
    change = against(now, before)[0]
    assert change.high < 0 and not change.settled and not change.signal


def test_without_a_signal_the_step_that_loses_most():
    now = [_step("a", 100, 50, 50), _step("b", 50, 20, 30)]
    assert weakest(against(now, [])).step.step == "a"
    assert weakest([]) is None
