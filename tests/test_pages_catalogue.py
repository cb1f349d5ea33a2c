"""The catalogue page: search, filters in the address, matrix and tree, details, the board, in every language."""

from __future__ import annotations

import html as markup
import re
import time

import pytest

from kpi import workspace as workspaces
from kpi.analysis.facets import FACETS, departments
from kpi.catalogue import kpi_set, kpis
from kpi.core import LANGUAGES, Row
from kpi.measure.live import last_month, values
from kpi.measure.run import available
from kpi.text import Texts, bare
from kpi.workspace.choices import Selection, choose_goals, select_kpis, selected_kpis
from tests.support_app import _html, errors, html, start, switch_language
from tests.workspaces import at as moment
from tests.workspaces import load

PAGE = "plan/catalogue"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Three months of orders; two KPIs on the board."""
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "Shop")
    orders = [
        {"order_id": f"{month}-{n}", "customer_id": f"C{n}", "ordered_at": moment(f"2026-0{month}-1{n}"), "amount": 100 * month}
        for month in (1, 2, 3)
        for n in range(5)
    ]  # fmt: skip
    load(made, {"orders": orders})
    choose_goals(made, ["increase_sales"])
    select_kpis(made, [Selection("total_revenue", "increase_sales"), Selection("csat", "increase_sales")])
    yield made
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


def opened(lang: str = "en", **params: str):
    at = start(PAGE, lang=lang, **params)
    assert not errors(at)
    return at


def drawer(at) -> str:
    """The HTML of the open drawer, which stands beside the main part of the page."""
    return "\n".join(_html(at._tree[2]))


def worth(known: dict[str, Row | None], kpi: str) -> float | None:
    row = known[kpi]
    return row.value if row else None


def listed(at) -> list[str]:
    """The KPIs on the page, in its order."""
    return re.findall(
        r'<li class="k-cat-row"><div class="k-cat-name"><button type="button" data-pick="open:(\w+)"', html(at)
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_lists_kpis_with_what_they_need(shop, lang) -> None:
    at = opened(lang)
    shown = html(at)
    texts = Texts(lang)
    assert len(listed(at)) == 40 and bare(texts.t("catalogue.blocked_by")) in shown
    at.button(key="catalogue_all").click().run()
    assert sorted(listed(at)) == sorted(kpis()) and not errors(at)
    for area in ("sales", "finance"):
        assert f"<h2>{texts.t(f'kpi_group.{area}')}</h2>" in html(at)


def test_values_of_the_last_whole_month_stand_beside_the_names(shop) -> None:
    calendar = "gregorian"
    month = last_month(shop, calendar)
    assert month and (month.since.month, month.complete) == (2, True)  # March still runs: the data end on the 14th
    known, left = values(shop, ["total_revenue", "csat", "nps"], calendar, 30)
    assert left == 0 and set(known) == {"total_revenue"} and worth(known, "total_revenue") == 1000
    at = opened(q="total revenue")
    row = html(at).split('data-pick="open:total_revenue"')[1].split("</li>")[0]
    assert 'title="$1,000.00"' in row or 'title="$1,000"' in row, row
    assert "on the board" in row and 'data-pick="drop:total_revenue"' in row


def test_values_come_a_few_at_a_time_and_are_kept_while_only_the_board_changes(shop) -> None:
    ready = [m for m in kpis() if values(shop, [m], "gregorian")[1]]
    none, left = values(shop, kpis(), "gregorian")
    assert not none and left == len(ready) > 10
    some, left = values(shop, kpis(), "gregorian", 0.0001)
    assert 0 < len(some) < len(ready) and len(some) + left == len(ready)
    values(shop, kpis(), "gregorian", 60)
    select_kpis(shop, [Selection("total_revenue", "increase_sales")])  # a new revision
    again, left = values(shop, ["total_revenue", "sales_count"], "gregorian")
    assert left == 0 and worth(again, "sales_count") == 5
    more = [{"order_id": "x", "customer_id": "C1", "ordered_at": moment("2026-02-20"), "amount": 7}]
    load(shop, {"orders": more}, "more.csv")
    assert values(shop, ["sales_count"], "gregorian")[1] == 1  # new data: computed anew
    assert worth(values(shop, ["sales_count"], "gregorian", 5)[0], "sales_count") == 6


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "chrun rate"), ("fa", "نرخ ريزش مشتري"), ("uk", "ВІДТІК КЛІЄНТІВ"), ("fa", "churn rate")]
)
def test_search_in_every_language_and_with_typos(shop, lang, words) -> None:
    at = opened(lang)
    at.text_input(key="catalogue_at_q").set_value(words).run()
    assert not errors(at) and "churn_rate" in listed(at)[:3]
    assert at.query_params["q"] in (words, [words])


def test_what_nothing_is_called_says_so_and_leads_back(shop) -> None:
    at = opened(q="zzzzqqqq")
    assert listed(at) == [] and "No KPI fits" in html(at)


def test_filters_live_in_the_address(shop) -> None:
    at = opened(department="marketing")
    assert listed(at) == list(departments()["marketing"])
    at.selectbox(key="catalogue_at_data").set_value("computable").run()
    assert at.query_params["data"] in ("computable", ["computable"]) and "department" in at.query_params
    ready = [id_ for id_ in departments()["marketing"] if available(shop, kpis()[id_])]
    assert listed(at) == ready and 0 < len(ready) < 12
    switch_language(at, "fa")
    assert set(listed(at)) <= set(departments()["marketing"]) and not errors(at)


@pytest.mark.parametrize(
    ("facet", "option", "count"),
    [("set", "essentials", 7), ("set", "further", 4), ("set", "crm_groups.marketing_and_sales", 5),
     ("set", "crm_groups.customer_service", 4), ("set", "crm_groups.productivity", 3), ("set", "pairs", 12),
     ("department", "sales", 11), ("department", "service", 8), ("place", "customer/loyalty", 12),
     ("set", "families.rfm", 6), ("board", "chosen", 2), ("stage", "qualification", 5)],
)  # fmt: skip
def test_ready_made_groups_as_filters(shop, facet, option, count) -> None:
    assert facet in FACETS
    at = opened(**{facet: option})
    assert len(listed(at)) == count


def test_an_address_that_names_nothing_known_shows_everything(shop) -> None:
    at = opened(lens="nonsense", show="nonsense", kpi="nonsense", goal="x")
    assert len(listed(at)) == 40 and "lens" not in at.query_params
    assert "nonsense" in html(at), "what could not be used is told"


def test_filters_are_kept_while_another_page_is_open(shop) -> None:
    at = opened(department="marketing")
    at.text_input(key="catalogue_at_q").set_value("rate").run()
    before = listed(at)
    at.switch_page("pages/plan/goals.py").run()
    at.switch_page(f"pages/{PAGE}.py").run()
    assert not errors(at) and listed(at) == before and len(before) < 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_f81_matrix_of_stages_and_places_with_gaps_marked(shop, lang) -> None:
    at = opened(lang, show="stages")
    shown = html(at).split('<div class="k-stages"')[1]
    stages = kpi_set("stages")
    rows = shown.split("<tbody>")[1].split("</tr>")[:-1]
    heads = re.findall(r'<th scope="col">([^<]*)</th>', shown)[1:]
    assert len(rows) == 5 and heads == [markup.escape(name.get(lang)) for _, name in stages.places]
    assert 'colspan="3"' in rows[0] and all('colspan="3"' not in row for row in rows[1:])
    assert all(row.count('class="none"') == (1 if n == 0 else 3) for n, row in enumerate(rows))
    gaps = [group.id for group, row in zip(stages.groups, rows, strict=True) if "k-gap" in row]
    assert gaps == ["lead_generation", "qualification", "lead_management"]  # revenue closes, satisfaction follows
    assert [group.id for group, row in zip(stages.groups, rows, strict=True) if f'"stage:{group.id}"' in row] == [
        group.id for group in stages.groups
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_f80_the_tree_has_five_parents_with_their_children(shop, lang) -> None:
    shown = html(opened(lang, show="tree")).split('<div class="k-tree"')[1]
    branches = shown.split('<li class="k-branch">')[1:]
    found = [re.findall(r'data-pick="open:(\w+)"', branch) for branch in branches]
    assert found == [
        ["leads_generated", "leads_per_channel", "cost_per_lead"],
        ["lead_conversion_rate", "lead_conversion_time"],
        ["average_deal_size", "sales_roi"],
        ["repeat_purchases", "repeat_purchase_frequency"],
        ["csat"],
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "kpi", ["churn_rate", "cross_sell_rate", "leads_per_channel", "perceived_loyalty", "clv_to_cac"]
)
def test_details_say_everything_that_the_definition_says(shop, lang, kpi) -> None:
    at = opened(lang, kpi=kpi)
    (shown,) = re.findall(r'<div class="k-detail">.*', drawer(at), re.DOTALL)
    definition = kpis()[kpi]
    assert markup.escape(definition.about.get(lang)) in shown and markup.escape(definition.formula) in shown
    for other in (*definition.guardrails, *definition.serves):
        assert f'data-pick="open:{other}"' in shown and markup.escape(kpis()[other].name.get(lang)) in shown
    for alias in definition.aliases:
        assert markup.escape(alias) in shown
    if definition.threshold:
        assert markup.escape(definition.threshold) in shown
    if definition.headline:
        assert markup.escape(definition.headline.get(lang)) in shown
    assert all(seed in shown for seed in definition.seeds)


def test_details_tell_the_settings_behind_a_kpi_and_what_is_missing(shop) -> None:
    shown = drawer(opened(kpi="cycle_advancing_activities"))
    assert "counts as its effect: 7." in shown and "missing" in shown and "change in the settings" in shown


def test_a_kpi_goes_on_the_board_with_its_goal(shop) -> None:
    at = opened(kpi="sales_count")
    at.button(key="catalogue_add").click().run()
    assert not errors(at)
    assert {s.kpi: s.goal for s in selected_kpis(shop)}["sales_count"] == "increase_sales"


def test_f03_one_that_serves_no_goal_asks_why_and_is_marked(shop) -> None:
    at = opened(kpi="days_sales_outstanding")
    at.text_input(key="catalogue_why_days_sales_outstanding").set_value("the bank asks").run()
    at.button(key="catalogue_add").click().run()
    added = {s.kpi: s for s in selected_kpis(shop)}["days_sales_outstanding"]
    assert (added.goal, added.reason) == (None, "the bank asks")


def test_taken_off_the_board(shop) -> None:
    at = opened(kpi="csat")
    at.button(key="catalogue_drop").click().run()
    assert [s.kpi for s in selected_kpis(shop)] == ["total_revenue"] and not errors(at)


def test_an_empty_workspace_has_a_catalogue_too(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    at = opened()
    assert len(listed(at)) == 40 and "k-cat-wait" not in html(at)
    workspaces.close_workspace(tmp_path, "main")


def test_the_page_is_quick(shop) -> None:
    at = opened()
    began = time.process_time()
    at.run()
    assert time.process_time() - began < 1
