"""The quality page and the grade on cards, board and KPI page, over small workspaces of one's own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.quality.duplicates import duplicates
from kpi.text import Texts
from kpi.workspace import imports
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from tests.seen import finding, texts_seen
from tests.support_app import errors, html, start
from tests.workspaces import dump, load

EXPECTED = Path(__file__).parent / "expected"
TEXTS = Texts("en")
TODAY = date.today()


def T(key: str, **params: object) -> str:
    return TEXTS.t(f"quality.{key}", **params)


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "main")
    workspaces.close_workspace(tmp_path, "main")


PEOPLE = [
    {
        "customer_id": "A",
        "name": "Ali Rezaei",
        "phone": "09121234567",
        "email": "ali@example.org",
        "owner_employee_id": "e",
    },
    {"customer_id": "B", "name": "Ali Rezaei", "phone": "+98 912 123 4567", "owner_employee_id": "e"},
    {"customer_id": "C", "name": "Sara Ahmadi", "email": "sara@example.org"},
]
ORDERS = [{"order_id": str(n), "customer_id": "AB"[n % 2], "ordered_at": day(n), "amount": 10} for n in range(20)]


def view(at, name: str):
    return at.button_group(key="quality_view").set_value(name).run()


def shown(at) -> str:
    assert not errors(at)
    return " ".join(texts_seen(at))


@pytest.mark.parametrize(
    ("table", "columns"), [("orders", "customer_id ordered_at amount"), ("leads", "lead_id created_at converted_at")]
)
def test_f53_the_page_lists_exactly_the_kpis_that_one_small_file_makes_possible(ws, table, columns):
    rows = [{column: day(n) if column.endswith("_at") else n + 1 for column in columns.split()} for n in range(40)]
    load(ws, {table: rows})
    listed = html(view(start("data/quality"), "more")).split(T("possible"))[1].split(T("idle"))[0]
    names = [part.partition("</li>")[0] for part in listed.split("<li>")[1:]]
    wanted = (EXPECTED / f"f53_{table}.txt").read_text(encoding="utf-8").split()
    from html import unescape

    assert sorted(map(unescape, names)) == sorted(kpis()[id_].name.en for id_ in wanted)


def test_the_first_screen_says_whether_to_trust_and_what_to_fix_first(ws):
    load(ws, {"customers": PEOPLE, "orders": ORDERS})
    at = start("data/quality")
    assert "of 100" in finding(at) and "probably stand for someone already there: 1 of 3" in finding(at)
    text = shown(at)
    for part in ("Completeness", "Uniqueness", "References", "Freshness"):
        assert part in text
    assert T("problem_consent") in text and "2 of 2" in text


def test_personal_data_are_masked_until_asked_for(ws):
    load(ws, {"customers": PEOPLE, "orders": ORDERS})
    at = view(start("data/quality"), "twice")
    assert "Rezaei" not in shown(at) and "ali@example.org" not in shown(at)
    at.toggle(key="quality_unmask_twice").set_value(True).run()
    assert "Rezaei" in shown(at) and "ali@example.org" in shown(at)


def test_f91_one_click_merges_and_one_takes_it_back(ws):
    load(ws, {"customers": PEOPLE, "orders": ORDERS})
    before = dump(ws)
    at = view(start("data/quality"), "twice")
    at.session_state["quality_compared"] = ("A", "B")
    at.run()
    assert "10 in orders" in shown(at)
    at.button(key="quality_merge_one").click().run()
    assert not errors(at) and ws.rows("SELECT DISTINCT customer_id FROM orders") == [("A",)] and duplicates(ws) == []
    at.button(key="quality_unmerge").click().run()
    assert not errors(at) and dump(ws) == before and imports(ws)[-1].undone_at


def test_the_other_one_may_stay(ws):
    load(ws, {"customers": PEOPLE, "orders": ORDERS})
    at = view(start("data/quality"), "twice")
    at.session_state["quality_compared"] = ("A", "B")
    at.run()
    at.button(key="quality_merge_swap").click().run()
    at.button(key="quality_merge_one").click().run()
    assert ws.rows("SELECT DISTINCT customer_id FROM orders") == [("B",)]


def test_f91_the_fix_list_names_the_owner(ws):
    load(
        ws, {"customers": PEOPLE, "orders": ORDERS, "employees": [{"employee_id": "e", "name": "Eve", "role": "sales"}]}
    )
    at = view(start("data/quality"), "owners")
    assert "Eve" in shown(at) and T("nobody") in shown(at)


def test_f90_the_estimate_and_its_reference(ws):
    load(ws, {"orders": ORDERS})
    at = view(start("data/quality"), "owners")
    text = shown(at)
    assert T("cost_open") in text and "at most $32,000" in text
    at.number_input(key="quality_cost_people").set_value(2).run()
    at.number_input(key="quality_cost_hours").set_value(3.0).run()
    at.number_input(key="quality_cost_rate").set_value(10.0).run()
    assert "$720" in shown(at) and "at most $64,000" in shown(at)


def test_the_rows_behind_a_finding_can_be_seen(ws):
    load(
        ws,
        {"orders": [*ORDERS, {"order_id": "late", "customer_id": "A", "ordered_at": day(-9), "amount": 1}]},
        "orders.csv",
    )
    at = view(start("data/quality"), "problems")
    at.session_state["quality_finding"] = "orders.dated_ahead"
    at.run()
    assert "late" in shown(at) and T("place_at", file="orders.csv", line=22) in shown(at)
    assert [getattr(button, "label", "") for button in at.get("download_button")] == [T("as_csv"), T("as_xlsx")]


def test_the_trend_grows_with_every_import(ws):
    load(ws, {"orders": ORDERS}, "one.csv")
    at = start("data/quality")
    load(ws, {"customers": PEOPLE}, "two.csv")
    at.run()
    text = shown(at)
    assert T("event_import", file="one.csv") in text and T("event_import", file="two.csv") in text


def test_f90_below_the_threshold_a_banner_warns_and_cards_carry_the_grade(ws):
    load(ws, {"orders": ORDERS})
    choose_goals(ws, ["increase_sales"])
    select_kpis(ws, [Selection("total_revenue", "increase_sales")])
    at = start("explore/board")
    assert not errors(at) and "k-data good" in html(at) and "k-banner" not in html(at)
    old = [order | {"ordered_at": "2019-01-01", "amount": None if n % 2 else 1} for n, order in enumerate(ORDERS)]
    load(ws, {"orders": [{**order, "order_id": f"x{n}"} for n, order in enumerate(old * 30)]}, "old.csv")
    ws.change_settings({"quality_threshold": "0.95"})
    at.run()
    assert "k-banner" in html(at) and ("k-data fair" in html(at) or "k-data poor" in html(at))
    at.switch_page("pages/explore/kpi.py").run()
    assert not errors(at) and "k-banner" in html(at) and "Completeness" in html(at)


def test_an_empty_workspace_leads_to_the_import(ws):
    at = start("data/quality")
    assert not errors(at) and T("empty") in html(at)
