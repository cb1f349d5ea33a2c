"""Who goes ahead of whom: the screen of many series, likeness of two, and what they refuse to say."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.stats import Lead, TooLittle, lagged, likeness, screen
from kpi.stats.lagged import bounds, sidak
from kpi.stats.little import last_run
from kpi.stats.prewhiten import autoregressions, cross_many, scores
from tests.support import SHARED

ORACLES = SHARED / "oracles"


def planted(n=120, lag=2, r=0.8, seed=5):
    rng = np.random.default_rng(seed)
    u, w = rng.normal(size=(2, n + lag))
    return u[lag:], r * u[:n] + np.sqrt(1 - r * r) * w[lag:]


def test_a_planted_lead_is_found_among_noise_with_lag_strength_and_interval():
    x, goal = planted()
    noise = np.random.default_rng(2).normal(size=(9, 120))
    found = screen([*noise[:4], x, *noise[4:]], goal)
    assert [each.kind for each in found] == ["none"] * 4 + ["leads"] + ["none"] * 5
    lead = found[4]
    assert (lead.lag, lead.strongest, lead.n) == (2, 2, 120)
    assert lead.low < 0.8 < lead.high and lead.low > 0.5
    assert lead.p <= lead.adjusted <= lead.any_false < 0.001


def test_what_follows_or_goes_along_does_not_lead():
    x, goal = planted()
    follower, along = screen([goal, goal + 0.3 * x], x)[0], screen([x + 0.1 * goal], x)[0]
    assert follower.kind == "follows" and follower.strongest == -2
    assert along.kind == "together" and along.strongest == 0


@pytest.mark.skipif(not ORACLES.exists(), reason="the reference outputs do not lie beside the checkout")
def test_box_and_jenkins_leading_indicator_leads_by_three():
    with (ORACLES / "ccf_bjsales_input.csv").open() as file:
        rows = list(csv.DictReader(file))
    lead, sales = (np.array([float(row[c]) for row in rows]) for c in ("lead", "sales"))
    (found,) = screen([lead], sales, most=12, season=1)
    assert (found.kind, found.lag) == ("leads", 3)
    assert found.low < 0.675 < found.high  # the value R gives with an MA(1) filter
    (back,) = screen([sales], lead, most=12, season=1)
    assert back.kind != "leads"


def test_too_little_is_said_and_never_a_number():
    x, goal = planted(40)
    assert screen([x[:35]], goal[:35]) == [TooLittle("few", 35, 36)]
    assert screen([np.ones(40)], goal) == [TooLittle("constant", 40, 36)]
    assert screen([np.arange(40.0)], goal) == [TooLittle("constant", 40, 36)]  # a straight line leaves nothing
    assert screen([x], np.full(40, 7.0)) == [TooLittle("constant", 40, 36)]
    assert screen([[np.nan] * 40], goal) == [TooLittle("few", 0, 36)]
    gap = x.copy()
    gap[10] = np.nan
    assert screen([gap], goal) == [TooLittle("few", 29, 36)]
    assert screen([], goal) == []
    assert likeness(x[:19], goal[:19]) == TooLittle("few", 19, 20)
    assert likeness(np.ones(30), goal[:30]) == TooLittle("constant", 30, 20)


def test_the_last_unbroken_run_is_read():
    assert last_run([1, None, 2, 3], [1, 2, 3, 4]) == slice(2, 4)
    assert last_run([1, 2, None], [1, 2, 3]) == slice(0, 2)
    assert last_run([None], [1]) == slice(0, 0)
    x, goal = planted(100)
    broken = x.copy()
    broken[20] = np.nan
    assert screen([broken], goal)[0].n == 79
    assert screen([broken], goal)[0].r == screen([x[21:]], goal[21:])[0].r


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(36, 90), st.permutations(range(5)))
def test_the_order_of_the_series_the_unit_and_the_origin_do_not_matter(seed, n, order):
    rng = np.random.default_rng(seed)
    series, goal = np.cumsum(rng.normal(size=(5, n)), axis=1) + rng.normal(size=(5, n)), rng.normal(size=n)
    found = screen(list(series), goal)
    shuffled = screen([series[i] for i in order], goal)
    scaled = screen([series[i] * 250 + 4000 for i in order], -goal * 3)
    for k, i in enumerate(order):
        assert shuffled[k].p == pytest.approx(found[i].p)
        assert shuffled[k].adjusted == pytest.approx(found[i].adjusted) and shuffled[k].kind == found[i].kind
        assert scaled[k].value == pytest.approx(-found[i].value, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(36, 120), st.floats(0, 0.95))
def test_a_claim_and_its_interval_agree(seed, n, r):
    x, goal = planted(n, 1, r, seed)
    (lead,) = screen([x], goal)
    assert lead.low <= lead.value <= lead.high
    assert (lead.kind != "leads") or (lead.low > 0 or lead.high < 0)


def test_one_pair_alone_is_read_as_in_the_screen():
    x, goal = planted(60)
    alone, (lead,) = lagged(x, goal, 6), screen([x], goal)
    assert alone.p == pytest.approx(lead.p_strongest) and alone.best == lead.strongest
    assert alone.at(2) == pytest.approx(lead.value)
    assert (alone.low <= alone.r).all() and (alone.r <= alone.high).all()


def test_many_pairs_at_once_equal_each_alone():
    rng = np.random.default_rng(4)
    x = np.cumsum(rng.normal(size=(6, 50)), axis=1) * [[0], [1], [1], [1], [1], [1]] + rng.normal(size=(6, 50))
    y = rng.normal(size=(6, 50)) + 2 * np.sin(np.arange(50) * np.pi / 6)
    together = cross_many(x, y, 6, 12)
    for i in range(6):
        alone = cross_many(x[i : i + 1], y[i : i + 1], 6, 12)
        assert alone.r[0] == pytest.approx(together.r[i], abs=1e-9)
        assert (alone.df[0] == together.df[i]).all()


def test_the_memory_of_a_series_is_estimated():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(200, 240))
    for t in range(2, 240):
        x[:, t] += 0.5 * x[:, t - 1] - 0.3 * x[:, t - 2]
    phi, order = autoregressions(x)
    assert phi[:, :2].mean(axis=0) == pytest.approx([0.5, -0.3], abs=0.03)
    assert (order >= 2).mean() > 0.95


@pytest.mark.parametrize("kind", ["spikes", "skewed", "rare"])
def test_spikes_skew_and_rare_counts_make_no_leads(kind):
    """At most 5 % of pairs; plain coefficients find a lag in 15 to 20 % of them."""
    rng = np.random.default_rng(10)
    made = {
        "spikes": lambda: rng.normal(size=(150, 60)) + 12 * (rng.random((150, 60)) < 0.02),
        "skewed": lambda: np.exp(rng.normal(size=(150, 60))),
        "rare": lambda: rng.poisson(0.3, (150, 60)).astype(float),
    }[kind]
    p = cross_many(made(), made(), 6, 12).p().min(axis=1)
    assert np.mean([sidak(float(each), 13) < 0.05 for each in p]) <= 0.11  # 16 of 150 are three standard errors off


def test_scores_are_those_of_the_normal_distribution_and_keep_equals_together():
    x = np.random.default_rng(11).normal(size=(1, 400))
    assert np.corrcoef(scores(x)[0], x[0])[0, 1] > 0.98
    assert 0.7 < scores(np.exp(x))[0].std() < 1.1
    two = scores(np.array([[0.0, 0, 0, 5, 5, 0]]))[0]
    assert set(np.round(two, 9)) == {round(float(two[0]), 9), round(float(two[3]), 9)} and two[3] > two[0]


def test_corrections_by_hand():
    assert sidak(0.05, 1) == pytest.approx(0.05)
    assert sidak(0.01, 13) == pytest.approx(1 - 0.99**13)
    low, high = bounds(np.array([-0.776168371826586]), np.array([30.0]))  # R cor.test of mtcars mpg, hp: n = 32
    assert (low[0], high[0]) == pytest.approx((-0.885268613495523, -0.586099412685315), abs=1e-9)


def test_likeness_finds_the_same_thing_counted_twice_and_no_kinship_of_walks():
    rng = np.random.default_rng(3)
    t = np.arange(60)
    shared = rng.normal(size=60)
    season = 3 * np.sin(t * np.pi / 6)
    same = likeness(shared + season + 0.1 * t, shared + 0.2 * rng.normal(size=60) + season)
    assert same.r > 0.9 and same.least > 0.8
    apart = likeness(rng.normal(size=60) + season + 0.1 * t, rng.normal(size=60) + season + 0.1 * t)
    assert abs(apart.r) < 0.4 and apart.least < 0.2
    walks = [likeness(*np.cumsum(rng.normal(size=(2, 60)), axis=1)) for _ in range(200)]
    assert sum(each.least > 0.5 for each in walks) == 0
    assert np.mean([each.least > 0 for each in walks]) <= 0.09  # 5 % expected


def test_a_lead_says_all_it_was_judged_by():
    (lead,) = screen([planted()[0]], planted()[1])
    assert isinstance(lead, Lead) and lead.lags == tuple(range(-6, 7)) and len(lead.r) == 13
