"""Targets on the page of a KPI: set, edited, removed, undone; what is said of them; bad input."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.analysis.progress import Target, targets_of
from kpi.core import LANGUAGES
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.test_targets import STAFF, orders
from tests.workspaces import load

YEAR = date(2025, 1, 1), date(2026, 1, 1)
GOAL = "increase_sales"
T = Texts("en").t


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = tmp_path_factory.mktemp("pages_targets")
    workspace = workspaces.create(made, "shop")
    leads = [
        {"lead_id": f"{y}{m}{k}", "created_at": f"{y}-{m:02}-03", "converted_at": f"{y}-{m:02}-20" if k < 4 else None}
        for y in (2024, 2025)
        for m in range(1, 13)
        for k in range(10)
        if (y, m) <= (2025, 9)
    ]
    load(workspace, {"orders": orders(), "employees": STAFF, "leads": leads})
    choose_goals(workspace, [GOAL])
    select_kpis(workspace, [Selection("total_revenue", GOAL)])
    yield made
    workspaces.close_workspace(made, "shop")


@pytest.fixture
def workspace(home, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(home))
    found = workspaces.open_workspace(home, "shop")
    yield found
    with found.write() as cur:
        cur.execute("delete from state.targets").fetchall()


def page(kpi: str = "total_revenue", lang: str = "en"):
    return start("explore/kpi", lang=lang, kpi=kpi)


def revenue(value=8000.0, **more) -> Target:
    return Target("total_revenue", GOAL, *YEAR, 0.0, value, **more)


KEY = "target_shop_total_revenue"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_chance_range_need_method_and_calibration(workspace, lang):
    set_target(workspace, revenue(source="the plan"))
    at = page(lang=lang)
    shown, t = html(at), Texts(lang).t
    assert not errors(at)
    for key in ("aim.title", "aim.expected", "aim.chance", "aim.due"):
        assert t(key) in shown
    assert "the plan" in shown and t("quantify.scope_all") in shown
    if lang == "en":
        assert "80% range" in shown and "earlier moments of this series" in shown and "Forecast: " in shown
        assert "Needed in each remaining period" in shown and "lately" in shown


def test_home_and_board_carry_the_chance(workspace):
    set_target(workspace, revenue())
    chance = T("parts.chance")
    assert chance in html(start()) and "came true" in html(start())
    assert " · chance " in html(start("explore/board"))


def test_without_a_target_nothing_is_said_of_one(workspace):
    shown = html(page())
    assert T("aim.title") not in shown and "k-state reached" not in shown and "k-state on_track" not in shown


def test_pace_and_band_are_set_in_the_form(workspace):
    at = page()
    at.button_group(key=f"{KEY}_kind").set_value("band").run()
    at.number_input(key=f"{KEY}_low").set_value(7000.0)
    at.number_input(key=f"{KEY}_high").set_value(9000.0)
    at.selectbox(key=f"{KEY}_pace").set_value("seasonal")
    at.button(key=f"{KEY}_save").click().run()
    assert not errors(at)
    (held,) = targets_of(workspace)
    assert (held.band, held.value, held.pace) == ((7000.0, 9000.0), None, "seasonal")
    assert "As earlier years went" in html(at)


def test_a_person_s_target_and_the_sum_that_does_not_add_up(workspace):
    set_target(workspace, revenue())
    at = page()
    at.selectbox(key=f"{KEY}_scope").set_value("employee").run()
    at.selectbox(key=f"{KEY}_member_employee").set_value("E1").run()
    key = f"{KEY}_employee_E1"
    at.number_input(key=f"{key}_value").set_value(5000.0)
    at.button(key=f"{key}_save").click().run()
    assert not errors(at)
    assert {(t.scope, t.scope_id, t.value) for t in targets_of(workspace)} == {
        ("all", None, 8000.0),
        ("employee", "E1", 5000.0),
    }
    assert "have none" in html(at) and "Olena" in html(at)


def test_editing_and_removing_can_be_undone(workspace):
    first = set_target(workspace, revenue())
    at = page()
    at.number_input(key=f"{KEY}_value").set_value(9000.0)
    at.button(key=f"{KEY}_save").click().run()
    assert [t.value for t in targets_of(workspace)] == [9000.0] and "replaced on" in html(at)
    second = targets_of(workspace)[0].id
    at.button(key=f"aim_undo_{second}").click().run()
    assert [t.id for t in targets_of(workspace)] == [first] and not errors(at)
    at.button(key=f"{KEY}_remove").click().run()
    assert targets_of(workspace) == [] and T("aim.removed") in html(at)
    at.button(key=f"aim_undo_{first}").click().run()
    assert [t.id for t in targets_of(workspace)] == [first] and not errors(at)


def test_bad_input_is_a_sentence(workspace):
    at = page()
    at.button_group(key=f"{KEY}_kind").set_value("band").run()
    at.number_input(key=f"{KEY}_low").set_value(9.0)
    at.number_input(key=f"{KEY}_high").set_value(1.0)
    at.button(key=f"{KEY}_save").click().run()
    assert len(errors(at)) == 1 and "lower limit" in errors(at)[0] and not targets_of(workspace)
    at = page()
    at.number_input(key=f"{KEY}_value").set_value(9.0)
    at.date_input(key=f"{KEY}_since").set_value(date(2025, 12, 1))
    at.date_input(key=f"{KEY}_last").set_value(date(2025, 1, 1))
    at.button(key=f"{KEY}_save").click().run()
    assert len(errors(at)) == 1 and not targets_of(workspace)


def test_an_odd_share_is_asked_about_once(workspace):
    key = "target_shop_lead_conversion_rate"
    at = page("lead_conversion_rate")
    at.number_input(key=f"{key}_value").set_value(0.4)  # percent: 0.4 % where 40 % is usual
    at.button(key=f"{key}_save").click().run()
    assert len(errors(at)) == 1 and not targets_of(workspace)
    at = at.run()
    at.checkbox(key=f"{key}_as_given").check()
    at.button(key=f"{key}_save").click().run()
    assert [t.value for t in targets_of(workspace)] == [pytest.approx(0.004)]
    at = page("lead_conversion_rate")
    at.number_input(key=f"{key}_value").set_value(4000.0)
    at.button(key=f"{key}_save").click().run()
    assert len(errors(at)) == 1 and len(targets_of(workspace)) == 1


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (Target("total_revenue", None, *YEAR, None, 8000.0), "no_baseline"),
        (Target("average_order_value", None, *YEAR, 100.0, 100.0), "equals_baseline"),
        (Target("total_revenue", None, date(2024, 1, 1), date(2025, 1, 1), 0.0, 8000.0), "past"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_what_a_target_lacks_is_said_on_the_page(workspace, target, code):
    set_target(workspace, target)
    at = page(target.kpi)
    assert not errors(at) and T(f"target.{code}") in html(at)
    if code == "past":
        assert T("aim.chance") not in html(at)
    else:
        assert "% of the way" not in html(at)


def test_a_day_in_persian_digits_that_is_none_is_a_sentence(workspace):
    at = page(lang="fa")
    at.number_input(key=f"{KEY}_value").set_value(9.0)
    at.text_input(key=f"{KEY}_since").set_value("۱۴۰۴-۱۳-۰۱")
    at.button(key=f"{KEY}_save").click().run()
    assert len(errors(at)) == 1 and not targets_of(workspace)


def test_a_goal_without_a_computable_kpi_is_a_sentence(workspace):
    choose_goals(workspace, ["improve_service"])
    try:
        at = start("plan/quantify")
        assert not errors(at) and T("quantify.nothing_computable").split(".")[0] in html(at)
    finally:
        choose_goals(workspace, [GOAL])
        select_kpis(workspace, [Selection("total_revenue", GOAL)])
