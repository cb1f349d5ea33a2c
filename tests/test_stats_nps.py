"""NPS against R NPS 1.1, and the adjusted Wald interval against its formula table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.stats import NpsBands, adjusted_wald, nps_bands, nps_difference, nps_score, nps_se, nps_variance

# oracles/nps_r_NPS.json (R NPS 1.1): counts of the scores 0 to 10 -> detractors, passives, promoters, nps, variance, se
R_NPS = [
    ([2, 0, 1, 1, 2, 6, 8, 20, 30, 50, 80], 20, 50, 130, 0.55, 0.4475, 0.0473022198210613),
    (
        [4, 2, 2, 3, 5, 10, 14, 22, 28, 40, 60],
        40, 50, 100, 0.315789473684211, 0.637119113573407, 0.057907326760019,
    ),
    ([0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 5], 1, 3, 8, 0.583333333333333, 0.409722222222222, 0.184779648550695),
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 0, 0, 5, 1.0, 0.0, 0.0),
]  # fmt: skip
# oracles/nps_adjusted_wald.csv (formula n+3, 3/4, 3/4): detractors, passives, promoters, low, high (clipped to -1..1)
ADJUSTED = [
    (20, 50, 130, 0.4493177831, 0.6344260592),
    (40, 50, 100, 0.1983236175, 0.4234380405),
    (2, 5, 8, -0.0022785953, 0.668945262),
    (0, 0, 5, 0.1749145303, 1.0),
    (200, 300, 500, 0.2507700027, 0.3474353811),
    (10, 0, 10, -0.3951295273, 0.3951295273),
]


@pytest.mark.parametrize(("counts", "detractors", "passives", "promoters", "score", "variance", "se"), R_NPS)
def test_bands_score_variance_and_error_equal_r(counts, detractors, passives, promoters, score, variance, se):
    bands = nps_bands([value for value, times in enumerate(counts) for _ in range(times)])
    assert bands == NpsBands(promoters, passives, detractors)
    got = bands.promoters, bands.detractors, bands.n
    assert nps_score(*got) == pytest.approx(score, abs=1e-9)
    assert nps_variance(*got) == pytest.approx(variance, abs=1e-9)
    assert nps_se(*got) == pytest.approx(se, abs=1e-9)


@pytest.mark.parametrize(("detractors", "passives", "promoters", "low", "high"), ADJUSTED)
def test_interval_equals_adjusted_wald(detractors, passives, promoters, low, high):
    n = detractors + passives + promoters
    assert adjusted_wald(promoters, detractors, n) == pytest.approx((low, high), abs=1e-8)


def test_difference_equals_r_and_keeps_its_sign():
    """oracles/nps_r_NPS.json A_vs_B: delta .2342, se .0748, p .00173 (R reports the absolute difference)."""
    a, b = NpsBands(130, 50, 20), NpsBands(100, 50, 40)
    found = nps_difference(a, b)
    assert found.method == "z"
    assert found.difference == pytest.approx(0.23421052631579, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((0.0876613245937996, 0.380759728037779), abs=1e-9)
    assert found.p == pytest.approx(0.00173409771072548, rel=1e-6)
    back = nps_difference(b, a)
    assert (back.difference, back.low, back.high) == pytest.approx((-found.difference, -found.high, -found.low))


def test_small_or_one_sided_groups_use_permutation():
    a, small, happy = NpsBands(130, 50, 20), NpsBands(8, 3, 1), NpsBands(40, 10, 0)
    found = nps_difference(a, small)
    assert found.method == "permutation"
    assert found.p > 0.8  # R's z test says .861; the attainable differences are coarse
    assert found == nps_difference(a, small)  # the seed is fixed
    assert nps_difference(a, happy).method == "permutation"
    assert nps_difference(NpsBands(12, 0, 0), NpsBands(0, 0, 12)).p < 0.001


def test_no_answers_are_not_defined():
    assert nps_score(0, 0, 0) is None
    assert adjusted_wald(0, 0, 0) is None
    assert nps_se(0, 0, 0) is None
    assert nps_difference(NpsBands(0, 0, 0), NpsBands(1, 0, 0)) is None


def test_scores_outside_the_scale_are_counted_not_coerced():
    bands = nps_bands([10, 9, 8, 7, 6, 0, 11, -1, None, math.nan])
    assert bands == NpsBands(2, 2, 2, outside=2, blank=2)
    assert nps_score(bands.promoters, bands.detractors, bands.n) == 0


@given(st.lists(st.integers(-3, 14)), st.randoms(use_true_random=False))
def test_bands_add_up_in_any_order(scores, random):
    bands = nps_bands(scores)
    assert bands.n + bands.outside + bands.blank == len(scores)
    shuffled = list(scores)
    random.shuffle(shuffled)
    assert nps_bands(shuffled) == bands
    if bands.n:
        low, high = adjusted_wald(bands.promoters, bands.detractors, bands.n)
        assert -1 <= low <= high <= 1
        assert -1 <= nps_score(bands.promoters, bands.detractors, bands.n) <= 1
