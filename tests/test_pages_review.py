"""Reviews: what is due stands on Home, a review keeps the numbers as they were (F87); the strip of results (F86)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from kpi.analysis.progress import Target
from kpi.measure.review import due_reviews, snapshot
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.plans import Plan, plans, save_plan
from kpi.workspace.reviews import Review, add_review, reviews
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load

GOAL = "increase_sales"


@pytest.fixture
def workspace(acme):
    rows = [
        {"order_id": str(m), "customer_id": "C1", "ordered_at": moment(f"2026-{m:02}-10"), "amount": 100}
        for m in range(1, 7)
    ]
    load(acme, {"orders": rows})
    choose_goals(acme, [GOAL])
    select_kpis(acme, [Selection("total_revenue", GOAL), Selection("sales_count", GOAL)])
    set_target(acme, Target("total_revenue", GOAL, date(2026, 1, 1), date(2027, 1, 1), 0.0, 1000.0))
    return acme


def test_a_snapshot_holds_the_numbers_of_the_goal(workspace):
    first, second = snapshot(workspace, GOAL)
    assert (first["kpi"], first["value"], first["target"], first["until"]) == ("total_revenue", 600, 1000, "2027-01-01")
    assert first["done"] == pytest.approx(0.6)
    assert second["kpi"] == "sales_count" and second["state"] == "no_target"


def test_a_review_is_saved_and_stays_as_it_was(workspace):
    at = start("decide/review")
    assert not errors(at) and "No review is due" in html(at)
    at.text_area(key="review_decisions").set_value("two more people")
    at = at.button(key="review_save").click().run()
    assert not errors(at)
    saved = reviews(workspace, GOAL)[0]
    assert saved.decisions == "two more people" and saved.snapshot[0]["value"] == 600
    load(workspace, {"orders": [{"order_id": "7", "ordered_at": moment("2026-06-11"), "amount": 50}]})
    assert reviews(workspace, GOAL)[0].snapshot[0]["value"] == 600
    assert "two more people" in html(start("decide/review"))


def test_what_is_due_stands_on_home(workspace):
    save_plan(workspace, Plan(GOAL, review_every="month"))
    assert "Review due" not in html(start("start/home"))
    add_review(workspace, Review(GOAL, datetime.now() - timedelta(days=40), "go on"))
    assert due_reviews(workspace, date.today()) == {GOAL: 9}
    at = start("start/home")
    assert not errors(at) and "Review due" in html(at)


def test_the_cadence_is_set_on_the_page(workspace):
    at = start("decide/review")
    at = at.selectbox(key=f"review_every_{GOAL}").set_value("quarter").run()
    assert not errors(at) and plans(workspace)[GOAL].review_every == "quarter"


def test_home_shows_the_four_results(workspace):
    """F86: four items."""
    shown = html(start("start/home"))
    strip = shown[shown.index("What using KPIs can bring") : shown.index("Essentials")]
    assert len(re.findall(r'class="k-(?:card|blocked)"', strip)) == 4
    for name in ("Number of sales", "Average deal size", "(CSAT)"):
        assert name in strip


@pytest.mark.parametrize("lang", ["fa", "uk"])
def test_the_page_speaks_the_reader_s_language(workspace, lang):
    at = start("decide/review", lang=lang)
    assert not errors(at) and "No review is due" not in html(at)
