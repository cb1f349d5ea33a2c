"""Filters, days and views over the pages that explore: in the address, from page to page, kept, brought back."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.views import View, change_view, delete_view, restore_view, save_view, view_named, views
from tests.seen import finding
from tests.support_app import errors, html
from tests.support_app import start as begin
from tests.workspaces import load

T = Texts("en").t
NORTH = "customers.region=North"


@pytest.fixture
def workspace(acme):
    """Two regions: orders every month, tickets, answers, leads and deals of 2026 up to 20 June."""
    customers = [{"customer_id": f"C{n}", "region": "North" if n % 2 else "South"} for n in range(60)]
    orders = [
        {"order_id": f"{m}-{n}", "customer_id": f"C{n}", "ordered_at": f"2026-{m:02}-{n % 20 + 1:02}", "amount": 10 + n}
        for m in range(1, 7)
        for n in range(60)
        if (n + m) % 3
    ]
    surveys = [
        {
            "survey_id": f"S{n}",
            "survey_type": "nps",
            "score": n % 11,
            "responded_at": f"2026-0{n % 6 + 1}-03",
            "customer_id": f"C{n % 60}",
        }
        for n in range(120)
    ]
    deals = [
        {
            "opportunity_id": f"D{n}",
            "customer_id": f"C{n % 60}",
            "created_at": f"2026-0{n % 4 + 1}-05",
            "outcome": "won" if n % 3 else "lost",
            "amount": 5,
            "owner_employee_id": f"E{n % 2}",
        }
        for n in range(80)
    ]
    tickets = [
        {
            "ticket_id": f"T{n}",
            "customer_id": f"C{n % 60}",
            "opened_at": f"2026-0{n % 6 + 1}-04",
            "priority": "high" if n % 2 else "low",
        }
        for n in range(40)
    ]
    load(
        acme, {"customers": customers, "orders": orders, "surveys": surveys, "opportunities": deals, "tickets": tickets}
    )
    choose_goals(acme, ["increase_sales"])
    select_kpis(
        acme,
        [
            Selection("total_revenue", "increase_sales", owner="Olena"),
            Selection("sales_count", "increase_sales", function="sales"),
        ],
    )
    return acme


def start(page: str = "", **params: str):
    """The page as a link with these parameters opens it."""
    at = begin(page)
    for name, value in params.items():
        at.query_params[name] = value
    return at.run() if params else at


def said(at, name: str) -> list[str]:
    """What the address says under this name."""
    value = at.query_params.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def shown(at) -> str:
    assert not errors(at)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html(at))))


def chips(at) -> list[str]:
    return [unescape(text) for text in re.findall(r'class="k-chip"[^>]*>([^<]*)', html(at))]


def banners(at) -> list[str]:
    return re.findall(r'class="k-banner"[^>]*><b>[^<]*</b><p>([^<]*)', html(at))


@pytest.mark.parametrize("page", ["board", "funnel", "voice", "customers"])
def test_every_page_takes_the_filter_of_its_address(workspace, page):
    whole, part = start(f"explore/{page}"), start(f"explore/{page}", filter=NORTH)
    assert shown(whole) != shown(part) and chips(part) == ["region: North"] and not chips(whole)


def test_filter_and_days_travel_by_the_navigation_and_stand_in_every_address(workspace):
    at = start("explore/board", filter=NORTH, since="2026-02-01", until="2026-05-01")
    assert chips(at) == ["region: North", "1 Feb 2026 – 30 Apr 2026"]
    for page in ("funnel", "voice", "customers", "board"):
        at.switch_page(f"pages/explore/{page}.py").run()
        assert chips(at) == ["region: North", "1 Feb 2026 – 30 Apr 2026"], page
        assert said(at, "filter") == [NORTH] and said(at, "since") == ["2026-02-01"], page


def test_a_choice_by_hand_goes_into_the_address_and_home_is_not_in_it(workspace):
    at = start("explore/board")
    assert not said(at, "filter") and not said(at, "by")
    at.multiselect(key="filter").set_value([NORTH]).run()
    at.button_group(key="board_by").set_value("quarter").run()
    assert said(at, "filter") == [NORTH] and said(at, "by") == ["quarter"]
    at.multiselect(key="filter").set_value([]).run()
    assert not said(at, "filter") and not chips(at)


def test_the_address_changed_in_the_browser_wins(workspace):
    at = start("explore/board", filter=NORTH, by="quarter")
    at.query_params["filter"] = "customers.region=South"
    at.run()
    assert chips(at) == ["region: South"]
    del at.query_params["filter"]
    at.run()
    assert not chips(at) and at.button_group(key="board_by").value == "quarter"


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"filter": "customers.region=West"}, "West"),
        ({"filter": "nonsense"}, "nonsense"),
        ({"filter": "moon=1"}, "moon"),
        ({"since": "yesterday"}, "yesterday"),
        ({"since": "2026-05-01", "until": "2026-05-01"}, "2026"),
        ({"by": "fortnight"}, "fortnight"),
        ({"against": "moon"}, "moon"),
        ({"calendar": "mayan"}, "mayan"),
        ({"view": "20200101000000000000"}, T("error.view_gone")),
    ],
)
def test_what_means_nothing_in_the_address_is_a_sentence_and_the_board_is_shown(workspace, params, told):
    at = start("explore/board", **params)
    assert not errors(at) and len(banners(at)) == 1 and told in banners(at)[0]
    assert "Total revenue" in shown(at)
    assert not banners(at.run()), "told once: it is out of the address now"


def test_days_after_the_data_are_a_sentence(workspace):
    at = start("explore/board", since="2027-01-01")
    assert len(errors(at)) == 1 and "1 Jan 2027" in errors(at)[0]


def test_any_dimension_is_offered_and_a_kpi_without_it_says_so_on_its_card(workspace):
    at = start("explore/board")
    at.selectbox(key="filter_dimension").set_value("tickets.priority").run()
    assert at.multiselect(key="filter").options == ["priority (tickets): high", "priority (tickets): low"]
    at.multiselect(key="filter").set_value(["tickets.priority=high"]).run()
    text = shown(at)
    assert T("note.no_dimension", dimension="priority (tickets)") in text
    assert finding(at) == re.sub(r"<[^>]+>", "", T("board.all_blocked")), "no unfiltered number is left"
    assert not re.search(r'class="k-card"', html(at))


def test_pages_that_cannot_be_filtered_say_so(workspace):
    for page in ("funnel", "customers"):
        at = start(f"explore/{page}", filter="tickets.priority=high")
        assert not errors(at) and "priority (tickets)" in finding(at)


def test_a_card_shows_owner_and_the_running_month(workspace):
    card = html(start("explore/board")).split('data-pick="total_revenue"')[1].split("</button>")[0]
    assert "owner: Olena" in card and "so far" in card and "1–20 Jun 2026" in card


def test_the_calendar_of_the_address_makes_other_months(workspace):
    assert "1405" in shown(start("explore/board", calendar="jalali")) and "1405" not in shown(start("explore/board"))


def test_the_funnel_is_split_by_a_dimension_of_its_own(workspace):
    at = start("explore/funnel", kind="opportunities", split="owner_employee_id")
    table = html(at).split(T("funnel.groups", name="owner"))[1]
    assert "E0" in table and "E1" in table
    assert len(banners(start("explore/funnel", kind="opportunities", split="tickets.priority"))) == 1


def test_rfm_of_a_part_keeps_the_scores_among_all(workspace):
    at = start("explore/customers", filter=NORTH)
    assert T("customers.scores_of_all") in shown(at) and "30 customers" in shown(at)


def test_grouping_by_lens_and_function(workspace):
    assert "Business performance" in shown(start("explore/board", group="lens"))
    assert "Sales" in shown(start("explore/board", group="function"))


def test_the_board_as_a_file_holds_what_is_shown_and_no_formula(workspace, monkeypatch):
    made = {}
    import streamlit as st

    def keep(label, data, *_, key, **__):
        made[key] = data()
        return False

    monkeypatch.setattr(st, "download_button", keep)
    select_kpis(workspace, [Selection("total_revenue", None, owner="=cmd()")])
    assert not errors(start("explore/board", filter=NORTH))
    heads, line = csv.reader(io.StringIO(made["board_csv"].decode("utf-8-sig")))
    row = dict(zip(heads, line, strict=True))
    assert row["KPI"] == "Total revenue" and row["Period from"] == "2026-05-01" and row["Filters"] == "region: North"
    assert row["Owner"] == "'=cmd()" and float(row["Value"]) > 0 and row["Running from"] == "2026-06-01"
    assert made["board_xlsx"][:2] == b"PK"


# Views.


def test_a_view_keeps_its_link_when_it_is_overwritten_renamed_and_brought_back(workspace):
    first = save_view(workspace, "board", "North", {"filter": [NORTH]})
    again = save_view(workspace, "board", " North ", {"filter": []})
    assert again.id == first.id and views(workspace, "board") == [again]
    renamed = change_view(workspace, again, "The whole", {"board_by": "year"})
    assert view_named(workspace, "board", first.id) == renamed
    delete_view(workspace, first.id)
    restore_view(workspace, renamed)
    assert views(workspace) == [renamed] and isinstance(renamed, View)


def test_a_view_is_opened_by_its_link_exactly(workspace):
    at = start("explore/board", filter=NORTH, since="2026-01-01", until="2026-05-01", by="quarter", order="name")
    at.text_input(key="board_view_name").set_value("North")
    at.button(key="board_view_save").click().run()
    (view,) = views(workspace, "board")
    at = start("explore/board", view=view.id, filter="customers.region=South", group="lens")
    assert chips(at) == ["region: North", "1 Jan 2026 – 30 Apr 2026"]
    assert at.button_group(key="board_by").value == "quarter" and at.button_group(key="board_order").value == "name"
    assert at.button_group(key="board_group").value == "none", "nothing but what the view kept"
    assert not said(at, "view") and said(at, "by") == ["quarter"]


def test_a_deleted_view_comes_back(workspace):
    view = save_view(workspace, "board", "North", {"filter": [NORTH]})
    at = start("explore/board")
    at.selectbox(key="board_view").set_value(view.id).run()
    at.button(key="board_view_delete").click().run()
    assert views(workspace) == []
    at.button(key="board_view_undo").click().run()
    assert not errors(at) and views(workspace) == [view]


def test_home_lists_the_views(workspace):
    save_view(workspace, "funnel", "The north", {"filter": [NORTH]})
    assert "The north · Funnel" in shown(start())
