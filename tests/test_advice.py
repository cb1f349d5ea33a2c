"""The if-then rules of issue 4: each holds where its condition does and nowhere else, and stands on its page."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest

from kpi.analysis.progress import Target
from kpi.analysis.rules import KINDS, rule_of, rules
from kpi.core import LANGUAGES
from kpi.errors import BadDefinition
from kpi.measure.advice import advice
from kpi.measure.board import board
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.support_rows import orders_of_2025
from tests.workspaces import at as moment
from tests.workspaces import load

NAMED = ("R04", "R05", "R11", "R12", "R13", "R14", "R27", "R28", "R29", "R60", "R66", "R67", "R68", "R69")


@pytest.fixture
def workspace(acme):
    load(acme, {"orders": orders_of_2025(48)})
    return acme


def held(workspace, place, *goals, selected=()):
    items = board(workspace, list(selected), goals)
    return {each.rule.id: each for each in advice(workspace, place, goals, list(selected), items)}


def test_the_rules_of_goals_and_chosen_kpis_are_there_with_a_place_and_words():
    assert tuple(rules()) == NAMED
    for rule in rules().values():
        assert rule.places and rule.kind in KINDS
        assert all(rule.text.get(lang) for lang in LANGUAGES) and rule.text.fa != rule.text.en != rule.text.uk


def test_r04_and_r05_speak_of_the_main_goal_only(workspace):
    assert "R04" in held(workspace, "kpis", "increase_sales", "improve_service")
    assert "R05" not in held(workspace, "kpis", "increase_sales", "improve_service")
    assert "R05" in held(workspace, "kpis", "improve_service")


def test_r11_stands_with_every_review(workspace):
    assert "R11" in held(workspace, "review", "increase_sales")


@pytest.mark.parametrize(("place", "rule"), [("board", "R12"), ("review", "R60")])
def test_r12_and_r60_speak_where_a_target_is_missed(workspace, place, rule):
    assert rule not in held(workspace, place, "increase_sales", selected=["total_revenue"])
    set_target(workspace, Target("total_revenue", None, date(2025, 1, 1), date(2025, 12, 1), 0.0, 90_000.0))
    found = held(workspace, place, "increase_sales", selected=["total_revenue", "sales_count"])[rule]
    assert found.about == ("total_revenue",)


def test_r13_asks_when_less_of_the_pipeline_is_realised_than_aimed_at(workspace):
    deals = [
        {
            "opportunity_id": str(n),
            "created_at": moment(f"2025-{n % 12 + 1:02}-02"),
            "expected_close_at": moment(f"2025-{n % 12 + 1:02}-20"),
            "closed_at": moment(f"2025-{n % 12 + 1:02}-21"),
            "outcome": "won" if n // 12 % 3 else "lost",
            "amount": 100,
        }
        for n in range(60)
    ]
    load(workspace, {"opportunities": deals}, "deals.csv")
    assert "R13" not in held(workspace, "board", "increase_sales")
    aim = Target("pipeline_realization_rate", None, date(2025, 1, 1), date(2025, 12, 1), 0.5, 0.99)
    set_target(workspace, aim)
    found = held(workspace, "board", "increase_sales").get("R13")
    value = board(workspace, ["pipeline_realization_rate"])[0].reading.value
    assert found is not None and value is not None and value < 0.99
    assert found.about == ("pipeline_realization_rate",)
    assert "pipeline_realization_rate" in {item.result.kpi.id for item in found.items}, "with the values that fired it"


def test_r14_asks_for_a_revenue_target_until_there_is_one(workspace):
    assert "R14" in held(workspace, "quantify", "increase_sales")
    set_target(workspace, Target("total_revenue", None, date(2025, 1, 1), date(2026, 12, 1), 0.0, 90_000.0))
    assert "R14" not in held(workspace, "quantify", "increase_sales")


def test_r27_speaks_where_loaded_tables_serve_no_chosen_kpi(workspace):
    assert "R27" not in held(workspace, "kpis", "increase_sales", selected=["total_revenue"])
    assert "R27" not in held(workspace, "kpis", "increase_sales"), "nothing is chosen yet"
    load(workspace, {"web_visits": [{"visit_id": "1", "started_at": moment("2025-05-01")}]}, "visits.csv")
    assert "R27" in held(workspace, "kpis", "increase_sales", selected=["total_revenue"])


def test_r28_and_r29_follow_their_hints(workspace):
    found = held(workspace, "lint", selected=["total_revenue", "leads_generated"])
    assert found["R29"].about == ("leads_generated",)
    assert "R28" in held(workspace, "lint", selected=["total_revenue"])
    assert "R28" not in held(workspace, "lint", selected=["total_revenue", "complaints_count"])
    assert "R29" not in held(workspace, "lint", selected=["leads_generated", "sales_qualified_leads"])


def test_r66_speaks_of_the_new_revenue_stream(workspace):
    found = held(workspace, "kpis", "grow_new_revenue_stream")["R66"]
    assert found.rule.kpis == ("new_stream_revenue", "average_deal_size", "average_revenue_per_rep")
    assert "R66" not in held(workspace, "kpis", "increase_sales")


def test_r67_needs_the_customers_view_beside_an_internal_one(workspace):
    assert "R67" in held(workspace, "board", selected=["total_revenue", "nps"])
    assert "R67" not in held(workspace, "board", selected=["total_revenue", "active_crm_users"])
    assert "R67" not in held(workspace, "board", selected=["nps", "csat"])


def test_r68_speaks_when_the_number_confuses(workspace):
    from kpi.catalogue import kpis

    assert "R68" in held(workspace, "kpis", selected=list(kpis())[:16])
    assert "R68" not in held(workspace, "kpis", selected=list(kpis())[:15])


def test_r69_speaks_of_leads_at_their_stage(workspace):
    assert held(workspace, "kpis", selected=["leads_per_channel", "nps"])["R69"].about == ("leads_per_channel",)
    assert "R69" not in held(workspace, "kpis", selected=["nps"])


@pytest.mark.parametrize(
    "change",
    [
        {"when": {"kind": "sometimes"}},
        {"when": {"kind": "goal"}},
        {"when": {"kind": "goal", "goal": "no_such_goal"}},
        {"kpis": ["no_such_kpi"]},
        {"places": ["nowhere"]},
        {"places": []},
        {"text": {}},
    ],
)
def test_a_wrong_rule_is_named(change):
    good = {"when": {"kind": "always"}, "places": ["kpis"], "text": {"en": "Do it."}}
    assert rule_of("R99", good).kind == "always"
    with pytest.raises(BadDefinition) as error:
        rule_of("R99", good | change)
    assert "R99" in str(error.value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_show_it_in_the_reader_s_language(workspace, lang):
    choose_goals(workspace, ["increase_sales"])
    select_kpis(workspace, [Selection("total_revenue", "increase_sales")])
    at = start("plan/kpis", lang=lang)
    assert not errors(at)
    assert Texts(lang).t("advice.title") in html(at) and rules()["R04"].text.get(lang) in html(at)
    at = start("decide/review", lang=lang)
    assert not errors(at) and rules()["R11"].text.get(lang) in html(at)


def test_every_place_is_a_page_that_shows_its_advice(workspace):
    choose_goals(workspace, ["grow_new_revenue_stream", "increase_sales"])
    select_kpis(workspace, [Selection("total_revenue", "increase_sales"), Selection("nps", None, "we want it")])
    set_target(workspace, Target("total_revenue", None, date(2025, 1, 1), date(2025, 12, 1), 0.0, 90_000.0))
    pages = {
        "kpis": "plan/kpis", "board": "explore/board", "review": "decide/review", "quantify": "plan/quantify",
        "funnel": "explore/funnel", "relations": "explore/relations",
    }  # fmt: skip
    assert {place for rule in rules().values() for place in rule.places} == {*pages, "lint"}
    for place, rule in (("kpis", "R66"), ("board", "R67"), ("review", "R11"), ("quantify", "R66")):
        at = start(pages[place])
        assert not errors(at) and rules()[rule].text.en in unescape(html(at)), place
    at = start("explore/relations", kpis=["total_revenue", "nps"])
    assert not errors(at) and rules()["R67"].text.en in unescape(html(at))
    assert rules()["R12"].text.en.partition("<b>")[0] in html(start("explore/board"))
