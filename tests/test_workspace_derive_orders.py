"""Derived columns of orders, lines, leads and opportunities: every rule of the model, counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi import workspace
from kpi.workspace.workspace import Workspace
from tests.workspaces import at, load


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


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


def test_no_order_is_the_first_of_a_customer_who_is_known_to_have_bought_before(ws: Workspace):
    orders = [
        {"order_id": "1", "customer_id": "old", "ordered_at": "2026-01-01 10:00"},
        {"order_id": "2", "customer_id": "fresh", "ordered_at": "2026-01-01 10:00"},
    ]
    lines = [{"order_id": "1", "order_line_id": "1"}, {"order_id": "2", "order_line_id": "2"}]
    load(ws, {"orders": orders, "order_lines": lines})
    assert dict(ws.rows("SELECT order_line_id, sale_type FROM order_lines")) == {"1": "new", "2": "new"}
    given = [
        {"customer_id": "old", "first_order_at": "2019-05-01"},
        {"customer_id": "fresh", "first_order_at": "2026-01-01"},
    ]
    load(ws, {"customers": given})
    assert dict(ws.rows("SELECT order_line_id, sale_type FROM order_lines")) == {"1": "repeat", "2": "new"}


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
