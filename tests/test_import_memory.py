"""What this workspace confirmed before wins: by source, by column, and the answers to questions."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.intake import inspect, options, remembered
from kpi.text import Texts
from tests.intake_files import codes, import_file, places, write_csv

HEADER = ["no", "who", "when", "how much", "x1"]


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def lines(month: int, day: int = 20):
    return [[f"A{month}{i}", f"C{i % 4}", f"{1 + i % day:02d}/{month:02d}/2024", 10 + i, "z"] for i in range(30)]


def confirmed(ws, folder, **more):
    path = write_csv(folder / "may.csv", HEADER, lines(5))
    told = ["order_id=no", "customer_id=who", "ordered_at=when", "amount=how much"]
    return import_file(ws, path, table="orders", maps=told, **more)


def test_the_next_file_of_the_source_needs_no_word(ws, tmp_path):
    confirmed(ws, tmp_path)
    june = write_csv(tmp_path / "export (3).csv", [HEADER[i] for i in (3, 0, 2, 1, 4)], [
        [row[i] for i in (3, 0, 2, 1, 4)] for row in lines(6)
    ])  # fmt: skip
    (plan,) = inspect(ws, [june])
    assert plan.table == "orders" and not plan.questions and plan.unmapped == ("x1",)
    assert places(plan)["how much"] == "orders.amount" and places(plan)["no"] == "orders.order_id"
    reasons = {column: why for column, _, _, why in plan.mapping()}
    assert codes(reasons["how much"])[0] == "why_remembered"
    told = reasons["how much"][0]
    for lang in ("en", "fa", "uk"):  # the day as each of them writes it
        assert Texts(lang).day(date.today()) in told.text(Texts(lang))
    for lang in ("en", "fa", "uk"):
        assert "may.csv" in reasons["no"][0].text(Texts(lang))


def test_source_finds_the_latest_that_still_counts(ws, tmp_path):
    first = confirmed(ws, tmp_path)
    assert remembered.source(ws, HEADER[::-1]).id == first.id
    assert remembered.source(ws, [*HEADER, "more"]) is None and remembered.source(ws, []) is None
    second = import_file(ws, write_csv(tmp_path / "june.csv", HEADER, lines(6)))
    assert remembered.source(ws, HEADER).id == second.id
    workspaces.undo(ws, second.id)
    assert remembered.source(ws, [each.upper() for each in HEADER]).id == first.id
    workspaces.undo(ws, first.id)
    assert remembered.source(ws, HEADER) is None and remembered.recall(ws, HEADER).earlier is None


def test_what_the_user_says_now_goes_before_what_was(ws, tmp_path):
    confirmed(ws, tmp_path)
    june = write_csv(tmp_path / "june.csv", HEADER, lines(6))
    (plan,) = inspect(ws, [june], options(table="orders", maps=["gross_amount=how much"]))
    assert places(plan)["how much"] == "orders.gross_amount"
    (plan,) = inspect(ws, [june], options(table="customers", maps=["customer_id=who"]))
    assert plan.table == "customers"


def test_the_answer_to_an_undecidable_date_is_taken_over(ws, tmp_path):
    confirmed(ws, tmp_path)  # days up to 20 decide it
    june = write_csv(tmp_path / "june.csv", HEADER, [row for row in lines(6, day=9) if row[2][:2] != "06"])
    (plan,) = inspect(ws, [june])
    assert not plan.questions and plan.options.dates == "dmy"
    assert "answers_remembered" in codes(plan.warnings)
    (fresh,) = inspect(None, [june], options(table="orders", maps=["ordered_at=when"]))
    assert [each.about for each in fresh.questions] == ["dates"]


def test_values_words_and_columns_set_aside_are_taken_over(ws, tmp_path):
    header = ["order_id", "order date", "amount", "status", "customer"]
    rows = [[f"O{i}", f"2024-05-{i + 1:02d}", 5, ["paid", "frozen"][i % 2], f"C{i}"] for i in range(9)]
    path = write_csv(tmp_path / "may.csv", header, rows)
    import_file(ws, path, sets=["orders.currency=EUR"], words=["orders.status:frozen=cancelled"], ignore=("customer",))
    june = write_csv(tmp_path / "june.csv", header, [[f"P{row[0]}", *row[1:]] for row in rows])
    report = import_file(ws, june)
    assert report.plan.unmapped == ("customer",) and report.plan.main.fill("currency").value == "EUR"
    assert not [each for each in report.warnings if each.code == "unmapped_words"]
    assert ws.rows("SELECT status, count(*)::INT, min(currency) FROM orders GROUP BY 1 ORDER BY 1") == [
        ("cancelled", 8, "EUR"),
        ("paid", 10, "EUR"),
    ]


def test_imports_that_disagree_are_asked_about(ws, tmp_path):
    confirmed(ws, tmp_path)
    header = ["order id", "customer", "date", "how much"]
    other = [[f"B{i}", f"C{i % 4}", f"2024-05-{i + 1:02d}", 10 + i] for i in range(20)]
    path = write_csv(tmp_path / "other.csv", header, other)
    import_file(ws, path, table="orders", maps=["gross_amount=how much"])
    third = write_csv(tmp_path / "third.csv", [*header, "note"], [[f"T{row[0]}", *row[1:], "-"] for row in other])
    (plan,) = inspect(ws, [third])
    asked = [each for each in plan.questions if each.about == "column how much"]
    assert asked and set(asked[0].answers) == {"orders.amount", "orders.gross_amount", ""}
    (answered,) = inspect(ws, [third], plan.options.answered(asked[0].about, "orders.amount"))
    assert places(answered)["how much"] == "orders.amount" and not answered.questions
    (aside,) = inspect(ws, [third], plan.options.answered(asked[0].about, ""))
    assert "how much" in aside.unmapped and not aside.questions


def test_a_column_of_that_name_and_table_is_known_in_another_file(ws, tmp_path):
    confirmed(ws, tmp_path)
    header = ["order id", "order date", "how much"]
    path = write_csv(tmp_path / "shop.csv", header, [[f"S{i}", f"2024-05-{i + 1:02d}", 10 + i] for i in range(20)])
    (plan,) = inspect(ws, [path])
    assert places(plan)["how much"] == "orders.amount"
    words = write_csv(tmp_path / "w.csv", header, [[f"S{i}", f"2024-05-{i + 1:02d}", "a lot"] for i in range(20)])
    assert "how much" in inspect(ws, [words])[0].unmapped  # the values must bear it out


def test_names_that_stood_for_ids_still_do(ws, tmp_path):
    header = ["deal id", "account", "deal stage", "amount", "created at"]
    rows = [[f"D{i}", f"Org {i % 5}", ["Won", "Lost"][i % 2], i, f"2024-05-{i + 1:02d}"] for i in range(20)]
    import_file(ws, write_csv(tmp_path / "may.csv", header, rows))
    june = write_csv(tmp_path / "june.csv", header, [[f"E{row[0]}", *row[1:]] for row in rows])
    fresh, again = inspect(None, [june])[0], inspect(ws, [june])[0]
    assert places(fresh) == places(again)
    assert {(f.field, f.form) for f in again.main.fills} == {(f.field, f.form) for f in fresh.main.fills}
