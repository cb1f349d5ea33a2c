"""KPI functions about links: delivery with sales, activities with results, products over time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from kpi.analysis import agents, campaigns, correlation, deal_profile, product_trend
from kpi.core import Period, Query
from kpi.measure import question
from tests.asking import answer, first, value
from tests.support import memory_workspace

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))

# F23: delivery and sales


def monthly(rates, revenue):
    """Twenty deliveries a month, a share of them in time, and one order."""
    deliveries, orders = [], []
    for k, (rate, amount) in enumerate(zip(rates, revenue, strict=True)):
        day = date(2020 + k // 12, k % 12 + 1, 10)
        late = round(200 * (1 - rate))
        deliveries += [
            {"delivery_id": f"{k}-{j}", "promised_at": day, "delivered_at": day + timedelta(days=j < late)}
            for j in range(200)
        ]
        orders.append({"order_id": k, "ordered_at": day, "amount": round(float(amount), 2)})
    return memory_workspace({"deliveries": deliveries, "orders": orders}, as_of=date(2024, 12, 31))


def test_f23_sales_two_months_after_delivery_are_found_at_lag_two():
    rng = np.random.default_rng(1)
    rates = np.clip(0.8 + 0.08 * rng.normal(size=62), 0, 1)
    workspace = monthly(rates[2:], 1000 + 5000 * rates[:-2] + 60 * rng.normal(size=60))
    result = answer(workspace, "delivery_sales_correlation", date(2024, 1, 1), date(2025, 1, 1))
    assert result.rows[0].value > 0.6
    assert result.rows[0].n == 60
    assert dict(result.notes)["method.lag"][0] == ("lag", 2)


def test_f23_unrelated_series_have_no_lag():
    rng = np.random.default_rng(2)
    workspace = monthly(np.clip(0.8 + 0.08 * rng.normal(size=60), 0, 1), 5000 + 500 * rng.normal(size=60))
    assert value(workspace, "delivery_sales_correlation", date(2024, 1, 1), date(2025, 1, 1)) is None


# F39, F41: activities and results


def team(effect, seed=3, missing=0.0):
    """20 people x 12 months: calls between 0 and 40, revenue = effect * calls + noise."""
    rng = np.random.default_rng(seed)
    activities, orders = [], []
    for person in range(20):
        for month in range(1, 13):
            day, calls = f"2026-{month:02}-15", int(rng.integers(1, 40))
            revenue = 1000 + effect * calls + 100 * rng.normal()
            if rng.random() >= missing:
                activities += [
                    {"activity_type": "call", "employee_id": f"p{person:02}", "occurred_at": day, "status": "done"}
                ] * calls
            orders.append(
                {
                    "order_id": f"{person}-{month}",
                    "owner_employee_id": f"p{person:02}",
                    "ordered_at": day,
                    "amount": round(revenue, 2),
                }
            )
    people = [{"employee_id": f"p{k:02}", "role": "sales"} for k in range(20)]
    return memory_workspace({"employees": people, "activities": activities, "orders": orders}, as_of=date(2026, 12, 31))


def test_f39_a_planted_relation_is_found_with_its_sign():
    for effect in (50, -50):
        row = first(team(effect), "activity_result_correlation")
        assert row.n == 240
        assert np.sign(row.value) == np.sign(effect) and abs(row.value) > 0.8
        assert row.low < row.value < row.high


def test_f41_random_data_are_not_significant_and_missing_rows_are_told():
    assert value(team(0), "activity_result_correlation") is None
    result = answer(team(50, missing=0.4), "activity_result_correlation")
    said = dict(dict(result.notes)["method.result_revenue"])
    assert 50 <= said["coverage"] <= 70
    assert result.rows[0].n == pytest.approx(240 * said["coverage"] / 100, abs=2)


# Products


def test_the_products_that_fall_are_marked():
    orders = [{"order_id": m, "ordered_at": date(2026, m, 5)} for m in range(1, 13)]
    lines = [{"order_id": m, "product_id": "falls", "quantity": 1, "line_amount": 130 - 10 * m} for m in range(1, 13)]
    lines += [{"order_id": m, "product_id": "rises", "quantity": 1, "line_amount": 10 * m} for m in range(1, 13)]
    found = product_trend.trends(memory_workspace({"orders": orders, "order_lines": lines}), date(2027, 1, 1))
    assert list(found["product_id"]) == ["falls", "rises"]
    assert list(found["decline"]) == [True, False]
    assert found["slope"][0] == pytest.approx(-10 / 65)


# The tables behind the numbers


def test_every_pair_is_told_with_its_coverage_and_corrected_p():
    context = question(team(50, missing=0.4), Query(("activity_result_correlation",), YEAR.since, YEAR.until))
    found = {(pair.activity, pair.result): pair for pair in correlation.pairs(context, context.periods[0])}
    assert set(found) == {("call", "revenue")}  # no deals are loaded, so there is no close rate
    assert found["call", "revenue"].coverage == pytest.approx(found["call", "revenue"].found.n / 240)
    assert found["call", "revenue"].significant


def test_traits_with_few_deals_come_last_and_unranked():
    deals = [
        {"opportunity_id": k, "deal_type": "big" if k < 30 else "rare", "closed_at": "2026-02-01"} for k in range(33)
    ]
    rows = [
        deal | {"outcome": "won" if deal["deal_type"] == "rare" or k % 2 else "lost"} for k, deal in enumerate(deals)
    ]
    found = deal_profile.profile(deal_profile.closed_deals(memory_workspace({"opportunities": rows}), YEAR), 30)
    assert [(t.value, t.n, t.won, t.ranked) for t in found] == [("big", 30, 15, True), ("rare", 3, 3, False)]
    assert found[1].lift > found[0].lift
    assert found[1].low < 1 == found[1].high


def test_agents_are_judged_on_every_measure_that_is_loaded():
    """All take equally long; a solves 2 of 40 at first contact, b and c 38 of 40: a is outside by that alone."""
    tickets = [
        {
            "ticket_id": f"{agent}{k}",
            "agent_employee_id": agent,
            "opened_at": "2026-03-01",
            "resolved_at": "2026-03-02",
            "resolution_minutes": 60 + k,
            "contact_count": 1 if k < solved else 3,
        }
        for agent, solved in (("a", 2), ("b", 38), ("c", 38))
        for k in range(40)
    ]
    workspace = memory_workspace({"tickets": tickets})
    found = agents.agents(question(workspace, Query(("support_agent_performance",), YEAR.since, YEAR.until)))
    found = found.set_index("agent")
    assert list(found["within"]) == [False, True, True]
    assert (
        found.loc["a", "fcr"] == 0.05
        and found.loc["a", "fcr_worse"]
        and not found.loc["a", "issue_resolution_time_worse"]
    )
    assert found["csat"].isna().all()
    assert value(workspace, "support_agent_performance") == pytest.approx(200 / 3)


def test_campaigns_with_a_cost_are_listed():
    tables = {
        "campaigns": [{"campaign_id": "a", "name": "Spring"}, {"campaign_id": "b"}],
        "campaign_costs": [{"campaign_id": "a", "incurred_at": "2026-02-01", "amount": 10}],
        "orders": [{"order_id": "1", "campaign_id": "a", "ordered_at": "2026-02-01", "amount": 50}],
    }
    query = Query(("campaign_relative_efficiency",), YEAR.since, YEAR.until, split="campaigns.name")
    found = campaigns.campaigns(question(memory_workspace(tables), query))
    assert found.to_dict("records") == [{"i": 0, "g": "Spring", "campaign_id": "a", "cost": 10, "result": 50}]
