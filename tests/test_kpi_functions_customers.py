"""KPI functions about customers: who may leave, who orders again, RFM."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import pytest

from kpi.analysis import reorder, risk
from tests.asking import START, answer, first, value
from tests.support import SHARED, memory_workspace


def orders_on(customer, *days):
    return [
        {"order_id": f"{customer}{k}", "customer_id": customer, "ordered_at": START + timedelta(days=d)}
        for k, d in enumerate(days)
    ]


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
    row = first(workspace, "time_between_orders", date(1998, 6, 1), date(1998, 7, 1))
    assert row.value == oracle["km_quantiles"][2]
    assert row.n == oracle["n_intervals"]


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
    row = first(workspace, "rfm_score")
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
    row = first(workspace, "rfm_segment_share")
    assert (row.value, row.n, row.numerator) == (0.2, 25, 5)
    assert row.low < 0.2 < row.high
    north = answer(workspace, "rfm_segment_share", split="region").rows
    assert [(r.group, r.value) for r in north] == [("North", 1.0)]


def test_a_score_does_not_depend_on_the_filter():
    tables = {
        "orders": base(50),
        "customers": [{"customer_id": f"c{k:03}", "region": "old" if k <= 10 else "new"} for k in range(1, 51)],
    }
    workspace = memory_workspace(tables)
    old = value(workspace, "rfm_score", filters=(("region", "old"),))
    assert old == 5  # all R 1, F 3, M 1, although among themselves they would spread over 1 to 5


def test_thirty_five_customers_of_whom_exactly_seven_are_the_top_fifth():
    orders = [{"order_id": k, "customer_id": k, "ordered_at": "2026-02-01", "amount": 1} for k in range(35)]
    assert value(memory_workspace({"orders": orders}), "top20_revenue_share") == pytest.approx(7 / 35)


def test_functions_compare_with_the_period_before():
    workspace = memory_workspace({"orders": orders_on("a", 0, 10, 20, 40, 60)}, as_of=date(2026, 3, 31))
    row = first(workspace, "rfm_recency", date(2026, 2, 1), date(2026, 3, 1), by="month", compare="previous")
    assert (row.value, row.compared) == (18, 10)  # 10 February to 28 February; 21 January to 31 January
