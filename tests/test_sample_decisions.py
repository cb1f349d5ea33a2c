"""Goals, board, targets, actions and ratings of the sample company."""

from __future__ import annotations

import tomllib
from datetime import date

import pandas as pd

from kpi.analysis.progress import Target, progress
from kpi.sample import SEED
from tests.definition_files import DEFINITIONS, kpis, load
from tests.sample_rows import frames, orders, rows

TODAY = date(2026, 11, 15)
SCORECARD = "scorecard 2026"  # the source of targets that only the scorecard asks for


def test_goals_and_selections_exist_and_fit():
    goals = load("goals.toml")
    chosen = {row["goal_id"] for row in rows()["state.goal_plans"]}
    assert len(chosen) == 6
    assert chosen <= set(goals)
    for row in rows()["state.kpi_selections"]:
        assert row["kpi_id"] in kpis()
        if row["goal_id"] is None:
            assert row["reason"]
        else:
            assert row["kpi_id"] in {each["kpi"] for each in goals[row["goal_id"]]["kpis"]}, row["kpi_id"]
            assert row["goal_id"] in chosen
    owners = {row["owner"] for row in rows()["state.kpi_selections"]}
    assert owners <= {row["employee_id"] for row in rows()["employees"]}


def _actual(kpi: str) -> float:
    """The KPI from the start of its target to today, counted here."""
    t, since = frames(), pd.Timestamp(next(r["since"] for r in rows()["state.targets"] if r["kpi_id"] == kpi))
    if kpi in ("total_revenue", "new_stream_revenue"):
        sold = orders(SEED)
        sold = sold[sold["ordered_at"] >= since]
        return sold[sold["revenue_stream"].eq("Subscription") | (kpi == "total_revenue")]["amount"].sum()
    if kpi == "lead_conversion_rate":
        return (t["leads"][t["leads"]["created_at"] >= since]["status"] == "converted").mean()
    if kpi == "support_response_time":
        found = t["tickets"][t["tickets"]["first_response_at"] >= since]
        return (found["first_response_at"] - found["opened_at"]).dt.total_seconds().mean() / 3600
    if kpi in ("csat", "ces"):
        found = t["surveys"][(t["surveys"]["survey_type"] == kpi) & (t["surveys"]["responded_at"] >= since)]["score"]
        return (found >= 3).mean() if kpi == "csat" else found.mean()
    if kpi == "on_time_delivery_rate":
        due = t["deliveries"][t["deliveries"]["promised_at"].between(since, "2026-11-16")]
        due = due[due["status"] != "cancelled"]
        return (due["delivered_at"].dt.normalize() <= due["promised_at"].dt.normalize()).mean()
    if kpi == "product_margin":
        lines = t["order_lines"].merge(orders(SEED)[["order_id", "ordered_at"]], on="order_id")
        lines = lines[(lines["ordered_at"] >= since) & lines["unit_cost"].notna()]
        return 1 - (lines["quantity"] * lines["unit_cost"]).sum() / lines["line_amount"].sum()
    bills = t["invoices"][(t["invoices"]["status"] != "void")]
    october = bills["issued_at"].between("2026-10-01", "2026-11-01")
    paid = t["payments"][t["payments"]["paid_at"] < "2026-11-01"].groupby("order_id")["amount"].sum()
    known = bills[bills["issued_at"] < "2026-11-01"]
    owed = (known["amount"] - known["order_id"].map(paid).fillna(0)).clip(lower=0).sum()
    return owed / bills["amount"][october].sum() * 31


EXPECTED = {
    "total_revenue": "at_risk",
    "lead_conversion_rate": "corrective_action_needed",
    "support_response_time": "reached",
    "days_sales_outstanding": "corrective_action_needed",
    "csat": "corrective_action_needed",
    "ces": "on_track",
    "new_stream_revenue": "on_track",
    "on_time_delivery_rate": "corrective_action_needed",
    "product_margin": "reached",
}


def test_targets_stand_where_the_stories_left_them():
    better = {name: block["better"] for name, block in kpis().items()}
    states = {}
    for row in rows()["state.targets"]:
        if row["source"] == SCORECARD:
            continue
        target = Target(
            row["kpi_id"],
            row["goal_id"],
            row["since"],
            row["until"],
            row["baseline_value"],
            row["target_value"],
            row["target_low"],
            row["target_high"],
        )
        states[target.kpi] = progress(target, _actual(target.kpi), TODAY, better[target.kpi]).state
        assert row["since"] <= TODAY < row["until"]
    assert states == EXPECTED


def test_most_objective_instruments_of_the_scorecard_have_a_target():
    factors = tomllib.loads((DEFINITIONS / "scorecard.toml").read_text(encoding="utf-8"))["factors"]
    wanted = {instrument for factor in factors.values() for instrument in factor["objective"]}
    aimed = {row["kpi_id"] for row in rows()["state.targets"]}
    assert wanted - aimed == {"time_per_job_title"}
    for row in rows()["state.targets"]:
        if row["source"] == SCORECARD:
            assert row["kpi_id"] in wanted
            assert row["since"] <= TODAY < row["until"]
            assert row["baseline_value"] not in (row["target_value"], row["target_low"], row["target_high"])


def test_actions_are_told_with_their_effect():
    log = {row["kpi_id"]: row for row in rows()["state.action_log"]}
    assert {row["verdict"] for row in log.values()} == {"effective", "not_effective", "too_early", None}
    for kpi, row in log.items():
        assert kpi in kpis()
        assert row["started_at"] < row["due_at"]
        assert row["value_before"] is not None
        assert (row["value_after"] is None) == (row["reviewed_at"] is None)
        if row["verdict"] == "effective":
            change = row["value_after"] / row["value_before"] - 1
            assert change < -0.2 if kpis()[kpi]["better"] == "lower" else change > 0.2, kpi


def test_three_raters_twice_on_all_subjective_instruments():
    factors = tomllib.loads((DEFINITIONS / "scorecard.toml").read_text(encoding="utf-8"))["factors"]
    wanted = {instrument for factor in factors.values() for instrument in factor["subjective"]}
    assert len(wanted) == 18
    found = pd.DataFrame(rows()["state.assessments"])
    assert set(found["instrument_id"]) == wanted
    assert len(found) == 18 * 3 * 2
    assert not found.duplicated(["instrument_id", "round_id", "respondent_id"]).any()
    assert found["score"].between(1, 5).all()
    mean = found.groupby(["round_id", "instrument_id"])["score"].mean().unstack(0)
    fell = mean["2026-autumn"] - mean["2025-autumn"]
    assert fell["employee_satisfaction"] < 0 < fell["goal_precision"]
    assert mean["2026-autumn"]["satisfaction_rating"] >= 3.6  # the house thinks better of it than its customers do


def test_checklists_cover_the_four_instruments():
    found = {row["instrument_id"] for row in rows()["checklist_items"]}
    assert found == {
        "technological_capacity",
        "human_capital_readiness",
        "organizational_development",
        "partnership_diversity",
    }
