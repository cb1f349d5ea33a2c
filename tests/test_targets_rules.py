"""What a target must be, how it stands without a forecast, what the state follows from, and how parts make up a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kpi.analysis import rollup
from kpi.analysis.outlook import state_of, target_outlook
from kpi.analysis.progress import Target, progress, target_for
from kpi.analysis.rollup import roll_up, rule_of
from kpi.analysis.scopes import read_scope
from kpi.analysis.target_rules import check_target, remarks
from kpi.catalogue import kpi
from kpi.core import LANGUAGES
from kpi.errors import Refused, Unknown
from kpi.stats import TooLittle
from kpi.text import Texts
from tests.bench.companies import months, series

SPAN = date(2026, 1, 1), date(2027, 1, 1)
HALF = date(2026, 7, 2)
NPS = Target("nps", None, *SPAN, 30, 40)
CSAT = Target("csat", None, *SPAN, 0.7, 0.8)
SUM = Target("total_revenue", None, *SPAN, 0, 1200)


def codes(target: Target, id_: str, now: date = HALF) -> list[str]:
    return [fact.code for fact in remarks(target, kpi(id_), now)]


# ---- what is refused, and what is only said


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (replace(NPS, value=None), "target_missing"),
        (replace(NPS, value=None, low=1.0), "target_missing"),
        (replace(NPS, value=None, low=5.0, high=1.0), "target_band_order"),
        (replace(NPS, since=SPAN[1], until=SPAN[0]), "days_in_wrong_order"),
        (replace(NPS, since=SPAN[0], until=SPAN[0]), "days_in_wrong_order"),
    ],
)
def test_a_target_that_cannot_hold_is_refused(target, code):
    with pytest.raises(Refused) as refused:
        check_target(target, kpi("nps"))
    assert refused.value.code == code
    assert all(Texts(lang).error(refused.value) for lang in LANGUAGES)


@pytest.mark.parametrize(("word", "meant"), [("liniar", "linear"), ("season", "seasonal")])
def test_an_unknown_pace_is_named_with_what_was_meant(word, meant):
    with pytest.raises(Unknown) as unknown:
        check_target(replace(NPS, pace=word), kpi("nps"))
    assert unknown.value.near == [meant]


def test_a_percentage_typed_for_a_share_is_asked_about_not_guessed():
    with pytest.raises(Refused) as asked:
        check_target(replace(CSAT, value=40.0), kpi("csat"))
    assert asked.value.code == "percent_or_share" and asked.value.params["share"] == pytest.approx(0.4)
    with pytest.raises(Refused) as never:  # a proportion of 40 is nothing that could be meant
        check_target(replace(CSAT, value=40.0), kpi("csat"), as_given=True)
    assert never.value.code == "share_above_one"
    check_target(CSAT, kpi("csat"))


def test_a_share_far_below_what_is_usual_is_asked_about_once():
    tiny = replace(CSAT, value=0.008, baseline=None)
    with pytest.raises(Refused) as asked:
        check_target(tiny, kpi("csat"), last=0.7)
    assert asked.value.code == "share_very_small"
    check_target(tiny, kpi("csat"), last=0.7, as_given=True)
    check_target(tiny, kpi("csat"))  # nothing known to compare with


def test_what_a_target_lacks_is_said():
    assert codes(NPS, "nps") == []
    assert codes(replace(NPS, baseline=None), "nps") == ["no_baseline"]
    assert codes(replace(NPS, baseline=40), "nps") == ["equals_baseline"]
    assert codes(replace(NPS, baseline=50), "nps") == ["backwards_higher"]
    assert codes(replace(CSAT, kpi="churn_rate"), "churn_rate") == ["backwards_lower"]
    assert codes(NPS, "nps", SPAN[1]) == ["past"]
    assert codes(NPS, "nps", date(2025, 6, 1)) == ["ahead"]
    for code in ("no_baseline", "equals_baseline", "backwards_higher", "backwards_lower", "past", "ahead"):
        assert all(Texts(lang).t(f"target.{code}") for lang in LANGUAGES)


# ---- no number where there is no way to measure


@pytest.mark.parametrize("baseline", [None, 40])
def test_without_a_way_there_is_no_progress_but_a_state(baseline):
    found = progress(replace(NPS, baseline=baseline), 35, HALF)
    assert (found.done, found.expected, found.state) == (None, None, "corrective_action_needed")
    assert progress(replace(NPS, baseline=baseline), 41, HALF).state == "reached"


def test_a_sum_without_baseline_is_judged_by_what_is_due():
    bare = replace(SUM, baseline=None)
    states = [progress(bare, x, HALF, flow=True).state for x in (1200, 700, 400, 200)]
    assert states == ["reached", "on_track", "at_risk", "corrective_action_needed"]
    assert progress(bare, 700, HALF, flow=True).done is None


# ---- bands


def test_the_way_into_a_band_is_measured_from_where_it_began():
    band = Target("weekly_calls_per_rep", None, *SPAN, 80, None, 100, 120)
    inside, under, over = (progress(band, x, HALF) for x in (110, 95, 130))
    assert (inside.state, inside.done) == ("reached", 1.0)
    assert under.done == pytest.approx(0.75) and under.state == "on_track"
    assert under.expected == pytest.approx(90, abs=0.1)
    assert over.done == pytest.approx(0.5) and over.state in ("on_track", "at_risk")
    assert progress(band, 121, SPAN[1]).state == "corrective_action_needed"
    began_inside = replace(band, baseline=110)
    assert (progress(began_inside, 95, HALF).done, progress(began_inside, 95, HALF).state) == (
        None,
        "corrective_action_needed",
    )


def test_a_sum_inside_its_band_in_june_is_not_reached_yet():
    band = Target("total_revenue", None, *SPAN, 0, None, 1000, 1400)
    half = [progress(band, x, HALF, flow=True).state for x in (600, 1100, 300, 1500)]
    assert half == ["on_track", "at_risk", "at_risk", "corrective_action_needed"]
    assert [progress(band, x, SPAN[1], flow=True).state for x in (1200, 999, 1401)] == [
        "reached",
        "corrective_action_needed",
        "corrective_action_needed",
    ]


def test_a_budget_that_is_used_up_cannot_come_back():
    budget = Target("complaints_count", None, *SPAN, 900, 420)
    assert progress(budget, 430, HALF, "lower", flow=True).state == "corrective_action_needed"


# ---- pace


def test_a_seasonal_pace_moves_what_is_due_and_says_when_it_cannot():
    by_days, by_season = (progress(SUM, 400, HALF, flow=True, paced=p) for p in (None, 0.25))
    assert by_days.expected == pytest.approx(600, abs=2) and by_season.expected == pytest.approx(300)
    assert (by_days.state, by_season.state) == ("at_risk", "on_track")
    assert by_season.gone == by_days.gone and by_season.due == 0.25
    none = progress(SUM, 400, HALF, flow=True, paced=TooLittle("few", 11, 24))
    assert none.expected == by_days.expected and none.linear == TooLittle("few", 11, 24)


# ---- state: reached, else the chance, else the pace

VALUES = [60 + (n % 5) for n in range(60)]


def _outlook(aim: float, values=VALUES):
    told = series("nps", np.array(values, dtype=float), "score")
    target = Target("nps", None, date(2024, 9, 1), date(2025, 4, 1), 50, aim)
    return target, target_outlook(told, target, months(72)[len(values) : len(values) + 3], False)


def test_with_a_forecast_the_chance_decides_and_not_the_pace():
    target, sure = _outlook(56)
    behind = progress(target, 51, date(2025, 1, 1))
    assert behind.state == "corrective_action_needed" and sure.chance >= 0.8
    assert state_of(behind, sure) == "on_track"
    target, never = _outlook(90)
    ahead = replace(behind, state="on_track")
    assert never.chance < 0.5 and state_of(ahead, never) == "corrective_action_needed"


def test_without_a_forecast_the_pace_decides():
    target, short = _outlook(70, VALUES[:3])
    assert short.chance is None and short.little == TooLittle("few", 3, 6)
    _, still = _outlook(70, [60.0] * 60)
    assert still.chance is None and still.little.why == "constant"
    for state in ("on_track", "at_risk", "corrective_action_needed"):
        done = replace(progress(target, 60, date(2025, 1, 1)), state=state)
        assert {state_of(done, None), state_of(done, short), state_of(done, still)} == {state}
    assert state_of(None, short) == "no_target"


def test_reached_stands_unless_it_will_rather_be_lost():
    target, likely = _outlook(55)
    met = progress(target, 60, date(2025, 1, 1))
    assert met.state == "reached" and state_of(met, likely) == "reached"
    assert state_of(met, replace(likely, chance=0.3)) == "at_risk"
    assert state_of(met, replace(likely, chance=0.3, flow=True)) == "reached"  # a sum that is reached stays reached


def test_past_the_horizon_nothing_is_foretold():
    target, sure = _outlook(56)
    over = progress(target, 55, target.until)
    assert over.state == "corrective_action_needed" and state_of(over, sure) == "corrective_action_needed"


def test_the_days_of_the_running_month_count_for_a_sum():
    told = series("total_revenue", 101 + np.random.default_rng(1).normal(size=60), "currency")  # to December 2024
    target = Target("total_revenue", None, date(2025, 1, 1), date(2025, 4, 1), 0, 300)
    coming = months(72)[60:63]
    whole = target_outlook(told, target, coming, True)
    known = target_outlook(told, target, coming, True, known=(date(2025, 1, 21), 90.0))
    assert (whole.done, whole.left) == (0, 3) and known.done == 90
    assert known.left == pytest.approx(2 + 11 / 31)
    assert known.at_least == pytest.approx((300 - 90) / known.left)
    assert known.expected[0] == pytest.approx(90 + (2 + 11 / 31) * 101, rel=0.02)


def test_young_cohorts_at_the_end_do_not_keep_the_forecast_away():
    values = [*VALUES[:57], None, None, None]
    target, found = _outlook(56, values)
    assert found.chance is not None and found.outlook.n == 57 and found.outlook.ahead == 6


# ---- whose


KNOWN = {"team": {"North": "North"}, "employee": {"E1": "Olena", "E2": "Ivan"}, "segment": {}}


def test_a_scope_is_read_by_id_or_name_and_each_of_them_by_its_kind():
    assert read_scope("all", KNOWN) == ("all", None)
    assert read_scope("employee:E1", KNOWN) == read_scope("employee: olena", KNOWN) == ("employee", "E1")
    assert read_scope("team", KNOWN) == ("team", None)
    for text, near in (("tean:North", "team"), ("team:Noth", "North"), ("employee:Olenna", "Olena")):
        with pytest.raises(Unknown) as unknown:
            read_scope(text, KNOWN)
        assert near in unknown.value.near
    with pytest.raises(Refused) as refused:
        read_scope("segment:champions", KNOWN)
    assert refused.value.code == "scope_empty"


def test_an_own_target_comes_before_the_one_for_each():
    each = Target("nps", None, *SPAN, 30, 40, scope="team")
    own = replace(each, scope_id="North", value=50)
    assert target_for([each, own], "nps", HALF, None, ("team", "North")) == own
    assert target_for([each, own], "nps", HALF, None, ("team", "South")) == each
    assert target_for([each, own], "nps", HALF) is None


# ---- roll-up

PARTS = [replace(SUM, scope="team", scope_id=t, value=v) for t, v in (("North", 500), ("South", 600))]


def summed(targets, whole=SUM, rule="sum", members=("North", "South"), weights=None):
    found = roll_up("team", rule, whole, targets, members, weights)
    assert found is not None
    return found, [fact.code for fact in rollup.said(found)]


def test_sums_that_do_not_add_up_are_said():
    found, told = summed(PARTS)
    assert (found.together, found.gap, told) == (1100, -100, ["sum_less"])
    assert summed([PARTS[0], replace(PARTS[1], value=700)])[1] == ["sum_agrees"]
    assert summed([PARTS[0], replace(PARTS[1], value=900)])[1] == ["sum_more"]
    assert summed(PARTS[:1])[1] == ["sum_partly"]
    assert summed(PARTS, whole=None)[1] == ["sum_alone"]
    other = replace(PARTS[1], until=date(2026, 7, 1))
    assert summed([PARTS[0], other])[1] == ["sum_partly", "left_out"]
    assert summed([other])[1] == ["other_days"]
    assert roll_up("team", "sum", SUM, [], ["North"]) is None


def test_a_target_for_each_counts_for_all_without_their_own():
    each = replace(SUM, scope="team", value=300)
    assert summed([each])[0].together == 600
    assert summed([each, PARTS[0]])[0].together == 800


def test_ratios_are_weighted_by_their_cases():
    parts = [replace(CSAT, scope="team", scope_id=t, value=v) for t, v in (("North", 0.9), ("South", 0.7))]
    found, told = summed(parts, CSAT, "mean", weights={"North": 300, "South": 100})
    assert found.together == pytest.approx(0.85) and told == ["mean_more"]
    assert summed(parts, CSAT, "mean", weights={"North": 100, "South": 100})[1] == ["mean_agrees"]
    assert summed(parts, CSAT, "mean", weights={})[1] == ["no_weights"]
    assert summed(parts, CSAT, "none")[1] == ["not_added"]


def test_the_rule_is_the_stored_one_else_by_what_the_kpi_is():
    assert rule_of(replace(SUM, rollup="none"), True, False) == "none"
    assert (rule_of(SUM, True, False), rule_of(CSAT, False, True), rule_of(None, False, False)) == (
        "sum",
        "mean",
        "none",
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_roll_up_can_be_said(lang):
    other = replace(PARTS[1], until=date(2026, 7, 1))
    cases = [(PARTS, SUM, "sum", None), (PARTS, None, "sum", None), ([PARTS[0], other], SUM, "sum", None)]
    cases += [(PARTS, SUM, "none", None), (PARTS, SUM, "mean", {}), (PARTS, SUM, "mean", {"North": 1, "South": 2})]
    for targets, whole, rule, weights in cases:
        found = roll_up("team", rule, whole, targets, ["North", "South"], weights)
        assert all(rollup.sentences([found], kpi("total_revenue"), Texts(lang)))
