"""Benjamini-Hochberg and Holm against R's p.adjust."""

import pytest

from kpi.stats import benjamini_hochberg, holm

# oracles/bh_p_adjust.json (R p.adjust "BH" on the 15 p values of Benjamini & Hochberg 1995)
P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
BH = [
    0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429, 0.0638571428571429, 0.0645, 0.0765, 0.486,
    0.581181818181818, 0.714875, 0.753230769230769, 0.813214285714286, 1,
]  # fmt: skip
HOLM = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]


def test_equals_r_in_any_order():
    assert benjamini_hochberg(P) == pytest.approx(BH, abs=1e-12)
    assert benjamini_hochberg(P[::-1]) == pytest.approx(BH[::-1], abs=1e-12)
    assert sum(p <= 0.05 for p in benjamini_hochberg(P)) == 4  # as published


def test_holm_equals_r_in_any_order():
    assert holm(P) == pytest.approx(HOLM, abs=1e-12)
    assert holm(P[::-1]) == pytest.approx(HOLM[::-1], abs=1e-12)
    assert all(h >= q for h, q in zip(holm(P), benjamini_hochberg(P), strict=True))


def test_few_values():
    assert benjamini_hochberg([]) == [] == holm([])
    with pytest.raises(ValueError):
        holm([-0.1])
    assert benjamini_hochberg([0.2]) == [0.2]
    with pytest.raises(ValueError):
        benjamini_hochberg([1.2])
