"""A choice of goals or KPIs can be taken back, plans and owners included."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.workspace.choice_history import MOST, last_change, undo
from kpi.workspace.choices import Selection, add_kpi, choose_goals, chosen_goals, drop_kpi, select_kpis, selected_kpis
from kpi.workspace.plans import Plan, plans, save_plan


@pytest.fixture
def workspace(tmp_path):
    yield workspaces.create(tmp_path, "Acme")
    workspaces.close_workspace(tmp_path, "Acme")


def test_a_goal_that_was_dropped_comes_back_with_its_plan_and_its_kpis(workspace):
    choose_goals(workspace, ["increase_sales", "raise_satisfaction"])
    save_plan(workspace, Plan("increase_sales", "sell packages", {"sales": "offer sets"}, "month"))
    held = (Selection("total_revenue", "increase_sales", None, "Sara", "sales"), Selection("nps", "raise_satisfaction"))
    select_kpis(workspace, held)
    choose_goals(workspace, ["raise_satisfaction"])
    assert [s.kpi for s in selected_kpis(workspace)] == ["nps"]
    taken = undo(workspace)
    assert (taken.what, taken.before, taken.after) == ("goals", 2, 1)
    assert chosen_goals(workspace) == ("increase_sales", "raise_satisfaction")
    assert selected_kpis(workspace) == held
    assert plans(workspace)["increase_sales"] == Plan(
        "increase_sales", "sell packages", {"sales": "offer sets"}, "month"
    )


def test_one_kpi_more_or_less_is_taken_back_step_by_step(workspace):
    select_kpis(workspace, [Selection("nps")])
    add_kpi(workspace, Selection("churn_rate"))
    drop_kpi(workspace, "nps")
    assert [s.kpi for s in selected_kpis(workspace)] == ["churn_rate"]
    undo(workspace)
    assert [s.kpi for s in selected_kpis(workspace)] == ["nps", "churn_rate"]
    undo(workspace)
    assert [s.kpi for s in selected_kpis(workspace)] == ["nps"]


def test_what_changes_nothing_is_no_change(workspace):
    select_kpis(workspace, [Selection("nps")])
    before = last_change(workspace)
    add_kpi(workspace, Selection("nps"))
    drop_kpi(workspace, "churn_rate")
    choose_goals(workspace, [])
    select_kpis(workspace, [Selection("nps")])
    assert last_change(workspace) == before


def test_nothing_to_take_back_is_said(workspace):
    with pytest.raises(Refused) as told:
        undo(workspace)
    assert told.value.code == "nothing_to_undo"


def test_only_so_many_changes_are_kept(workspace):
    for n in range(MOST + 3):
        select_kpis(workspace, [Selection("nps", reason=str(n))])
    assert workspace.rows("select count(*) from state.choice_history") == [(MOST,)]
