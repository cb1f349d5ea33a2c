"""The command `target`: sets, lists, removes, brings back; what it asks and refuses; targets beside goals and values."""

from __future__ import annotations

import pytest

from kpi.core import LANGUAGES
from tests.contract import Shell
from tests.test_targets import filled, workspace  # noqa: F401 - fixtures

SPAN = ("--from", "2025-01-01", "--until", "2026-01-01")


@pytest.fixture
def shell(filled, workspace):  # noqa: F811
    return Shell(filled[0])


def test_a_target_is_listed_with_how_it_stands(shell):
    made = shell.ask(
        "target", "shop", "total_revenue", "--baseline", "0", "--target", "8000", *SPAN, "--source", "plan"
    )
    (row,) = shell.ask("target", "shop")["targets"]
    assert row["id"] == made["id"] and row["kpi"] == "total_revenue" and row["source"] == "plan"
    assert row["state"] in ("on_track", "at_risk", "corrective_action_needed") and 0.01 <= row["chance"] <= 0.99
    assert row["expected_low"] < row["expected"] < row["expected_high"] and row["method"]
    assert row["progress"] == pytest.approx(row["actual"] / 8000) and 0.7 < row["elapsed"] < 0.8
    assert row["needed_at_least"] == pytest.approx((8000 - row["actual"]) / row["periods_left"])
    assert shell.ask("target", "shop", "nps")["targets"] == []
    status, out, _ = shell.run("target", "shop")
    assert status == 0 and "total_revenue" in out


def test_a_target_is_removed_and_brought_back(shell):
    made = shell.ask("target", "shop", "total_revenue", "--target", "8000", *SPAN)
    assert shell.ask("target", "shop", "total_revenue", "--remove")["removed"] == made["id"]
    assert shell.ask("target", "shop")["targets"] == []
    (gone,) = shell.ask("target", "shop", "--all")["targets"]
    assert gone["withdrawn_at"] and gone["state"] is None
    shell.ask("target", "shop", "--undo", str(made["id"]))
    assert len(shell.ask("target", "shop")["targets"]) == 1
    shell.ask("target", "shop", "total_revenue", "--target", "5000", *SPAN, "--scope", "employee:Olena")
    status, line = shell.refuse("target", "shop", "total_revenue", "--remove")
    assert status == 1 and "--id" in line
    shell.ask("target", "shop", "total_revenue", "--remove", "--scope", "employee:E1")
    assert shell.refuse("target", "shop", "nps", "--remove")[0] == 1
    assert shell.refuse("target", "shop", "--undo", "99")[0] == 1


def test_goals_and_compute_tell_how_targets_stand(shell):
    shell.ask("goals", "shop", "--choose", "increase_sales")
    shell.ask(
        "target", "shop", "total_revenue", "--baseline", "0", "--target", "8000", *SPAN, "--goal", "increase_sales"
    )
    goals = {g["id"]: g for g in shell.ask("goals", "shop")["goals"]}
    sales = goals["increase_sales"]
    assert sales["speaks"] == "total_revenue" and sales["state"] and sales["progress"] and sales["elapsed"]
    assert 0.01 <= sales["chance"] <= 0.99 and "state" not in goals["improve_service"]
    (told,) = shell.ask("compute", "shop", "total_revenue", "--by", "month", *SPAN[:2], "--to", "2025-10-01", "--compare", "target")["results"]  # fmt: skip
    assert told["standing"]["state"] == sales["state"] and told["rows"][0]["target"] == pytest.approx(8000 * 31 / 365)


def test_teams_and_people_stand_beside_their_own_targets(shell):
    shell.ask("target", "shop", "total_revenue", "--target", "5000", *SPAN, "--scope", "employee:E1")
    shell.ask("target", "shop", "total_revenue", "--target", "3000", *SPAN, "--scope", "team")
    days = ("--from", "2025-01-01", "--to", "2026-01-01", "--compare", "target")
    rows = shell.ask("compute", "shop", "total_revenue", "--split", "owner_employee_id", *days)["results"][0]["rows"]
    assert {r["group"]: r["target"] for r in rows} == {"E1": 5000, "E2": None}
    rows = shell.ask("compute", "shop", "total_revenue", "--split", "employees.team", *days)["results"][0]["rows"]
    assert {r["group"]: r["target"] for r in rows} == {"North": 3000, "South": 3000}


BAD = {
    ("--target", "8000", "--scope", "tean:North"): (2, "team"),
    ("--target", "8000", "--scope", "team:Noth"): (2, "North"),
    ("--target", "8000", "--scope", "employee:Olenna"): (2, "Olena"),
    ("--target", "8000", "--pace", "seasonel"): (2, "seasonal"),
    ("--target", "8000", "--rollup", "summ"): (2, "sum"),
    ("--low", "9", "--high", "1"): (1, ""),
    ("--low", "9"): (1, ""),
}


@pytest.mark.parametrize(("words", "said"), BAD.items(), ids=[" ".join(words) for words in BAD])
def test_a_bad_target_is_one_sentence(shell, words, said):
    status, line = shell.refuse("target", "shop", "total_revenue", *words, *SPAN)
    assert status == said[0] and said[1] in line and shell.ask("target", "shop")["targets"] == []


@pytest.mark.parametrize(
    "days",
    [("2025-06-01", "2025-06-01"), ("2025-06-01", "2025-01-01"), ("۱۴۰۴-۰۱-۰۱", "۱۴۰۵-۰۱-۰۱"), ("1.1.2025", "x")],
)
def test_days_that_are_none_are_one_sentence(shell, days):
    status, line = shell.refuse(
        "target", "shop", "total_revenue", "--target", "1", "--from", days[0], "--until", days[1]
    )
    assert status == 1 and line and shell.ask("target", "shop")["targets"] == []


def test_jalali_days_are_read_where_the_calendar_says_so(shell):
    days = ("--from", "۱۴۰۴-۰۱-۰۱", "--until", "۱۴۰۵-۰۱-۰۱", "--calendar", "jalali")
    shell.ask("target", "shop", "total_revenue", "--target", "8000", *days)
    (row,) = shell.ask("target", "shop")["targets"]
    assert (row["since"], row["until"]) == ("2025-03-21", "2026-03-21")


def test_a_percentage_typed_for_a_share_is_a_question_with_its_answers(shell):
    words = ("target", "shop", "close_rate", "--target", "40", *SPAN)
    status, line = shell.refuse(*words)
    assert status == 1 and "0.4" in line and "--percent" in line
    assert shell.ask(*words, "--percent")["target"]["target"] == pytest.approx(0.4)


def test_what_a_target_lacks_is_a_warning_and_no_number(shell):
    bare = shell.ask("target", "shop", "average_order_value", "--target", "200", *SPAN)
    assert len(bare["warnings"]) == 1 and bare["target"]["progress"] is None
    same = shell.ask("target", "shop", "average_order_value", "--baseline", "200", "--target", "200", *SPAN)
    assert len(same["warnings"]) == 1 and same["target"]["progress"] is None
    past = ("--from", "2024-01-01", "--until", "2025-01-01")
    over = shell.ask("target", "shop", "total_revenue", "--baseline", "0", "--target", "1", *past)
    assert len(over["warnings"]) == 1 and over["target"]["chance"] is None and over["target"]["state"] == "reached"
    blind = shell.ask("target", "shop", "nps", "--baseline", "10", "--target", "20", *SPAN)
    assert len(blind["warnings"]) == 1 and blind["target"]["actual"] is None and blind["target"]["chance"] is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_speaks_the_language(shell, lang):
    shell.ask("target", "shop", "total_revenue", "--target", "8000", *SPAN, "--scope", "employee:E1")
    status, out, err = shell.run("--lang", lang, "target", "shop")
    assert status == 0 and not err and out


def test_a_goal_without_a_computable_kpi_has_no_number(shell):
    shell.ask("goals", "shop", "--choose", "improve_service")
    goal = next(g for g in shell.ask("goals", "shop")["goals"] if g["id"] == "improve_service")
    assert goal["speaks"] is None and goal["state"] == "needs_data"
    assert goal["actual"] is goal["progress"] is goal["chance"] is None
