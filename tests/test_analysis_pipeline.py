"""The pipeline today and its realisation over time (features F06, F07)."""

from datetime import date

import pytest

from kpi.analysis.pipeline import pipeline, realisation
from kpi.core import Period
from kpi.errors import Refused
from kpi.stats import wilson
from tests.support import memory_workspace

AS_OF = date(2024, 6, 30)
JANUARY, FEBRUARY = Period(date(2024, 1, 1), date(2024, 2, 1)), Period(date(2024, 2, 1), date(2024, 3, 1))


def deal(n, outcome="open", amount=100, created="2024-01-05", **more):
    return {"opportunity_id": n, "outcome": outcome, "amount": amount, "created_at": created, **more}


def open_deals():
    ratings = ["high", "low", "medium", None]
    rows = [deal(n, amount=100 * (n + 1), quality_rating=ratings[n % 4], stage=f"s{n % 2}") for n in range(20)]
    rows.append(deal("no amount", amount=None, quality_rating="high"))
    rows.append(deal("closed later", "won", 7, closed_at="2024-07-01 00:00:00"))
    rows.append({"opportunity_id": "only mentioned", "_stub": True})
    rows.append(deal("closed", "won", 9999, closed_at="2024-06-30"))
    rows.append(deal("lost, undated", "lost", 9999))
    rows.append(deal("not yet", amount=9999, created="2024-07-01"))
    rows.append(deal("undated", amount=50, created=None, outcome=None))
    return memory_workspace({"opportunities": rows}, as_of=AS_OF)


def test_f06_bands_add_up_to_pipeline_value():
    found = pipeline(open_deals())
    assert found.n == 23 and found.amount == sum(100 * (n + 1) for n in range(20)) + 7 + 50
    for bands in (found.quality, found.size, found.stage):
        assert sum(band.n for band in bands) == found.n
        assert sum(band.amount or 0 for band in bands) == pytest.approx(found.amount)
    assert [band.band for band in found.quality] == ["high", "medium", "low", "not recorded"]
    assert [band.band for band in found.size] == ["small", "medium", "large", "not recorded"]
    assert found.by == "rating"


def test_f06_stages_stand_in_their_order():
    rows = [deal(n, stage=stage) for n, stage in enumerate(["talk", "offer", "haggle", None, "Offer"])]
    stages = [{"entity": "opportunity", "stage": s, "position": i} for i, s in enumerate(["talk", "offer", "haggle"])]
    found = pipeline(memory_workspace({"opportunities": rows, "stages": stages}))
    assert [band.band for band in found.stage] == ["talk", "Offer", "offer", "haggle", "not recorded"]


def test_f06_size_bands_tell_their_bounds():
    small, medium, large, blank = pipeline(open_deals()).size
    assert small.low is None and small.high == medium.low and medium.high == large.low and large.high is None
    assert (blank.n, blank.amount) == (1, None)


def test_f06_without_ratings_the_probability_tells_quality():
    rows = [deal(n, probability=p) for n, p in enumerate([0.9, 0.6, 0.2, None])]
    found = pipeline(memory_workspace({"opportunities": rows}))
    assert found.by == "probability"
    assert [(b.band, b.n) for b in found.quality] == [("likely", 2), ("unlikely", 1), ("not recorded", 1)]


def test_f06_equal_amounts_stay_together_and_nothing_open_is_null():
    same = pipeline(memory_workspace({"opportunities": [deal(n) for n in range(9)]}))
    assert [(b.band, b.n) for b in same.size] == [("small", 9)]
    none = pipeline(memory_workspace({"opportunities": [deal(1, "won", closed_at="2024-01-09")]}))
    assert (none.n, none.amount, none.quality, none.size) == (0, None, (), ())
    with pytest.raises(Refused):
        pipeline(memory_workspace({}))


def test_f07_realised_and_still_open():
    rows = [deal(n, "won") for n in range(3)] + [deal(n, "lost") for n in range(3, 8)] + [deal(n) for n in range(8, 10)]
    january, february = realisation(memory_workspace({"opportunities": rows}), [JANUARY, FEBRUARY])
    assert (january.realised, january.open_share) == (0.3, 0.2)
    assert (january.n, january.won, january.lost, january.open) == (10, 3, 5, 2)
    assert (january.amount, january.won_amount, january.lost_amount, january.open_amount) == (1000, 300, 500, 200)
    assert january.rate == 0.3 and (january.low, january.high) == wilson(3, 10)
    assert (february.n, february.realised, february.rate, february.low) == (0, None, None, None)


def test_f07_by_group():
    rows = [deal(1, "won", source_channel="web"), deal(2, source_channel="fair", amount=300, created="2024-02-10")]
    found = realisation(memory_workspace({"opportunities": rows}), [JANUARY, FEBRUARY], split="source_channel")
    assert [(c.period, c.group, c.n, c.open_share) for c in found] == [
        (JANUARY, "fair", 0, None),
        (JANUARY, "web", 1, 0),
        (FEBRUARY, "fair", 1, 1),
        (FEBRUARY, "web", 0, None),
    ]
