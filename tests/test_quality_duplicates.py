"""Duplicates: what makes two records one, in three alphabets, whatever order they stand in; merging and taking it back."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kpi import workspace
from kpi.errors import Refused, Unknown
from kpi.quality import alike
from kpi.quality.duplicates import Record, duplicates, likely, pairs, surplus
from kpi.quality.masking import masked
from kpi.quality.merge import merge, preview
from kpi.workspace import undo
from tests.workspaces import dump, load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def record(id_: str, name=None, email=None, phone=None, place=None, company=False, filled=1) -> Record:
    return Record(id_, name, email, phone, place, company, filled)


def found(*records: Record, least: float = 0.5) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted((d.keep.id, d.drop.id))) for d in pairs("customers", records) if d.confidence >= least)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd.", "ACME, L.L.C."),
        ("ТОВ «Промінь»", "промiнь".replace("i", "і")),
        ("شركة كاوه", "شرکت کاوه"),
        ("علي رضایی", "علی رضایی"),
        ("علی‌رضا کریمی", "علیرضا کریمی"),
        ("Rezaei, Ali", "ali  REZAEI"),
        ("José Núñez", "Jose Nunez"),
        ("O’Neil & Sons", "ONeil Sons"),
        ("Київ Молоко", "Киів Молоко"),
    ],
)
def test_spellings_of_one_name_are_alike(one, other):
    a, b = alike.name(one), alike.name(other)
    assert a and b and a.key == b.key


def test_a_name_keeps_what_tells_it_from_another():
    keys = {alike.name(text).key for text in ("Acme 1", "Acme 2", "Acme Trading", "Акме", "Ltd")}  # type: ignore[union-attr]
    assert len(keys) == 5 and alike.name(" - ") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+98 912 345 67 89", "0912-345-6789", True),
        ("۰۹۱۲۳۴۵۶۷۸۹", "00989123456789", True),
        ("+380 (67) 123-45-67", "067 123 45 67", True),
        ("+1 415 555 0101", "(415) 555-0101", True),
        ("+1 415 555 0101", "(415) 555-0102", False),
        ("+44 415 555 0101", "+1 415 555 0101", False),
        ("0671234567.0", "671234567", True),
        ("044 123 45 67 ext. 12", "044 123 45 67", True),
    ],
)
def test_phone_numbers_with_and_without_their_country(one, other, same):
    a, b = alike.phone(one), alike.phone(other)
    assert a and b and alike.same_phone(a, b) == alike.same_phone(b, a) == same


def test_too_few_digits_are_no_phone_number():
    assert [alike.phone(text) for text in ("123", "0000000000", "", None, "none")] == [None] * 5


def test_ids_are_alike_but_for_case_marks_and_leading_zeros():
    assert alike.id_key("C-0012") == alike.id_key("c12") != alike.id_key("C1-2")


def test_f91_two_records_of_one_name_and_phone_are_one_candidate():
    assert found(record("1", "Ali Rezaei", phone="+989121234567"), record("2", "Ali Rezaei", phone="09121234567")) == [
        ("1", "2")
    ]


def test_a_common_email_is_enough_a_common_name_of_persons_is_not():
    assert found(record("1", "Ann", "a@x.org"), record("2", "Bob", " A@X.ORG ")) == [("1", "2")]
    assert found(record("1", "Ali Rezaei"), record("2", "Ali Rezaei")) == []
    assert found(record("1", "Ali Rezaei"), record("2", "Ali Rezaei"), least=0.25) == [("1", "2")]
    assert found(record("1", "Acme Ltd"), record("2", "ACME Inc.")) == [("1", "2")], (
        "names of companies are rarely shared"
    )


def test_relatives_on_one_phone_and_people_of_one_switchboard_are_no_duplicates():
    assert found(record("1", "Ali Rezaei", phone="02112345678"), record("2", "Sara Ahmadi", phone="02112345678")) == []
    many = [record(str(i), f"Person {chr(97 + i)}", "info@firm.org", "02112345678") for i in range(20)]
    assert found(*many) == []


def test_a_slip_of_the_pen_is_found_with_something_else_that_agrees():
    one, other = (
        record("1", "Olena Kovalenko", phone="0671234567"),
        record("2", "Olena Kovalenk", phone="+380671234567"),
    )
    assert found(one, other) == [("1", "2")]
    assert found(record("1", "Prominvest Bud Ltd", place="kyiv"), record("2", "Prominvst Bud Ltd", place="kyiv")) == [
        ("1", "2")
    ]
    assert found(record("1", "Ann", "a@x.org"), record("2", "Ann Smith", "a@x.org")) == [("1", "2")]


def test_a_name_that_many_have_says_less():
    crowd = [record(str(i), "Ali Rezaei", place="tehran") for i in range(8)]
    few = pairs("customers", crowd[:2])[0].confidence
    assert few > max(d.confidence for d in pairs("customers", crowd[:3]))


def test_the_order_of_rows_is_irrelevant():
    rng = random.Random(7)
    first = ["Ali Rezaei", "Olena Koval", "Acme Ltd", "Ann Smith", "Марія Коваль"]
    crowd = [
        record(
            f"c{i}",
            rng.choice(first),
            rng.choice([None, f"u{i % 9}@x.org"]),
            rng.choice([None, f"06712345{i % 7}0"]),
            "kyiv",
        )
        for i in range(60)
    ]
    wanted = pairs("customers", crowd)
    for _ in range(5):
        rng.shuffle(crowd)
        assert pairs("customers", crowd) == wanted
    assert wanted


def test_a_group_of_three_has_two_records_too_many():
    three = [record(str(i), "Ann Smith", "a@x.org") for i in range(3)]
    assert len(likely(pairs("customers", three))) == 3 and surplus(pairs("customers", three)) == 2


def test_personal_data_are_masked():
    assert masked("customers", "email", "ali.rezaei@example.com") == "a•••@e•••.com"
    assert masked("customers", "phone", "+98 912 123 45 67") == "•••67"
    assert masked("customers", "name", "Ali Rezaei") == "A••• R•••"
    assert masked("surveys", "comment", "call me") == "•••"
    assert masked("customers", "city", "Kyiv") == "Kyiv" and masked("customers", "name", None) is None
    assert masked("customers", "customer_id", "ali@example.com") == "a•••@e•••.com", "an address as an id"


TWO = {
    "customers": [
        {"customer_id": "A", "name": "Ali Rezaei", "phone": "09121234567", "city": "Tehran"},
        {"customer_id": "B", "name": "Ali Rezaie", "phone": "+989121234567", "email": "ali@example.org"},
        {"customer_id": "C", "name": "Sara"},
    ],
    "orders": [
        {"order_id": "1", "customer_id": "A", "ordered_at": "2024-01-01", "amount": 10},
        {"order_id": "2", "customer_id": "B", "ordered_at": "2024-02-01", "amount": 5},
    ],
    "tickets": [{"ticket_id": "t", "customer_id": "B", "opened_at": "2024-02-02"}],
}


def test_f91_a_merge_keeps_the_orders_of_both_and_undo_brings_the_old_state_back(ws):
    load(ws, TWO)
    before = dump(ws)
    (pair,) = likely(duplicates(ws))
    assert {pair.keep.id, pair.drop.id} == {"A", "B"}
    done = merge(ws, [("A", "B")])
    orders = "SELECT customer_id, count(*), sum(amount)::INTEGER FROM orders GROUP BY 1"
    assert ws.rows(orders) == [("A", 2, 15)]
    assert ws.rows("SELECT customer_id FROM tickets") == [("A",)]
    told = ws.rows("SELECT name, phone, email, city FROM customers WHERE customer_id = 'A'")
    assert told == [("Ali Rezaei", "09121234567", "ali@example.org", "Tehran")], (
        "the one that stays wins, gaps are filled"
    )
    assert ws.rows("SELECT count(*) FROM customers WHERE customer_id = 'B'") == [(0,)] and duplicates(ws) == []
    assert ws.rows("SELECT count(*) FROM rows.customers WHERE customer_id = 'B'") == [(1,)], "nothing is deleted"
    undo(ws, done.id)
    assert dump(ws) == before


def test_the_preview_tells_what_the_merge_does(ws):
    load(ws, TWO)
    plan = preview(ws, "A", "B")
    assert {(m.table, m.column, m.n) for m in plan.moves} == {
        ("orders", "customer_id", 1),
        ("tickets", "customer_id", 1),
    }
    merge(ws, [("A", "B")])
    columns = ", ".join(column for column, *_ in plan.cells)
    assert ws.rows(f"SELECT {columns} FROM customers WHERE customer_id = 'A'") == [
        tuple(cell[3] for cell in plan.cells)
    ]


def test_chains_end_at_one_and_a_merge_of_the_merged_is_refused(ws):
    load(ws, TWO)
    before = dump(ws)
    done = merge(ws, [("A", "B"), ("C", "A")])
    assert ws.rows("SELECT DISTINCT customer_id FROM orders") == [("C",)]
    with pytest.raises(Refused):
        merge(ws, [("C", "B")])
    with pytest.raises(Refused):
        merge(ws, [("C", "C")])
    with pytest.raises(Refused):
        merge(ws, [])
    undo(ws, done.id)
    assert dump(ws) == before


def test_merges_undone_in_any_order_leave_what_the_others_say(ws):
    load(ws, TWO)
    first, second = merge(ws, [("A", "B")]), merge(ws, [("A", "C")])
    undo(ws, first.id)
    assert sorted(ws.rows("SELECT customer_id FROM customers")) == [("A",), ("B",)]
    undo(ws, second.id)
    assert sorted(ws.rows("SELECT customer_id FROM customers")) == [("A",), ("B",), ("C",)]


def test_only_people_have_duplicates(ws):
    assert duplicates(ws, "orders") == []
    with pytest.raises(Unknown):
        duplicates(ws, "customer")
