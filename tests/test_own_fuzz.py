"""A short fuzz of a user's own expressions; the long one: `python -m tests.bench.own_fuzz`."""

from __future__ import annotations

from tests.own_fuzz import Ground, cases


def test_every_expression_is_refused_with_its_place_or_harmless():
    ground = Ground()
    for value, where in cases(seed=7, number=700):
        ground.try_(value, where)
    ground.unchanged()
    assert min(ground.counts.values()) >= 20, ground.counts
