"""Plans of goals, their reviews, own goals and conflicts between goals (F87, F95-F97)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kpi.analysis.chain import chain, usual_function
from kpi.analysis.conflicts import conflicts
from kpi.analysis.matching import match, serves
from kpi.analysis.progress import Target
from kpi.catalogue import goal, kpi
from kpi.errors import Refused, Unknown
from kpi.workspace import create
from kpi.workspace.choices import Selection, choose_goals, chosen_goals, select_kpis, selected_kpis
from kpi.workspace.own_goals import Tag, delete_goal, goal_of, goals_of, save_goal
from kpi.workspace.plans import Plan, plans, save_plan
from kpi.workspace.reviews import Review, add_review, due, next_review, reviews


@pytest.fixture
def ws(tmp_path):
    made = create(tmp_path, "plans")
    choose_goals(made, ["increase_sales", "improve_service"])
    return made


def test_a_plan_is_kept_and_replaced(ws):
    assert plans(ws) == {"increase_sales": Plan("increase_sales"), "improve_service": Plan("improve_service")}
    made = Plan("increase_sales", "sell packages", {"sales": "offer sets", "marketing": "show sets"}, "month")
    save_plan(ws, made)
    assert plans(ws)["increase_sales"] == made
    assert chosen_goals(ws) == ("increase_sales", "improve_service")
    save_plan(ws, Plan("increase_sales", "sell more", {"service": "  "}))
    assert plans(ws)["increase_sales"] == Plan("increase_sales", "sell more")
    choose_goals(ws, ["improve_service", "increase_sales"])
    assert plans(ws)["increase_sales"].strategy == "sell more"


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan("cut_response_time"), "goal_not_chosen"),
        (Plan("increase_sales", review_every="day"), "cadence_unknown"),
        (Plan("increase_sales", tactics={"kitchen": "cook"}), "function_unknown"),
    ],
)
def test_what_cannot_be_planned_is_said(ws, plan, code):
    with pytest.raises(Refused) as refused:
        save_plan(ws, plan)
    assert refused.value.code == code
    assert plans(ws)["increase_sales"] == Plan("increase_sales")


def test_a_review_falls_due(ws):
    """F87: cadence monthly, last review 40 days ago -> due."""
    plan = Plan("increase_sales", review_every="month")
    save_plan(ws, plan)
    add_review(ws, Review("increase_sales", datetime(2026, 3, 1, 9), "go on", "", ({"kpi": "nps", "value": 31.0},)))
    assert due(ws, plan, date(2026, 3, 30)) is None
    assert due(ws, plan, date(2026, 4, 10)) == 9
    add_review(ws, Review("increase_sales", datetime(2026, 4, 10, 9), "change the offer"))
    assert due(ws, plan, date(2026, 4, 20)) is None
    assert [r.decisions for r in reviews(ws, "increase_sales")] == ["change the offer", "go on"]
    assert reviews(ws, "increase_sales")[1].snapshot == ({"kpi": "nps", "value": 31.0},)
    assert reviews(ws, "improve_service") == []


def test_without_a_cadence_no_review_is_due():
    assert next_review(Plan("increase_sales"), date(2020, 1, 1), None) is None
    assert next_review(Plan("increase_sales", review_every="week"), None, None) is None
    assert next_review(Plan("increase_sales", review_every="week"), None, date(2026, 1, 1)) == date(2026, 1, 8)


def test_an_own_goal_leads_to_its_kpis(ws):
    tags = [Tag("nps", "guardrail"), Tag("churn_rate", "direct", "who leaves"), Tag("csat", "supporting")]
    made = save_goal(ws, "  Keep the   mountain clients ", tags, "They matter most.")
    assert made.id == "own_keep_the_mountain_clients"
    assert goals_of(ws)[made.id].name.get("fa") == "Keep the mountain clients"
    matches = match([made.id], frozenset(), goals_of(ws))
    assert [(m.kpi.id, m.role) for m in matches] == [
        ("churn_rate", "direct"),
        ("csat", "supporting"),
        ("nps", "guardrail"),
    ]
    assert matches[0].roles[0].reason.get("uk") == "who leaves"
    assert serves("nps", [made.id], goals_of(ws)) and not serves("sales_count", [made.id], goals_of(ws))
    save_goal(ws, "Keep them", [Tag("churn_rate", "direct")], id_=made.id)
    assert [k.kpi for k in goal_of(ws, made.id).kpis] == ["churn_rate"]


def test_a_name_in_any_script_makes_an_id(ws):
    assert save_goal(ws, "نگه داشتن مشتریان", [Tag("churn_rate", "direct")]).id == "own_نگه_داشتن_مشتریان"
    assert save_goal(ws, "№!", [Tag("churn_rate", "direct")]).id == "own_goal"


@pytest.mark.parametrize(
    ("name", "tags", "code"),
    [(" ", [Tag("nps", "direct")], "goal_needs_name"), ("X", [Tag("nps", "supporting")], "goal_needs_kpi")],
)
def test_an_own_goal_needs_a_name_and_a_kpi(ws, name, tags, code):
    with pytest.raises(Refused) as refused:
        save_goal(ws, name, tags)
    assert refused.value.code == code


def test_an_own_goal_stands_once_and_can_go(ws):
    made = save_goal(ws, "Mine", [Tag("nps", "direct")])
    with pytest.raises(Refused, match="mine"):
        save_goal(ws, "mine", [Tag("nps", "direct")])
    with pytest.raises(Unknown):
        save_goal(ws, "Other", [Tag("npz", "direct")])
    choose_goals(ws, ["increase_sales", made.id])
    select_kpis(ws, [Selection("nps", made.id)])
    delete_goal(ws, made.id)
    assert chosen_goals(ws) == ("increase_sales",)
    assert selected_kpis(ws) == (Selection("nps", None),)
    with pytest.raises(Unknown):
        goal_of(ws, made.id)


def _target(kpi_id, base, value, goal_id, since=date(2026, 1, 1), until=date(2027, 1, 1)):
    return Target(kpi_id, goal_id, since, until, base, value)


def test_targets_that_pull_apart_are_named():
    up = _target("churn_rate", 5, 6, "improve_service")
    down = _target("churn_rate", 5, 4, "cut_response_time")
    found = conflicts([], [up, down])
    assert [(c.code, c.kpi, c.goals) for c in found] == [
        ("opposite", "churn_rate", ("improve_service", "cut_response_time")),
        ("backwards", "churn_rate", ("improve_service",)),
    ]
    later = _target("churn_rate", 5, 4, "cut_response_time", date(2027, 1, 1), date(2028, 1, 1))
    assert [c.code for c in conflicts([], [up, later])] == ["backwards"]
    assert conflicts([], [_target("total_revenue", 0, 5, "increase_sales")]) == []


def test_a_kpi_that_harms_another_goal_when_pushed_is_named():
    """What a definition lists as guardrails of a KPI is what suffers when only that KPI counts."""
    sales, service = goal("increase_sales"), goal("improve_service")
    found = conflicts([sales, service], [])
    assert [(c.code, c.kpi, c.other) for c in found if c.goals == ("increase_sales", "improve_service")] == [
        ("endangers", "total_revenue", "csat")
    ]
    assert conflicts([service], []) == []


def test_guardrails_of_the_catalogue_do_name_conflicts():
    from kpi.catalogue import goals

    found = conflicts(list(goals().values()), [])
    assert found
    for each in found:
        assert each.other in kpi(each.kpi).guardrails
        assert len(each.goals) == 2


def test_the_chain_does_not_end_with_a_loose_kpi():
    """F96, step 4."""
    tactics = {"sales": "offer sets", "marketing": " ", "service": "call back"}
    made = chain("increase_sales", "sell packages", tactics, [("close_rate", "sales"), ("nps", "marketing")])
    assert made.loose == ("nps",) and not made.whole and made.idle == ("service",)
    assert chain("increase_sales", "sell packages", tactics, [("close_rate", "sales")]).whole
    assert not chain("increase_sales", " ", tactics, [("close_rate", "sales")]).whole
    assert not chain("increase_sales", "sell packages", tactics, []).whole
    assert usual_function("close_rate") == "sales" and usual_function("tickets_handled") == "service"
    assert usual_function("days_sales_outstanding", "sales") == "sales"


def test_owner_and_function_of_a_kpi_are_kept(ws):
    select_kpis(ws, [Selection("close_rate", "increase_sales", None, "Olena", "sales")])
    assert selected_kpis(ws) == (Selection("close_rate", "increase_sales", None, "Olena", "sales"),)
