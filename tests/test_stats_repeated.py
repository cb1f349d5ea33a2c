"""Within people and beside others: against pingouin's rmcorr and R's partial correlation; curves against R."""

import csv
import json

import numpy as np
import pytest

from kpi.stats import TooLittle, lowess, partial, rising, within
from tests.support import SHARED

ORACLES = SHARED / "oracles"
oracle = pytest.mark.skipif(not ORACLES.exists(), reason="the reference outputs do not lie beside the checkout")


def columns(name, *wanted):
    with (ORACLES / name).open() as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[column]) for row in rows]) for column in wanted]


@oracle
def test_within_people_equals_rmcorr_of_bland_and_altman():
    ph, gas, who = columns("rmcorr_bland1995.csv", "pH", "PacO2", "Subject")
    found = within(ph, gas, who)
    assert found.r == pytest.approx(-0.50677, abs=1e-4) and found.df == 38 and found.n == 47
    assert found.p == pytest.approx(0.000847, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((-0.71, -0.23), abs=0.006)
    shuffled = np.random.default_rng(1).permutation(47)
    again = within(ph[shuffled], gas[shuffled], [f"p{who[i]:.0f}" for i in shuffled])
    assert again.r == pytest.approx(found.r)


@oracle
def test_partial_correlation_equals_r():
    expected = json.loads((ORACLES / "correlation_mtcars.json").read_text())["partial_mpg_hp_given_wt_cyl"]
    mpg, hp, wt, cyl = columns("mtcars.csv", "mpg", "hp", "wt", "cyl")
    found = partial(mpg, hp, np.column_stack([wt, cyl]))
    assert (found.r, found.p) == pytest.approx((expected["r"], expected["p"]), abs=1e-9)
    assert found.df == expected["df"]
    doubled = partial(mpg, hp, np.column_stack([wt, cyl, 2 * wt]))  # a column that says nothing new
    assert (doubled.r, doubled.df) == (pytest.approx(found.r), found.df)


def test_good_people_doing_more_is_nothing_within_people():
    rng = np.random.default_rng(2)
    level = np.repeat(5 * rng.normal(size=10), 12)
    x, y, who = level + rng.normal(size=120), level + rng.normal(size=120), np.repeat(np.arange(10), 12)
    assert np.corrcoef(x, y)[0, 1] > 0.9
    assert abs(within(x, y, who).r) < 0.3 and within(x, y, who).p > 0.01
    assert abs(partial(x, y, level).r) < 0.3


def test_too_little_within_people_is_said():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 30))
    assert within(x, y, np.arange(30)) == TooLittle("few", 0, 20)  # one row each
    assert within(x[:19], y[:19], np.zeros(19)) == TooLittle("few", 19, 20)
    assert within(np.repeat([1.0, 2, 3], 10), y, np.repeat([0, 1, 2], 10)) == TooLittle("constant", 30, 20)
    assert within([], [], []) == TooLittle("few", 0, 20)
    assert partial(x, 2 * x + 1, y).r == pytest.approx(1)
    assert partial(2 * y, x, y) == TooLittle("constant", 30, 20)
    assert partial(x[:10], y[:10], y[:10]) == TooLittle("few", 10, 20)


@oracle
def test_the_smooth_curve_equals_lowess_of_r():
    expected = json.loads((ORACLES / "smoothing.json").read_text())["lowess_cars"]
    found = lowess(expected["speed"], expected["dist"])
    assert found == pytest.approx(np.array(expected["y"]), rel=1e-6)
    order = np.random.default_rng(4).permutation(50)
    shuffled = lowess(np.array(expected["speed"])[order], np.array(expected["dist"])[order])
    assert shuffled == pytest.approx(np.array(expected["y"])[order], rel=1e-6)


@oracle
def test_the_rising_curve_equals_isoreg_of_r():
    expected = json.loads((ORACLES / "smoothing.json").read_text())["isoreg_example"]
    assert rising(np.arange(9), expected["y"]) == pytest.approx(expected["yf"])


def test_curves_of_few_and_equal_points():
    assert list(lowess([1], [5])) == [5] and list(lowess([], [])) == [] == list(rising([], []))
    assert lowess([1, 1, 1], [1, 2, 6], rounds=0) == pytest.approx([3, 3, 3])
    assert lowess([0, 1, 2, 3], [0, 2, 4, 6]) == pytest.approx([0, 2, 4, 6])
    assert rising([2, 1, 1], [5, 1, 3]) == pytest.approx([5, 2, 2])
    with pytest.raises(ValueError, match="both values"):
        lowess([1, np.nan], [1, 2])
