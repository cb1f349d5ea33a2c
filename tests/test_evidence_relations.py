"""Relations of the chosen KPIs (F93): every pair and lag counted, nothing below 20 periods, ranked from 50."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.analysis.relations import RANKED, relations
from tests.bench.companies import series


def lensed(made, lens):
    return replace(made, kpi=replace(made.kpi, lens=lens))


def three(n=60, seed=2):
    """satisfaction goes two periods before revenue; usage is on its own."""
    rng = np.random.default_rng(seed)
    u, w, v = rng.normal(size=(3, n + 2))
    return [
        lensed(series("csat", 80 + u[2:]), "perception"),
        lensed(series("total_revenue", 500 + 20 * (0.8 * u[:n] + 0.6 * w[2:])), "business"),
        lensed(series("active_users", 30 + 3 * v[2:]), "adoption"),
    ]


def test_f93_a_pair_of_two_lenses_with_lag_interval_n_and_correction():
    found = relations(three())
    assert len(found.told) == 3 and found.tests == 3 * 13 and not found.untold
    (pair,) = found.strongest()
    assert (pair.first, pair.second, pair.lag, pair.n) == ("csat", "total_revenue", 2, 60)
    assert pair.low < pair.r < pair.high and pair.low > 0.2
    assert pair.across and pair.significant and not pair.exploratory and abs(pair.same) < 0.5
    other = next(each for each in found.told if "active_users" in (each.first, each.second))
    assert not other.significant


def test_f93_below_20_periods_no_coefficient_and_no_rank_below_50():
    assert relations(three(19)).told == ()
    assert {little.why for *_, little in relations(three(19)).untold} == {"few"}
    short = relations(three(49))
    assert short.told and not short.strongest() and RANKED == 50
    assert any(each.significant for each in short.told)
    assert all(each.exploratory for each in relations(three(30)).told)


def test_constant_and_missing_series_are_told_as_such():
    still = series("fcr", np.full(60, 0.5))
    gaps = series("ces", np.where(np.arange(60) < 45, np.nan, 1.0) * np.arange(60))
    found = relations([*three(), still, gaps])
    assert len(found.told) == 3 and len(found.untold) == 7
    assert {(a, b): little.why for a, b, little in found.untold}["csat", "fcr"] == "constant"
    assert {(a, b): little.n for a, b, little in found.untold}["ces", "csat"] == 15
    assert relations([]).told == () and relations(three()[:1]).tests == 0


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(3)))
def test_the_order_of_the_kpis_changes_nothing(order):
    made = three()
    assert set(relations([made[i] for i in order]).told) == set(relations(made).told)


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_unrelated_kpis_seldom_show_a_link(kind):
    """Ten KPIs, 45 pairs, 13 lags: of 40 pages at most three show anything (5 % expected under Benjamini-Hochberg)."""
    rng = np.random.default_rng(5)
    shown = 0
    for _ in range(40):
        x = rng.normal(size=(10, 60))
        made = [series(f"k{i}", np.cumsum(row) if kind == "walk" else row) for i, row in enumerate(x)]
        shown += bool(relations(made).strongest())
    assert shown <= 5
