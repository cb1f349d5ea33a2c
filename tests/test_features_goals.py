"""From goal to chain: the test lines of F77, F87, F96 and F98."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from kpi.analysis.progress import targets_of
from kpi.measure.audits import answers_of, covered, rows_of
from kpi.measure.chains import chain_of, chain_sheet
from kpi.measure.example import load_example
from kpi.measure.review import due_reviews
from kpi.measure.sheets import KINDS, written
from kpi.text import Texts
from kpi.workspace.audits import audits, save_audit
from kpi.workspace.choices import choose_goals, chosen_goals, selected_kpis
from kpi.workspace.plans import Plan, save_plan
from kpi.workspace.reviews import Review, add_review
from tests.support_app import errors, html, start
from tests.support_rows import orders_of_18_months
from tests.workspaces import load

GOAL = "increase_sales"


@pytest.fixture
def workspace(acme):
    load(acme, {"orders": orders_of_18_months()})
    choose_goals(acme, [GOAL])
    return acme


def test_f77_answers_persist_give_a_share_per_group_and_stand_beside_the_next_audit(workspace):
    save_audit(workspace, [("nps", False, False, False), ("csat", False, True, False)], datetime(2026, 1, 5))
    save_audit(workspace, [("nps", True, True, False), ("csat", False, True, False)], datetime(2026, 2, 5))
    first, last = (answers_of(stored) for stored in audits(workspace).values())
    ((now, then),) = covered(workspace, last, "group", first)[:1]
    assert then is not None and (then.measured, now.measured, then.data, now.data) == (0.0, 0.5, 0.5, 1.0)
    assert rows_of(last) == [("csat", False, True, False), ("nps", True, True, False)]
    at = start("plan/audit")
    assert not errors(at) and at.button_group(key="audit_compare").value == "first"
    assert {"audit_csv", "audit_xlsx", "audit_md"} <= {str(each.key) for each in at.get("download_button")}


@pytest.mark.parametrize(("days", "due"), [(40, True), (20, False)])
def test_f87_a_monthly_review_of_forty_days_ago_is_due(workspace, days, due):
    save_plan(workspace, Plan(GOAL, review_every="month"))
    today = date.today()
    then = datetime.combine(today, datetime.min.time()) - timedelta(days=days)
    add_review(workspace, Review(GOAL, then, "more calls", "packages first", [{"kpi": "total_revenue", "value": 1.0}]))
    assert (GOAL in due_reviews(workspace, today)) == due


def test_f96_step_one_needs_a_number_the_quick_path_needs_none_and_the_chain_is_exported(workspace):
    at = start("plan/quantify")
    at = at.button(key="quantify_next").click().run()
    assert len(errors(at)) == 1 and not targets_of(workspace), "no way on without a number"
    at = start("plan/kpis")
    at = at.button(key="kpis_go").click().run()
    assert not errors(at) and selected_kpis(workspace) and not targets_of(workspace)
    board = start("explore/board")
    assert not errors(board) and "no target" in html(board)

    save_plan(workspace, Plan(GOAL, "sell | packages", {"sales": "offer sets"}))
    sheet = chain_sheet(workspace, Texts("en"), [GOAL])
    assert len(sheet.rows) == len(chain_of(workspace, GOAL).links)
    for kind in KINDS:
        assert len(written([sheet], kind)) > 100
    page = written([sheet], "md").decode()
    assert "sell \\| packages" in page and "Total revenue" in page


def test_f98_the_example_is_ten_percent_from_a_new_stream_with_its_two_measures(workspace):
    workspace.change_settings({"new_revenue_stream": "packages"})
    target = load_example(workspace, "sell packages", "offer sets")
    assert chosen_goals(workspace) == (GOAL, "grow_new_revenue_stream")
    assert target.kpi == "new_stream_revenue" and target.baseline
    assert target.value == pytest.approx(1.10 * target.baseline)
    mine = {each.kpi for each in selected_kpis(workspace) if each.goal == "grow_new_revenue_stream"}
    assert {"average_deal_size", "average_revenue_per_rep"} <= mine
    assert chain_of(workspace, "grow_new_revenue_stream").whole
    rows = chain_sheet(workspace, Texts("fa"), chosen_goals(workspace)).rows
    assert len(rows) == 4, "a goal without a KPI has a row too"
