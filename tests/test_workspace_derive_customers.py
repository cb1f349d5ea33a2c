"""Derived columns of customers, and what is made anew when: counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi import workspace
from kpi.workspace.workspace import Workspace
from tests.workspaces import at, load


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


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


# Only what changed


def test_only_tables_whose_inputs_changed_are_made_anew(ws: Workspace, monkeypatch):
    from kpi.workspace import derive

    made: list[str] = []
    real = derive._make
    monkeypatch.setattr(derive, "_make", lambda s, table, *more: (made.append(table.name), real(s, table, *more))[1])
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
