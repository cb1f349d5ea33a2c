"""Identity: rows per import, merged by key; aliases; stubs; undo gives back what was, byte for byte."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi import model, workspace
from kpi.errors import Refused
from kpi.workspace import Import, Reject, derive
from kpi.workspace.workspace import Workspace
from tests.workspaces import dump, insert, load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def test_per_column_the_newest_value_that_is_there_wins(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a", "name": "Ada", "city": "Kyiv"}, {"customer_id": "b", "name": "Bo"}]})
    load(ws, {"customers": [{"customer_id": "a", "name": "Ada L.", "city": None, "industry": "IT"}]})
    assert ws.rows("SELECT customer_id, name, city, industry FROM customers ORDER BY 1") == [
        ("a", "Ada L.", "Kyiv", "IT"),
        ("b", "Bo", None, None),
    ]


def test_within_one_import_the_later_line_wins(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a", "name": "x", "city": "Kyiv"}, {"customer_id": "a", "name": "y"}]})
    assert ws.rows("SELECT name, city FROM customers") == [("y", "Kyiv")]
    with ws.write() as cur:  # one line of a file may name a customer twice: the later row wins, always
        for name in ("first", "second"):
            insert(cur, "customers", [{"customer_id": "c", "name": name}], 9, first_line=5)
    assert ws.rows("SELECT name FROM customers WHERE customer_id = 'c'") == [("second",)]


def test_an_older_import_numbered_later_in_the_table_does_not_win(ws: Workspace):
    with ws.write() as cur:
        insert(cur, "products", [{"product_id": "p", "name": "new"}], 7)
        insert(cur, "products", [{"product_id": "p", "name": "old", "category": "c"}], 3)
    assert ws.rows("SELECT name, category FROM products") == [("new", "c")]


def test_rows_without_a_key_stay_rows_of_their_own(ws: Workspace):
    line = {"customer_id": "c", "gross_amount": 5}
    load(ws, {"orders": [line, line, {"order_id": "o", **line}]})
    load(ws, {"orders": [line, {"order_id": "o", "gross_amount": 7}]})
    assert ws.rows("SELECT order_id, count(*), sum(amount)::INT FROM orders GROUP BY 1 ORDER BY 1") == [
        ("o", 1, 7),
        (None, 3, 15),
    ]
    load(ws, {"campaign_costs": [{"campaign_id": "k", "amount": 1}] * 3})
    assert ws.rows("SELECT count(*) FROM campaign_costs") == [(3,)]


def test_an_empty_text_part_of_a_key_is_a_value_an_empty_id_or_time_is_not(ws: Workspace):
    load(ws, {"kpi_values": [{"kpi_id": "k", "period_start": "2024-01-01", "value": 1}]})
    load(ws, {"kpi_values": [{"kpi_id": "k", "period_start": "2024-01-01", "value": 2}]})
    assert ws.rows("SELECT value FROM kpi_values") == [(2.0,)]
    for _ in range(2):
        load(
            ws, {"stages": [{"stage": "Won", "kind": "won"}], "inventory": [{"counted_at": "2024-01-01", "on_hand": 3}]}
        )
    assert ws.rows("SELECT count(*) FROM stages") == [(1,)]
    assert ws.rows("SELECT count(*) FROM inventory") == [(2,)]


def test_extra_columns_merge_column_by_column(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a", "_extra": {"tier": "gold", "vip": "yes"}}]})
    load(ws, {"customers": [{"customer_id": "a", "_extra": {"tier": "iron", "rep": "Li"}}]})
    load(ws, {"customers": [{"customer_id": "a", "name": "x"}]})
    sql = "SELECT _extra ->> 'tier', _extra ->> 'vip', _extra ->> 'rep' FROM customers"
    assert ws.rows(sql) == [("iron", "yes", "Li")]


def test_where_nothing_is_to_do_a_table_is_a_view(ws: Workspace):
    load(ws, {"employees": [{"employee_id": "e", "name": "E"}], "payments": [{"payment_id": "p", "amount": 1}]})
    kinds = dict(ws.rows("SELECT table_name, kind FROM state.derived"))
    assert kinds["employees"] == kinds["payments"] == "view" and set(kinds) == set(model.tables())
    load(ws, {"employees": [{"employee_id": "e", "team": "T"}]})
    kinds = dict(ws.rows("SELECT table_name, kind FROM state.derived"))
    assert kinds["employees"] == "table" and kinds["payments"] == "view"


# Stubs and aliases


def test_ids_seen_only_elsewhere_get_a_row_with_that_id_alone(ws: Workspace):
    load(
        ws,
        {
            "orders": [{"order_id": "o", "customer_id": "c", "owner_employee_id": "e"}],
            "order_lines": [{"order_id": "o2", "product_id": "p"}],
            "employees": [{"employee_id": "e2", "name": "E", "manager_id": "boss"}],
            "customers": [{"customer_id": "d", "parent_customer_id": "c2", "referred_by_customer_id": "d"}],
        },
    )
    assert ws.rows("SELECT customer_id, name, _stub FROM customers ORDER BY 1") == [
        ("c", None, True),
        ("c2", None, True),
        ("d", None, False),
    ]
    assert ws.rows("SELECT order_id, customer_id FROM orders ORDER BY 1") == [("o", "c"), ("o2", None)]
    assert ws.rows("SELECT employee_id FROM employees ORDER BY 1") == [("boss",), ("e",), ("e2",)]
    assert ws.rows("SELECT product_id, name FROM products") == [("p", None)]
    assert ws.rows("SELECT count(*) FROM order_lines") == [(1,)]
    assert dict(ws.rows("SELECT table_name, stubs FROM state.derived WHERE stubs > 0")) == {
        "customers": 2,
        "orders": 1,
        "employees": 2,
        "products": 1,
    }
    load(ws, {"customers": [{"customer_id": "c", "name": "Cy"}]})
    assert ws.rows("SELECT name, _stub FROM customers WHERE customer_id = 'c'") == [("Cy", False)]
    load(ws, {"customers": [{"name": "nobody"}]})
    assert ws.rows("SELECT name, _stub FROM customers WHERE customer_id IS NULL") == [("nobody", False)]


def test_aliases_merge_customers_everywhere(ws: Workspace):
    load(
        ws,
        {
            "customers": [
                {"customer_id": "ACME Ltd", "city": "Kyiv", "name": "old"},
                {"customer_id": "17", "name": "Acme"},
            ],
            "orders": [
                {"order_id": "1", "customer_id": "ACME Ltd", "gross_amount": 3},
                {"order_id": "2", "customer_id": "17", "gross_amount": 4},
            ],
        },
    )
    before = dump(ws)
    number = load(
        ws,
        {
            "customer_aliases": [
                {"alias_id": "acme", "customer_id": "ACME Ltd"},
                {"alias_id": "ACME Ltd", "customer_id": "17"},
            ]
        },
        "aliases.csv",
    )
    assert ws.rows("SELECT customer_id, name, city FROM customers") == [("17", "Acme", "Kyiv")]
    assert ws.rows("SELECT customer_id, sum(amount)::INT FROM orders GROUP BY 1") == [("17", 7)]
    load(ws, {"tickets": [{"ticket_id": "t", "customer_id": "acme"}]}, "tickets.csv")
    assert ws.rows("SELECT customer_id FROM tickets") == [("17",)] and len(ws.rows("FROM customers")) == 1
    workspace.undo(ws, 3)
    workspace.undo(ws, number)
    assert dump(ws) == before


def test_a_ring_of_aliases_is_one_customer(ws: Workspace):
    load(ws, {"customers": [{"customer_id": each} for each in "abcd"]})
    ring = [{"alias_id": a, "customer_id": b} for a, b in ("ab", "bc", "ca", "dd")]
    load(ws, {"customer_aliases": ring}, "ring.csv")
    assert ws.rows("SELECT customer_id FROM customers ORDER BY 1") == [("a",), ("d",)]


# The log, undo


def test_the_log_tells_what_was_loaded(ws: Workspace):
    rejected = [Reject(7, "amount", "abc", "not_a_number", {"n": 1}, ["o", "abc"]), Reject(3, None, None, "ragged")]
    made = Import("ö.csv", "ff", "orders", 3, 1, 2, sheet="S", tables={"orders": 1}, format={"encoding": "utf-8"},
                  mapping=[{"column": "Id", "field": "orders.order_id", "confidence": 1.0, "why": "name"}],
                  unmapped=["x"], stored_as="1.csv")  # fmt: skip
    with ws.write() as cur:
        number = workspace.record(cur, made, rejected)
        insert(cur, "orders", [{"order_id": "1"}], number)
    (logged,) = workspace.imports(ws)
    assert (logged.id, logged.file, logged.sheet, logged.table) == (1, "ö.csv", "S", "orders")
    assert logged.mapping == made.mapping and logged.format == made.format and logged.unmapped == ["x"]
    assert logged.imported_at is not None and logged.undone_at is None
    assert workspace.rejects(ws, number) == [rejected[1], rejected[0]]
    assert workspace.known_file(ws, "ff") == logged and workspace.known_file(ws, "ff", "T") is None
    workspace.undo(ws, number)
    assert workspace.known_file(ws, "ff") is None and ws.rows("FROM orders") == []
    for wrong, code in ((number, "import_undone"), (99, "import_missing")):
        with pytest.raises(Refused) as refused:
            workspace.undo(ws, wrong)
        assert refused.value.code == code
    with ws.write() as cur:
        assert workspace.next_import(cur) == 2
    with pytest.raises(ValueError), ws.write() as cur:
        workspace.record(cur, Import("a", "b", "orders", 3, 1, 1))


def test_undo_takes_ratings_of_the_import_too(ws: Workspace):
    number = load(ws, {"customers": [{"customer_id": "a"}]})
    with ws.write() as cur:
        cur.execute(
            "INSERT INTO state.assessments (instrument_id, score, _import) VALUES ('i', 3, ?), ('j', 4, NULL)", [number]
        ).fetchall()
    workspace.undo(ws, number)
    assert ws.rows("SELECT instrument_id FROM state.assessments") == [("j",)]


IDS = st.integers(0, 12).map(lambda n: f"x{n}")
DAYS = st.dates(min_value=date(2023, 1, 1), max_value=date(2024, 12, 31))
MONEY = st.integers(-500, 5000).map(lambda n: n / 100)
MAYBE = {
    "id": IDS,
    "text": st.sampled_from(["a", "b", "Київ", "تهران", ""]),
    "money": MONEY,
    "number": MONEY,
    "integer": st.integers(0, 9),
    "flag": st.booleans(),
    "time": DAYS,
}
TABLES = ("customers", "orders", "order_lines", "opportunities", "leads", "stages", "contracts", "tickets", "surveys",
          "opportunity_stage_history", "campaign_costs", "customer_aliases", "products")  # fmt: skip


@st.composite
def row(draw, table: model.Table, changed_from: dict | None = None) -> dict:
    """A row with some of the columns filled; or an existing one with some columns changed."""
    made = dict(changed_from or {})
    names = draw(st.lists(st.sampled_from(sorted(table.fields)), min_size=1, max_size=6, unique=True))
    if changed_from is None:
        names = [*table.key, *names] if draw(st.integers(0, 4)) else names
    for name in names:
        if changed_from is not None and name in table.key:
            continue
        field = table.fields[name]
        made[name] = draw(st.sampled_from(field.values) if field.values else MAYBE[field.type])
    if draw(st.integers(0, 3)) == 0:
        made["_extra"] = {draw(st.sampled_from("uvw")): draw(st.sampled_from("123"))}
    return made


@st.composite
def uploads(draw) -> tuple[dict, dict]:
    """Import A, and A' with about a tenth of its rows changed and some added."""
    first: dict[str, list] = {}
    second: dict[str, list] = {}
    for name in draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=6, unique=True)):
        table = model.table(name)
        first[name] = draw(st.lists(row(table), min_size=1, max_size=12))
        chosen = random.Random(draw(st.integers(0, 99))).sample(first[name], -(-len(first[name]) // 10))
        second[name] = (
            first[name] + [draw(row(table, each)) for each in chosen] + draw(st.lists(row(table), max_size=3))
        )
    return first, second


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One workspace for all examples; each begins by emptying it."""
    home = tmp_path_factory.mktemp("home")
    yield workspace.create(home, "w")
    workspace.close_workspace(home, "w")


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(uploads())
def test_undo_gives_back_every_table_byte_for_byte(shared: Workspace, both):
    """Import A, import A' with a tenth changed, undo: A. And undoing A as well: nothing."""
    ws, (first, second) = shared, both
    with ws.write() as cur:
        for name in model.tables():
            cur.execute(f'DELETE FROM rows."{name}"').fetchall()
    one = load(ws, first, "a.csv")
    before, columns, notes = dump(ws), ws.columns(), ws.notes()
    two = load(ws, second, "b.csv")
    after = dump(ws)
    with ws._cursor() as cur:  # made step by step or all anew, the tables are the same
        cur.execute("BEGIN").fetchall()
        derive.refresh(cur, None, ws.settings)
        cur.execute("COMMIT").fetchall()
    assert dump(ws) == after
    workspace.undo(ws, two)
    assert dump(ws) == before and ws.columns() == columns and ws.notes() == notes
    workspace.undo(ws, one)
    assert all(rows == [] for rows in dump(ws).values())
