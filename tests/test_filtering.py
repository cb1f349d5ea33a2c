"""Filters that apply on every page and live in the address; the order of urgency."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.analysis.progress import Target
from kpi.core import Query
from kpi.measure import board, run
from kpi.measure.board import by_attention, common_period
from kpi.measure.filtering import choices, offered
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.targets import set_target
from kpi.workspace.views import views
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load

NORTH = (("customers.region", "North"),)


@pytest.fixture
def workspace(acme):
    customers = [{"customer_id": f"C{n}", "region": "North" if n < 2 else "South"} for n in range(4)]
    orders = [
        {
            "order_id": f"{m}-{n}",
            "customer_id": f"C{n}",
            "ordered_at": moment(f"2026-{m:02}-10"),
            "amount": 100 * (n + 1),
            "owner_employee_id": "E1" if n else "E2",
        }
        for m in range(1, 7)
        for n in range(4)
    ]
    load(acme, {"customers": customers, "orders": orders, "employees": [{"employee_id": "E1", "name": "Olena"}]})
    choose_goals(acme, ["increase_sales"])
    select_kpis(acme, [Selection("total_revenue", "increase_sales"), Selection("sales_count", "increase_sales")])
    return acme


def test_what_the_data_hold_is_offered_with_names(workspace):
    assert [(c.code, c.name) for c in choices(workspace)] == [
        ("customers.region=North", "North"),
        ("customers.region=South", "South"),
        ("owner_employee_id=E2", "E2"),
        ("owner_employee_id=E1", "Olena"),
    ]
    assert all(c.dimension in offered()[0] for c in choices(workspace))


def test_every_offered_dimension_can_be_asked(workspace):
    for name in offered()[0]:
        run(workspace, Query(("total_revenue",), filters=((name, "x"),)))  # Unknown where it were no dimension


def test_a_board_of_a_part_has_no_target_of_the_whole(workspace):
    span = (date(2026, 1, 1), date(2027, 1, 1))
    set_target(workspace, Target("total_revenue", None, *span, 0.0, 12000.0))
    set_target(workspace, Target("total_revenue", None, *span, 0.0, 6000.0, scope="employee", scope_id="E2"))
    whole, north, person = (
        board(workspace, ["total_revenue"], filters=f)[0] for f in ((), NORTH, (("owner_employee_id", "E2"),))
    )
    assert (whole.target.value, whole.progress.actual) == (12000, 6000)
    assert north.target is None and north.reading.value == 300
    assert (person.target.value, person.progress.actual) == (6000, 600)


def test_what_is_off_target_stands_first(workspace):
    set_target(workspace, Target("sales_count", None, date(2026, 1, 1), date(2027, 1, 1), 0.0, 900.0))
    items = board(workspace, ["total_revenue", "sales_count"])
    assert [i.result.kpi.id for i in by_attention(items)] == ["sales_count", "total_revenue"]
    assert [i.result.kpi.id for i in by_attention(items[:1])] == ["total_revenue"]


def test_the_address_carries_the_filter_to_board_and_kpi(workspace):
    at = start("explore/board", filter="customers.region=North")
    assert not errors(at) and at.multiselect(key="filter").value == ["customers.region=North"]
    assert "300" in html(at) and "1,000" not in html(at) and "1,000" in html(start("explore/board"))
    at = start("explore/kpi", kpi="total_revenue", filter="customers.region=North")
    assert not errors(at) and "300" in html(at) and "customers.region=North" in html(at)  # the command that repeats it


def test_a_filter_that_the_data_do_not_know_is_left_out(workspace):
    at = start("explore/board", filter="customers.region=West")
    assert not errors(at) and at.multiselect(key="filter").value == []


def test_the_board_speaks_of_the_period_that_most_cards_show(workspace):
    items = board(workspace, ["total_revenue", "sales_count", "lead_conversion_rate"])
    assert common_period(items).since == date(2026, 5, 1)
    assert common_period([]) is None


def test_a_view_is_saved_shown_again_and_deleted(workspace):
    at = start("explore/board", filter="customers.region=North")
    at = at.button_group(key="board_by").set_value("quarter").run()
    at.text_input(key="board_view_name").set_value("  The  north ")
    at = at.button(key="board_view_save").click().run()
    assert not errors(at)
    (view,) = views(workspace, "board")
    assert (view.name, view.query["board_by"], view.query["filter"]) == (
        "The north",
        "quarter",
        ["customers.region=North"],
    )
    at = start("explore/board")
    assert at.multiselect(key="filter").value == []
    at = at.selectbox(key="board_view").set_value(view.id).run()
    at = at.button(key="board_view_show").click().run()
    assert not errors(at) and at.multiselect(key="filter").value == ["customers.region=North"]
    assert at.button_group(key="board_by").value in ("quarter", ["quarter"])
    at = at.selectbox(key="board_view").set_value(view.id).run()
    at = at.button(key="board_view_delete").click().run()
    assert not errors(at) and views(workspace, "board") == []


def test_a_view_without_a_name_is_refused(workspace):
    at = start("explore/board").button(key="board_view_save").click().run()
    assert len(errors(at)) == 1 and views(workspace, "board") == []
