"""Correlations against R: cor.test, ccf; what repeated measures and many lags do to them."""

import csv
import json

import numpy as np
import pytest

from kpi.stats import correlate, lagged
from kpi.stats.prewhiten import autoregressions, crossed, filtered_rows
from tests.support import SHARED

ORACLES = SHARED / "oracles"
oracle = pytest.mark.skipif(not ORACLES.exists(), reason="the reference outputs do not lie beside the checkout")


def columns(name, *wanted):
    with (ORACLES / name).open() as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[column]) for row in rows]) for column in wanted]


@oracle
@pytest.mark.parametrize(
    ("pair", "x", "y"),
    [("mtcars_mpg_hp", "mpg", "hp"), ("mtcars_mpg_wt", "mpg", "wt"), ("mtcars_mpg_carb_ties", "mpg", "carb")],
)
def test_coefficients_equal_those_of_r(pair, x, y):
    expected = json.loads((ORACLES / "correlation_mtcars.json").read_text())[pair]
    found = correlate(*columns("mtcars.csv", x, y))
    assert found.spearman == pytest.approx(expected["spearman"], abs=1e-9)
    assert found.pearson == pytest.approx(expected["pearson"], abs=1e-9)
    assert found.low < found.spearman < found.high
    assert found.p < 0.001


def test_too_few_rows_and_constant_columns_give_nothing():
    rng = np.random.default_rng(1)
    assert correlate(rng.normal(size=19), rng.normal(size=19)) is None
    assert correlate(np.ones(50), rng.normal(size=50)) is None
    gaps = np.where(np.arange(40) < 25, np.nan, 1.0) * rng.normal(size=40)
    assert correlate(gaps, rng.normal(size=40)) is None  # 15 rows have both


def test_good_people_doing_more_is_no_relation_within_people():
    """Between people activity and result go together; within each they do not: p must not be small."""
    rng = np.random.default_rng(5)
    people = np.repeat(np.arange(10), 12)
    level = np.repeat(rng.normal(size=10) * 5, 12)
    x, y = level + rng.normal(size=120), level + rng.normal(size=120)
    assert correlate(x, y).p < 0.01
    assert correlate(x, y, people).p > 0.05


def test_p_is_uniform_enough_without_an_effect():
    rng = np.random.default_rng(7)
    small = sum(correlate(rng.normal(size=30), rng.normal(size=30)).p < 0.05 for _ in range(200))
    assert small <= 20  # 5 % expected; 20 of 200 is four standard errors off


@oracle
def test_cross_correlation_equals_ccf_of_r():
    lead, sales = columns("ccf_bjsales_input.csv", "lead", "sales")
    by, raw, diffed = columns("ccf_bjsales.csv", "lead_precedes_sales_by", "raw", "diffed")
    place = by.astype(int) + 12
    assert crossed(lead[None], sales[None], 12)[0][place] == pytest.approx(raw, abs=1e-12)
    assert crossed(np.diff(lead)[None], np.diff(sales)[None], 12)[0][place] == pytest.approx(diffed, abs=1e-12)


@oracle
def test_prewhitened_by_the_moving_average_of_r_it_equals_r_at_every_lag():
    lead, sales = columns("ccf_bjsales_input.csv", "lead", "sales")
    by, expected = columns("ccf_bjsales.csv", "lead_precedes_sales_by", "prewhitened_MA1")
    theta = json.loads((ORACLES / "ccf_bjsales.json").read_text())["ma1"]

    def residuals(x):
        left = np.zeros(x.size)
        for t in range(x.size):
            left[t] = x[t] - (theta * left[t - 1] if t else 0)
        return left[None]

    found = crossed(residuals(np.diff(lead)), residuals(np.diff(sales)), 12)[0]
    assert int(np.argmax(np.abs(found))) - 12 == 3
    assert found[by.astype(int) + 12] == pytest.approx(expected, abs=1e-2)
    assert found[15] == pytest.approx(expected[by == 3][0], abs=1e-3)


@oracle
def test_box_and_jenkins_lead_of_three_is_found():
    """Raw the peak stands at 0; prewhitened at 3, with .675 by R's MA(1) and close to it by an autoregression."""
    lead, sales = columns("ccf_bjsales_input.csv", "lead", "sales")
    found = lagged(lead, sales, 12)
    assert found.best == 3
    phi, order = autoregressions(np.diff(lead)[None])
    left = [filtered_rows(np.diff(series)[None], phi, int(order[0])) for series in (lead, sales)]
    r = crossed(*left, 12)[0]
    assert int(np.argmax(np.abs(r))) - 12 == 3
    assert r[15] == pytest.approx(0.675, abs=0.01)


@pytest.mark.parametrize("kind", ["white", "memory", "walk", "season"])
def test_unrelated_series_seldom_show_a_lag(kind):
    """At most 5 % of pairs of 60 months should; plain "best lag" would show one in most walks and seasons."""
    rng = np.random.default_rng(11)

    def series():
        noise = rng.normal(size=80)
        if kind == "walk":
            return np.cumsum(noise)[20:]
        if kind == "memory":
            for t in range(1, 80):
                noise[t] += 0.7 * noise[t - 1]
        return noise[20:] + (3 * np.sin(2 * np.pi * np.arange(60) / 12) if kind == "season" else 0)

    assert sum(lagged(series(), series(), 6).best is not None for _ in range(200)) <= 16


def test_a_lag_has_its_sign_and_short_series_give_nothing():
    rng = np.random.default_rng(13)
    x = rng.normal(size=63)
    later = lagged(x[3:], x[:-3] + 0.2 * rng.normal(size=60), 6)
    assert later.best == 3 and later.at(3) > 0.7 and later.p < 0.01
    earlier = lagged(x[:-3], -x[3:] + 0.2 * rng.normal(size=60), 6)
    assert earlier.best == -3 and earlier.at(-3) < -0.7
    assert lagged(x[:19], x[1:20], 6) is None
    assert lagged(np.ones(60), x[:60], 6) is None
    with pytest.raises(ValueError, match="without gaps"):
        lagged([*x[:30], np.nan], x[:31], 6)
