"""Hints about a set of KPIs: when each is given and when not, what is offered, and that one click answers it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kpi.analysis.lint import defined_alike, hints
from kpi.analysis.lint_rules import rules, rules_of
from kpi.analysis.progress import Target
from kpi.catalogue import goal, kpi, kpis
from kpi.catalogue.blocks import read
from kpi.errors import BadDefinition
from kpi.measure.board import board
from kpi.measure.lint import Fix, lint
from kpi.text import Texts
from kpi.text.locale import LOCALES
from kpi.workspace.choices import Selection, choose_goals, select_kpis, selected_kpis
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load

SALES = ["total_revenue", "sales_count", "average_order_value"]


def codes(selected, *goals: str) -> list[str]:
    return [hint.code for hint in hints(selected, [goal(id_) for id_ in goals])]


@pytest.fixture
def workspace(acme):
    """Sixty months of orders, many in a month; the last of them long ago."""
    chance, orders = np.random.default_rng(5), []
    for month in range(60):
        for n in range(int(chance.integers(3, 9))):
            when = moment(f"{2017 + month // 12}-{month % 12 + 1:02}-{10 + n}")
            orders.append(
                {
                    "order_id": f"{month}-{n}",
                    "customer_id": f"C{n}",
                    "ordered_at": when,
                    "amount": int(chance.integers(80, 130)),
                }
            )
    surveys = [
        {"survey_id": str(n), "survey_type": "nps", "score": n % 11, "responded_at": moment("2021-11-15")}
        for n in range(12)
    ]
    load(acme, {"orders": orders, "surveys": surveys})
    choose_goals(acme, ["increase_sales"])
    return acme


def told(workspace, selected, *, deep=False, goals=("increase_sales",)):
    items = board(workspace, selected, goals)
    return {each.hint.code: each for each in lint(workspace, selected, goals, items, deep)}


def test_too_many_is_a_number_of_the_definitions_with_its_source():
    most = rules().most
    listed = list(kpis())
    assert "too_many" not in codes(listed[:most]) and "too_many" in codes(listed[: most + 1])
    assert "Parmenter" in rules().source


def test_a_goal_without_its_guardrail_is_told_until_one_is_there():
    found = next(h for h in hints(["total_revenue"], [goal("increase_sales")]) if h.code == "guardrail_missing")
    assert (found.about, found.offered) == (("increase_sales",), ("csat",))
    assert "guardrail_missing" not in codes(["total_revenue", "csat"], "increase_sales")
    assert "guardrail_missing" not in codes(["accounts_receivable"], "increase_sales"), "the board does not measure it"
    assert "guardrail_missing" not in codes(["total_revenue"])


@pytest.mark.parametrize("volume", ["calls_answered", "average_calls_per_day", "calls_dialled", "support_calls_made"])
def test_f10_pushing_calls_offers_the_outcomes_it_endangers(volume):
    found = next(hint for hint in hints([volume]) if hint.code == "endangers")
    assert found.about == (volume,) and found.offered == kpi(volume).guardrails
    assert (volume,) not in [hint.about for hint in hints([volume, found.offered[0]]) if hint.code == "endangers"]


def test_f10_the_five_endangered_outcomes_of_answered_calls():
    found = next(hint for hint in hints(["calls_answered"]) if hint.code == "endangers")
    assert found.offered == ("csat", "customer_experience", "customer_loyalty", "repeat_purchases", "share_of_wallet")


def test_two_that_follow_from_each_other_by_definition():
    assert "same" in codes(["churn_rate", "retention_rate"])
    assert "same" not in codes(["churn_rate", "nps"])
    listed = list(kpis().values())
    alike = {frozenset((a.id, b.id)) for i, a in enumerate(listed) for b in listed[:i] if defined_alike(a, b)}
    assert rules().same <= alike


def test_a_perspective_without_a_kpi():
    found = next(hint for hint in hints(["total_revenue", "nps"]) if hint.code == "perspective_empty")
    assert "organizational_performance" not in found.about and "infrastructure" in found.about
    four = [next(k.id for k in kpis().values() if k.perspective == each) for each in rules().perspectives]
    assert "perspective_empty" not in codes(four)
    assert {each.perspective for each in kpis().values()} == set(rules().perspectives)


def test_values_of_few_cases_are_told_by_the_smallest_number_of_the_settings(workspace):
    few = told(workspace, ["average_order_value", "nps", "total_revenue", "sales_count"])["few_cases"]
    assert few.fixes[0] == Fix("quarter") and few.hint.n == 30
    named = {id_ for each in lint(workspace, ["average_order_value", "nps"], [], board(workspace, ["average_order_value", "nps"]))
             if each.hint.code == "few_cases" for id_ in each.hint.about}  # fmt: skip
    assert named == {"average_order_value", "nps"}, "sums and counts are what they are"
    workspace.change_settings({"min_n_survey": "5"})
    items = board(workspace, ["nps"])
    assert "few_cases" not in {each.hint.code for each in lint(workspace, ["nps"], [], items)}


def test_old_data_are_told_and_lead_to_the_data(workspace):
    found = told(workspace, SALES)
    assert "stale_data" in found or "poor_data" in found
    old = found.get("stale_data") or found["poor_data"]
    assert set(old.hint.about) == set(SALES) and old.fixes[0].kind == "data"


def test_no_owner_until_everyone_has_one(workspace):
    select_kpis(workspace, [Selection("total_revenue", "increase_sales", owner="Sara"), Selection("sales_count")])
    found = told(workspace, ["total_revenue", "sales_count"])["no_owner"]
    assert found.hint.about == ("sales_count",) and found.fixes == (Fix("owner", "sales_count"),)
    select_kpis(workspace, [Selection("total_revenue", owner="Sara"), Selection("sales_count", owner="Omid")])
    assert "no_owner" not in told(workspace, ["total_revenue", "sales_count"])


def test_no_target_until_what_measures_the_goal_has_one(workspace):
    found = told(workspace, ["total_revenue", "repeat_purchases"])["no_target"]
    assert found.hint.about == ("total_revenue",) and found.fixes == (Fix("target", "total_revenue"),)
    year = Target("total_revenue", "increase_sales", date(2021, 1, 1), date(2022, 1, 1), 0.0, 9000.0)
    set_target(workspace, year)
    assert "no_target" not in told(workspace, ["total_revenue", "repeat_purchases"])


def test_two_that_moved_alike_are_told_when_asked(workspace):
    assert "repeats" not in told(workspace, SALES)
    found = told(workspace, SALES, deep=True)["repeats"]
    assert set(found.hint.about) == {"total_revenue", "sales_count"} and (found.hint.n or 0) >= 70
    assert {fix.kind for fix in found.fixes} == {"drop"} and {fix.kpi for fix in found.fixes} == set(found.hint.about)


def test_only_what_the_data_answer_is_offered(workspace):
    found = told(workspace, ["total_revenue"])
    losses = {fix.kpi for fix in found["success_only"].fixes}
    assert "churn_rate" in losses and "lost_opportunities" not in losses
    bare = told(workspace, ["notes_added"])["endangers"]
    assert [fix.kind for fix in bare.fixes] == ["data"], "neither deals nor activities are loaded"
    assert Fix("add", "csat") in found["lens_missing"].fixes
    assert all(fix.kpi != "total_revenue" for each in found.values() for fix in each.fixes if fix.kind == "add")


def test_nothing_is_said_of_an_empty_set(workspace):
    assert lint(workspace, [], []) == []


def test_every_hint_and_every_way_out_is_worded_in_every_language(workspace):
    found = ["activity_alone", "success_only", "lens_missing", "endangers", "guardrail_missing", "same", "repeats"]
    found += ["perspective_empty", "too_many", "few_cases", "poor_data", "stale_data", "no_owner", "no_target"]
    for lang in ("en", "fa", "uk"):
        texts = Texts(lang)
        assert all(texts.has(f"lint.{code}") for code in found)
        assert all(texts.has(f"lint.fix_{kind}") for kind in ("add", "drop", "owner", "target", "data", "quarter"))
        assert all(texts.has(f"lint.perspective_{each}") for each in rules().perspectives)
    assert (LOCALES / "fa.toml").exists()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"too_many": {"most": 15}}, "too_many.source"),
        ({"too_many": {"most": 0, "source": "x"}}, "too_many.most"),
        ({"same": {"pairs": [["nps", "nps"]]}}, "same.pairs"),
        ({"losses": ["no_such_kpi"]}, "losses"),
        ({"stale": {"fresh": 3}}, "stale.fresh"),
    ],
)
def test_a_wrong_definition_names_its_key(change, key):
    with pytest.raises(BadDefinition) as error:
        rules_of(read("lint.toml") | change)
    assert error.value.params["key"] == key


def press(at, *parts: str):
    """The first button whose key holds all of these parts."""
    button = next(each for each in at.button if all(part in str(each.key) for part in parts))
    return button.click().run()


def test_on_the_board_one_click_adds_drops_and_takes_back(workspace):
    select_kpis(workspace, [Selection(id_, "increase_sales") for id_ in SALES])
    at = start("explore/board")
    assert not errors(at)
    shown = html(at)
    assert Texts("en").t("lint.title") in shown and Texts("en").t("board.blind") in shown
    at = press(at, "lens_missing", "add_csat")
    assert not errors(at)
    assert [s.kpi for s in selected_kpis(workspace)] == [*SALES, "csat"]
    at = at.toggle(key="board_lint_deep").set_value(True).run()
    at = press(at, "repeats", "_drop_")
    assert not errors(at) and len(selected_kpis(workspace)) == 3
    at = at.button(key="board_undo").click().run()
    assert [s.kpi for s in selected_kpis(workspace)] == [*SALES, "csat"]
    at = at.button(key="board_undo").click().run()
    assert not errors(at) and [s.kpi for s in selected_kpis(workspace)] == SALES


def test_on_the_board_one_click_reads_by_quarters(workspace):
    select_kpis(workspace, [Selection("average_order_value", "increase_sales")])
    at = press(start("explore/board"), "few_cases", "quarter")
    assert not errors(at) and at.session_state["board_by"] == "quarter"


def test_on_the_board_owners_are_named(workspace):
    load(
        workspace,
        {"employees": [{"employee_id": "E1", "name": "Omid"}, {"employee_id": "E2", "name": "Sara"}]},
        "p.csv",
    )
    select_kpis(workspace, [Selection(id_, "increase_sales") for id_ in SALES[:2]])
    at = press(start("explore/board"), "no_owner", "owner")
    assert not errors(at)
    at.selectbox(key="owners_total_revenue").select("Sara")
    at.selectbox(key="owners_all").select("Omid")
    at = at.button(key="owners_save").click().run()
    assert not errors(at)
    assert [s.owner for s in selected_kpis(workspace)] == ["E2", "E1"]
    assert not [each for each in at.button if "no_owner" in str(each.key)]
