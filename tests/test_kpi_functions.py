"""KPI functions against the worked numbers of the features they serve, and against references."""

from __future__ import annotations

import csv
import itertools
import json
from datetime import date, timedelta

import numpy as np
import pytest

from kpi import model
from kpi.analysis import lead_score, product_trend, receivables, reorder, risk
from kpi.catalogue import kpis, needs_of
from kpi.core import Query
from kpi.measure import run
from kpi.text import Texts
from tests.support import SHARED, memory_workspace

START = date(2026, 1, 1)


def value(workspace, kpi, since=START, until=date(2027, 1, 1), **query):
    result = run(workspace, Query((kpi,), since, until, **query))[kpi]
    assert not result.missing, result.missing
    return result.rows[0].value


def noted(workspace, kpi, since=START, until=date(2027, 1, 1)):
    return [code for code, _ in run(workspace, Query((kpi,), since, until))[kpi].notes]


def orders_on(customer, *days):
    return [
        {"order_id": f"{customer}{k}", "customer_id": customer, "ordered_at": START + timedelta(days=d)}
        for k, d in enumerate(days)
    ]


def test_every_function_that_a_kpi_names_exists():
    import importlib

    named = {c.function for k in kpis().values() for c in k.computations if c.function}
    assert len(named) >= 38
    for module, _, name in (each.partition(".") for each in sorted(named)):
        assert callable(getattr(importlib.import_module(f"kpi.analysis.{module}"), name))


# F14


def test_f14_one_customer_per_signal_and_one_with_none():
    names = ("complaint", "often", "contract", "closing", "quiet")
    workspace = memory_workspace(
        {
            "customers": [{"customer_id": name, "first_order_at": "2025-01-01"} for name in names],
            "orders": [{"order_id": "1", "customer_id": "quiet", "ordered_at": "2025-01-01"}],
            "tickets": [
                {"ticket_id": "1", "customer_id": "complaint", "opened_at": "2026-05-02", "ticket_type": "complaint"},
                {"ticket_id": "2", "customer_id": "often", "opened_at": "2026-05-02", "ticket_type": "request"},
                {"ticket_id": "3", "customer_id": "often", "opened_at": "2026-05-12", "ticket_type": "request"},
                {
                    "ticket_id": "4",
                    "customer_id": "contract",
                    "opened_at": "2026-05-02",
                    "ticket_type": "contract_question",
                },
            ],
            "calls": [
                {"call_id": "1", "customer_id": "closing", "dialled_at": "2026-05-02", "reason": "account_closing"}
            ],
        },
        as_of=date(2026, 5, 31),
    )
    listed = risk.at_risk(workspace, date(2026, 6, 1))
    assert list(listed["customer_id"]) == ["closing", "contract", "complaint", "often"]  # by urgency: 4, 3, 2, 1
    assert list(listed["score"]) == [4, 3, 2, 1]
    assert value(workspace, "churn_risk_customers", date(2026, 5, 1), date(2026, 6, 1)) == 4
    assert (
        value(workspace, "churn_risk_customers", date(2026, 8, 1), date(2026, 9, 1)) == 4
    )  # judged at the end of data
    assert value(workspace, "churn_risk_customers", date(2026, 4, 1), date(2026, 5, 1)) == 0


def test_f14_a_customer_with_a_history_is_measured_by_it():
    """Six contacts per window for a year are that customer's norm: ten now are not often, twelve are."""

    def contacts(now):
        days = [date(2025, 1, 1) + timedelta(days=15 * k) for k in range(24)]
        days += [date(2026, 1, 2) + timedelta(days=k) for k in range(now)]
        tickets = [
            {"ticket_id": k, "customer_id": "a", "opened_at": d, "ticket_type": "request"} for k, d in enumerate(days)
        ]
        tables = {"customers": [{"customer_id": "a", "first_order_at": "2024-01-01"}], "tickets": tickets}
        tables["orders"] = [{"order_id": "1", "customer_id": "a", "ordered_at": "2024-01-01"}]
        return risk.signals(memory_workspace(tables), date(2026, 3, 27)).iloc[0]  # the window: 90 days from 27 December

    assert contacts(10)["norm"] == pytest.approx(24 / (360 / 90))
    assert not contacts(10)["frequency"]
    assert contacts(12)["frequency"]


# F20


def test_f20_reorder_interval_and_due_list():
    pool = [o for k in range(6) for o in orders_on(f"p{k}", 0, 30, 60)]
    workspace = memory_workspace({"orders": [*pool, *orders_on("a", 0, 30, 60)]})
    on_60 = reorder.plan(workspace, START + timedelta(days=60)).set_index("customer_id").loc["a"]
    assert on_60["due"] == START + timedelta(days=90)
    assert not on_60["personal"] and not on_60["overdue"]
    on_80 = reorder.plan(workspace, START + timedelta(days=80), window=14)
    assert "a" in set(on_80["customer_id"])
    assert not len(reorder.plan(workspace, START + timedelta(days=70), window=14))

    fourth = memory_workspace({"orders": [*pool, *orders_on("a", 0, 30, 60, 90)]})
    on_90 = reorder.plan(fourth, START + timedelta(days=90)).set_index("customer_id")
    assert on_90.loc["a", "due"] == START + timedelta(days=120)
    assert on_90.loc["a", "personal"]
    assert not on_90.loc["p0", "personal"]


def test_f20_own_gaps_are_shrunk_to_the_pool():
    """Three gaps of 10 days against a pool of 40: equal weight on the log scale, 20 days."""
    pool = [o for k in range(30) for o in orders_on(f"p{k}", 0, 40, 80)]
    workspace = memory_workspace({"orders": [*pool, *orders_on("a", 50, 60, 70, 80)]})
    found = reorder.plan(workspace, START + timedelta(days=80)).set_index("customer_id").loc["a"]
    assert found["interval"] == pytest.approx(20)
    assert found["due"] == START + timedelta(days=100)


def test_f20_each_product_has_its_own_pool():
    orders = [o for k in range(4) for o in orders_on(f"c{k}", 0, 10, 20, 60)]
    lines = [
        {"order_id": o["order_id"], "product_id": "ink" if o["order_id"][-1] in "012" else "printer"} for o in orders
    ]
    lines += [{"order_id": f"c{k}0", "product_id": "printer"} for k in range(4)]
    workspace = memory_workspace({"orders": orders, "order_lines": lines})
    found = reorder.plan(workspace, START + timedelta(days=60), by_product=True).set_index(
        ["customer_id", "product_id"]
    )
    assert found.loc[("c0", "ink"), "interval"] == 10
    assert found.loc[("c0", "printer"), "interval"] == 60
    assert not found.loc[("c0", "ink"), "overdue"]  # a third of all have not reordered, so no 90th percentile exists


def test_f20_a_customer_with_a_rhythm_is_overdue_by_it():
    workspace = memory_workspace({"orders": orders_on("a", 0, 10, 20, 30)})
    at = [reorder.plan(workspace, START + timedelta(days=d))["overdue"][0] for d in (40, 41)]
    assert at == [False, True]


@pytest.mark.skipif(not SHARED.exists(), reason="the reference outputs do not lie beside the checkout")
def test_time_between_orders_of_a_real_customer_base():
    """CDNOW sample up to 1998-06-30: 93 days by survfit in R, 34 for completed gaps alone."""
    oracle = json.loads((SHARED / "oracles" / "interpurchase_cdnow.json").read_text())
    with (SHARED / "oracles" / "cdnow_sample_transactions.csv").open() as file:
        lines = list(csv.DictReader(file))
    columns = {name.lower(): name for name in lines[0]}
    who = next(columns[c] for c in columns if "cust" in c)
    when = next(columns[c] for c in columns if "date" in c)
    orders = [{"order_id": k, "customer_id": line[who], "ordered_at": line[when]} for k, line in enumerate(lines)]
    workspace = memory_workspace({"orders": orders}, as_of=date(1998, 6, 30))
    row = run(workspace, Query(("time_between_orders",), date(1998, 6, 1), date(1998, 7, 1)))[
        "time_between_orders"
    ].rows[0]
    assert row.value == oracle["km_quantiles"][2]
    assert row.n == oracle["n_intervals"]


# F18, F21, F22, F27, F35, F60, F63, F103: worked numbers


def test_f18_lift_of_80_percent_against_50():
    """20 deals of type x, 16 won; 20 others, 4 won: overall 50 %, lift 1.6; below 30 deals it is not ranked."""
    deals = [("x", k < 16) for k in range(20)] + [("y", k < 4) for k in range(20)]
    rows = [
        {"opportunity_id": k, "deal_type": kind, "outcome": "won" if won else "lost", "closed_at": "2026-02-01"}
        for k, (kind, won) in enumerate(deals)
    ]
    workspace = memory_workspace({"opportunities": rows})
    by_type = run(workspace, Query(("won_deal_profile",), START, date(2027, 1, 1), split="deal_type"))[
        "won_deal_profile"
    ]
    assert {r.group: r.value for r in by_type.rows} == pytest.approx({"x": 1.6, "y": 0.4})
    assert value(workspace, "won_deal_profile") is None
    assert value(
        memory_workspace({"opportunities": rows}, {"min_n_profile": "20"}), "won_deal_profile"
    ) == pytest.approx(1.6)


def test_f21_receivable_and_its_age():
    workspace = memory_workspace(
        {
            "invoices": [
                {
                    "invoice_id": "1",
                    "customer_id": "a",
                    "issued_at": "2026-01-01",
                    "due_at": "2026-01-31",
                    "amount": 1000,
                }
            ],
            "payments": [{"payment_id": "1", "invoice_id": "1", "paid_at": "2026-02-01", "amount": 600}],
        },
        as_of=date(2026, 2, 28),
    )
    assert value(workspace, "accounts_receivable", date(2026, 2, 1), date(2026, 3, 1)) == 400
    assert value(workspace, "accounts_receivable", date(2026, 1, 1), date(2026, 2, 1)) == 1000
    old = receivables.ageing(workspace, date(2026, 3, 1)).iloc[0]
    assert (old["owed"], old["overdue"], old["customer_id"]) == (400, 28, "a")


def test_f22_commission_follows_settlement():
    tables = {
        "commissions": [{"commission_id": "1", "invoice_id": "1", "amount": 100, "earned_at": "2026-01-01"}],
        "invoices": [{"invoice_id": "1", "issued_at": "2026-01-01", "amount": 1000}],
        "payments": [{"payment_id": "1", "invoice_id": "1", "paid_at": "2026-02-01", "amount": 600}],
    }
    row = run(memory_workspace(tables), Query(("commission_on_settled",), START, date(2026, 3, 1)))[
        "commission_on_settled"
    ].rows[0]
    assert (row.numerator, row.denominator, row.value) == (60, 100, 0.6)
    strict = memory_workspace(tables, {"commission_rule": "all_or_nothing"})
    assert value(strict, "commission_on_settled", START, date(2026, 3, 1)) == 0


def test_f27_roi_of_the_crm():
    def roi(cost):
        tables = {"crm_benefits": [{"money_value": 150, "since": "2026-01-01", "until": "2026-12-31"}]}
        return value(
            memory_workspace(tables | {"costs": [{"purpose": "crm", "incurred_at": "2026-01-05", "amount": cost}]}),
            "crm_roi",
        )

    assert roi(100) == pytest.approx(0.5)
    assert roi(0) is None


def test_f27_a_benefit_is_spread_over_its_days():
    tables = {
        "crm_benefits": [{"money_value": 365, "since": "2026-01-01", "until": "2027-01-01"}],
        "costs": [{"purpose": "crm", "incurred_at": f"2026-{m:02}-05", "amount": 31} for m in range(1, 13)],
    }
    result = run(
        memory_workspace(tables, as_of=date(2026, 12, 31)), Query(("crm_roi",), START, date(2027, 1, 1), by="month")
    )
    values = [row.value for row in result["crm_roi"].rows]
    assert values[0] == pytest.approx(0)  # 31 days, 31 of cost
    assert values[1] == pytest.approx(28 / 31 - 1)


def leads(**criteria):
    stages = [
        {"entity": "lead", "stage": s, "position": k} for k, s in enumerate(("call", "offer", "closing meeting"), 1)
    ]
    workspace = memory_workspace(
        {"leads": [{"lead_id": "1", "created_at": "2026-01-01", **criteria}], "stages": stages}
    )
    return lead_score.scores(workspace, date(2026, 2, 1))["score"][0]


def test_f35_high_high_high_closing_meeting_is_100_and_low_the_least():
    names = ("interest_level", "contact_influence", "need_level")
    assert leads(**dict.fromkeys(names, "high"), sales_stage="Closing meeting") == 100
    least = leads(**dict.fromkeys(names, "low"), sales_stage="call")
    assert least == pytest.approx(100 * 4 / 12)
    for name in names:
        for stage in ("call", "offer", "closing meeting"):
            scores = [
                leads(**(dict.fromkeys(names, "medium") | {name: level}), sales_stage=stage)
                for level in ("low", "medium", "high")
            ]
            assert least < scores[0] < scores[1] < scores[2] < 100


def test_f60_payback_of_300_at_50_a_month_is_six_months():
    """One customer, seen for 100 days, with a margin of 50 per 30.44 days."""
    margin = 50 * 100 / 30.44
    workspace = memory_workspace(
        {
            "customers": [{"customer_id": "a", "first_order_at": "2026-01-01"}],
            "costs": [{"purpose": "acquisition", "incurred_at": "2026-01-01", "amount": 300}],
            "orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2026-01-01", "amount": margin}],
            "order_lines": [{"order_id": "1", "quantity": 1, "unit_cost": 0, "line_amount": margin}],
        },
        as_of=START + timedelta(days=99),
    )
    until = START + timedelta(days=100)
    assert value(workspace, "cac_payback_period", START, until) == pytest.approx(182.64, abs=0.01)
    assert noted(workspace, "cac_payback_period", START, until) == []


def test_f60_revenue_stands_in_where_unit_costs_are_not_known():
    workspace = memory_workspace(
        {
            "customers": [{"customer_id": "a", "first_order_at": "2026-01-01"}],
            "costs": [{"purpose": "acquisition", "incurred_at": "2026-01-01", "amount": 300}],
            "orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2026-01-01", "amount": 100}],
        },
        as_of=date(2026, 1, 10),
    )
    assert value(workspace, "cac_payback_period", START, date(2026, 1, 11)) == pytest.approx(30)
    assert noted(workspace, "cac_payback_period", START, date(2026, 1, 11)) == ["method.revenue_based"]


def test_f63_and_f103_cost_per_customer_won_and_kept():
    buyers = [{"customer_id": f"n{k}", "first_order_at": "2026-03-01"} for k in range(20)]
    kept = [{"customer_id": f"k{k}", "first_order_at": "2025-03-01"} for k in range(90)]
    workspace = memory_workspace(
        {
            "customers": buyers + kept,
            "orders": [{"order_id": "1", "customer_id": "n1", "ordered_at": "2026-03-01", "amount": 1}],
            "costs": [
                {"purpose": "acquisition", "incurred_at": "2026-03-01", "amount": 10_000},
                {"purpose": "retention", "incurred_at": "2026-03-01", "amount": 9_000},
            ],
        },
        as_of=date(2026, 12, 31),
    )
    assert value(workspace, "cac") == 500
    assert value(workspace, "customer_retention_cost") == 100


# F66, F67: scored customer bases


def base(n):
    """n customers with an order of 10 * k on day k: the later, the larger."""
    return [
        {"order_id": k, "customer_id": f"c{k:03}", "ordered_at": START + timedelta(days=k), "amount": 10 * k}
        for k in range(1, n + 1)
    ]


def test_f66_scores_from_25_customers_on():
    assert value(memory_workspace({"orders": base(24)}), "rfm_score") is None
    workspace = memory_workspace({"orders": base(25)})
    # R and M 1 to 5 with five customers each, F 3 for all: sums 5, 7, 9, 11, 13
    row = run(workspace, Query(("rfm_score",), START, date(2027, 1, 1)))["rfm_score"].rows[0]
    assert (row.value, row.n) == (9, 25)


def test_f67_share_of_loyal_customers_and_its_parts():
    """25 customers, five of them with ten orders up to the last day: R 5 and F 5, champions."""
    orders = base(20)
    for k in range(5):
        orders += [
            {
                "order_id": f"l{k}-{j}",
                "customer_id": f"loyal{k}",
                "ordered_at": START + timedelta(days=21 + j),
                "amount": 5,
            }
            for j in range(10)
        ]
    tables = {"orders": orders, "customers": [{"customer_id": f"loyal{k}", "region": "North"} for k in range(5)]}
    workspace = memory_workspace(tables)
    row = run(workspace, Query(("rfm_segment_share",), START, date(2027, 1, 1)))["rfm_segment_share"].rows[0]
    assert (row.value, row.n, row.numerator) == (0.2, 25, 5)
    assert row.low < 0.2 < row.high
    north = run(workspace, Query(("rfm_segment_share",), START, date(2027, 1, 1), split="region"))[
        "rfm_segment_share"
    ].rows
    assert [(r.group, r.value) for r in north] == [("North", 1.0)]


def test_a_score_does_not_depend_on_the_filter():
    tables = {
        "orders": base(50),
        "customers": [{"customer_id": f"c{k:03}", "region": "old" if k <= 10 else "new"} for k in range(1, 51)],
    }
    workspace = memory_workspace(tables)
    old = value(workspace, "rfm_score", filters=(("region", "old"),))
    assert old == 5  # all R 1, F 3, M 1, although among themselves they would spread over 1 to 5


# F09, F97: targets


def test_f09_without_a_target_coverage_and_attainment_are_not_available():
    tables = {
        "orders": [{"order_id": "1", "ordered_at": "2026-01-05", "amount": 100}],
        "opportunities": [{"opportunity_id": "1", "amount": 100, "outcome": "open", "created_at": "2026-01-01"}],
    }
    for kpi in ("revenue_target_attainment", "pipeline_coverage"):
        result = run(memory_workspace(tables), Query((kpi,), START, date(2026, 2, 1)))[kpi]
        assert result.missing and not result.rows


def test_reached_targets_are_said():
    tables = {
        "orders": [{"order_id": "1", "ordered_at": "2026-01-05", "amount": 100}],
        "opportunities": [{"opportunity_id": "1", "amount": 100, "outcome": "open", "created_at": "2026-01-01"}],
        "state.targets": [
            {"kpi_id": "total_revenue", "since": "2026-01-01", "until": "2026-02-01", "target_value": 90}
        ],
    }
    workspace = memory_workspace(tables)
    assert value(workspace, "pipeline_coverage", START, date(2026, 2, 1)) is None
    assert noted(workspace, "pipeline_coverage", START, date(2026, 2, 1)) == ["method.target_reached"]


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
    result = run(workspace, Query(("delivery_sales_correlation",), date(2024, 1, 1), date(2025, 1, 1)))[
        "delivery_sales_correlation"
    ]
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
        row = run(team(effect), Query(("activity_result_correlation",), START, date(2027, 1, 1)))[
            "activity_result_correlation"
        ].rows[0]
        assert row.n == 240
        assert np.sign(row.value) == np.sign(effect) and abs(row.value) > 0.8
        assert row.low < row.value < row.high


def test_f41_random_data_are_not_significant_and_missing_rows_are_told():
    assert value(team(0), "activity_result_correlation") is None
    result = run(team(50, missing=0.4), Query(("activity_result_correlation",), START, date(2027, 1, 1)))[
        "activity_result_correlation"
    ]
    said = dict(dict(result.notes)["method.result_revenue"])
    assert 50 <= said["coverage"] <= 70
    assert result.rows[0].n == pytest.approx(240 * said["coverage"] / 100, abs=2)


# What holds for all


def test_the_products_that_fall_are_marked():
    orders = [{"order_id": m, "ordered_at": date(2026, m, 5)} for m in range(1, 13)]
    lines = [{"order_id": m, "product_id": "falls", "quantity": 1, "line_amount": 130 - 10 * m} for m in range(1, 13)]
    lines += [{"order_id": m, "product_id": "rises", "quantity": 1, "line_amount": 10 * m} for m in range(1, 13)]
    found = product_trend.trends(memory_workspace({"orders": orders, "order_lines": lines}), date(2027, 1, 1))
    assert list(found["product_id"]) == ["falls", "rises"]
    assert list(found["decline"]) == [True, False]
    assert found["slope"][0] == pytest.approx(-10 / 65)


def test_thirty_five_customers_of_whom_exactly_seven_are_the_top_fifth():
    orders = [{"order_id": k, "customer_id": k, "ordered_at": "2026-02-01", "amount": 1} for k in range(35)]
    assert value(memory_workspace({"orders": orders}), "top20_revenue_share") == pytest.approx(7 / 35)


def test_what_has_no_groups_says_so_and_does_not_guess():
    tables = {
        "crm_benefits": [{"money_value": 150, "since": "2026-01-01"}],
        "costs": [{"purpose": "crm", "incurred_at": "2026-01-05", "amount": 10, "category": "storage"}],
    }
    result = run(memory_workspace(tables), Query(("crm_roi",), START, date(2027, 1, 1), split="costs.category"))[
        "crm_roi"
    ]
    assert not result.rows
    assert [code for code, _ in result.notes] == ["note.no_dimension"]


def test_functions_compare_with_the_period_before():
    workspace = memory_workspace({"orders": orders_on("a", 0, 10, 20, 40, 60)}, as_of=date(2026, 3, 31))
    result = run(workspace, Query(("rfm_recency",), date(2026, 2, 1), date(2026, 3, 1), by="month", compare="previous"))
    row = result["rfm_recency"].rows[0]
    assert (row.value, row.compared) == (18, 10)  # 10 February to 28 February; 21 January to 31 January


# Every function with the least it needs


def alternatives():
    """(kpi, columns) for each way in which the needs of a KPI with a function can be met."""
    for kpi in kpis().values():
        for computation in kpi.computations:
            if computation.function:
                for choice in itertools.product(*needs_of(kpi, computation).terms):
                    yield kpi.id, frozenset().union(*choice)


VALUES = {"id": "x", "text": "x", "money": 10, "number": 1, "integer": 1, "flag": "true", "time": "2026-01-15"}


def one_row(columns):
    """A table with one row for each table named, with these columns alone."""
    rows = {}
    for path in sorted(columns):
        table, column = path.split(".")
        if table in model.tables():
            spec = model.field(path)
            rows.setdefault(table, {})[column] = spec.values[0] if spec.values else VALUES[spec.type]
        else:
            known = {"since": "2026-01-01", "until": "2026-02-01", "kpi_id": "total_revenue"}
            number = column.endswith("_value")
            rows.setdefault(f"state.{table}", {})[column] = known.get(column, 5 if number else "x")
    return {table: [row] for table, row in rows.items()}


@pytest.mark.parametrize(("kpi", "columns"), list(alternatives()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_function_works_with_the_least_it_needs(kpi, columns):
    workspace = memory_workspace(one_row(columns), as_of=date(2026, 1, 31))
    for by in (None, "month"):
        result = run(workspace, Query((kpi,), date(2025, 12, 1), date(2026, 3, 1), by=by))[kpi]
        assert not result.missing
        assert len(result.rows) == (3 if by else 1)
        assert all(row.value is None or np.isfinite(row.value) for row in result.rows)
        for code, params in result.notes:
            if code.startswith("method."):
                assert Texts("uk").t(code, **dict(params))
    before = run(workspace, Query((kpi,), date(2020, 1, 1), date(2020, 2, 1)))[kpi]
    assert all(row.value in (None, 0, 1) for row in before.rows)  # nothing was known then
