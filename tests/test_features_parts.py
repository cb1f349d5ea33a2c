"""Worked numbers of the features in which parts make a whole: F13, F16, F17, F38, F55 and F64."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.catalogue import kpis
from kpi.catalogue.additive import adds_up
from tests.asking import answer, first, value
from tests.support import memory_workspace

YEAR_END = date(2026, 12, 31)


def test_f13_winning_a_customer_for_500_and_keeping_one_for_100_is_five_times():
    people = [
        {"customer_id": "k", "first_order_at": "2025-01-01"},
        {"customer_id": "n", "first_order_at": "2026-02-01"},
        {"customer_id": "gone", "first_order_at": "2024-02-01", "churned_at": "2025-02-01"},
    ]
    costs = [
        {"purpose": "acquisition", "incurred_at": "2026-03-01", "amount": 500},
        {"purpose": "retention", "incurred_at": "2026-03-01", "amount": 100},
    ]
    workspace = memory_workspace({"customers": people, "costs": costs}, as_of=YEAR_END)
    won, kept = value(workspace, "cac"), value(workspace, "customer_retention_cost")
    assert (won, kept) == (500, 100)
    assert won / kept == 5.0


def test_f16_reasons_and_those_without_one_are_all_losses():
    deals = [
        {"opportunity_id": str(n), "closed_at": "2026-03-01", "outcome": "lost", "lost_reason": reason}
        for n, reason in enumerate(["price", "price", "rival", None])
    ]
    workspace = memory_workspace({"opportunities": deals}, as_of=YEAR_END)
    rows = answer(workspace, "loss_reasons", split="lost_reason").rows
    whole = first(workspace, "loss_reasons")
    assert {row.group: row.n for row in rows} == {"price": 2, "rival": 1, "not recorded": 1}
    assert sum(100 * row.n / whole.n for row in rows) == 100
    assert whole.value == 0.75


def test_f17_three_requests_for_a_and_one_for_b():
    wishes = [("A", True), ("A", True), ("A", False), ("B", False)]
    rows = [
        {"request_id": str(n), "requested_item": item, "requested_at": "2026-03-01", "lost": lost}
        for n, (item, lost) in enumerate(wishes)
    ]
    workspace = memory_workspace({"unmet_requests": rows}, as_of=YEAR_END)
    asked = answer(workspace, "unmet_demand_requests", split="requested_item").rows
    lost = answer(workspace, "unmet_demand_requests", split="requested_item", filters=(("lost", "true"),)).rows
    assert {row.group: row.value for row in asked} == {"A": 3, "B": 1}
    assert {row.group: row.value for row in lost} == {"A": 2}


def test_f38_what_each_sold_adds_up_to_what_the_team_sold():
    people = [{"employee_id": e, "role": "sales", "team": "north" if e in "ab" else "south"} for e in "abc"]
    orders = [
        {"order_id": f"{e}{n}", "owner_employee_id": e, "ordered_at": "2026-03-01", "amount": 10 * n + ord(e)}
        for e in "abc"
        for n in range(3)
    ]
    workspace = memory_workspace({"employees": people, "orders": orders}, as_of=YEAR_END)
    own = {row.group: row.value for row in answer(workspace, "total_revenue", split="owner_employee_id").rows}
    team = {row.group: row.value for row in answer(workspace, "total_revenue", split="employees.team").rows}
    each = {row.group: row.value for row in answer(workspace, "sales_per_rep", split="owner_employee_id").rows}
    assert each == own
    assert team == {"north": own["a"] + own["b"], "south": own["c"]}
    assert sum(own.values()) == value(workspace, "total_revenue")


def test_f55_1000_leads_200_prospects_50_customers():
    leads = [
        {
            "lead_id": str(n),
            "created_at": "2026-02-01",
            "qualified_at": "2026-03-01" if n < 200 else None,
            "converted_at": "2026-04-01" if n < 50 else None,
        }
        for n in range(1000)
    ]
    workspace = memory_workspace({"leads": leads}, as_of=YEAR_END)
    found = [
        value(workspace, k) for k in ("lead_to_prospect_rate", "prospect_to_customer_rate", "lead_conversion_rate")
    ]
    assert found == [0.2, 0.25, 0.05]


def test_f64_shares_of_the_cost_of_winning_customers_add_up_to_it():
    costs = [
        {"purpose": "acquisition", "category": category, "incurred_at": "2026-03-01", "amount": amount}
        for category, amount in (("salaries", 50), ("marketing", 40), (None, 10))
    ]
    people = [{"customer_id": "n", "first_order_at": "2026-03-01"}]
    workspace = memory_workspace({"costs": costs, "customers": people}, as_of=YEAR_END)
    rows = answer(workspace, "cac_cost_breakdown", split="category").rows
    assert {row.group: row.value for row in rows} == pytest.approx({"salaries": 0.5, "marketing": 0.4, "other": 0.1})
    assert sum(row.value * value(workspace, "cac") for row in rows) == pytest.approx(100)


@pytest.mark.parametrize(
    ("kpi", "adds"),
    [
        ("total_revenue", True),
        ("net_sales", True),
        ("new_revenue", True),
        ("weekly_calls_per_rep", False),  # per person and week
        ("team_productivity", False),
        ("support_requests_received", False),  # per day
        ("cost_per_opportunity", False),
        ("new_customer_revenue", False),  # who is new in the year is not new in each of its months
        ("customer_call_supporters", False),  # distinct people
        ("pipeline_value", False),  # a state
    ],
)
def test_what_adds_up_over_periods(kpi: str, adds: bool):
    assert adds_up(kpis()[kpi], kpis()[kpi].computations[0]) is adds
