"""What was chosen, in the command line: ranking with evidence, lint, chain, reviews, audit, a choice taken back."""

from __future__ import annotations

import csv
import io

import pytest

from kpi.core import ROLES
from tests.contract import opened

BARS = {"leads", "distinct", "signal", "data", "quality"}


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    yield from opened(tmp_path_factory)


def test_kpis_of_a_goal_stand_by_role_computable_and_evidence_with_their_sentences(shell):
    found = shell.ask("kpis", "shop", "--goal", "increase_sales")["kpis"]
    order = [(ROLES.index(e["roles"][0]["role"]), not e["computable"], -e["evidence"]["score"]) for e in found]
    assert order == sorted(order)
    for each in found:
        bars = each["evidence"]["bars"]
        assert set(bars) == BARS and all(bar["sentence"] for bar in bars.values())
        assert all(bar["bar"] is None or 0 <= bar["bar"] <= 1 for bar in bars.values())
    blocked = next(each for each in found if not each["computable"])
    assert blocked["evidence"]["bars"]["quality"]["code"] == "quality_blocked" and blocked["evidence"]["score"] == 0
    assert "Blocked by" in blocked["evidence"]["bars"]["quality"]["sentence"]
    assert shell.ask("kpis", "--goal", "increase_sales")["kpis"][0]["evidence"] is None, "nothing is loaded"


def test_weights_of_the_workspace_change_the_score(shell):
    def scores() -> dict[str, float]:
        return {e["id"]: e["evidence"]["score"] for e in shell.ask("kpis", "shop", "--goal", "increase_sales")["kpis"]}

    before = scores()
    shell.ask("settings", "shop", "evidence_weights=leads 0, distinct 0, signal 0, data 1, quality 0")
    only = shell.ask("kpis", "shop", "--goal", "increase_sales")["kpis"]
    assert all(e["evidence"]["score"] == (e["evidence"]["bars"]["data"]["bar"] or 0) for e in only)
    shell.ask("settings", "shop", "evidence_weights=leads 6, distinct 2, signal 0.5, data 1, quality 1")
    assert scores() == before


def test_goals_tell_the_evidence_on_their_kpis_when_asked(shell):
    goals = {each["id"]: each for each in shell.ask("goals", "shop", "--evidence")["goals"]}
    assert all(set(k["evidence"]["bars"]) == BARS for k in goals["increase_sales"]["kpis"])
    assert all("evidence" not in k for k in goals["improve_service"]["kpis"]), "it is not chosen"


def test_a_choice_is_taken_back(shell):
    def chosen() -> set[str]:
        return {each["id"] for each in shell.ask("goals", "shop")["goals"] if each["chosen"]}

    before = chosen()
    shell.ask("goals", "shop", "--choose", "improve_service")
    assert chosen() == {"improve_service"}
    shell.ask("goals", "shop", "--undo")
    assert chosen() == before


def test_lint_names_what_is_missing_and_the_way_out(shell):
    hints = {each["code"]: each for each in shell.ask("lint", "shop")["hints"]}
    assert hints["no_owner"]["fixes"][0]["kind"] == "owner"
    assert all(each["message"] and "<" not in each["message"] for each in hints.values())
    assert shell.run("lint", "shop")[0] == 0
    assert {"code", "message", "about", "offered", "fixes"} == set(next(iter(hints.values())))


def test_the_chain_is_told_and_written_in_three_kinds(shell):
    chain = shell.ask("chain", "shop")["chains"][0]
    assert chain["goal"] == "increase_sales" and chain["whole"] is False
    revenue = next(each for each in chain["kpis"] if each["kpi"] == "total_revenue")
    assert revenue["loose"] is True and revenue["target"] == 36600 and revenue["until"] == "2025-01-01"
    for kind in ("csv", "xlsx", "md"):
        assert shell.run("chain", "shop", "--out", f"chain.{kind}")[0] == 0
    rows = list(csv.reader(io.StringIO((shell.home / "chain.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0][0] == "Goal" and len(rows) == 1 + len(chain["kpis"])
    assert (shell.home / "chain.md").read_text(encoding="utf-8").startswith("# From goal to KPI")
    assert (shell.home / "chain.xlsx").read_bytes()[:2] == b"PK"
    assert "chain.doc" not in shell.refuse("chain", "shop", "--out", "chain.doc")[1]
    assert shell.refuse("chain", "shop", "--goal", "increase_sale")[0] == 2


def test_f87_reviews_are_stored_with_their_numbers_and_fall_due(shell):
    assert shell.ask("review", "shop")["reviews"][0]["reviews"] == []
    shell.ask("review", "shop", "increase_sales", "--every", "month", "--decisions", "two more people")
    found = shell.ask("review", "shop", "increase_sales")["reviews"][0]
    assert (found["every"], found["overdue_days"]) == ("month", None)
    assert found["reviews"][0]["decisions"] == "two more people"
    assert {"kpi", "value", "target", "state"} <= set(found["reviews"][0]["snapshot"][0])
    assert shell.refuse("review", "shop", "--decisions", "x")[0] == 1
    assert shell.refuse("review", "shop", "improve_service", "--decisions", "x")[0] == 1
    assert shell.refuse("review", "shop", "increase_sales", "--every", "decade")[0] == 1


def test_f77_the_audit_fills_in_what_the_data_tell_and_is_kept(shell):
    first = shell.ask("audit", "shop", "--measured", "nps", "--save")
    answers = {each["kpi"]: each for each in first["answers"]}
    assert answers["nps"]["measured"] and answers["total_revenue"]["data"] and first["since_first"] is None
    assert {each["name"] for each in first["coverage"]["group"]} >= {"sales"}
    again = shell.ask("audit", "shop", "--measured", "ces")
    assert len(again["audits"]) == 1 and again["since_first"]["measured"] > 0 == again["since_first"]["data"]
    assert next(each for each in again["answers"] if each["kpi"] == "nps")["measured"], "the last answers stand"
    assert shell.run("audit", "shop", "--out", "audit.md")[0] == 0
    page = (shell.home / "audit.md").read_text(encoding="utf-8")
    assert page.count("\n# ") + page.startswith("# ") == 3 and "Of " in page
    assert shell.refuse("audit", "shop", "--measured", "npss")[0] == 2
