"""The balanced scorecard and its ratings (features F107, F108)."""

from datetime import datetime

import pytest

from kpi.analysis.card import build_card, read_card
from kpi.analysis.ratings import Rated, check_rating, rated, rated_by_round, read_assessments
from kpi.analysis.scorecard import Measured, scorecard
from kpi.catalogue import kpis
from kpi.errors import BadDefinition, Refused, Unknown
from tests.support import memory_workspace


def nothing(_):
    return None


def all_half(_):
    return Measured(65, 50, 80)  # half of the way


def rating(score, n=3, spread=10.0):
    return Rated("x", n, score, score, spread)


FULL = {id_: rating(80) for f in read_card().factors.values() for id_ in f.subjective}


def factor(card, name):
    return next(f for f in card.factors if f.factor == name)


def test_f107_structure():
    card = read_card()
    assert len(card.perspectives) == 4 and len(card.factors) == 19
    subjective = [i for f in card.factors.values() for i in f.subjective]
    objective = [i for f in card.factors.values() for i in f.objective]
    assert len(subjective) == 19 and len(set(subjective)) == 18 and subjective.count("perceived_loyalty") == 2
    assert len(objective) == 38
    assert card.factors["shareholder_value"].subjective == () and card.factors["loyalty"].objective == ()
    assert all(f.subjective for f in card.factors.values() if f.id != "shareholder_value")
    assert all(f.objective for f in card.factors.values() if f.id != "loyalty")
    assert set(subjective) | set(objective) <= set(kpis())


def blocks():
    card = read_card()
    return {
        "perspectives": {id_: {"name": {"en": name.en}} for id_, name in card.perspectives.items()},
        "factors": {
            f.id: {
                "perspective": f.perspective,
                "name": {"en": f.name.en},
                "objective": list(f.objective),
                "subjective": list(f.subjective),
            }
            for f in card.factors.values()
        },
    }


def test_f107_the_definition_is_checked():
    assert build_card(blocks()).factors.keys() == read_card().factors.keys()
    fewer = blocks()
    del fewer["factors"]["loyalty"]
    lost = blocks()
    lost["factors"]["loyalty"]["perspective"] = "sports"
    slot = blocks()
    slot["factors"]["profitability"]["objective"].pop()
    for bad in (fewer, lost, slot):
        with pytest.raises(BadDefinition):
            build_card(bad)


def test_f107_both_sides_stand_side_by_side():
    card = scorecard(all_half, FULL)
    for f in card.factors:
        assert f.objective == (None if f.factor == "loyalty" else 50)
        assert f.subjective == (None if f.factor == "shareholder_value" else 80)
        assert f.coverage == 1
    assert factor(card, "profitability").score == 65  # each side counts alike
    assert factor(card, "loyalty").score == 80 and factor(card, "shareholder_value").score == 50
    assert card.coverage == pytest.approx(1)


def test_f107_weights_are_equal_and_add_up_to_1():
    card = scorecard(all_half, FULL)
    assert sum(f.weight for f in card.factors) == pytest.approx(1)
    assert {p.perspective: pytest.approx(p.weight) for p in card.perspectives} == {
        "organisation": 0.25,
        "customer": 0.25,
        "process": 0.25,
        "infrastructure": 0.25,
    }
    assert factor(card, "loyalty").weight == pytest.approx(1 / 12)
    # organisation (50, 65, 65), customer (80, 65, 65), process and infrastructure 65
    assert card.score == pytest.approx((60 + 70 + 65 + 65) / 4)


def test_f107_given_weights_count():
    card = scorecard(all_half, FULL, {"customer": 2, "loyalty": 3, "process": 0})
    assert sum(f.weight for f in card.factors) == pytest.approx(1)
    assert factor(card, "loyalty").weight == pytest.approx(2 / 4 * 3 / 5)
    assert factor(card, "retention").weight == 0
    with pytest.raises(Unknown):
        scorecard(all_half, FULL, {"luck": 1})


@pytest.mark.parametrize("gone", ["net_sales", "csat", "churn_rate"])
def test_f107_removing_an_instrument_never_counts_as_zero(gone):
    whole = scorecard(all_half, FULL)
    card = scorecard(lambda id_: None if id_ == gone else all_half(id_), FULL)
    for before, after in zip(whole.factors, card.factors, strict=True):
        missing = [i for i in after.instruments if i.id == gone]
        if not missing:
            assert after == before
            continue
        assert missing[0].state == "no_data" and missing[0].score is None
        assert after.coverage < before.coverage
        assert after.objective == (before.objective if len(after.instruments) > 2 else None)
        assert after.score >= before.score  # what is left is 50 and 80, or 80 alone
    assert card.coverage < whole.coverage


def test_f107_removing_a_rating_never_counts_as_zero():
    card = scorecard(all_half, {k: v for k, v in FULL.items() if k != "satisfaction_rating"})
    found = factor(card, "customer_retention")
    assert (found.subjective, found.objective, found.score, found.coverage) == (None, 50, 50, 0.5)
    assert found.instruments[-1].state == "not_rated"


def test_f107_a_value_without_target_is_shown_but_not_scored():
    card = scorecard(lambda _: (42, None, None), FULL)
    found = factor(card, "customer_value")
    assert found.instruments[0].value == 42 and found.instruments[0].state == "no_target"
    assert found.objective is None and found.score == 80 and found.coverage == 0.5


def test_f107_targets_limits_and_direction():
    for measured, score, raw in (
        (Measured(12, 20, 10), 80, 80),  # lower is better by its signs
        (Measured(95, 50, 80), 100, 150),
        (Measured(41, 50, 80), 0, -30),
        (Measured(7.5, 5, low=10, high=20), 50, 50),
        (Measured(22, 30, high=20), 80, 80),
        (Measured(80, 80, 80), 100, None),
    ):
        found = factor(scorecard(lambda _, m=measured: m, {}), "customer_value").instruments[0]
        assert (found.score, found.raw) == (score, raw)


def test_f107_below_70_percent_there_is_no_score():
    empty = scorecard(nothing, {})
    assert empty.score is None and empty.coverage == 0
    assert all(f.score is None and f.coverage == 0 for f in empty.factors)
    people = scorecard(nothing, FULL)  # ratings alone: half of most factors, all of loyalty, none of shareholder value
    assert people.score is None and people.coverage == pytest.approx(0.5)
    assert factor(people, "loyalty").score == 80
    assert {p.perspective: p.score for p in people.perspectives} == dict.fromkeys(read_card().perspectives)


def assessed(*scores, instrument="system_usability", scale=5, round_id="r1", day=1):
    return [
        {
            "instrument_id": instrument,
            "score": score,
            "scale_max": scale,
            "respondent_id": f"p{i}",
            "round_id": round_id,
            "assessed_at": datetime(2024, 5, day),
        }
        for i, score in enumerate(scores)
    ]


def test_f108_ratings_4_5_3_are_75_of_100():
    found = rated(assessed(4, 5, 3))["system_usability"]
    assert (found.score, found.n, found.median) == (75, 3, 75)
    assert found.spread == 25
    assert found.counts == ((3, 1), (4, 1), (5, 1))
    assert check_rating(1) == 0 and check_rating(5) == 100


def test_f108_a_rating_outside_its_scale_is_rejected():
    for score, scale in ((0, 5), (6, 5), (11, 10), (-1, 5)):
        with pytest.raises(Refused) as refused:
            check_rating(score, scale)
        assert refused.value.code == "rating_outside"
        with pytest.raises(Refused):
            rated(assessed(score, scale=scale))


def test_f108_ratings_are_shown_from_3_raters_on():
    found = rated(assessed(4, 5))
    assert found["system_usability"] == Rated("system_usability", 2, None, None, None)
    hidden = factor(scorecard(nothing, found), "it.crm_technology").instruments[-1]
    assert (hidden.id, hidden.state, hidden.score, hidden.n) == ("system_usability", "few_raters", None, 2)
    assert rated(assessed(4, 5), min_raters=2)["system_usability"].score == 87.5


def test_f108_the_newest_rating_of_each_respondent_counts_and_history_stays():
    rows = assessed(1, 1, 1, day=1) + assessed(5, 5, day=9, round_id="r2")
    assert rated(rows)["system_usability"].score == pytest.approx((100 + 100 + 0) / 3)
    assert rated(rows[::-1]) == rated(rows)
    history = rated_by_round(rows, min_raters=2)["system_usability"]
    assert [(name, r.score, r.n) for name, r in history] == [("r1", 0, 3), ("r2", 100, 2)]


def test_f108_assessments_are_read_up_to_a_day():
    rows = assessed(4, 5, 3) + assessed(1, 1, 1, day=9)
    workspace = memory_workspace({"state.assessments": rows})
    assert len(read_assessments(workspace)) == 6
    early = read_assessments(workspace, datetime(2024, 5, 8).date())
    assert rated(early)["system_usability"].score == 75
