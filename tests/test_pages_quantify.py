"""The four steps of quantifying a goal (F96-F98): what they demand, what they store, that the short way needs none."""

from __future__ import annotations

import pytest

from kpi.analysis.progress import targets_of
from kpi.workspace.choices import choose_goals, chosen_goals, selected_kpis
from kpi.workspace.plans import plans
from tests.support_app import errors, html, start
from tests.support_rows import orders_of_18_months
from tests.workspaces import load

GOAL = "increase_sales"


@pytest.fixture
def workspace(acme):
    load(acme, {"orders": orders_of_18_months()})
    return acme


def press(at, key):
    return at.button(key=key).click().run()


def test_without_a_goal_the_page_leads_to_goals(workspace):
    at = start("plan/quantify")
    assert not errors(at) and "Choose goals" in html(at)


def test_step_one_is_not_left_without_a_number(workspace):
    choose_goals(workspace, [GOAL])
    at = start("plan/quantify")
    assert not errors(at)
    at = press(at, "quantify_next")
    assert len(errors(at)) == 1 and "how much, and by when" in html(at)
    assert not targets_of(workspace)


def test_four_steps_lead_to_a_chain_that_holds(workspace):
    choose_goals(workspace, [GOAL])
    at = start("plan/quantify")
    at.selectbox(key=f"quantify_kpi_{GOAL}").set_value("total_revenue").run()
    number = next(n for n in at.number_input if n.key.endswith("_value"))
    number.set_value(1300.0)
    at = press(at, "quantify_next")
    assert not errors(at)
    target = targets_of(workspace)[0]
    assert (target.kpi, target.goal, target.value, target.scope) == ("total_revenue", GOAL, 1300.0, "all")

    at = press(at, "quantify_next")  # neither strategy nor tactic
    assert len(errors(at)) == 1 and not plans(workspace)[GOAL].strategy
    at.text_area(key=f"quantify_strategy_{GOAL}").set_value("sell packages")
    at = press(at, "quantify_next")  # a strategy, no tactic
    assert len(errors(at)) == 1
    at.text_input(key=f"quantify_tactic_{GOAL}_sales").set_value("offer sets")
    at.selectbox(key=f"quantify_review_{GOAL}").set_value("month")
    at = press(at, "quantify_next")
    assert not errors(at)
    plan = plans(workspace)[GOAL]
    assert (plan.strategy, plan.tactics, plan.review_every) == ("sell packages", {"sales": "offer sets"}, "month")

    assert at.multiselect(key=f"quantify_measures_{GOAL}").value == ["total_revenue"]
    at = press(at, "quantify_next")
    assert [(s.kpi, s.goal, s.function) for s in selected_kpis(workspace)] == [("total_revenue", GOAL, "sales")]
    shown = html(at)
    assert "sell packages" in shown and "offer sets" in shown and "Total revenue" in shown
    assert not at.button(key="quantify_next").disabled


def test_a_loose_kpi_keeps_the_chain_from_its_end(workspace):
    choose_goals(workspace, [GOAL])
    at = start("plan/quantify")
    at.session_state["quantify_step"] = "measures"
    at.run()
    at = press(at, "quantify_next")
    assert at.button(key="quantify_next").disabled
    assert "hang loose" in html(at)


def test_the_worked_example_can_be_loaded(workspace):
    workspace.change_settings({"new_revenue_stream": "packages"})
    choose_goals(workspace, [GOAL])
    at = press(start("plan/quantify"), "quantify_example")
    assert not errors(at)
    assert chosen_goals(workspace) == (GOAL, "grow_new_revenue_stream")
    target = next(t for t in targets_of(workspace) if t.kpi == "new_stream_revenue")
    assert target.value == pytest.approx(1.10 * target.baseline)
    assert {"average_deal_size", "average_revenue_per_rep"} <= {s.kpi for s in selected_kpis(workspace)}
    assert not at.button(key="quantify_next").disabled


@pytest.mark.parametrize("lang", ["fa", "uk"])
def test_the_page_speaks_the_reader_s_language(workspace, lang):
    choose_goals(workspace, [GOAL])
    at = start("plan/quantify", lang=lang)
    assert not errors(at) and "how much" not in html(at)
