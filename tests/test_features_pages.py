"""Test lines that speak of a page, on the page: F01, F02, F03, F05, F09, F12, F25, F36, F79, F88, F92, F95, F99, F105."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from kpi import workspace as workspaces
from kpi.analysis.progress import Target
from kpi.analysis.shelves import use_areas
from kpi.catalogue import goals, kpi, kpi_set
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, chosen_goals, select_kpis, selected_kpis
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.workspaces import load

T = Texts("en").t
YEAR = date(2025, 1, 1), date(2026, 1, 1)
ORDERS = [
    {
        "order_id": str(m),
        "customer_id": f"c{m % 3}",
        "ordered_at": f"2025-{m:02d}-{30 if m == 6 else 28}",
        "amount": 100,
    }
    for m in range(1, 7)
]
RECEIVABLES = {
    "invoices": [
        {"invoice_id": "1", "customer_id": "c1", "issued_at": "2025-06-01", "due_at": "2025-06-20", "amount": 10}
    ],
    "payments": [{"payment_id": "1", "invoice_id": "1", "paid_at": "2025-06-10", "amount": 4}],
}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Six orders of 100, one a month up to the end of June 2025."""
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    load(made, {"orders": ORDERS})
    yield made
    workspaces.close_workspace(tmp_path, "main")


def choose(workspace, goal: str, *ids: str) -> None:
    choose_goals(workspace, [goal])
    select_kpis(workspace, [Selection(id_, goal) for id_ in ids])


def aim(workspace, value: float, since: date = YEAR[0], until: date = YEAR[1], goal: str | None = None) -> None:
    set_target(workspace, Target("total_revenue", goal, since, until, 0, value))


def page(name: str = "", **params: str):
    at = start(name, **params)
    assert not errors(at)
    return at


def read(at) -> str:
    """The words of ours on the page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html(at))))


def words(key: str, **params: object) -> str:
    """A text as `read` gives it back."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", T(key, **params))).strip()


def name(kpi_id: str) -> str:
    return kpi(kpi_id).name.en


def card(at, kpi_id: str) -> str:
    """The HTML of one card of the board."""
    parts = html(at).split('data-pick="')
    return next(part for part in parts if part.startswith(f'{kpi_id}"'))


def test_f01_home_shows_actual_progress_and_time_elapsed(workspace):
    choose(workspace, "increase_sales", "total_revenue")
    aim(workspace, 1200, goal="increase_sales")
    shown = read(page())
    assert "$600" in shown and "$1,200" in shown
    assert T("home.way_and_time", way="50%", time="50%") in shown


def test_f02_a_target_missed_past_its_horizon_needs_action_and_one_reached_does_not(workspace):
    choose(workspace, "increase_sales", "total_revenue")
    aim(workspace, 1200, until=date(2025, 4, 1))
    assert "corrective_action_needed" in card(page("explore/board"), "total_revenue")
    home = html(page()).split(T("home.action"))[1].split(T("home.essentials"))[0]
    assert name("total_revenue") in home
    aim(workspace, 300, until=date(2025, 4, 1))
    board = page("explore/board")
    assert "corrective_action_needed" not in card(board, "total_revenue")
    assert T("state.reached") in card(board, "total_revenue")
    assert T("home.nothing_urgent") in read(page())


def test_f02_without_a_target_nothing_is_green(workspace):
    choose(workspace, "increase_sales", "total_revenue", "sales_count")
    aim(workspace, 1200)
    board = page("explore/board")
    assert "k-state on_track" in card(board, "total_revenue")
    assert "k-state no_target" in card(board, "sales_count")
    assert "on_track" not in card(board, "sales_count")


def extra(at):
    """The choice from the whole catalogue."""
    return next(each for each in at.multiselect if each.key.startswith("kpis_extra"))


def test_f03_a_kpi_that_serves_no_goal_asks_for_a_reason_and_is_not_forbidden(workspace):
    load(workspace, RECEIVABLES, "invoices.csv")
    choose_goals(workspace, ["collect_receivables"])
    at = page("plan/kpis")
    warning = words("kpis.loose", names=name("leads_generated"))
    assert warning not in read(at)
    extra(at).set_value(["leads_generated"]).run()
    assert warning in read(at)
    at.text_input(key="kpis_why").set_value("the board asks").run()
    at.button(key="kpis_go").click().run()
    added = next(s for s in selected_kpis(workspace) if s.kpi == "leads_generated")
    assert (added.goal, added.reason) == (None, "the board asks")
    assert name("leads_generated") in read(page("explore/board"))


def test_f03_a_kpi_of_the_goal_asks_for_none(workspace):
    load(workspace, RECEIVABLES, "invoices.csv")
    choose(workspace, "collect_receivables", "days_sales_outstanding")
    at = page("plan/kpis")
    assert any("days_sales_outstanding" in box.key and box.value for box in at.checkbox)
    assert words("kpis.loose", names="").split(":")[0] not in read(at)
    assert not [each for each in at.text_input if each.key == "kpis_why"]


def test_f05_six_questions_and_a_suggestion_for_the_volume_alone(workspace):
    leads = [{"lead_id": str(n), "created_at": "2025-05-03", "qualified_at": "2025-05-09"} for n in range(4)]
    load(workspace, {"leads": leads}, "leads.csv")
    choose(workspace, "generate_more_leads", "leads_generated")
    at = page("plan/kpis")
    shown = read(at)
    pairs = kpi_set("pairs").groups
    assert [pair.question.en in shown for pair in pairs] == [True] * 6
    said = words("kpis.outcome_too", volume=name("leads_generated"), outcome=name("sales_qualified_leads"))
    assert said in shown
    outcome = next(box for box in at.checkbox if "sales_qualified_leads" in box.key)
    outcome.check().run()
    assert said not in read(at)


def test_f09_without_a_revenue_target_the_funnel_says_so_and_leads_to_setting_one(workspace):
    load(workspace, {"opportunities": [{"opportunity_id": "1", "created_at": "2025-05-05", "amount": 5}]}, "deals.csv")
    at = page("explore/funnel")
    assert T("funnel.no_target") in read(at) and 'data-pick="total_revenue"' in html(at)
    aim(workspace, 1200, until=date(2025, 6, 1))
    assert T("funnel.no_target") in read(page("explore/funnel")), "a target that has ended is none"
    aim(workspace, 1200)
    assert T("funnel.no_target") not in read(page("explore/funnel"))


def test_f12_and_f92_the_board_says_what_it_does_not_see(workspace):
    choose(workspace, "increase_sales", "total_revenue", "sales_count")
    shown = read(page("explore/board"))
    assert words("lint.success_only", offered="|").split("|")[0].strip() in shown
    assert name("complaints_count") in shown and name("loss_reasons") in shown
    assert "Customer perception" in shown and "User adoption" in shown
    choose(workspace, "increase_sales", "total_revenue", "complaints_count", "crm_records")
    assert T("board.blind") not in read(page("explore/board"))


def test_f25_loaded_tables_that_no_chosen_kpi_uses_are_listed(workspace):
    load(workspace, RECEIVABLES | {"web_visits": [{"visit_id": "1", "started_at": "2025-05-01"}]}, "more.csv")
    choose(workspace, "collect_receivables", "accounts_receivable")
    shown = read(page("plan/kpis"))
    listed = shown.split(words("kpis.idle", tables="|").split("|")[0].strip())[1].split(".")[0]
    assert T("table.web_visits") in listed
    assert T("table.invoices") not in listed


@pytest.mark.parametrize(("last", "old"), [("2025-06-23", False), ("2025-06-22", True)])
def test_f36_data_older_than_seven_days_are_told(workspace, last, old):
    load(workspace, {"leads": [{"lead_id": "1", "created_at": last}]}, "leads.csv")
    said = T("home.old", table=T("table.leads"), days=8)
    assert (said in read(page())) == old


def test_f79_the_group_of_the_goal_stands_first(workspace):
    for goal, group in (("increase_sales", "marketing_and_sales"), ("improve_service", "customer_service")):
        choose_goals(workspace, [goal])
        offered = page("plan/kpis").selectbox(key="kpis_shelf").options
        wanted = next(each.name.en for each in kpi_set("crm_groups").groups if each.id == group)
        assert offered[0].endswith(wanted)


def test_f58_f78_f94_a_shelf_narrows_the_catalogue(workspace):
    choose_goals(workspace, ["collect_receivables"])
    at = page("plan/kpis")
    assert len(extra(at).options) > 200
    at.selectbox(key="kpis_shelf").set_value("crm_groups.customer_service").run()
    assert extra(at).options == [name(id_) for id_ in ids_in_order("customer_service")]


def ids_in_order(group: str) -> list[str]:
    from kpi.catalogue import kpis

    members = next(each.kpis for each in kpi_set("crm_groups").groups if each.id == group)
    return [id_ for id_ in kpis() if id_ in members]


@pytest.mark.parametrize("area", use_areas(), ids=lambda area: area.id)
def test_f88_an_area_leads_to_its_goals(workspace, area):
    at = page()
    pills = at.button_group(key="home_areas")
    assert len(pills.options) == 5
    pills.set_value(area.id).run()
    assert not errors(at)
    assert chosen_goals(workspace) == area.goals
    assert area.goals and all(goal in goals() for goal in area.goals)


def test_f95_the_goal_page_opens_with_three_quick_picks(workspace):
    quick = page("plan/goals").button_group(key="goals_pick_quick")
    wanted = [goals()[id_].name.en for id_ in ("grow_revenue_per_rep", "cut_acquisition_cost", "cut_response_time")]
    assert quick.options[:3] == wanted


def test_f99_home_shows_the_seven_essentials_in_order_chosen_or_not(workspace):
    shown = html(page())
    part = shown.split(T("home.essentials_note"))[1]
    places = [part.index(unescape(name(id_))) for id_ in kpi_set("essentials").kpis]
    assert len(places) == 7 and places == sorted(places)
    assert "surveys.score" in part, "what is missing is named"


@pytest.mark.parametrize(("solved", "said"), [(9, "fcr_excellent"), (5, "fcr_to_improve"), (4, "fcr_concern")])
def test_f105_the_page_of_the_kpi_says_the_band(workspace, solved, said):
    tickets = [
        {
            "ticket_id": str(n),
            "opened_at": "2025-06-02",
            "resolved_at": "2025-06-03",
            "contact_count": 1 if n < solved else 2,
        }
        for n in range(10)
    ]
    load(workspace, {"tickets": tickets}, "tickets.csv")
    shown = read(page("explore/kpi", kpi="fcr"))
    bands = {code: T(f"band.{code}") in shown for code in ("fcr_excellent", "fcr_to_improve", "fcr_concern")}
    assert [code for code, there in bands.items() if there] == [said]
