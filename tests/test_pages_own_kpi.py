"""The page of a KPI of one's own, and what the other pages make of it."""

from __future__ import annotations

import pytest

from kpi.workspace import close_all, open_workspace
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_kpis import own_kpis
from tests import support_app
from tests.filled import copy_of_sample
from tests.support_app import errors, html, start, switch_language

PAGE = "plan/own_kpi"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return copy_of_sample(tmp_path_factory)


@pytest.fixture
def home(sample, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(sample))
    monkeypatch.setattr(support_app, "PATIENCE", 120)  # Home reads all of the sample at the first visit
    yield sample
    close_all()


def workspace(home):
    return open_workspace(home, next(each.name for each in home.iterdir() if each.is_dir()))


def test_from_an_expression_to_the_board_and_back(home):
    at = start(PAGE)
    assert not errors(at) and at.button(key="own_kpi_save").disabled
    at.text_input(key="own_kpi_name").set_value("Big deals won").run()
    at.text_area(key="own_kpi_value").set_value("sum(amout)").run()
    assert "Did you mean amount?" in html(at) and "sum(<mark>amout</mark>)\n    ^^^^^" in html(at)
    assert at.button(key="own_kpi_save").disabled
    at.text_area(key="own_kpi_value").set_value("sum(amount)").run()
    at.selectbox(key="own_kpi_unit").set_value("currency").run()
    at.selectbox(key="own_kpi_date").set_value("closed_at").run()
    at.text_area(key="own_kpi_where").set_value("outcome = 'won' and amount > 1000").run()
    at.multiselect(key="own_kpi_goals").set_value(["increase_sales"]).run()
    assert not errors(at) and "k-val" in html(at) and "SELECT" in html(at).upper()
    at.button(key="own_kpi_save").click().run()
    block = own_kpis(workspace(home))["own_big_deals_won"].block
    assert block == {
        "name": "Big deals won", "unit": "currency", "from": "opportunities", "date": "closed_at",
        "where": "outcome = 'won' and amount > 1000", "value": "sum(amount)",
        "goals": [{"goal": "increase_sales", "role": "supporting"}],
    }  # fmt: skip
    at.button(key="own_kpi_board").click().run()
    assert not errors(at) and "Big deals won" in html(at)
    assert "own_big_deals_won" in [each.kpi for each in selected_kpis(workspace(home))]
    for page in (
        "explore/board",
        "plan/kpis",
        "plan/goals",
        "plan/catalogue",
        "plan/quantify",
        "start/home",
        "data/quality",
    ):
        at.switch_page(f"pages/{page}.py").run()
        assert not errors(at), page
    for lang in ("fa", "uk"):
        shown = start("explore/kpi", kpi="own_big_deals_won", lang=lang)
        assert not errors(shown) and "Big deals won" in html(shown)
    at.switch_page(f"pages/{PAGE}.py").run()
    at.button(key="own_kpi_delete").click().run()
    assert not own_kpis(workspace(home)) and not errors(at)
    at.button(key="own_kpi_undo_button").click().run()
    assert "own_big_deals_won" in [each.kpi for each in selected_kpis(workspace(home))] and not errors(at)
    assert at.text_input(key="own_kpi_name").value == "Big deals won"
    at.button(key="own_kpi_delete").click().run()


def test_the_toml_view_has_the_same_checks_and_goes_back_to_the_form(home):
    at = start(PAGE, kpi="close_rate")
    assert at.text_area(key="own_kpi_per").value == "count(*)"
    at.button_group(key="own_kpi_mode").set_value("toml").run()
    text = at.text_area(key="own_kpi_toml").value
    assert text.startswith("[own_close_rate") and not errors(at)
    at.text_area(key="own_kpi_toml").set_value(text.replace('per = "count(*)"', 'per = "count(*"')).run()
    assert "k-mistake" in html(at) and at.button(key="own_kpi_save").disabled
    at.text_area(key="own_kpi_toml").set_value(text + "\n[own_other]\nname = 'x'\n").run()
    assert at.button(key="own_kpi_save").disabled and "k-mistake" in html(at)
    at.text_area(key="own_kpi_toml").set_value(text.replace('per = "count(*)"', 'per = "count(*) + 1"')).run()
    at.button_group(key="own_kpi_mode").set_value("form").run()
    assert at.text_area(key="own_kpi_per").value == "count(*) + 1" and not errors(at)
    switch_language(at, "fa")
    assert not errors(at) and at.text_area(key="own_kpi_per").value == "count(*) + 1"


def test_a_changed_one_is_labelled_and_back_in_one_click(home):
    at = start(PAGE, kpi="close_rate", change="1")
    at.text_area(key="own_kpi_per").set_value("count(*) + 1").run()
    at.button(key="own_kpi_save").click().run()
    assert not errors(at) and own_kpis(workspace(home))["close_rate"].kpi.origin == "changed"
    assert "the built-in" in html(at).lower()
    shown = start("explore/kpi", kpi="close_rate")
    assert not errors(shown) and "the built-in" in html(shown).lower()
    shown.button(key="changed_back_close_rate").click().run()
    assert not own_kpis(workspace(home)) and not errors(shown) and "the built-in" not in html(shown).lower()


def test_definitions_come_in_as_a_file(home):
    at = start(PAGE)
    good = b"[own_deals]\nname = 'Deals'\nfrom = 'opportunities'\ndate = 'created_at'\nvalue = 'count(*)'\n"
    at.file_uploader(key="own_kpi_upload").set_value(
        ("a.toml", good.replace(b"count(*)", b"count(*"), "text/plain")
    ).run()
    assert "k-mistake" in html(at) and not errors(at)
    at.file_uploader(key="own_kpi_upload").set_value(("a.toml", good, "text/plain")).run()
    at.button(key="own_kpi_take").click().run()
    assert not errors(at) and list(own_kpis(workspace(home))) == ["own_deals"]
    at.button(key="own_kpi_undo_button").click().run()
    assert not errors(at) and not own_kpis(workspace(home))


def test_what_is_typed_waits_while_another_page_is_open(home):
    at = start(PAGE)
    at.text_area(key="own_kpi_value").set_value("sum(amount").run()
    at.text_area(key="own_kpi_where").set_value("outcome = 'won'").run()
    at.switch_page("pages/plan/catalogue.py").run()
    at.switch_page(f"pages/{PAGE}.py").run()
    assert not errors(at) and at.text_area(key="own_kpi_value").value == "sum(amount"
    assert at.text_area(key="own_kpi_where").value == "outcome = 'won'" and "never closed" in html(at)


def test_a_value_comes_before_the_name_and_is_kept_only_with_one(home):
    at = start(PAGE)
    at.text_area(key="own_kpi_value").set_value("sum(amount)").run()
    assert "k-val" in html(at) and "Give it a name" in html(at) and at.button(key="own_kpi_save").disabled
    at.text_area(key="own_kpi_per").set_value("0").run()
    assert "Not defined in this period" in html(at)
    at.text_input(key="own_kpi_name").set_value("Amount by nothing").run()
    assert not at.button(key="own_kpi_save").disabled and "Give it a name" not in html(at)


def test_the_parts_of_a_formula_are_fields(home):
    at = start(PAGE, kpi="sales_calls_per_opportunity")
    assert not errors(at) and at.text_area(key="own_kpi_parts_0_where").value == "opportunity_id is not null"
    at.text_area(key="own_kpi_parts_0_where").set_value("opportunity_id is not nul").run()
    assert at.button(key="own_kpi_save").disabled and "k-mistake" in html(at)
    at.text_area(key="own_kpi_parts_0_where").set_value("").run()
    at.button(key="own_kpi_part_add").click().run()
    at.text_input(key="own_kpi_parts_100_name").set_value("won").run()
    at.selectbox(key="own_kpi_parts_100_from").set_value("opportunities").run()
    at.text_area(key="own_kpi_parts_100_value").set_value("count(*)").run()
    at.text_area(key="own_kpi_value").set_value("deal_calls / (worked_deals + won)").run()
    assert not errors(at) and "k-val" in html(at)
    at.button(key="own_kpi_save").click().run()
    (made,) = own_kpis(workspace(home)).values()
    parts = made.block["parts"]
    assert list(parts) == ["deal_calls", "worked_deals", "won"] and not made.mistakes
    assert parts["deal_calls"] == {"from": "sales_calls", "date": "dialled_at", "value": "count(*)"}
    at.text_area(key="own_kpi_value").set_value("deal_calls / worked_deals").run()
    at.button(key="own_kpi_parts_2_drop").click().run()
    at.button(key="own_kpi_save").click().run()
    (made,) = own_kpis(workspace(home)).values()
    assert list(made.block["parts"]) == ["deal_calls", "worked_deals"] and not errors(at)
    at.button(key="own_kpi_delete").click().run()


def test_the_ways_to_compute_it_are_fields(home):
    at = start(PAGE, kpi="sales_calls_made")
    assert not errors(at) and "own_kpi_value" not in {each.key for each in at.text_area}
    at.text_area(key="own_kpi_variants_0_value").set_value("count(distinct employee)").run()
    assert at.button(key="own_kpi_save").disabled and "k-mistake" in html(at)
    at.text_area(key="own_kpi_variants_0_value").set_value("count(*) * 2").run()
    at.button(key="own_kpi_save").click().run()
    (made,) = own_kpis(workspace(home)).values()
    assert not errors(at) and not made.mistakes and "value" not in made.block and "from" not in made.block
    assert [way["value"] for way in made.block["variants"]] == ["count(*) * 2", "count(*)"]
    at.button(key="own_kpi_delete").click().run()


@pytest.mark.parametrize(
    "lines",
    ["variants = 'x'", "variants = [1]", "parts = 3", "parts = { a = 1 }", "goals = 'increase_sales'", "goals = [{}]",
     "unit = 'miles'", "unit = 7", "from = 'ordrs'", "from = ['a']", "value = 5", "value = { a = 1 }", "date = 'never'",
     "where = true", "stock = 'x'", "lens = 'x'", "factor = 'x'", "about = 3", "changed = 'x'"],
)  # fmt: skip
def test_whatever_the_toml_says_the_form_can_be_opened(home, lines):
    at = start(PAGE)
    at.button_group(key="own_kpi_mode").set_value("toml").run()
    rest = "" if lines.startswith("value") else "value = 'count(*)'\n"
    at.text_area(key="own_kpi_toml").set_value(f"[own_x]\nname = 'X'\n{rest}{lines}\n").run()
    assert not errors(at) and at.button(key="own_kpi_save").disabled
    at.button_group(key="own_kpi_mode").set_value("form").run()
    assert not errors(at) and at.text_input(key="own_kpi_name").value == "X"
    at.button_group(key="own_kpi_mode").set_value("toml").run()
    assert not errors(at)
