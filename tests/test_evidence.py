"""Evidence on candidate KPIs: bars, sentences, order; nothing said with too little data, no cause ever claimed."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.analysis.evidence import Candidate, evidence, ranked
from kpi.analysis.evidence_rules import rules, rules_of
from kpi.analysis.series import Series, series_of
from kpi.catalogue import kpi
from kpi.catalogue.blocks import read
from kpi.core import LANGUAGES, Period, Row
from kpi.errors import BadDefinition
from kpi.text import Texts
from kpi.text.locale import read as read_locale
from tests.bench.companies import months, series

RNG = np.random.default_rng(3)
N = 60
U = RNG.normal(size=N + 2)
GOAL = series("total_revenue", 100 + 10 * (0.8 * U[:N] + 0.6 * RNG.normal(size=N)))
AHEAD = series("leads_generated", 50 + 5 * U[2:])
NOISE = series("nps", 30 + 3 * RNG.normal(size=N))
FEW = replace(NOISE, values=(None,) * 40 + NOISE.values[40:], kpi=replace(NOISE.kpi, id="csat"))
STILL = series("open_deals", np.full(N, 7.0))
EMPTY = series("fcr", np.full(N, np.nan))


def found(*candidates, goal=GOAL, chosen=(), given=None):
    listed = [each if isinstance(each, Candidate) else Candidate(each) for each in candidates]
    return evidence(listed, goal, chosen, rules=given)


def test_a_lead_is_told_with_lag_strength_interval_and_number_of_tests():
    ahead, noise = found(AHEAD, NOISE)
    said = ahead.leads.said()
    assert ahead.leads.code == "leads" and ahead.claims_lead
    assert said["lag"] == 2 and said["goal"] == "total_revenue" and said["kpis"] == 2 and said["lags"] == 13
    assert ahead.leads.low < ahead.leads.value < ahead.leads.high
    assert ahead.leads.bar == 1.0 and ahead.n == N
    assert noise.leads.code == "lead_none" and noise.leads.bar < 0.5
    assert ahead.score > noise.score


def test_the_goals_own_kpi_and_a_goal_without_one():
    own, other = found(GOAL, NOISE)
    assert own.leads.code == "lead_itself" and own.leads.bar == 1.0
    assert dict(other.leads.params)["kpis"] == 1  # the goal's own is not tested against itself
    assert {each.leads.code for each in found(AHEAD, NOISE, goal=None)} == {"lead_no_goal"}


def test_too_little_and_constant_series_give_sentences_and_no_numbers():
    few, still, empty = found(FEW, STILL, EMPTY)
    assert (few.leads.code, few.leads.bar, few.leads.value) == ("lead_few", None, None)
    assert few.leads.said()["needs"] == 36 and few.leads.said()["n"] == 20
    assert (still.leads.code, still.signal.code) == ("lead_constant", "signal_constant")
    assert (empty.leads.code, empty.signal.code, empty.data.code) == ("lead_few", "signal_few", "data_none")
    assert (empty.score, empty.n) == (0.0, 0)
    three = [replace(s, values=s.values[:3], periods=s.periods[:3]) for s in (AHEAD, GOAL)]
    (short,) = evidence([Candidate(three[0])], three[1])
    assert (short.leads.code, short.signal.code) == ("lead_few", "signal_few")
    assert evidence([], GOAL) == [] and ranked([]) == []


def test_what_repeats_a_chosen_kpi_is_told_and_falls_back():
    twin = series("sales_qualified_leads", AHEAD.array() * 0.5 + 0.1 * RNG.normal(size=N))
    alone, beside = found(twin)[0], found(twin, chosen=(AHEAD, NOISE))[0]
    assert alone.distinct.code == "distinct_from_none"
    assert beside.distinct.code == "redundant" and beside.distinct.said()["other"] == "leads_generated"
    assert beside.distinct.bar < 0.2 and beside.score < alone.score
    other = found(NOISE, chosen=(AHEAD,))[0]
    assert other.distinct.code == "distinct" and other.distinct.bar > 0.5
    assert found(NOISE, chosen=(NOISE,))[0].distinct.code == "distinct_from_none"  # not compared with itself
    assert found(FEW, chosen=(EMPTY,))[0].distinct.code == "distinct_few"


def test_a_signal_is_told_with_its_side_and_period():
    values = NOISE.array()
    values[-3] -= 40
    fell = found(series("nps", values))[0].signal
    assert (fell.code, fell.bar) == ("signal_down", 1.0)
    assert fell.said()["period"] == months(N)[-3]
    calm = found(series("nps", 50 + np.tile([0, 1, -1, 0.5, -0.5], 12)))[0].signal
    assert (calm.code, calm.bar) == ("signal_none", 0.0)


def test_the_order_is_role_then_computable_then_evidence():
    given = found(
        Candidate(NOISE, "supporting"),
        Candidate(AHEAD, "guardrail"),
        Candidate(EMPTY, "direct", computable=False),
        Candidate(FEW, "direct"),
        Candidate(replace(AHEAD, kpi=replace(AHEAD.kpi, id="leads_qualified")), "supporting"),
    )
    assert [each.kpi for each in ranked(given)] == ["csat", "fcr", "leads_qualified", "nps", "leads_generated"]


def test_order_and_weights_can_be_changed():
    block = read("evidence.toml")
    first = rules_of({**block, "order": ["evidence", "role", "computable"]})
    given = found(Candidate(NOISE, "direct"), Candidate(AHEAD, "guardrail"), given=first)
    assert ranked(given)[0].kpi == "leads_generated"
    only_data = rules_of({**block, "weights": {"leads": 0, "distinct": 0, "signal": 0, "data": 1}})
    assert {each.score for each in found(AHEAD, NOISE, given=only_data)} == {1.0}
    assert rules() == rules_of(block)


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": ["role", "evidence"]},
        {"weights": {"leads": -1, "distinct": 1, "signal": 1, "data": 1}},
        {"weights": {"leads": 0, "distinct": 0, "signal": 0, "data": 0}},
        {"leads": {"most_lag": "six", "level": 0.05, "full": 0.0001}},
        {"distinct": {}},
    ],
)
def test_mistakes_in_the_rules_are_named(wrong):
    with pytest.raises(BadDefinition) as told:
        rules_of({**read("evidence.toml"), **wrong})
    assert "evidence.toml" in str(told.value)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_given_changes_nothing(order):
    candidates = [AHEAD, NOISE, FEW, STILL, EMPTY]
    plain = {each.kpi: each for each in found(*candidates)}
    for each in found(*(candidates[i] for i in order)):
        assert each.score == pytest.approx(plain[each.kpi].score)
        assert each.leads.code == plain[each.kpi].leads.code


def test_every_score_lies_between_0_and_1():
    for each in found(GOAL, AHEAD, NOISE, FEW, STILL, EMPTY, chosen=(AHEAD,)):
        assert 0 <= each.score <= 1
        for fact in (each.leads, each.distinct, each.signal, each.data):
            assert fact.bar is None or 0 <= fact.bar <= 1


def test_a_series_holds_whole_mature_periods_and_no_zeros_before_the_data():
    periods = months(5)
    rows = [
        Row(periods[0], 0.0, 0),
        Row(periods[1], 3.0, 3),
        Row(periods[2], None, 2),
        Row(periods[3], 4.0, 4, mature=False),
        Row(Period(periods[4].since, periods[4].until, complete=False), 1.0, 1),
    ]
    read_ = series_of(kpi("leads_generated"), rows)
    assert read_.values == (None, 3.0, None, None) and read_.n == 1 and read_.cases is None
    share = series_of(kpi("close_rate"), [Row(periods[0], 0.5, 4, denominator=4.0)])
    assert share.cases == (4.0,) and share.values == (0.5,)
    assert series_of(kpi("close_rate"), []) == Series(kpi("close_rate"), (), ())


# Sentences


CAUSES = {
    "en": r"\bbecause\b|\bcauses?\b|\bdrives?\b|\bleads to\b|\bdue to\b|\bimproves?\b|\bresults? in\b",
    "fa": r"چون|زیرا|باعث|سبب|علت|منجر|موجب",
    "uk": r"\bбо\b|тому що|через те|спричин|причин|призводить|завдяки|впливає",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_claims_a_cause(lang):
    texts = read_locale(lang).texts
    ours = {key: text for key, text in texts.items() if key.partition(".")[0] in ("evidence", "outlook", "alerts")}
    assert len(ours) >= 50
    assert not [key for key, text in ours.items() if re.search(CAUSES[lang], text, re.I)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_can_be_said_in_every_language(lang):
    texts, rng = Texts(lang), np.random.default_rng(4)
    follower = series("churn_rate", np.concatenate([[100.0], GOAL.array()[:-1]]))
    mate = series("average_deal_size", GOAL.array() + rng.normal(size=N))
    twin = series("sales_qualified_leads", AHEAD.array() + 0.1 * rng.normal(size=N))
    shifted = series("fcr", 50 + np.where(np.arange(N) > 54, 20, 0) + rng.normal(size=N))
    old = replace(NOISE, values=(*NOISE.values[:50], *[None] * 10), kpi=replace(NOISE.kpi, id="renewal_rate"))
    every = [AHEAD, NOISE, FEW, STILL, EMPTY, follower, mate, twin, shifted, old]
    told = [*found(*every, chosen=(AHEAD,)), *found(GOAL, goal=None), *found(GOAL), *found(FEW, chosen=(EMPTY,))]
    said = {f.code: f.said() for each in told for f in (each.leads, each.distinct, each.signal, each.data)}
    said["lead_maybe"], said["signal_memory"] = said["leads"], said["signal_none"]  # rare; they take the same values
    said["signal_down"] = said["signal_up"]
    for code, params in said.items():
        assert texts.t(f"evidence.{code}", **params)
    assert {f"evidence.{code}" for code in said} == {key for key in read_locale("en").texts if key[:9] == "evidence."}
