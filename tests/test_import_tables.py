"""One file to several tables: what lines name and belong to, what they say beside, and lines that are no sale."""

from __future__ import annotations

from datetime import datetime

import pytest

from kpi import workspace as workspaces
from kpi.text import Texts
from kpi.workspace import undo
from tests.intake_files import EN, codes, import_file, said, write_csv


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def test_a_name_stands_for_the_id_and_spellings_meet(ws, tmp_path):
    deals = [[f"D{i}", ["GTX Pro", "GTXPro", "gtx-pro"][i % 3], "Acme, Ltd.", "Won", 5, "2024-01-01"] for i in range(6)]
    header = ["opportunity_id", "product", "account", "deal_stage", "amount", "created_at"]
    report = import_file(ws, write_csv(tmp_path / "deals.csv", header, deals))
    assert ws.rows("SELECT DISTINCT product_id, customer_id FROM opportunities") == [("gtxpro", "acmeltd")]
    assert report.tables == {"opportunities": 6, "customers": 1, "products": 1, "stages": 1}
    assert any("GTX Pro = GTXPro = gtx-pro" in text for text in said(report))
    later = import_file(ws, write_csv(tmp_path / "products.csv", ["product", "series"], [["GTX PRO", "GTX"]]))
    assert any("GTX PRO" in text for text in said(later))
    assert ws.rows("SELECT count(*), any_value(category) FROM products") == [(1, "GTX")]


def test_separated_digits_do_not_melt_into_another_name(ws, tmp_path):
    rows = [["D1", "Plan 1-2", "Won", "2024-01-01"], ["D2", "Plan 12", "Won", "2024-01-01"]]
    header = ["opportunity_id", "product", "deal_stage", "created_at"]
    import_file(ws, write_csv(tmp_path / "deals.csv", header, rows))
    assert ws.rows("SELECT count(DISTINCT product_id) FROM opportunities") == [(2,)]


def test_stages_come_with_the_deals(ws, tmp_path):
    names = ["Negotiation", "Прозвон", "Успішно реалізовано", "Closed Lost", "New"]
    rows = [[f"D{i}", names[i], "2024-01-01"] for i in range(5)]
    import_file(ws, write_csv(tmp_path / "deals.csv", ["opportunity_id", "deal stage", "created_at"], rows))
    assert ws.rows("SELECT stage, kind FROM stages ORDER BY position") == [
        ("New", "open"),
        ("Negotiation", "open"),
        ("Прозвон", "open"),
        ("Успішно реалізовано", "won"),
        ("Closed Lost", "lost"),
    ]
    assert ws.rows("SELECT outcome, count(*) FROM opportunities GROUP BY 1 ORDER BY 1") == [
        ("lost", 1),
        ("open", 3),
        ("won", 1),
    ]


LINES = ["Invoice", "Product code", "Description", "Qty", "Date", "Unit price", "Customer", "Country"]
SALE = [
    ["100", "P1", "Cup", "3", "2024-01-05", "2.00", "c1", "UA"],
    ["100", "P2", "Pot", "1", "2024-01-05", "10.00", "c1", "UA"],
    ["101", "P1", "Cup", "5", "2024-01-07", "2.00", "c2", "IR"],
    ["102", "P2", "Pot", "2", "2024-01-08", "10.00", "c1", "PL"],
    ["C103", "P1", "Cup", "-1", "2024-01-09", "2.00", "c1", "PL"],
    ["104", "P2", "Pot", "-2", "2024-01-10", "10.00", "c2", "IR"],
    ["105", "P9", "damaged", "-4", "2024-01-11", "0", "", "UA"],
    ["106", "P3", "Lid", "1", "2024-01-12", "0", "c3", "UA"],
    ["107", "P1", "Cup", "2", "2024-01-12", "2.00", "", "UA"],
]


def test_one_flat_file_becomes_orders_lines_products_customers(ws, tmp_path):
    report = import_file(ws, write_csv(tmp_path / "sales.csv", LINES, SALE[:4]))
    assert report.tables == {"order_lines": 4, "orders": 3, "products": 2, "customers": 2}
    assert ws.rows("SELECT order_id, customer_id, amount FROM orders ORDER BY 1") == [
        ("100", "c1", 16),
        ("101", "c2", 10),
        ("102", "c1", 20),
    ]
    assert ws.rows("SELECT name FROM products ORDER BY product_id") == [("Cup",), ("Pot",)]
    assert ws.rows("SELECT country FROM customers ORDER BY customer_id") == [("PL",), ("IR",)]  # the later value counts


def test_negative_lines_are_returns_and_losses_no_purchases(ws, tmp_path):
    """C103 goes back to the order it came from; 104 has no earlier order of that product; 105 is a write-off."""
    report = import_file(ws, write_csv(tmp_path / "sales.csv", LINES, SALE))
    assert (report.rows_read, report.rows_loaded) == (9, 9)
    assert report.tables["returns"] == 2 and report.tables["orders"] == 5
    assert ws.rows(
        "SELECT customer_id, product_id, order_id, returned_at::DATE::TEXT, quantity, amount FROM returns ORDER BY 4"
    ) == [
        ("c1", "P1", "100", "2024-01-09", 1, 2),
        ("c2", "P2", None, "2024-01-10", 2, 20),
    ]
    assert ws.rows("SELECT order_id FROM orders ORDER BY 1") == [("100",), ("101",), ("102",), ("106",), ("107",)]
    assert ws.rows("SELECT order_id, _extra->>'Invoice' FROM order_lines WHERE product_id = 'P9'") == [(None, "105")]
    assert {"returns_found", "write_offs", "without_customer", "zero_amounts"} <= set(codes(report.warnings))


def test_without_an_order_number_a_line_is_an_order(ws, tmp_path):
    header = ["Product", "Quantity", "Unit price", "Date", "Customer ID"]
    report = import_file(ws, write_csv(tmp_path / "sales.csv", header, [["Cup", 2, 3, "2024-01-05", "c1"]] * 2))
    assert report.tables == {"order_lines": 2, "orders": 2, "products": 1}
    assert ws.rows("SELECT order_id, amount FROM orders ORDER BY 1") == [("1-2", 6), ("1-3", 6)]


def test_answers_beside_tickets_become_surveys(ws, tmp_path):
    header = ["Ticket ID", "Created at", "Solved at", "Status", "Agent", "CSAT", "Resolution time (hours)"]
    rows = [
        ["T1", "2024-01-01 10:00", "2024-01-01 12:00", "Solved", "Ann", 5, 2],
        ["T2", "2024-01-02", "", "Open", "Bo", "", 9],
    ]
    report = import_file(ws, write_csv(tmp_path / "tickets.csv", header, rows))
    assert report.tables == {"tickets": 2, "employees": 2, "surveys": 1}
    assert ws.rows(
        "SELECT survey_type, ticket_id, employee_id, score, responded_at, scale_min, scale_max FROM surveys"
    ) == [("csat", "T1", "ann", 5, datetime(2024, 1, 1, 12), 1, 5)]
    assert ws.rows("SELECT resolution_minutes FROM rows.tickets ORDER BY ticket_id") == [(120,), (540,)]
    assert "open_with_resolution" in codes(report.warnings)


def test_reasons_and_warnings_are_texts_in_every_language(ws, tmp_path):
    report = import_file(
        ws, write_csv(tmp_path / "sales.csv", LINES, [*SALE, ["108", "P1", "Cup", "x", "2024-01-12", "2", "", "UA"]])
    )
    messages = [
        *report.warnings,
        *(r.reason for r in report.rejects),
        *(m for *_, why in report.plan.mapping() for m in why),
    ]
    for lang in ("en", "fa", "uk"):
        assert all(message.text(Texts(lang)) for message in messages)
    assert EN.t("intake.bad_number") == report.rejects[0].reason.text(EN)


DEALS = ["opportunity_id", "account", "deal stage", "amount", "created_at"]
ACCOUNTS = ["Account ID", "Account name", "Country"]


def customers_of_deals(ws):
    return ws.rows("SELECT customer_id, count(*) FROM opportunities GROUP BY 1 ORDER BY 1")


@pytest.mark.parametrize("names_first", [True, False])
def test_names_and_ids_of_one_customer_meet_in_either_order(ws, tmp_path, names_first):
    deals = write_csv(
        tmp_path / "deals.csv", DEALS, [[f"D{i}", "ACME, Inc.", "Won", 5, "2024-01-01"] for i in range(3)]
    )
    accounts = write_csv(tmp_path / "accounts.csv", ACCOUNTS, [["001A", "Acme Inc", "UA"], ["001B", "Other", "PL"]])
    reports = [import_file(ws, path) for path in ([deals, accounts] if names_first else [accounts, deals])]
    assert customers_of_deals(ws) == [("001A", 3)]
    assert ws.rows("SELECT country FROM customers WHERE customer_id = '001A'") == [("UA",)]
    assert {"names_taken_over", "names_known"} & set(codes(reports[1].warnings))
    undo(ws, reports[1].id)
    assert customers_of_deals(ws) == ([("acmeinc", 3)] if names_first else [])


def test_a_name_that_two_ids_have_stays_a_name(ws, tmp_path):
    import_file(ws, write_csv(tmp_path / "accounts.csv", ACCOUNTS, [["1", "Acme", "UA"], ["2", "ACME", "PL"]]))
    import_file(ws, write_csv(tmp_path / "deals.csv", DEALS, [["D1", "Acme", "Won", 5, "2024-01-01"]]))
    assert customers_of_deals(ws) == [("acme", 1)]


def test_an_e_mail_stands_for_a_customer(ws, tmp_path):
    orders = [["O1", "Ann@X.com", "2024-01-01", 5], ["O2", "ann@x.com", "2024-01-02", 6]]
    import_file(ws, write_csv(tmp_path / "orders.csv", ["order_id", "Customer email", "order date", "amount"], orders))
    assert ws.rows("SELECT DISTINCT customer_id FROM orders") == [("ann@x.com",)]
    people = write_csv(tmp_path / "people.csv", ["Customer ID", "Email", "City"], [["77", "ANN@x.com", "Lviv"]])
    import_file(ws, people)
    assert ws.rows("SELECT DISTINCT customer_id FROM orders") == [("77",)]
