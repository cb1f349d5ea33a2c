"""Derived columns: every rule of the model, counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kpi import workspace
from kpi.workspace.workspace import Workspace
from tests.workspaces import load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def at(day: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}")


# Orders and lines


def test_amount_is_given_else_the_lines_else_gross_less_discount(ws: Workspace):
    load(
        ws,
        {
            "orders": [
                {"order_id": "given", "amount": 50, "gross_amount": 99},
                {"order_id": "lines", "gross_amount": 99, "discount_amount": 9},
                {"order_id": "gross", "gross_amount": 99, "discount_amount": 9},
                {"order_id": "gross only", "gross_amount": 20},
                {"order_id": "nothing"},
            ],
            "order_lines": [
                {"order_id": "given", "quantity": 1, "unit_price": 7},
                {"order_id": "lines", "quantity": 3, "unit_price": 10.5, "discount_amount": 1.5},
                {"order_id": "lines", "line_amount": 5, "quantity": 100, "unit_price": 100},
                {"order_id": "lines", "quantity": 2},
                {"order_id": "only in lines", "quantity": 2, "unit_price": "0.1"},
            ],
        },
    )
    assert dict(ws.rows("SELECT order_id, amount FROM orders")) == {
        "given": 50,
        "lines": 35,
        "gross": 90,
        "gross only": 20,
        "nothing": None,
        "only in lines": Decimal("0.2"),
    }
    assert [row[0] for row in ws.rows("SELECT line_amount FROM order_lines ORDER BY line_amount")] == [
        Decimal("0.2"), 5, 7, 30, None,
    ]  # fmt: skip


def test_sale_type_is_new_for_the_first_order_then_repeat(ws: Workspace):
    load(
        ws,
        {
            "orders": [
                {"order_id": "0", "customer_id": "c", "ordered_at": "2024-01-01", "status": "cancelled"},
                {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-02"},
                {"order_id": "2", "customer_id": "c", "ordered_at": "2024-01-03"},
                {"order_id": "3", "customer_id": None, "ordered_at": "2024-01-03"},
            ],
            "order_lines": [
                *({"order_id": each, "order_line_id": each} for each in "0123"),
                {"order_id": "2", "order_line_id": "4", "sale_type": "up_sell"},
            ],
        },
    )
    types = dict(ws.rows("SELECT order_line_id, sale_type FROM order_lines"))
    assert types == {"0": None, "1": "new", "2": "repeat", "3": None, "4": "up_sell"}
    assert "sale_type_derived" not in ws.notes()


def test_cross_and_up_selling_only_where_switched_on(ws: Workspace):
    load(
        ws,
        {
            "products": [
                {"product_id": "tea", "category": "drinks"},
                {"product_id": "coffee", "category": "drinks"},
                {"product_id": "cup", "category": "ware"},
            ],
            "orders": [{"order_id": str(n), "customer_id": "c", "ordered_at": f"2024-01-0{n}"} for n in (1, 2)],
            "order_lines": [
                {"order_line_id": "first", "order_id": "1", "product_id": "tea", "unit_price": 10},
                {"order_line_id": "same", "order_id": "2", "product_id": "tea", "unit_price": 10},
                {"order_line_id": "dearer", "order_id": "2", "product_id": "coffee", "unit_price": 12},
                {"order_line_id": "other", "order_id": "2", "product_id": "cup", "unit_price": 1},
                {"order_line_id": "unknown", "order_id": "2", "product_id": "pot", "unit_price": 99},
            ],
        },
    )
    sql = "SELECT order_line_id, sale_type FROM order_lines"
    assert set(dict(ws.rows(sql)).values()) == {"new", "repeat"}
    ws.change_settings({"derive_sale_type": "on"})
    assert dict(ws.rows(sql)) == {
        "first": "new", "same": "repeat", "dearer": "up_sell", "other": "cross_sell", "unknown": "repeat",
    }  # fmt: skip
    assert "sale_type_derived" in ws.notes()
    ws.change_settings({"derive_sale_type": "off"})
    assert set(dict(ws.rows(sql)).values()) == {"new", "repeat"}


DEALS = {
    "opportunities": [
        {"opportunity_id": "w", "customer_id": "c", "owner_employee_id": "e", "campaign_id": "k", "product_id": "p",
         "outcome": "won", "closed_at": "2024-02-01", "amount": 100, "currency": "EUR"},
        {"opportunity_id": "v", "customer_id": "c", "outcome": "won", "closed_at": "2024-03-01", "amount": 50},
        {"opportunity_id": "l", "customer_id": "d", "outcome": "lost", "closed_at": "2024-03-05", "amount": 70},
    ]
}  # fmt: skip


def test_won_deals_stand_as_orders_until_orders_are_loaded(ws: Workspace):
    load(ws, DEALS, "deals.csv")
    sql = "SELECT order_id, opportunity_id, customer_id, owner_employee_id, campaign_id, ordered_at, amount, currency FROM orders ORDER BY 1"
    expected = [
        ("v", "v", "c", None, None, at("2024-03-01"), 50, None),
        ("w", "w", "c", "e", "k", at("2024-02-01"), 100, "EUR"),
    ]
    assert ws.rows(sql) == expected
    assert ws.rows("SELECT order_id, product_id, line_amount, sale_type FROM order_lines") == [("w", "p", 100, "new")]
    assert ws.rows("SELECT customer_id, first_order_at FROM customers ORDER BY 1") == [
        ("c", at("2024-02-01")),
        ("d", None),
    ]
    assert "orders_from_deals" in ws.notes()
    assert {"orders.order_id", "orders.customer_id", "orders.ordered_at", "orders.amount"} <= ws.columns()
    number = load(ws, {"orders": [{"order_id": "o", "customer_id": "d", "ordered_at": "2024-03-02", "amount": 5}]})
    assert ws.rows("SELECT order_id, amount FROM orders") == [("o", 5)] and ws.rows("FROM order_lines") == []
    assert "orders_from_deals" not in ws.notes()
    workspace.undo(ws, number)
    assert ws.rows(sql) == expected
    ws.change_settings({"orders_from_deals": "off"})
    assert ws.rows(sql) == [] and "orders.amount" not in ws.columns() and ws.notes() == {}
    ws.change_settings({"orders_from_deals": "on"})
    assert ws.rows(sql) == expected


def test_returns_and_what_refers_to_deals_do_not_turn_deals_off(ws: Workspace):
    load(ws, DEALS | {"returns": [{"order_id": "w", "amount": 10}], "invoices": [{"invoice_id": "i", "order_id": "x"}]})
    assert ws.rows("SELECT order_id, amount FROM orders ORDER BY 1") == [("v", 50), ("w", 100), ("x", None)]
    assert ws.rows("SELECT amount FROM returns") == [(10,)]


# Leads, opportunities, history


def test_outcome_follows_the_stage_of_the_pipeline(ws: Workspace):
    stages = [
        {"pipeline": "a", "stage": "Closed", "kind": "won"},
        {"pipeline": "b", "stage": "Closed", "kind": "lost"},
        {"stage": "Talk", "kind": "open"},
        {"entity": "lead", "stage": "Talk", "kind": "lost"},
        {"stage": "Signed"},
    ]
    deals = [("a", " closed "), ("b", "Closed"), (None, "Closed"), ("a", "Talk"), ("a", "Signed"), ("a", "?")]
    rows = [{"opportunity_id": str(n), "pipeline": p, "stage": s} for n, (p, s) in enumerate(deals)]
    load(ws, {"opportunities": [*rows, {"opportunity_id": "given", "stage": "Talk", "outcome": "won"}]})
    assert ws.rows("SELECT count(outcome) FROM opportunities") == [(1,)]
    assert "opportunities.outcome" in ws.columns()
    load(ws, {"stages": stages})
    assert dict(ws.rows("SELECT opportunity_id, outcome FROM opportunities")) == {
        "0": "won", "1": "lost", "2": None, "3": "open", "4": None, "5": None, "given": "won",
    }  # fmt: skip


def test_a_stage_is_left_when_the_next_is_entered(ws: Workspace):
    days = [("o", "2024-01-01", "A"), ("o", "2024-01-05", "C"), ("o", "2024-01-05", "B"), ("p", "2024-01-02", "A")]
    history = [{"opportunity_id": o, "entered_at": d, "stage": s} for o, d, s in days]
    history.append({"opportunity_id": "q", "entered_at": "2024-01-01", "stage": "A", "left_at": "2024-01-02"})
    load(
        ws,
        {
            "opportunity_stage_history": history,
            "stages": [{"stage": s, "position": n} for n, s in enumerate("ABC")],
        },
    )
    assert ws.rows(
        "SELECT opportunity_id, stage, left_at FROM opportunity_stage_history ORDER BY opportunity_id, entered_at, stage"
    ) == [
        ("o", "A", at("2024-01-05")), ("o", "B", at("2024-01-05")), ("o", "C", None),
        ("p", "A", None), ("q", "A", at("2024-01-02")),
    ]  # fmt: skip


def test_conversion_given_then_won_deal_then_first_order_after_creation(ws: Workspace):
    created = {"created_at": "2024-02-01"}
    load(
        ws,
        {
            "leads": [
                {"lead_id": "given", "converted_at": "2024-01-01", "customer_id": "c", **created},
                {"lead_id": "deal", "customer_id": "c", **created},
                {"lead_id": "early deal", **created},
                {"lead_id": "order", "customer_id": "c", **created},
                {"lead_id": "old customer", "customer_id": "d", **created},
                {"lead_id": "undated", "customer_id": "c"},
                {"lead_id": "none", **created},
            ],
            "opportunities": [
                {"opportunity_id": "1", "lead_id": "deal", "outcome": "won", "closed_at": "2024-04-02"},
                {"opportunity_id": "2", "lead_id": "deal", "outcome": "won", "closed_at": "2024-04-01"},
                {"opportunity_id": "3", "lead_id": "deal", "outcome": "lost", "closed_at": "2024-03-01"},
                {"opportunity_id": "4", "lead_id": "early deal", "outcome": "won", "closed_at": "2024-01-15"},
                {"opportunity_id": "5", "lead_id": "given", "outcome": "won", "closed_at": "2024-05-15"},
            ],
            "orders": [
                {"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-20"},
                {"order_id": "2", "customer_id": "c", "ordered_at": "2024-02-02", "status": "cancelled"},
                {"order_id": "3", "customer_id": "c", "ordered_at": "2024-03-02"},
                {"order_id": "4", "customer_id": "d", "ordered_at": "2024-01-02"},
            ],
        },
    )
    assert dict(ws.rows("SELECT lead_id, converted_at::DATE FROM leads")) == {
        "given": date(2024, 1, 1),
        "deal": date(2024, 4, 1),
        "early deal": date(2024, 1, 15),
        "order": date(2024, 3, 2),
        "old customer": None,
        "undated": None,
        "none": None,
    }


# Customers


def test_churn_is_the_last_order_plus_the_gap_once_the_data_reach_past_it(ws: Workspace):
    load(
        ws,
        {
            "orders": [
                {"order_id": "1", "customer_id": "gone", "ordered_at": "2023-01-01 10:00"},
                {"order_id": "2", "customer_id": "gone", "ordered_at": "2023-01-11 10:00"},
                {"order_id": "3", "customer_id": "edge", "ordered_at": "2023-12-31"},
                {"order_id": "4", "customer_id": "here", "ordered_at": "2024-12-30"},
                {"order_id": "5", "customer_id": "never", "ordered_at": "2023-01-01", "status": "cancelled"},
            ],
            "customers": [
                {"customer_id": "said", "churned_at": "2024-05-05"},
                {"customer_id": "here", "status": "inactive", "first_order_at": "2020-01-01"},
            ],
        },
    )
    sql = "SELECT customer_id, first_order_at, churned_at, status FROM customers ORDER BY 1"
    assert ws.as_of() == date(2024, 12, 30)
    assert ws.rows(sql) == [
        ("edge", at("2023-12-31"), None, "active"),  # 2023-12-31 + 365 days = 2024-12-30: the data do not reach past it
        ("gone", at("2023-01-01", "10:00"), at("2024-01-11", "10:00"), "lost"),
        ("here", at("2020-01-01"), None, "inactive"),
        ("never", None, None, "inactive"),
        ("said", None, at("2024-05-05"), "lost"),
    ]
    assert ws.notes()["churn_gap"] == {"days": 365}
    ws.change_settings({"churn_gap_days": "364"})
    assert ws.rows("SELECT churned_at FROM customers WHERE customer_id = 'edge'") == [(at("2024-12-29"),)]
    load(ws, {"orders": [{"order_id": "6", "customer_id": "edge", "ordered_at": "2024-12-29"}]})
    assert ws.rows("SELECT churned_at, status FROM customers WHERE customer_id = 'edge'") == [(None, "active")]


def test_churn_with_contracts_is_the_end_that_was_not_renewed(ws: Workspace):
    contracts = [
        ("ended", "2023-12-31", None, None, None),
        ("grace", "2024-12-10", None, None, None),
        ("renewed", "2023-12-31", "2024-01-02", None, None),
        ("renewed too", "2023-12-31", None, None, "renewed"),
        ("followed", "2023-12-31", "2023-12-30", None, None),
        ("followed", "2024-06-30", None, None, None),
        ("open", "2023-12-31", None, None, None),
        ("open", None, None, None, None),
        ("cancelled", "2025-12-31", None, "2024-03-01", None),
        ("ahead", "2026-12-31", None, None, None),
    ]
    rows = [
        {"contract_id": str(n), "customer_id": c, "started_at": "2023-01-01", "ends_at": e, "renewed_at": r,
         "cancelled_at": x, "status": s}
        for n, (c, e, r, x, s) in enumerate(contracts)
    ]  # fmt: skip
    orders = [{"order_id": "1", "customer_id": "ahead", "ordered_at": "2020-01-01"},
              {"order_id": "2", "customer_id": "no contract", "ordered_at": "2020-01-01"}]  # fmt: skip
    load(ws, {"contracts": rows, "orders": orders, "leads": [{"lead_id": "l", "created_at": "2024-12-31"}]})
    assert ws.as_of() == date(2024, 12, 31)
    assert dict(ws.rows("SELECT customer_id, churned_at::DATE FROM customers")) == {
        "ended": date(2023, 12, 31), "grace": None, "renewed": None, "renewed too": None,
        "followed": date(2024, 6, 30), "open": None, "cancelled": date(2024, 3, 1), "ahead": None,
        "no contract": date(2020, 12, 31),
    }  # fmt: skip
    assert ws.notes()["churn_contracts"] == {"days": 30} and ws.notes()["churn_gap"] == {"days": 365}
    ws.change_settings({"renewal_grace_days": "10"})
    assert ws.rows("SELECT churned_at::DATE FROM customers WHERE customer_id = 'grace'") == [(date(2024, 12, 10),)]


def test_churn_by_three_times_the_median_interval(ws: Workspace):
    """Twenty customers order every 10 days, ten times; two stopped long ago. Median 10, gap 30."""
    start = date(2024, 1, 1)
    orders = [(f"c{c}", start + timedelta(days=10 * n)) for c in range(20) for n in range(10)]
    orders += [("quiet", start + timedelta(days=10 * n)) for n in range(5)]
    load(ws, {"orders": [{"order_id": str(n), "customer_id": c, "ordered_at": d} for n, (c, d) in enumerate(orders)]})
    assert ws.rows("SELECT count(churned_at) FROM customers") == [(0,)]
    ws.change_settings({"churn_rule": "median"})
    assert ws.notes()["churn_median"] == {"days": 30}
    assert ws.rows("SELECT customer_id, churned_at FROM customers WHERE churned_at IS NOT NULL") == [
        ("quiet", at("2024-03-11"))
    ]
    assert ws.rows("SELECT DISTINCT status FROM customers ORDER BY 1") == [("active",), ("lost",)]
    load(ws, {"contracts": [{"contract_id": "k", "customer_id": "z", "ends_at": "2024-12-31"}]})
    assert ws.notes()["churn_gap"] == {"days": 365} and ws.rows("SELECT count(churned_at) FROM customers") == [(0,)]


def test_without_orders_and_contracts_nothing_is_said_about_churn(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a"}, {"customer_id": "b", "churned_at": "2024-01-01"}]})
    assert ws.rows("SELECT customer_id, status FROM customers ORDER BY 1") == [("a", None), ("b", "lost")]
    assert "customers.first_order_at" not in ws.columns()


def test_rules_that_can_be_applied_count_as_columns_before_they_give_a_value(ws: Workspace):
    load(ws, {"orders": [{"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01", "gross_amount": 3}]})
    assert ws.rows("SELECT churned_at FROM customers") == [(None,)]
    assert {"customers.churned_at", "customers.status", "customers.first_order_at", "orders.amount"} <= ws.columns()
    assert "leads.converted_at" not in ws.columns() and "order_lines.sale_type" not in ws.columns()
    load(ws, {"opportunities": [{"opportunity_id": "o", "lead_id": "l", "outcome": "lost", "closed_at": "2024-01-01"}]})
    assert "leads.converted_at" in ws.columns()


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


# Only what changed


def test_only_tables_whose_inputs_changed_are_made_anew(ws: Workspace, monkeypatch):
    from kpi.workspace import derive

    made: list[str] = []
    real = derive._make
    monkeypatch.setattr(derive, "_make", lambda sources, table: (made.append(table.name), real(sources, table)))
    load(ws, {"orders": [{"order_id": "1", "customer_id": "c", "ordered_at": "2024-01-01", "channel": "web"}]})
    assert {"orders", "order_lines", "customers", "leads"} <= set(made) and "surveys" not in made
    made.clear()
    load(ws, {"system_incidents": [{"severity": "v", "started_at": "2023-01-01"}]})
    assert made == ["system_incidents"]
    made.clear()
    ws.change_settings({"currency": "EUR"})
    assert made == []
    ws.change_settings({"churn_gap_days": "30"})
    assert made == ["customers"]
    made.clear()
    load(ws, {"system_incidents": [{"severity": "v", "started_at": "2024-03-01"}]})  # the data reach further now
    assert set(made) == {"system_incidents", "customers", "tickets"}
    assert ws.rows("SELECT status FROM customers") == [("lost",)]


def test_events_dated_ahead_count_when_their_day_has_come(tmp_path: Path, ws: Workspace, monkeypatch):
    """Churn is decided by how far the data reach; opened on a later day, the data reach further."""
    from kpi.workspace import derive

    today = date.today()
    load(
        ws,
        {
            "orders": [
                {"order_id": "1", "customer_id": "c", "ordered_at": today - timedelta(days=400)},
                {"order_id": "2", "customer_id": "d", "ordered_at": today + timedelta(days=5)},
            ]
        },
    )
    assert ws.rows("SELECT status FROM customers WHERE customer_id = 'c'") == [("active",)]
    workspace.close_workspace(tmp_path, "shop")

    class Later(date):
        @classmethod
        def today(cls) -> date:
            return today + timedelta(days=6)

    monkeypatch.setattr(derive, "date", Later)
    again = workspace.open_workspace(tmp_path, "shop")
    assert again.rows("SELECT status FROM customers WHERE customer_id = 'c'") == [("lost",)]
