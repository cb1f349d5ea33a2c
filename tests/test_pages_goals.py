"""The goals page: a goal of one's own, and goals that pull apart."""

from __future__ import annotations

import pytest

from kpi.workspace.choices import choose_goals, chosen_goals, selected_kpis
from kpi.workspace.own_goals import own_goals
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load


@pytest.fixture
def workspace(acme):
    load(acme, {"orders": [{"order_id": "1", "customer_id": "C1", "ordered_at": moment("2026-03-01"), "amount": 100}]})
    return acme


def test_a_goal_of_one_s_own_leads_to_its_kpis(workspace):
    at = start("plan/goals")
    at.text_input(key="own_goal_new_name").set_value("Keep the north")
    at.multiselect(key="own_goal_new_direct").set_value(["total_revenue"])
    at.multiselect(key="own_goal_new_guardrail").set_value(["churn_rate"])
    at = at.button(key="own_goal_new_save").click().run()
    assert not errors(at)
    assert list(own_goals(workspace)) == ["own_keep_the_north"] == list(chosen_goals(workspace))
    shown = html(at)
    assert "Your own goals" in shown and "Keep the north" in shown
    at = at.button(key="goals_go").click().run()
    assert not errors(at) and "Total revenue" in str(at.checkbox)
    assert not errors(start("start/home")) and not errors(start("plan/quantify"))


def test_an_own_goal_without_a_measure_is_not_stored(workspace):
    at = start("plan/goals")
    at.text_input(key="own_goal_new_name").set_value("Keep the north")
    at = at.button(key="own_goal_new_save").click().run()
    assert len(errors(at)) == 1 and not own_goals(workspace)


def test_an_own_goal_can_be_changed_and_deleted(workspace):
    at = start("plan/goals")
    at.text_input(key="own_goal_new_name").set_value("Keep the north")
    at.multiselect(key="own_goal_new_direct").set_value(["total_revenue"])
    at = at.button(key="own_goal_new_save").click().run()
    at = at.selectbox(key="own_goal_which").set_value("own_keep_the_north").run()
    at.text_input(key="own_goal_own_keep_the_north_name").set_value("Keep the south")
    at = at.button(key="own_goal_own_keep_the_north_save").click().run()
    assert own_goals(workspace)["own_keep_the_north"].name.en == "Keep the south"
    at = at.selectbox(key="own_goal_which").set_value("own_keep_the_north").run()
    at = at.button(key="own_goal_delete").click().run()
    assert not errors(at) and not own_goals(workspace) and not chosen_goals(workspace)


def test_goals_that_pull_apart_are_said(workspace):
    choose_goals(workspace, ["increase_sales", "improve_service"])
    at = start("plan/goals")
    assert not errors(at) and "Where they pull apart" in html(at)
    choose_goals(workspace, ["improve_service"])
    assert "Where they pull apart" not in html(start("plan/goals"))


def test_an_endangered_kpi_joins_the_board_by_one_click(workspace):
    choose_goals(workspace, ["increase_sales", "raise_satisfaction"])
    at = start("plan/goals")
    assert not errors(at)
    button = next(each for each in at.button if "lint_conflict_endangers" in str(each.key))
    wanted = next(each for each in ("csat", "ces", "nps", "complaints_count") if f"_{each}_" in str(button.key))
    at = button.click().run()
    assert not errors(at) and wanted in {each.kpi for each in selected_kpis(workspace)}
    at = at.button(key="goals_undo").click().run()
    assert wanted not in {each.kpi for each in selected_kpis(workspace)}


@pytest.mark.parametrize("name", ["Increase sales", "  increase   SALES ", "افزایش فروش"])
def test_a_goal_of_a_name_that_exists_is_refused(workspace, name):
    at = start("plan/goals")
    at.text_input(key="own_goal_new_name").set_value(name)
    at.multiselect(key="own_goal_new_direct").set_value(["total_revenue"])
    at = at.button(key="own_goal_new_save").click().run()
    assert len(errors(at)) == 1 and not own_goals(workspace)


def test_a_kpi_in_two_roles_of_a_goal_is_refused(workspace):
    at = start("plan/goals")
    at.text_input(key="own_goal_new_name").set_value("Keep the north")
    at.multiselect(key="own_goal_new_direct").set_value(["total_revenue"])
    at.multiselect(key="own_goal_new_guardrail").set_value(["total_revenue"])
    at = at.button(key="own_goal_new_save").click().run()
    assert len(errors(at)) == 1 and not own_goals(workspace)
