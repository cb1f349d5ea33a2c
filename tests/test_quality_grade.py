"""The grade: its parts, of everything, of tables and KPIs; outliers, gaps in time; the trend over imports; the cost."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi import workspace
from kpi.quality import trend
from kpi.quality.cost import estimate, reference, repair
from kpi.quality.findings import finding, findings
from kpi.quality.gaps import gaps_in
from kpi.quality.grade import board_grade, fresh, grade, idle_tables, kpi_grade, table_grade
from kpi.quality.owners import owners, work_of
from kpi.quality.rows import rows
from kpi.quality.rules import rules
from kpi.quality.scan import scans
from kpi.quality.stock import stock
from kpi.quality.trend import history, measure
from kpi.workspace import undo
from kpi.workspace.choices import Selection, select_kpis
from tests.workspaces import load

TODAY = date.today()


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


# 10 orders: 2 without a customer, 1 in the future, 1 of a customer that the list of customers does not have.
ORDERS = [
    {"order_id": str(n), "customer_id": None if n < 2 else "x" if n == 2 else "a", "amount": 10,
     "ordered_at": day(-5) if n == 3 else day(n)}
    for n in range(10)
]  # fmt: skip
CUSTOMERS = [
    {"customer_id": "a", "name": "Ann", "email": "a@x.org", "owner_employee_id": "e", "consent_given_at": "2024-01-01"},
    {"customer_id": "b", "name": "Ann", "email": "A@x.org", "owner_employee_id": "e"},
]


def test_f90_duplicates_future_dates_and_orphan_keys_are_each_counted(ws):
    load(ws, {"orders": ORDERS, "customers": CUSTOMERS})
    found = {f.id: f.n for f in findings(ws)}
    assert found["customers.entered_twice"] == 1
    assert found["orders.dated_ahead"] == 1
    assert found["orders.reference_missing.customer_id"] == 1
    assert found["customers.customer_without_consent"] == 1


def test_the_parts_of_the_grade_are_the_shares_they_say(ws):
    load(ws, {"orders": ORDERS, "customers": CUSTOMERS})
    parts = table_grade(ws, "orders").parts
    assert parts["completeness"] == pytest.approx((8 + 10 + 10) / 30), "customer, day and amount of ten orders"
    assert parts["validity"] == pytest.approx(9 / 10) and parts["references"] == pytest.approx(9 / 10)
    assert parts["uniqueness"] == 1 and parts["freshness"] == 1
    assert table_grade(ws, "customers").parts["uniqueness"] == 1 / 2
    weights = {part: each.weight for part, each in rules().parts.items()}
    wanted = 100 * sum(parts[p] * weights[p] for p in parts) / sum(weights[p] for p in parts)
    assert table_grade(ws, "orders").score == pytest.approx(wanted)


def test_nothing_loaded_has_no_grade(ws):
    assert grade(ws).score is None and grade(ws).state == "unknown" and grade(ws).weakest is None
    assert table_grade(ws, "orders").score is None and kpi_grade(ws, "total_revenue").score is None
    assert stock(ws) == [] and findings(ws) == [] and owners(ws) == []


def test_a_kpi_carries_the_grade_of_the_columns_it_uses(ws):
    load(ws, {"orders": ORDERS, "customers": CUSTOMERS})
    revenue, loyal = kpi_grade(ws, "total_revenue"), kpi_grade(ws, "one_time_to_repeat_rate")
    assert revenue.parts["completeness"] == 1 and "references" not in revenue.parts, "it reads no customer"
    assert loyal.parts["completeness"] < 1 and loyal.parts["references"] == pytest.approx(9 / 10)
    assert board_grade(ws, ["total_revenue"]).parts == revenue.parts


def test_the_threshold_is_a_setting(ws):
    load(ws, {"orders": ORDERS})
    assert grade(ws).state == "good"
    ws.change_settings({"quality_threshold": "1"})
    assert grade(ws).threshold == 100 and grade(ws).state == "fair"


def test_freshness_falls_from_the_first_number_of_days_to_the_second():
    full, none = rules().freshness["full_days"], rules().freshness["none_days"]
    assert [fresh(0), fresh(full), fresh((full + none) / 2), fresh(none), fresh(none + 1)] == [1, 1, 0.5, 0, 0]


def test_a_row_with_two_wrong_values_counts_once(ws):
    load(ws, {"order_lines": [{"order_line_id": "1", "quantity": -1, "unit_price": -1, "line_amount": 1},
                              {"order_line_id": "2", "quantity": 1, "line_amount": 1}]})  # fmt: skip
    load(ws, {"quotes": [{"quote_id": "1", "amount": -1, "sent_at": day(-9)}, {"quote_id": "2", "amount": 1}]})
    assert table_grade(ws, "order_lines").parts["validity"] == 1 / 2
    assert (
        sorted(scans(ws)["quotes"].counts().values()) == [1, 1] and table_grade(ws, "quotes").parts["validity"] == 1 / 2
    )


def test_the_order_of_rows_and_of_imports_is_irrelevant(tmp_path):
    told = []
    for n, (first, second) in enumerate(((ORDERS, CUSTOMERS), (ORDERS[::-1], CUSTOMERS[::-1]))):
        ws = workspace.create(tmp_path, f"w{n}")
        for table, given in (("orders", first), ("customers", second))[:: 1 if n else -1]:
            load(ws, {table: given}, f"{table}.csv")
        told.append((grade(ws), [(f.id, f.n, f.of, f.kpis) for f in findings(ws)]))
        workspace.close_workspace(tmp_path, f"w{n}")
    assert told[0] == told[1]


def test_rows_behind_a_finding_say_file_line_and_owner_and_are_masked(ws):
    load(ws, {"orders": ORDERS}, "orders.csv")
    load(ws, {"customers": CUSTOMERS}, "customers.csv")
    (row,) = rows(ws, finding(ws, "orders.reference_missing.customer_id"))
    assert (row.key, row.file, row.line, row.cells) == ("2", "orders.csv", 4, (("customer_id", "x"),))
    (twin,) = rows(ws, finding(ws, "customers.entered_twice"))
    assert (twin.owner, twin.file) == ("e", "customers.csv")
    assert "x.org" not in str(twin.cells) and "Ann" not in str(twin.cells)
    (bare,) = rows(ws, finding(ws, "customers.entered_twice"), unmasked=True)
    assert "Ann" in str(bare.cells)


def test_lines_without_a_key_are_found_again_in_their_file(ws):
    logins = [{"employee_id": "e", "logged_in_at": "2024-01-01", "session_minutes": n} for n in (5, -1, 5)]
    load(ws, {"crm_logins": logins}, "logins.csv")
    (row,) = rows(ws, finding(ws, "crm_logins.session_negative"))
    assert (row.file, row.line, row.owner) == ("logins.csv", 3, "e")
    (again,) = rows(ws, finding(ws, "crm_logins.same_lines"))
    assert (again.file, again.line) == ("logins.csv", 4)


def test_f91_the_fix_list_names_who_owns_the_rows(ws):
    load(
        ws,
        {"orders": ORDERS, "customers": CUSTOMERS, "employees": [{"employee_id": "e", "name": "Eve", "role": "sales"}]},
    )
    found = {each.id: each for each in owners(ws)}
    assert found["e"].name == "Eve" and {f.id for f, _ in found["e"].found} >= {"customers.entered_twice"}
    assert [each.id for each in owners(ws)][-1] == "", "rows of nobody stand last"
    mine = work_of(ws, "e")
    assert len(mine) == found["e"].n and {row.owner for _, row in mine} == {"e"}
    assert len(work_of(ws)) == sum(each.n for each in owners(ws))


def test_outliers_are_listed_and_stay_in(ws):
    amounts = [100 + n % 20 for n in range(200)]
    load(
        ws,
        {"orders": [{"order_id": str(n), "ordered_at": day(n), "amount": a} for n, a in enumerate([*amounts, 10**6])]},
    )
    found = finding(ws, "orders.far_from_usual.amount")
    assert (found.n, found.of, found.check.part) == (1, 201, "none") and found.said["low"] < 100 < 119 < found.said[
        "high"
    ]
    assert rows(ws, found)[0].key == "200"
    assert ws.rows("SELECT max(amount)::INTEGER FROM orders") == [(10**6,)]


def test_skewed_and_constant_columns_have_no_outliers(ws):
    skewed = [{"order_id": str(n), "amount": 1.2 ** (n % 60)} for n in range(300)]
    load(ws, {"orders": skewed, "quotes": [{"quote_id": str(n), "amount": 5} for n in range(99)]})
    assert not [f for f in findings(ws) if f.code == "far_from_usual"]


def test_gaps_are_found_by_day_week_or_month():
    start = date(2024, 1, 1)
    days = {start + timedelta(days=n): 20 for n in range(120) if (start + timedelta(days=n)).weekday() < 5}
    assert gaps_in(days) == [], "weekends are no gaps"
    for n in range(30, 40):
        days.pop(start + timedelta(days=n), None)
    (gap,) = gaps_in(days)
    assert gap.since <= start + timedelta(days=30) and gap.until >= start + timedelta(days=40)
    assert gap.expected == 20 * sum((start + timedelta(days=n)).weekday() < 5 for n in range(30, 40))
    months = {date(2023 + m // 12, m % 12 + 1, 5): 40 for m in range(24) if m != 9}
    assert [(g.since, g.until) for g in gaps_in(months)] == [(date(2023, 10, 1), date(2023, 11, 1))]
    rare = {start + timedelta(days=31 * n): 1 for n in range(20) if n != 9}
    assert gaps_in(rare) == [], "one row a month is too little to miss"
    assert gaps_in({}) == []


def test_a_gap_is_told_with_its_days(ws):
    load(
        ws,
        {
            "leads": [
                {"lead_id": f"{n}-{k}", "created_at": day(n)} for n in range(90) if not 40 <= n < 50 for k in range(9)
            ]
        },
    )
    (found,) = [f for f in findings(ws) if f.code == "gap_in_time"]
    assert (found.said["since"], found.said["until"]) == (TODAY - timedelta(days=49), TODAY - timedelta(days=40))
    assert found.n == 90 and rows(ws, found) == []


def test_f91_the_trend_is_measured_once_after_every_import_and_undo(ws):
    assert not measure(ws) and history(ws) == []
    load(ws, {"orders": [each for each in ORDERS if each["customer_id"] == "a"]}, "good.csv")
    revision = ws.revision
    assert measure(ws) and not measure(ws) and ws.revision == revision
    number = load(ws, {"orders": ORDERS}, "bad.csv")
    measure(ws)
    undo(ws, number)
    measure(ws)
    told = history(ws)
    assert [(m.event, m.file) for m in told] == [("import", "good.csv"), ("import", "bad.csv"), ("undo", "bad.csv")]
    assert told[0].score == told[2].score > told[1].score  # type: ignore[operator]
    assert told[1].found["orders.order_without_customer"] == 2 and told[0].rows == 7


def test_what_is_loaded_while_it_is_measured_is_measured_next(ws, monkeypatch):
    """The score of an import is never that of the data before it."""
    load(ws, {"orders": ORDERS[:1]}, "first.csv")
    looked = trend._scans

    def meanwhile(workspace):
        seen = looked(workspace)
        load(ws, {"orders": ORDERS}, "second.csv")
        return seen

    with monkeypatch.context() as patch:
        patch.setattr(trend, "_scans", meanwhile)
        assert not measure(ws) and history(ws) == []
    assert measure(ws)
    (told,) = history(ws)
    assert (told.file, told.rows) == ("second.csv", len(ORDERS))


def test_f90_the_estimate_starts_from_own_figures_only():
    assert reference().at_most(1) == 32_000 and reference().hours == 550
    assert estimate(1, None, None) is None and estimate(None, 2, 30) is None
    assert estimate(4, 5, 30) == 4 * 5 * 30 * 12
    assert repair(30, 10, 24) == (5, 120) and repair(30, None, 24) == (None, None) and repair(30, 10, None) == (5, None)


def test_f25_tables_that_no_chosen_kpi_uses(ws):
    load(
        ws,
        {
            "invoices": [{"invoice_id": "1", "issued_at": day(3), "amount": 5}],
            "web_visits": [{"visit_id": "1", "started_at": day(1)}],
        },
    )
    assert idle_tables(ws) is None and "relevance" not in grade(ws).parts
    select_kpis(ws, [Selection("accounts_receivable"), Selection("days_sales_outstanding")])
    assert idle_tables(ws) == ["web_visits"] and grade(ws).parts["relevance"] == 1 / 2


def test_the_inventory_says_how_old_each_table_is(ws):
    load(
        ws,
        {
            "leads": [{"lead_id": "1", "created_at": day(12)}],
            "orders": [{"order_id": "1", "ordered_at": day(2), "amount": 1}],
        },
    )
    held = {each.table: each for each in stock(ws)}
    assert (held["leads"].age, held["leads"].behind) == (12, 10) and (held["orders"].age, held["orders"].behind) == (
        2,
        0,
    )
    assert held["orders"].completeness == 1 and held["leads"].loaded.rows == 1
