"""From a file to rows in a workspace: what is loaded, kept, rejected, and how it is told."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import inspect, load, loading, options, originals
from kpi.workspace import imports, rejects, undo
from tests.intake_files import import_file, places, said, write_csv, write_text


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


ORDERS = ["order_id", "customer_id", "ordered_at", "amount", "status", "Warehouse"]


def orders(n=20, **changed):
    """Rows of orders; changed: {column: {row number: value}}."""
    rows = [[f"O{i}", f"C{i % 7}", f"2024-01-{1 + i % 28:02d}", f"{10 + i}.50", "paid", f"W{i % 2}"] for i in range(n)]
    for column, values in changed.items():
        for i, value in values.items():
            rows[i][ORDERS.index(column)] = value
    return rows


def test_orders_arrive_typed(ws, tmp_path):
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, orders()))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected, report.tables) == (20, 20, 0, {"orders": 20})
    assert ws.rows("SELECT * EXCLUDE (_extra) FROM rows.orders ORDER BY _line LIMIT 1")[0][-2:] == (1, 2)
    assert ws.rows(
        "SELECT order_id, customer_id, ordered_at, amount, status FROM orders ORDER BY order_id LIMIT 1"
    ) == [("O0", "C0", datetime(2024, 1, 1), Decimal("10.5"), "paid")]
    assert ws.rows("SELECT count(*) FROM customers") == [(7,)]  # stubs


def test_columns_outside_the_model_are_kept(ws, tmp_path):
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, orders(3, Warehouse={2: ""})))
    assert report.plan.unmapped == ("Warehouse",)
    assert ws.rows("SELECT _extra->>'Warehouse' FROM orders ORDER BY order_id") == [("W0",), ("W1",), (None,)]


def test_rejected_rows_say_file_row_column_value_and_reason(ws, tmp_path):
    rows = orders(ordered_at={3: "2024-02-30"}, amount={5: "a lot"}, order_id={8: ""})
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, rows))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (20, 18, 2)
    assert [(r.row, r.column, r.value, r.reason.code) for r in report.rejects] == [
        (5, "ordered_at", "2024-02-30", "bad_date"),
        (7, "amount", "a lot", "bad_number"),
    ]
    stored = rejects(ws, report.id)
    assert [(r.row, r.column, r.value, r.reason) for r in stored] == [
        (5, "ordered_at", "2024-02-30", "intake.bad_date"),
        (7, "amount", "a lot", "intake.bad_number"),
    ]
    assert stored[0].line["order_id"] == "O3"
    assert imports(ws)[0].file == "orders.csv"


def test_a_blank_is_null_and_nothing_is_nulled_silently(ws, tmp_path):
    rows = orders(amount={0: "", 1: "n/a", 2: " "}, customer_id={3: "NULL"})
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, rows))
    assert report.rows_rejected == 0
    assert ws.rows("SELECT count(*) FILTER (amount IS NULL), count(*) FILTER (customer_id IS NULL) FROM orders") == [
        (3, 1)
    ]


def test_a_line_without_its_key_is_rejected_where_lines_are_no_rows_of_their_own(ws, tmp_path):
    header = ["opportunity_id", "deal stage", "amount", "created_at"]
    rows = [[f"D{i}" if i else "", "Won", i, "2024-01-01"] for i in range(5)]
    report = import_file(ws, write_csv(tmp_path / "deals.csv", header, rows))
    assert [(r.row, r.column, r.reason.code) for r in report.rejects] == [(2, "opportunity_id", "bad_key")]


def test_the_newest_value_wins_and_undo_brings_the_older_back(ws, tmp_path):
    import_file(ws, write_csv(tmp_path / "a.csv", ORDERS, orders()))
    before = ws.rows("SELECT * FROM orders ORDER BY order_id")
    again = orders(5, amount={0: "99", 1: ""}, status={0: "cancelled"})
    report = import_file(ws, write_csv(tmp_path / "b.csv", ORDERS, again))
    assert report.rows_loaded == 5  # lines that only update count as loaded
    assert ws.rows("SELECT amount, status FROM orders WHERE order_id IN ('O0', 'O1') ORDER BY order_id") == [
        (99, "cancelled"),
        (Decimal("11.5"), "paid"),
    ]
    undo(ws, report.id)
    assert ws.rows("SELECT * FROM orders ORDER BY order_id") == before


def test_the_same_bytes_are_refused_unless_asked_for(ws, tmp_path):
    path = write_csv(tmp_path / "orders.csv", ORDERS, orders())
    first = import_file(ws, path)
    with pytest.raises(Refused) as refused:
        import_file(ws, path)
    assert (
        refused.value.code == "file_again" and str(first.id) in str(refused.value) and "--again" in str(refused.value)
    )
    assert import_file(ws, path, again=True).id == 2
    undo(ws, 1)
    undo(ws, 2)
    assert import_file(ws, path).id == 3  # taken back, it may come again


def test_ids_are_text_exactly_as_uploaded(ws, tmp_path):
    header = ["order_id", "customer_id", "order date", "amount"]
    rows = [["007", "17850.0", "2024-01-01", 1], ["1e5", "13047.0", "2024-01-02", 2], ["A-1", "", "2024-01-03", 3]]
    import_file(ws, write_csv(tmp_path / "orders.csv", header, rows))
    assert ws.rows("SELECT order_id, customer_id FROM orders ORDER BY ordered_at") == [
        ("007", "17850"),
        ("1e5", "13047"),
        ("A-1", None),
    ]


def test_repeated_keys_of_one_file_are_merged_and_reported(ws, tmp_path):
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, [*orders(5), *orders(1, amount={0: "77"})]))
    assert report.rows_loaded == 6 and any("1 line repeats a order_id" in text for text in said(report))
    assert ws.rows("SELECT count(*), max(amount) FROM orders") == [(5, 77)]


def test_zero_and_negative_amounts_load_with_a_warning(ws, tmp_path):
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, orders(amount={0: "0", 1: "-5", 2: "-7"})))
    assert (report.rows_loaded, report.tables) == (20, {"orders": 20})
    assert "1 row with an amount of zero" in said(report) and "2 rows with a negative amount" in said(report)


def test_exact_duplicates_of_lines_are_loaded_and_reported(ws, tmp_path):
    rows = [["1", "2024-01-01", "5"], ["1", "2024-01-01", "5"], ["2", "2024-01-02", "6"]]
    report = import_file(ws, write_csv(tmp_path / "sales.csv", ["customer_id", "date", "sales"], rows))
    assert (report.plan.table, report.rows_loaded) == ("orders", 3)
    assert "1 line repeats another line cell for cell; loaded all the same" in said(report)


def test_words_become_values_of_the_model_and_stay_readable(ws, tmp_path):
    words = {0: "Виконано", 1: "لغو شده", 2: "Shipped", 3: "teleported"}
    report = import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, orders(status=words)))
    assert ws.rows("SELECT status, _extra->>'status' FROM orders ORDER BY ordered_at, order_id LIMIT 4") == [
        ("paid", "Виконано"),
        ("cancelled", "لغو شده"),
        ("paid", "Shipped"),
        (None, "teleported"),
    ]
    assert report.rows_rejected == 0 and any("teleported (1)" in text for text in said(report))


def test_times_with_an_offset_are_turned_to_the_workspaces_zone(ws, tmp_path):
    ws.change_settings({"time_zone": "Europe/Kyiv"})
    rows = orders(4, ordered_at={0: "2024-01-01T10:00:00Z", 1: "2024-07-01 10:00:00 +0330", 2: "2024-07-01 10:00:00"})
    import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, rows))
    assert ws.rows("SELECT ordered_at FROM orders ORDER BY order_id LIMIT 3") == [
        (datetime(2024, 1, 1, 12),),
        (datetime(2024, 7, 1, 9, 30),),
        (datetime(2024, 7, 1, 10),),
    ]


def test_what_is_told_overrules_what_is_recognised(ws, tmp_path):
    header = ["no", "who", "when", "how much", "source"]
    path = write_csv(
        tmp_path / "x.csv", header, [[1, "c1", "03/04/2024", "1,500", "web"], [2, "c2", "05/06/2024", "2,250", "ads"]]
    )
    (plan,) = inspect(ws, [path])
    assert plan.table is None and plan.questions[0].option == "--table TABLE"
    told = {
        "table": "orders",
        "maps": ["order_id=no", "customer_id=who", "orders.ordered_at=when", "amount=how much"],
        "sets": ["currency=UAH"],
    }
    (plan,) = inspect(ws, [path], options(**told))
    assert [question.option for question in plan.questions] == ["--dates dmy|mdy|ymd|jalali", "--decimal ,|."]
    with pytest.raises(Refused) as refused:
        load(ws, plan)
    assert refused.value.code == "plan_open" and "--dates" in str(refused.value)
    report = import_file(ws, path, **told, dates="mdy", decimal=".")
    assert places(report.plan)["how much"] == "orders.amount" and report.plan.unmapped == ("source",)
    assert ws.rows("SELECT order_id, ordered_at, amount, currency FROM orders ORDER BY 1") == [
        ("1", datetime(2024, 3, 4), 1500, "UAH"),
        ("2", datetime(2024, 5, 6), 2250, "UAH"),
    ]


def test_a_field_can_be_left_empty_and_a_column_alone(ws, tmp_path):
    path = write_csv(tmp_path / "orders.csv", ORDERS, orders(3))
    (plan,) = inspect(ws, [path], options(maps=["orders.status="], ignore=("customer_id",)))
    assert set(plan.unmapped) == {"status", "customer_id", "Warehouse"}


def test_one_line_may_fill_two_fields(ws, tmp_path):
    path = write_csv(tmp_path / "leads.csv", ["Lead ID", "Source", "First contact"], [["1", "web", "2024-01-01"]])
    report = import_file(ws, path, maps=["leads.created_at=First contact", "leads.first_contacted_at=First contact"])
    assert places(report.plan)["First contact"] == "leads.created_at+leads.first_contacted_at"
    assert ws.rows("SELECT created_at = first_contacted_at FROM leads") == [(True,)]


def test_moments_the_wrong_way_round_are_counted_also_across_files(ws, tmp_path):
    import_file(
        ws, write_csv(tmp_path / "leads.csv", ["lead_id", "created_at"], [["1", "2024-02-01"], ["2", "2024-02-01"]])
    )
    won = write_csv(
        tmp_path / "won.csv", ["lead_id", "won date"], [["1", "2024-01-15 10:00"], ["2", "2024-02-01 00:30"]]
    )
    report = import_file(ws, won)
    assert said(report) == ["1 lead converted before it was created; kept, counted as converted"]
    assert ws.rows("SELECT count(converted_at) FROM leads") == [(2,)]


def test_the_original_is_kept_and_progress_is_told(ws, tmp_path):
    path = write_csv(tmp_path / "orders.csv", ORDERS, orders())
    steps = []
    (plan,) = inspect(ws, [path])
    report = load(ws, plan, lambda step, share: steps.append((step, share)))
    assert [share for _, share in steps] == sorted(share for _, share in steps) and steps[-1][1] == 1.0
    (logged,) = imports(ws)
    with originals.open_original(ws, logged.stored_as) as file:
        assert file.read() == path.read_bytes()
    assert logged.mapping[0]["why"][0]["code"].startswith("why_") and logged.id == report.id


def test_an_error_on_the_way_leaves_nothing(ws, tmp_path, monkeypatch):
    def fail(*given):
        raise RuntimeError("no space left")

    monkeypatch.setattr(loading, "record", fail)
    revision = ws.revision
    with pytest.raises(RuntimeError):
        import_file(ws, write_csv(tmp_path / "orders.csv", ORDERS, orders()))
    assert ws.rows("SELECT count(*) FROM rows.orders") == [(0,)] and imports(ws) == [] and ws.revision == revision


def test_a_plan_can_be_loaded_when_the_file_was_dropped_from_memory(ws, tmp_path, monkeypatch):
    from kpi.intake import staging

    path = write_text(
        tmp_path / "orders.csv", "Orders of May\norder_id;ordered_at;amount\n1;2024-01-01;1,5\n2;2024-01-02;2,5\n"
    )
    (plan,) = inspect(ws, [path])
    staging._kept.clear()
    assert load(ws, plan).rows_loaded == 2
    assert ws.rows("SELECT sum(amount) FROM orders") == [(4,)]


FAULTS = {
    "ordered_at": ("soon", "2024-13-01"),
    "amount": ("many", "1.2.3"),
    "status": ("??",),
    "customer_id": ("", "x y"),
}


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 19), st.sampled_from(sorted(FAULTS)), st.integers(0, 1)), max_size=6))
def test_read_is_loaded_and_rejected_whatever_comes(tmp_path_factory, faults):
    """Lines with a date or a number that does not read are rejected; all others arrive.

    One word in a fifth of a column stands for "not given" instead: it is read as blank and told.
    """
    folder = tmp_path_factory.mktemp("any")
    rows, bad = orders(), set()
    for i, column, which in faults:
        value = FAULTS[column][which % len(FAULTS[column])]
        rows[i][ORDERS.index(column)] = value
    cells = Counter(cell for row in rows for cell in row[2:4])
    taken = {word for word in ("soon", "many") if cells[word] >= len(rows) / 5}
    for i, row in enumerate(rows):
        if (row[2] in FAULTS["ordered_at"] or row[3] in FAULTS["amount"]) and not taken.issuperset(
            {row[2], row[3]} & {*FAULTS["ordered_at"], *FAULTS["amount"]}
        ):
            bad.add(i + 2)
    ws = workspaces.create(folder, "w")
    report = import_file(ws, write_csv(folder / "orders.csv", ORDERS, rows))
    loaded = {line for (line,) in ws.rows("SELECT _line FROM rows.orders")}
    workspaces.close_workspace(folder, "w")
    assert report.rows_read == report.rows_loaded + report.rows_rejected == 20
    assert {each.row for each in report.rejects} == bad and loaded == set(range(2, 22)) - bad
    told = {dict(each.params)["word"] for each in report.warnings if each.code == "taken_as_missing"}
    assert told == taken
