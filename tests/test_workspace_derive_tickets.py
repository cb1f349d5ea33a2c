"""Derived columns of tickets and surveys: every rule of the model, counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi import workspace
from kpi.workspace.workspace import Workspace
from tests.workspaces import at, load


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


# Tickets


def test_ticket_moments_and_durations_come_from_one_another(ws: Workspace):
    opened = {"opened_at": "2024-01-01 10:00"}
    load(
        ws,
        {
            "tickets": [
                {"ticket_id": "moments", "first_response_at": "2024-01-01 10:30", "resolved_at": "2024-01-01 12:00", **opened},
                {"ticket_id": "minutes", "first_response_minutes": 7.5, "resolution_minutes": 90, "status": "resolved", **opened},
                {"ticket_id": "closed", "closed_at": "2024-01-02 10:00", "status": "closed", **opened},
                {"ticket_id": "open", "resolution_minutes": 60, "resolved_at": "2024-01-01 11:00", "status": "open",
                 "first_response_minutes": 5, "closed_at": "2024-01-01 11:00", **opened},
                {"ticket_id": "pending", "resolution_minutes": 60, "status": "pending", **opened},
                {"ticket_id": "both", "resolved_at": "2024-01-01 11:00", "resolution_minutes": 61, **opened},
                {"ticket_id": "backwards", "resolved_at": "2024-01-01 09:00", **opened},
                {"ticket_id": "bare"},
                {"ticket_id": "endless", "resolution_minutes": 1e300, **opened},
            ]
        },
    )  # fmt: skip
    found = {
        row[0]: row[1:]
        for row in ws.rows(
            "SELECT ticket_id, first_response_at, first_response_minutes, resolved_at, resolution_minutes FROM tickets"
        )
    }
    assert found == {
        "moments": (at("2024-01-01", "10:30"), 30, at("2024-01-01", "12:00"), 120),
        "minutes": (at("2024-01-01", "10:07:30"), 7.5, at("2024-01-01", "11:30"), 90),
        "closed": (None, None, at("2024-01-02", "10:00"), 1440),
        "open": (at("2024-01-01", "10:05"), 5, None, None),
        "pending": (None, None, None, None),
        "both": (None, None, at("2024-01-01", "11:00"), 61),
        "backwards": (None, None, at("2024-01-01", "09:00"), None),
        "bare": (None, None, None, None),
        "endless": (None, None, None, 1e300),
    }


def test_service_level_flags(ws: Workspace):
    due = {
        "opened_at": "2024-01-01 10:00",
        "response_due_at": "2024-01-01 11:00",
        "resolution_due_at": "2024-01-02 10:00",
    }
    late = {
        "opened_at": "2024-01-10 10:00",
        "response_due_at": "2024-01-20 10:00",
        "resolution_due_at": "2024-01-20 10:00",
    }
    load(
        ws,
        {
            "tickets": [
                {
                    "ticket_id": "in time",
                    "first_response_minutes": 60,
                    "resolution_minutes": 1440,
                    "status": "closed",
                    **due,
                },
                {
                    "ticket_id": "too late",
                    "first_response_minutes": 61,
                    "resolution_minutes": 1441,
                    "status": "closed",
                    **due,
                },
                {"ticket_id": "overdue", "status": "open", **due},
                {"ticket_id": "running", "status": "open", **late},
                {
                    "ticket_id": "given",
                    "response_sla_met": True,
                    "resolution_sla_met": False,
                    "resolution_minutes": 1,
                    **due,
                },
                {"ticket_id": "open but met", "resolution_sla_met": True, "status": "open"},
                {"ticket_id": "open and missed", "resolution_sla_met": False, "status": "open"},
                {"ticket_id": "none", "opened_at": "2024-01-12"},
            ]
        },
    )
    assert ws.as_of() == date(2024, 1, 12)
    found = {r[0]: r[1:] for r in ws.rows("SELECT ticket_id, response_sla_met, resolution_sla_met FROM tickets")}
    assert found == {
        "in time": (True, True), "too late": (False, False), "overdue": (False, False), "running": (None, None),
        "given": (True, False), "open but met": (None, None), "open and missed": (None, False), "none": (None, None),
    }  # fmt: skip


# Surveys


def test_a_scale_that_is_not_told_follows_from_the_answers_of_the_import(ws: Workspace):
    def answers(question: str, scores: list[float], **more: object) -> list[dict]:
        return [{"survey_type": "csat", "question": question, "score": score, **more} for score in scores]

    load(
        ws,
        {
            "surveys": [
                *answers("five", [2, 3, 5]),
                *answers("zero", [0, 5]),
                *answers("seven", [1, 7]),
                *answers("ten", [1, 9]),
                *answers("yes", [0, 1]),
                *answers("hundred", [55, 80]),
                *answers("below", [-3, 3]),
                *answers("told", [1, 2], scale_min=1, scale_max=10),
                *answers("nps", [9, 10], survey_type="nps"),
                *answers("blank", [None]),
            ]
        },
    )
    load(ws, {"surveys": answers("five", [1, 10])}, "other.csv")
    rows = ws.rows("SELECT DISTINCT question, scale_min::INT, scale_max::INT FROM surveys ORDER BY ALL")
    assert rows == [
        ("below", -3, 3), ("blank", None, None), ("five", 1, 5), ("five", 1, 10), ("hundred", 0, 100), ("nps", 0, 10),
        ("seven", 1, 7), ("ten", 1, 10), ("told", 1, 10), ("yes", 0, 1), ("zero", 0, 5),
    ]  # fmt: skip
