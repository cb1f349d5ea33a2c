"""What the company decided: goals, the KPIs of its board, targets, actions with their effect, ratings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from kpi.sample.clock import LAST_DAY
from kpi.sample.world import Row, World, facts

YEAR = timedelta(days=365)
SCALE = 5.0
DECIDED = datetime(2026, 1, 12, 10)


def decisions(world: World) -> None:
    """Fills the state tables, under `state.<table>`."""
    goals = facts()["goals"]
    world.add("state.settings", [{"key": key, "value": value} for key, value in facts()["settings"].items()])
    world.add(
        "state.goal_plans",
        [
            {
                "goal_id": goal["id"],
                "position": place,
                "strategy": goal["strategy"],
                "tactic": tactic,
                "function": function,
                "chosen_at": DECIDED,
            }
            for place, goal in enumerate(goals)
            for function, tactic in goal["tactics"].items()
        ],
    )
    world.add(
        "state.kpi_selections",
        [
            {
                "goal_id": each.get("goal"),
                "kpi_id": each["kpi"],
                "owner": each["owner"],
                "reason": each.get("reason"),
                "position": place,
                "selected_at": DECIDED,
            }
            for place, each in enumerate(facts()["selections"])
        ],
    )
    world.add("state.targets", [_target(world, n, each) for n, each in enumerate(facts()["targets"], 1)])
    world.add("state.action_log", [_action(world, n, each) for n, each in enumerate(facts()["actions"], 1)])
    world.add(
        "state.annotations",
        [
            {
                "annotation_id": n,
                "day": each["day"],
                "kpi_id": each.get("kpi"),
                "note": each["note"],
                "author": "E25",
                "created_at": _noon(each["day"]),
            }
            for n, each in enumerate(facts()["annotations"], 1)
        ],
    )
    _ratings(world)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


def _target(world: World, number: int, each: dict) -> Row:
    baseline = each.get("baseline")
    if baseline is None:
        baseline = VALUES[each["kpi"]](world, each["since"] - YEAR, each["since"])
    return {
        "target_id": number,
        "kpi_id": each["kpi"],
        "goal_id": each.get("goal"),
        "scope": "all",
        "scope_id": None,
        "since": each["since"],
        "until": each["until"],
        "baseline_value": baseline,
        "target_value": each.get("target"),
        "target_low": each.get("low"),
        "target_high": each.get("high"),
        "pace": "linear",
        "source": each["source"],
        "set_at": _noon(each["since"]),
    }


def _action(world: World, number: int, each: dict) -> Row:
    value, started, reviewed = VALUES[each["kpi"]], each["started"], each.get("reviewed")
    return {
        "action_id": number,
        "kpi_id": each["kpi"],
        "problem": each["problem"],
        "action": each["action"],
        "owner": each["owner"],
        "started_at": _noon(started),
        "due_at": _noon(each["due"]),
        "expected_effect": each["effect"],
        "affected_group": each["group"],
        "value_before": value(world, started - YEAR, started),
        "value_after": value(world, started, reviewed) if reviewed else None,
        "verdict": each.get("verdict"),
        "reviewed_at": _noon(reviewed) if reviewed else None,
    }


def _ratings(world: World) -> None:
    """Three raters, two rounds, all subjective instruments, on 1 to 5."""
    dice = world.dice("ratings")
    rounds, raters = facts()["rounds"], facts()["raters"]
    world.add(
        "state.rating_rounds",
        [
            {
                "round_id": each["id"],
                "name": each["name"],
                "opened_at": _noon(each["opened"]),
                "closed_at": _noon(each["closed"]),
            }
            for each in rounds
        ],
    )
    found: list[Row] = []
    for place, each in enumerate(rounds):
        for rater in raters:
            day = each["opened"] + timedelta(days=dice.whole(0, 9))
            for instrument, opinions in facts()["opinions"].items():
                score = int(opinions[place] + rater["mild"] + 0.45 * dice.normal() + 0.5)
                found.append(
                    {
                        "instrument_id": instrument,
                        "round_id": each["id"],
                        "assessed_at": _noon(day),
                        "respondent_role": rater["role"],
                        "respondent_id": rater["id"],
                        "score": float(max(1, min(5, score))),
                        "scale_max": SCALE,
                        "comment": None,
                        "_import": None,
                    }
                )
    world.add("state.assessments", found)


# ---- plain values of the KPIs named in decisions.toml, for the period since <= day < until -------------------------


def _mean(values: list[float], digits: int) -> float | None:
    total = 0.0
    for value in values:
        total += value
    return round(total / len(values), digits) if values else None


def _within(moment: datetime | None, since: date, until: date) -> bool:
    return moment is not None and since <= moment.date() < until


def _response_hours(world: World, since: date, until: date) -> float | None:
    rows = [r for r in world.tables["tickets"] if _within(r["first_response_at"], since, until)]
    return _mean([(r["first_response_at"] - r["opened_at"]).total_seconds() / 3600 for r in rows], 2)


def _scores(kind: str, world: World, since: date, until: date) -> list[float]:
    rows = [r for r in world.tables["surveys"] if r["survey_type"] == kind]
    return [r["score"] for r in rows if _within(r["responded_at"], since, until)]


def _effort(world: World, since: date, until: date) -> float | None:
    return _mean(_scores("ces", world, since, until), 2)


def _satisfied(world: World, since: date, until: date) -> float | None:
    return _mean([float(score >= 3) for score in _scores("csat", world, since, until)], 3)


def _converted(world: World, since: date, until: date) -> float | None:
    rows = [r for r in world.tables["leads"] if _within(r["created_at"], since, until)]
    return _mean([float(r["status"] == "converted") for r in rows], 4)


def _on_time(world: World, since: date, until: date) -> float | None:
    rows = [r for r in world.tables["deliveries"] if r["status"] != "cancelled"]
    until = min(until, LAST_DAY + timedelta(days=1))
    rows = [r for r in rows if _within(r["promised_at"], since, until)]
    late = [r["delivered_at"] is None or r["delivered_at"].date() > r["promised_at"].date() for r in rows]
    return _mean([1.0 - each for each in late], 4)


def _days_outstanding(world: World, since: date, until: date) -> float | None:
    """What is owed at the end, over what was invoiced in the period, in days."""
    bills = {r["invoice_id"]: r for r in world.tables["invoices"] if r["status"] != "void"}
    by_order = {r["order_id"]: key for key, r in bills.items()}
    owed = {key: round(r["amount"] * 100) for key, r in bills.items() if r["issued_at"].date() < until}
    for row in world.tables["payments"]:
        key = row["invoice_id"] or by_order.get(row["order_id"])
        if key in owed and row["paid_at"].date() < until:
            owed[key] -= round(row["amount"] * 100)
    billed = [round(r["amount"] * 100) for r in bills.values() if _within(r["issued_at"], since, until)]
    days = (until - since).days
    return round(sum(max(cents, 0) for cents in owed.values()) / sum(billed) * days, 1) if billed else None


def _cross_sold(world: World, since: date, until: date) -> float | None:
    """Known customers with a cross-sale among the known customers who ordered."""
    ordered: dict[str, bool] = {}
    for order in world.orders:
        if order.customer and not order.cancelled and _within(order.row["ordered_at"], since, until):
            cross = any(line["sale_type"] == "cross_sell" for line in order.lines)
            ordered[order.customer.id] = ordered.get(order.customer.id, False) or cross
    return _mean([float(each) for each in ordered.values()], 4)


def _margin(world: World, since: date, until: date) -> float | None:
    sold = earned = 0
    for order in world.orders:
        if not order.cancelled and _within(order.row["ordered_at"], since, until):
            for line in order.lines:
                if line["unit_cost"] is not None:
                    cents = round(line["line_amount"] * 100)
                    sold += cents
                    earned += cents - round(line["unit_cost"] * 100) * int(line["quantity"])
    return round(earned / sold, 4) if sold else None


VALUES: dict[str, Callable[[World, date, date], float | None]] = {
    "support_response_time": _response_hours,
    "ces": _effort,
    "csat": _satisfied,
    "lead_conversion_rate": _converted,
    "on_time_delivery_rate": _on_time,
    "days_sales_outstanding": _days_outstanding,
    "cross_sell_rate": _cross_sold,
    "product_margin": _margin,
}
