"""The page of KPIs: one list in hand for ticks, pairs and hints; undo; owners; weights; what stands in the way."""

from __future__ import annotations

import pytest

from kpi.analysis.evidence_rules import rules
from kpi.catalogue import goals, kpis
from kpi.measure.evidence import rules_of
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, chosen_goals, select_kpis, selected_kpis
from tests.support_app import errors, html, start
from tests.support_rows import orders_of_2025
from tests.workspaces import at as moment
from tests.workspaces import load

T = Texts("en").t


@pytest.fixture
def workspace(acme):
    calls = [
        {"call_id": str(n), "direction": "in", "dialled_at": moment("2025-11-03"), "answered_at": moment("2025-11-03")}
        for n in range(5)
    ]
    surveys = [
        {"survey_id": str(n), "survey_type": "csat", "score": 4, "responded_at": moment("2025-11-05")} for n in range(9)
    ]
    load(acme, {"orders": orders_of_2025(60), "calls": calls, "surveys": surveys})
    return acme


def press(at, *parts: str):
    button = next(each for each in at.button if all(part in str(each.key) for part in parts))
    return button.click().run()


def box(at, kpi: str):
    return next(each for each in at.checkbox if f"_{kpi}_" in str(each.key))


def test_a_tick_a_hint_and_the_undo_change_one_list(workspace):
    choose_goals(workspace, ["increase_sales"])
    select_kpis(workspace, [Selection("total_revenue", "increase_sales", owner="Sara")])
    at = start("plan/kpis")
    assert not errors(at) and box(at, "total_revenue").value and not box(at, "csat").value
    at = press(at, "guardrail_missing", "add_csat")
    assert not errors(at) and box(at, "csat").value
    at = box(at, "sales_count").check().run()
    assert T("kpis.go", n=3) in [each.label for each in at.button]
    at = at.button(key="kpis_undo").click().run()
    assert not box(at, "sales_count").value and box(at, "csat").value
    assert [s.kpi for s in selected_kpis(workspace)] == ["total_revenue"], "nothing is stored before the board is made"
    at = at.button(key="kpis_go").click().run()
    assert {s.kpi: s.owner for s in selected_kpis(workspace)} == {"total_revenue": "Sara", "csat": None}


def test_f10_answered_calls_offer_the_five_endangered_outcomes(workspace):
    choose_goals(workspace, ["increase_sales"])
    select_kpis(workspace, [Selection("total_revenue", "increase_sales"), Selection("calls_answered", None, "we must")])
    at = start("plan/kpis")
    shown = html(at)
    for each in ("csat", "customer_experience", "customer_loyalty", "repeat_purchases", "share_of_wallet"):
        assert kpis()[each].name.en.partition(" (")[0] in shown
    at = press(at, "endangers", "add_csat")
    assert not errors(at) and not [b for b in at.button if "endangers" in str(b.key)]


def test_f12_a_loss_added_by_one_click_clears_the_hint(workspace):
    choose_goals(workspace, ["increase_sales"])
    select_kpis(workspace, [Selection(id_, "increase_sales") for id_ in ("total_revenue", "sales_count")])
    at = press(start("plan/kpis"), "success_only", "add_churn_rate")
    assert not errors(at) and not [b for b in at.button if "success_only" in str(b.key)]


def test_f05_both_halves_stand_with_the_value_of_today(workspace):
    leads = [{"lead_id": str(n), "created_at": moment("2025-11-03"), "qualified_at": None} for n in range(4)]
    load(workspace, {"leads": leads}, "leads.csv")
    choose_goals(workspace, ["generate_more_leads"])
    at = start("plan/kpis")
    below = [each.value for each in at.caption]
    assert T("kpis.pair_value", value="4") in below
    assert any(each.startswith(T("kpis.pair_blocked", columns="|").split("|")[0]) for each in below), "needs data"


def test_every_chosen_kpi_gets_an_owner_in_one_dialog(workspace):
    load(workspace, {"employees": [{"employee_id": "E1", "name": "Omid"}]}, "p.csv")
    choose_goals(workspace, ["increase_sales"])
    at = press(start("plan/kpis"), "no_owner", "owner")
    at.selectbox(key="owners_all").select("Omid")
    at = at.button(key="owners_save").click().run()
    assert not errors(at) and not [b for b in at.button if "no_owner" in str(b.key)]
    at.button(key="kpis_go").click().run()
    assert {s.owner for s in selected_kpis(workspace)} == {"E1"}


def test_weights_are_kept_for_the_workspace_and_go_back_to_the_proposal(workspace):
    assert rules_of(workspace) == rules()
    choose_goals(workspace, ["increase_sales"])
    at = start("plan/kpis")
    at = at.toggle(key="kpis_evidence").set_value(True).run()
    assert not errors(at)
    shown = html(at)
    assert "Place 1 of" in shown and "Data quality" in shown
    at.slider(key="evidence_weight_Acme_quality").set_value(8.0)
    at = at.button(key="evidence_weights_save").click().run()
    assert not errors(at) and rules_of(workspace).weights["quality"] == 8
    assert "× 8" in html(at)
    at = at.button(key="evidence_weights_reset").click().run()
    assert not errors(at) and rules_of(workspace) == rules()


def test_the_settings_propose_the_weights_of_the_definitions(workspace):
    assert workspace.settings.evidence_weights == rules().weights


@pytest.mark.parametrize("lang", ["en", "fa", "uk"])
def test_a_goal_that_nothing_answers_is_said_on_its_pages(workspace, lang):
    choose_goals(workspace, [bare(workspace)])
    for page in ("plan/goals", "plan/kpis", "plan/quantify"):
        assert not errors(start(page, lang=lang))


def bare(workspace) -> str:
    """A goal none of whose KPIs the data answer."""
    from kpi.analysis.matching import match

    return next(id_ for id_ in goals() if not any(m.computable for m in match([id_], workspace.columns())))


def test_a_goal_that_nothing_answers_says_none_of_its_kpis(workspace):
    goal = bare(workspace)
    choose_goals(workspace, [goal])
    count = len(goals()[goal].kpis)
    at = start("plan/kpis")
    assert f"none of the {count} KPIs" in html(at) and at.button(key="kpis_go").disabled
    assert f"none of the {count}" in html(start("plan/goals"))
    assert T("quantify.nothing_computable") in html(start("plan/quantify"))


def test_all_31_goals_at_once_are_too_many_and_nothing_breaks(workspace):
    choose_goals(workspace, list(goals()))
    assert len(chosen_goals(workspace)) == 31
    at = start("plan/goals")
    assert not errors(at) and "31 goals at once pull in too many directions" in html(at)
    assert not errors(start("plan/kpis"))


def test_a_change_of_goals_is_taken_back_on_their_page(workspace):
    choose_goals(workspace, ["increase_sales"])
    at = start("plan/goals")
    at.button_group(key="goals_pick_service").set_value(["improve_service"]).run()
    at.button(key="goals_go").click().run()
    assert set(chosen_goals(workspace)) == {"increase_sales", "improve_service"}
    at = start("plan/goals")
    at.button(key="goals_undo").click().run()
    assert chosen_goals(workspace) == ("increase_sales",)
