"""Warnings on Home and bounds on the page of a KPI, as a reader uses them."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.measure.alerts import alerts, see, tell
from kpi.text import Texts
from kpi.workspace.alert_rules import Rule, rules, set_rules
from kpi.workspace.limits import bases
from tests.support_app import errors, html, start
from tests.watched import CALM, add, first_day, watching

T = Texts("en").t
SIGNAL = f"total_revenue:signal_down:{first_day(48)}"


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    watching(made)
    add(made, [*CALM[:48], 700])
    yield made
    workspaces.close_workspace(tmp_path, "main")


def warned(at) -> str:
    """The HTML of the section."""
    return html(at).split(T("home.action"))[1].split(T("home.essentials"))[0]


def test_home_lists_what_fired_with_severity_since_and_ways(ws):
    at = start()
    assert not errors(at)
    shown = warned(at)
    assert "700" in shown and Texts("en").day(first_day(48)) in shown
    assert T("warnings.warning") in shown and "k-state at_risk" in shown
    assert 'data-pick="open:total_revenue"' in shown and 'data-pick="seen:total_revenue"' in shown


def test_home_freezes_the_limits_and_notices_but_does_not_tell(ws):
    start()
    assert bases(ws)["total_revenue"].until == first_day(37)
    assert [each.id for each in tell(ws).new] == [SIGNAL]


def test_what_was_seen_is_folded_and_stays(ws):
    see(ws, [SIGNAL])
    shown = warned(start())
    assert 'data-pick="seen:total_revenue"' not in shown
    assert f'data-pick="unseen:{SIGNAL}"' in shown and T("warnings.seen") in shown


def test_one_row_for_a_kpi_with_several_warnings(ws):
    set_rules(ws, Rule("total_revenue", "below", 750))
    shown = warned(start())
    assert shown.count('data-pick="seen:total_revenue"') == 1
    assert T("warnings.urgent") in shown and "$750" in shown and "k-state at_risk" not in shown


def test_nothing_to_warn_of_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    watching(made)
    add(made, CALM[:48])
    at = start()
    assert not errors(at) and T("home.nothing_urgent") in html(at) and alerts(made).alerts == ()
    workspaces.close_workspace(tmp_path, "main")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_home_says_it_in_every_language(ws, lang):
    at = start(lang=lang)
    texts = Texts(lang)
    assert not errors(at)
    assert texts.t("warnings.signal_down", since=texts.day(first_day(48))) in html(at)


def test_a_bound_is_set_on_the_page_of_the_kpi(ws):
    at = start("explore/kpi", kpi="total_revenue")
    assert not errors(at)
    at.number_input(key="alert_rules_below_total_revenue").set_value(750.0)
    at.button(key="alert_rules_save_total_revenue").click().run()
    assert not errors(at)
    assert rules(ws) == [Rule("total_revenue", "above", None), Rule("total_revenue", "below", 750.0)]
    assert any(each.event.rule == "threshold" for each in alerts(ws).alerts)


def test_a_bound_that_cannot_be_is_told_in_the_form(ws):
    at = start("explore/kpi", kpi="total_revenue")
    at.number_input(key="alert_rules_below_total_revenue").set_value(800.0)
    at.number_input(key="alert_rules_above_total_revenue").set_value(700.0)
    at.button(key="alert_rules_save_total_revenue").click().run()
    assert T("error.rule_order", low=800.0, high=700.0) in " ".join(errors(at)) and rules(ws) == []


def test_a_change_is_declared_and_taken_back_on_the_page_of_the_kpi(ws):
    at = start("explore/kpi", kpi="total_revenue")
    at.date_input(key="alert_change_day_total_revenue").set_value(first_day(30))
    at.button(key="alert_change_save_total_revenue").click().run()
    assert not errors(at) and bases(ws)["total_revenue"].since == first_day(30)
    at.button(key="alert_change_undo_total_revenue").click().run()
    assert not errors(at) and "total_revenue" not in bases(ws)


def test_f45_three_worsening_months_are_a_hint_on_the_card_and_no_alert(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    watching(made)
    add(made, [*CALM[:44], 1012, 1008, 1004, 1000])
    board = start("explore/board")
    assert not errors(board) and T("warnings.hint") in html(board)
    assert 'data-pick="seen:' not in html(start())
    add(made, [1004], 48)
    assert T("warnings.hint") not in html(start("explore/board"))
    workspaces.close_workspace(tmp_path, "main")
