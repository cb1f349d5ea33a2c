"""KPI functions against the worked numbers of the features they serve."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi.analysis import lead_score, receivables
from kpi.core import Query
from kpi.measure import run
from tests.asking import START, answer, first, noted, value
from tests.support import memory_workspace


def test_f18_lift_of_80_percent_against_50():
    """20 deals of type x, 16 won; 20 others, 4 won: overall 50 %, lift 1.6; below 30 deals it is not ranked."""
    deals = [("x", k < 16) for k in range(20)] + [("y", k < 4) for k in range(20)]
    rows = [
        {"opportunity_id": k, "deal_type": kind, "outcome": "won" if won else "lost", "closed_at": "2026-02-01"}
        for k, (kind, won) in enumerate(deals)
    ]
    workspace = memory_workspace({"opportunities": rows})
    by_type = answer(workspace, "won_deal_profile", split="deal_type")
    assert {r.group: r.value for r in by_type.rows} == pytest.approx({"x": 1.6, "y": 0.4})
    assert value(workspace, "won_deal_profile") is None
    assert value(
        memory_workspace({"opportunities": rows}, {"min_n_profile": "20"}), "won_deal_profile"
    ) == pytest.approx(1.6)


def test_f21_receivable_and_its_age():
    workspace = memory_workspace(
        {
            "invoices": [
                {
                    "invoice_id": "1",
                    "customer_id": "a",
                    "issued_at": "2026-01-01",
                    "due_at": "2026-01-31",
                    "amount": 1000,
                }
            ],
            "payments": [{"payment_id": "1", "invoice_id": "1", "paid_at": "2026-02-01", "amount": 600}],
        },
        as_of=date(2026, 2, 28),
    )
    assert value(workspace, "accounts_receivable", date(2026, 2, 1), date(2026, 3, 1)) == 400
    assert value(workspace, "accounts_receivable", date(2026, 1, 1), date(2026, 2, 1)) == 1000
    old = receivables.ageing(workspace, date(2026, 3, 1)).iloc[0]
    assert (old["owed"], old["overdue"], old["customer_id"]) == (400, 28, "a")


def test_f22_commission_follows_settlement():
    tables = {
        "commissions": [{"commission_id": "1", "invoice_id": "1", "amount": 100, "earned_at": "2026-01-01"}],
        "invoices": [{"invoice_id": "1", "issued_at": "2026-01-01", "amount": 1000}],
        "payments": [{"payment_id": "1", "invoice_id": "1", "paid_at": "2026-02-01", "amount": 600}],
    }
    row = first(memory_workspace(tables), "commission_on_settled", START, date(2026, 3, 1))
    assert (row.numerator, row.denominator, row.value) == (60, 100, 0.6)
    strict = memory_workspace(tables, {"commission_rule": "all_or_nothing"})
    assert value(strict, "commission_on_settled", START, date(2026, 3, 1)) == 0


def test_f27_roi_of_the_crm():
    def roi(cost):
        tables = {"crm_benefits": [{"money_value": 150, "since": "2026-01-01", "until": "2026-12-31"}]}
        return value(
            memory_workspace(tables | {"costs": [{"purpose": "crm", "incurred_at": "2026-01-05", "amount": cost}]}),
            "crm_roi",
        )

    assert roi(100) == pytest.approx(0.5)
    assert roi(0) is None


def test_f27_a_benefit_is_spread_over_its_days():
    tables = {
        "crm_benefits": [{"money_value": 365, "since": "2026-01-01", "until": "2027-01-01"}],
        "costs": [{"purpose": "crm", "incurred_at": f"2026-{m:02}-05", "amount": 31} for m in range(1, 13)],
    }
    workspace = memory_workspace(tables, as_of=date(2026, 12, 31))
    values = [row.value for row in answer(workspace, "crm_roi", by="month").rows]
    assert values[0] == pytest.approx(0)  # 31 days, 31 of cost
    assert values[1] == pytest.approx(28 / 31 - 1)


def leads(**criteria):
    stages = [
        {"entity": "lead", "stage": s, "position": k} for k, s in enumerate(("call", "offer", "closing meeting"), 1)
    ]
    workspace = memory_workspace(
        {"leads": [{"lead_id": "1", "created_at": "2026-01-01", **criteria}], "stages": stages}
    )
    return lead_score.scores(workspace, date(2026, 2, 1))["score"][0]


def test_f35_high_high_high_closing_meeting_is_100_and_low_the_least():
    names = ("interest_level", "contact_influence", "need_level")
    assert leads(**dict.fromkeys(names, "high"), sales_stage="Closing meeting") == 100
    least = leads(**dict.fromkeys(names, "low"), sales_stage="call")
    assert least == pytest.approx(100 * 4 / 12)
    for name in names:
        for stage in ("call", "offer", "closing meeting"):
            scores = [
                leads(**(dict.fromkeys(names, "medium") | {name: level}), sales_stage=stage)
                for level in ("low", "medium", "high")
            ]
            assert least < scores[0] < scores[1] < scores[2] < 100


def test_f60_payback_of_300_at_50_a_month_is_six_months():
    """One customer, seen for 100 days, with a margin of 50 per 30.44 days."""
    margin = 50 * 100 / 30.44
    workspace = memory_workspace(
        {
            "customers": [{"customer_id": "a", "first_order_at": "2026-01-01"}],
            "costs": [{"purpose": "acquisition", "incurred_at": "2026-01-01", "amount": 300}],
            "orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2026-01-01", "amount": margin}],
            "order_lines": [{"order_id": "1", "quantity": 1, "unit_cost": 0, "line_amount": margin}],
        },
        as_of=START + timedelta(days=99),
    )
    until = START + timedelta(days=100)
    assert value(workspace, "cac_payback_period", START, until) == pytest.approx(182.64, abs=0.01)
    assert noted(workspace, "cac_payback_period", START, until) == []


def test_f60_revenue_stands_in_where_unit_costs_are_not_known():
    workspace = memory_workspace(
        {
            "customers": [{"customer_id": "a", "first_order_at": "2026-01-01"}],
            "costs": [{"purpose": "acquisition", "incurred_at": "2026-01-01", "amount": 300}],
            "orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2026-01-01", "amount": 100}],
        },
        as_of=date(2026, 1, 10),
    )
    assert value(workspace, "cac_payback_period", START, date(2026, 1, 11)) == pytest.approx(30)
    assert noted(workspace, "cac_payback_period", START, date(2026, 1, 11)) == ["method.revenue_based"]


def test_f63_and_f103_cost_per_customer_won_and_kept():
    buyers = [{"customer_id": f"n{k}", "first_order_at": "2026-03-01"} for k in range(20)]
    kept = [{"customer_id": f"k{k}", "first_order_at": "2025-03-01"} for k in range(90)]
    workspace = memory_workspace(
        {
            "customers": buyers + kept,
            "orders": [{"order_id": "1", "customer_id": "n1", "ordered_at": "2026-03-01", "amount": 1}],
            "costs": [
                {"purpose": "acquisition", "incurred_at": "2026-03-01", "amount": 10_000},
                {"purpose": "retention", "incurred_at": "2026-03-01", "amount": 9_000},
            ],
        },
        as_of=date(2026, 12, 31),
    )
    assert value(workspace, "cac") == 500
    assert value(workspace, "customer_retention_cost") == 100


# F09, F97: targets


def test_f09_without_a_target_coverage_and_attainment_are_not_available():
    tables = {
        "orders": [{"order_id": "1", "ordered_at": "2026-01-05", "amount": 100}],
        "opportunities": [{"opportunity_id": "1", "amount": 100, "outcome": "open", "created_at": "2026-01-01"}],
    }
    for kpi in ("revenue_target_attainment", "pipeline_coverage"):
        result = run(memory_workspace(tables), Query((kpi,), START, date(2026, 2, 1)))[kpi]
        assert result.missing and not result.rows


def test_reached_targets_are_said():
    tables = {
        "orders": [{"order_id": "1", "ordered_at": "2026-01-05", "amount": 100}],
        "opportunities": [{"opportunity_id": "1", "amount": 100, "outcome": "open", "created_at": "2026-01-01"}],
        "state.targets": [
            {"kpi_id": "total_revenue", "since": "2026-01-01", "until": "2026-02-01", "target_value": 90}
        ],
    }
    workspace = memory_workspace(tables)
    assert value(workspace, "pipeline_coverage", START, date(2026, 2, 1)) is None
    assert noted(workspace, "pipeline_coverage", START, date(2026, 2, 1)) == ["method.target_reached"]


def test_what_has_no_groups_says_so_and_does_not_guess():
    tables = {
        "crm_benefits": [{"money_value": 150, "since": "2026-01-01"}],
        "costs": [{"purpose": "crm", "incurred_at": "2026-01-05", "amount": 10, "category": "storage"}],
    }
    result = answer(memory_workspace(tables), "crm_roi", split="costs.category")
    assert not result.rows
    assert [code for code, _ in result.notes] == ["note.no_dimension"]


def test_a_young_cohort_of_a_stage_is_marked():
    """Deals need ten days to the offer: of those that came in the last ten days most cannot be there yet."""
    deals = [
        {"opportunity_id": k, "created_at": f"2026-{m:02}-25", "outcome": "open", "stage": "offer"}
        for k, m in enumerate((1, 2, 3))
    ]
    history = [
        entry
        for k, m in enumerate((1, 2, 3))
        for entry in (
            {"opportunity_id": k, "stage": "first", "entered_at": f"2026-{m:02}-25"},
            {"opportunity_id": k, "stage": "offer", "entered_at": date(2026, m, 25) + timedelta(days=10)},
        )
        if m < 3 or entry["stage"] == "first"
    ]
    deals[2]["stage"] = "first"
    stages = [{"stage": "first", "position": 1}, {"stage": "offer", "position": 2}]
    tables = {"opportunities": deals, "opportunity_stage_history": history, "stages": stages}
    workspace = memory_workspace(tables, {"min_n_stage": "1"}, date(2026, 4, 2))
    rows = answer(workspace, "stage_conversion_rate", until=date(2026, 4, 1), by="month", split="stage").rows
    found = [(r.value, r.mature) for r in rows if r.group == "first"]
    assert found == [(1.0, True), (1.0, True), (0.0, False)]
