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
