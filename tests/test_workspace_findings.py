"""The quality report: each contradiction is counted, with examples, and nothing is dropped."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi import model, workspace
from kpi.workspace.findings import EVERYWHERE, checks
from kpi.workspace.workspace import Workspace
from tests.workspaces import load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def found(ws: Workspace) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {f.code: (f.n, f.of, f.examples) for f in workspace.findings(ws)}


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


def test_every_check_finds_what_it_looks_for(ws: Workspace):
    load(ws, TROUBLE)
    report = found(ws)
    assert set(report) == set(checks())
    one = {"ticket_open_resolved": "a", "ticket_resolved_before_response": "b", "ticket_resolved_before_opened": "c",
           "ticket_response_differs": "d", "ticket_resolution_differs": "e", "ticket_response_sla_differs": "f",
           "ticket_resolution_sla_differs": "g"}  # fmt: skip
    assert {code: report[code] for code in one} == {code: (1, 8, (key,)) for code, key in one.items()}
    assert report["lead_converted_before_created"] == (1, 2, ("a",))
    assert report["order_without_customer"] == (1, 4, ("a",)) and report["order_without_amount"] == (1, 4, ("c",))
    assert report["order_differs_from_lines"] == (1, 4, ("d",))
    assert report["same_lines"] == (2, 3, ()) and report["dated_ahead"] == (1, 1, ("k",))
    assert ws.rows("SELECT count(*) FROM crm_logins") == [(3,)]


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
    assert workspace.findings(ws) == []
    order = {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01", "amount": 5}
    load(ws, {"orders": [order], "customers": [{"customer_id": "c"}]})
    assert workspace.findings(ws) == []


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
