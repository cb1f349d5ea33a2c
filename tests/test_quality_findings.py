"""The quality report: each contradiction is counted, with examples, and nothing is dropped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi import model, workspace
from kpi.quality.checks import EVERYWHERE, checks
from kpi.quality.findings import findings
from kpi.workspace.workspace import Workspace
from tests.workspaces import load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def found(ws: Workspace) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {f.code: (f.n, f.of, f.examples) for f in findings(ws)}


TROUBLE = {
    "tickets": [
        {"ticket_id": "a", "status": "open", "resolution_minutes": 5, "opened_at": "2024-01-01"},
        {"ticket_id": "b", "status": "closed", "first_response_minutes": 60, "resolution_minutes": 5, "opened_at": "2024-01-01"},
        {"ticket_id": "c", "opened_at": "2024-01-02", "resolved_at": "2024-01-01"},
        {"ticket_id": "d", "opened_at": "2024-01-01", "first_response_at": "2024-01-01 01:00", "first_response_minutes": 62},
        {"ticket_id": "e", "opened_at": "2024-01-01", "resolved_at": "2024-01-01 01:00", "resolution_minutes": 90},
        {"ticket_id": "f", "response_sla_met": True, "first_response_at": "2024-01-03", "response_due_at": "2024-01-02"},
        {"ticket_id": "g", "resolution_sla_met": False, "resolved_at": "2024-01-01", "resolution_due_at": "2024-01-02"},
        {"ticket_id": "fine", "status": "closed", "opened_at": "2024-01-01", "first_response_minutes": 5,
         "first_response_at": "2024-01-01 00:05:30", "resolution_minutes": 60, "resolved_at": "2024-01-01 01:00"},
    ],
    "leads": [
        {"lead_id": "a", "created_at": "2024-01-02", "converted_at": "2024-01-01"},
        {"lead_id": "b", "status": "converted"},
    ],
    "opportunities": [
        {"opportunity_id": "a", "outcome": "won", "created_at": "2024-01-02", "closed_at": "2024-01-01", "amount": 1},
        {"opportunity_id": "b", "outcome": "lost"},
        {"opportunity_id": "c", "outcome": "open", "closed_at": "2024-01-01"},
        {"opportunity_id": "d", "outcome": "won", "closed_at": "2024-01-01"},
        {"opportunity_id": "e"},
    ],
    "orders": [
        {"order_id": "a", "ordered_at": "2024-01-01", "amount": 5},
        {"order_id": "b", "customer_id": "c", "amount": 0},
        {"order_id": "c", "customer_id": "c", "ordered_at": "2024-01-01"},
        {"order_id": "d", "customer_id": "c", "ordered_at": "2024-01-01", "amount": 9},
    ],
    "order_lines": [{"order_line_id": "1", "order_id": "d", "line_amount": 8}, {"order_line_id": "2", "order_id": "x"}],
    "surveys": [
        {"survey_id": "a", "survey_type": "nps", "score": 11},
        {"survey_id": "b", "survey_type": "csat", "score": 6, "scale_min": 1, "scale_max": 5},
        {"survey_id": "c", "survey_type": "csat", "responded_at": "2024-01-01"},
    ],
    "contracts": [{"contract_id": "a", "started_at": "2024-01-02", "ends_at": "2024-01-01"}],
    "opportunity_stage_history": [
        {"opportunity_id": "a", "entered_at": "2024-01-02", "left_at": "2024-01-01", "stage": "s"}
    ],
    "calls": [{"call_id": "a", "dialled_at": "2024-01-01 10:01", "answered_at": "2024-01-01 10:00"}],
    "payments": [{"payment_id": "a", "amount": 5}],
    "crm_logins": [{"employee_id": "e", "logged_in_at": "2024-01-01"}] * 3,
    "campaigns": [{"campaign_id": "k", "started_at": date.today() + timedelta(days=3)}],
}  # fmt: skip


# One row for each check that the trouble above does not meet.
MORE = {
    "customers": [
        {"customer_id": "m1", "churned_at": "2024-01-01", "created_at": "2024-01-02", "email": "a.example.org"},
        {"customer_id": "m2", "phone": "12", "credit_limit": -1, "email": "a@example.org"},
    ],
    "contacts": [{"contact_id": "m", "email": "@", "phone": "-"}],
    "leads": [
        {"lead_id": "m1", "created_at": "2024-01-02", "first_contacted_at": "2024-01-01", "email": "a@b", "phone": "1"},
        {"lead_id": "m2", "first_contacted_at": "2024-01-03", "converted_at": "2024-01-02", "lost_at": "2024-01-02"},
    ],
    "opportunities": [
        {"opportunity_id": "m", "outcome": "won", "closed_at": "2024-01-01", "lead_id": "m2", "amount": -1, "probability": 101}
    ],
    "quotes": [{"quote_id": "m", "amount": -1}],
    "orders": [
        {"order_id": "m", "customer_id": "nobody", "ordered_at": "2024-01-02", "cancelled_at": "2024-01-01",
         "amount": 1, "gross_amount": 5, "discount_amount": 6},
    ],
    "order_lines": [{"order_line_id": "m", "order_id": "m", "quantity": -1, "line_amount": 1}],
    "returns": [{"return_id": "m", "order_id": "m", "returned_at": "2024-01-01"}],
    "invoices": [{"invoice_id": "m", "issued_at": "2024-01-02 10:00", "due_at": "2024-01-01", "amount": -1}],
    "payments": [{"payment_id": "m", "invoice_id": "m", "amount": -1}],
    "activities": [
        {"activity_id": "m", "occurred_at": "2024-01-02", "completed_at": "2024-01-01", "duration_minutes": -1}
    ],
    "tickets": [{"ticket_id": "m", "opened_at": "2024-01-02", "first_response_at": "2024-01-01"}],
    "calls": [{"call_id": "m", "wait_seconds": -1}],
    "surveys": [{"survey_id": "m", "survey_type": "ces", "sent_at": "2024-01-02", "responded_at": "2024-01-01", "score": 3}],
    "campaigns": [{"campaign_id": "m", "started_at": "2024-01-02", "ended_at": "2024-01-01", "budget": -1}],
    "campaign_costs": [{"campaign_id": "m", "amount": -1}],
    "web_visits": [{"visit_id": "m", "page_views": -1}],
    "contracts": [{"contract_id": "m", "started_at": "2024-01-02", "cancelled_at": "2024-01-01", "amount": -1}],
    "employees": [{"employee_id": "m", "hired_at": "2024-01-02", "left_at": "2024-01-01", "hourly_cost": -1}],
    "deliveries": [{"delivery_id": "m", "order_id": "m", "delivered_at": "2024-01-01"}],
    "inventory": [{"product_id": "m", "counted_at": "2024-01-01", "on_hand": -1}],
    "costs": [{"cost_id": "m", "amount": -1}],
    "commissions": [{"commission_id": "m", "earned_at": "2024-01-02", "paid_at": "2024-01-01"}],
    "forecasts": [{"forecast_id": "m", "period_start": "2024-01-02", "period_end": "2024-01-02"}],
    "finance_periods": [{"period_start": "2024-01-02", "period_end": "2024-01-01"}],
    "time_entries": [{"employee_id": "m", "hours": 745}],
    "retention_offers": [{"offer_id": "m", "offered_at": "2024-01-02", "accepted_at": "2024-01-01"}],
    "system_incidents": [{"incident_id": "m", "started_at": "2024-01-02", "ended_at": "2024-01-01"}],
    "crm_logins": [{"employee_id": "m", "session_minutes": -1}],
}  # fmt: skip


def test_every_check_finds_what_it_looks_for(ws: Workspace):
    load(ws, TROUBLE)
    report = found(ws)
    one = {"ticket_open_resolved": "a", "ticket_resolved_before_response": "b", "ticket_resolved_before_opened": "c",
           "ticket_response_differs": "d", "ticket_resolution_differs": "e", "ticket_response_sla_differs": "f",
           "ticket_resolution_sla_differs": "g"}  # fmt: skip
    assert {code: report[code] for code in one} == {code: (1, 8, (key,)) for code, key in one.items()}
    assert report["lead_converted_before_created"] == (1, 2, ("a",))
    assert report["order_without_customer"] == (1, 4, ("a",)) and report["order_without_amount"] == (1, 4, ("c",))
    assert report["order_differs_from_lines"] == (1, 4, ("d",))
    assert report["same_lines"] == (2, 3, ()) and report["dated_ahead"] == (1, 1, ("k",))
    assert ws.rows("SELECT count(*) FROM crm_logins") == [(3,)]
    load(ws, MORE)
    again = found(ws)
    assert set(report) <= set(again) and set(again) == set(checks())
    for code in set(again) - set(report) - {"reference_missing", "customer_without_consent"}:
        assert again[code][0] == 1, code


def test_derived_tables_have_the_types_of_the_model(ws: Workspace):
    """Also where columns were computed, merged and stubs added."""
    load(ws, TROUBLE)
    load(ws, {"orders": [{"order_id": "z", "gross_amount": "99999999999999", "discount_amount": "-99999999999999",
                          "_extra": {"a": 1}}, {"order_id": "z", "_extra": {"b": 2}}],
              "order_lines": [{"order_id": "y", "quantity": 1e300, "unit_price": 9e9}]})  # fmt: skip
    for name, table in model.tables().items():
        assert [(row[0], row[1]) for row in ws.rows(f'DESCRIBE main."{name}"')] == [
            *((field.name, field.sql_type) for field in table.fields.values()),
            ("_extra", "JSON"),
            ("_stub", "BOOLEAN"),
        ], name
    assert ws.rows("SELECT amount FROM orders WHERE order_id IN ('y', 'z')") == [(None,), (None,)]  # too large to hold


def test_clean_data_give_no_findings(ws: Workspace):
    assert findings(ws) == []
    order = {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01", "amount": 5}
    load(ws, {"orders": [order], "customers": [{"customer_id": "c"}]})
    assert findings(ws) == []


def test_given_values_are_looked_at_after_merging(ws: Workspace):
    """A ticket resolved by a later file is no contradiction."""
    load(ws, {"tickets": [{"ticket_id": "a", "status": "open", "resolution_minutes": 5, "opened_at": "2024-01-01"}]})
    assert "ticket_open_resolved" in found(ws)
    load(ws, {"tickets": [{"ticket_id": "a", "status": "closed"}]})
    assert found(ws) == {}


def test_checks_are_said_in_three_languages():
    for code, check in checks().items():
        for text in (check.about.en, check.about.fa, check.about.uk):
            assert "{n}" in text and "{of}" in text, code
        assert code in EVERYWHERE or check.where
