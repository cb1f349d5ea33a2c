"""Worked numbers of the features: F56, F59, F60, F63, F68, F74, F100, F102, F103, F104 and F105."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi.analysis.bands import band
from kpi.catalogue import kpi
from kpi.core import Query
from kpi.measure import run
from kpi.measure.judged import judgement
from tests.asking import END, START, answer, first, value
from tests.support import memory_workspace

YEAR_END = date(2026, 12, 31)


def order(number: int | str, day: str, amount: float, customer: str | None = "a", **more) -> dict:
    return {"order_id": str(number), "customer_id": customer, "ordered_at": day, "amount": amount, **more}


def customer(name: str, first_order: str, churned: str | None = None) -> dict:
    return {"customer_id": name, "first_order_at": first_order, "churned_at": churned}


def test_f56_40_quotes_10_invoiced_are_25_percent():
    quotes = [{"quote_id": str(n), "sent_at": "2026-02-01", "status": "sent"} for n in range(40)]
    invoices = [{"invoice_id": f"i{n}", "quote_id": str(n), "issued_at": "2026-03-01", "amount": 1} for n in range(10)]
    leads = [{"lead_id": str(n), "created_at": "2026-01-05"} for n in range(4)]
    workspace = memory_workspace({"quotes": quotes, "invoices": invoices, "leads": leads}, as_of=YEAR_END)
    assert value(workspace, "quotes_invoiced") == 10
    assert first(workspace, "quote_to_invoice_rate").value == 0.25


def clv_workspace(won: int = 0, costs: list[dict] | None = None):
    """Four customers at the start of 2026, one of whom leaves that year, and `won` more; each buys four times for 100."""
    people = [customer(f"c{n}", "2025-01-01", "2026-12-31" if n == 0 else None) for n in range(4)]
    people += [customer(f"w{n}", "2026-01-15") for n in range(won)]
    orders = [
        order(f"{each['customer_id']}-{k}", f"2026-{3 * k + 1:02d}-15", 100, each["customer_id"])
        for each in people
        for k in range(4)
    ]
    return memory_workspace({"customers": people, "orders": orders, "costs": costs or []}, as_of=YEAR_END)


def test_f59_100_an_order_4_orders_a_year_25_percent_churn_make_1600():
    workspace = clv_workspace()
    assert value(workspace, "average_order_value") == 100
    assert value(workspace, "churn_rate") == 0.25
    assert value(workspace, "clv") == pytest.approx(1600)


def test_f59_without_churn_the_lifetime_is_not_defined():
    orders = [order(n, "2026-03-01", 100, "a") for n in range(4)]
    workspace = memory_workspace({"customers": [customer("a", "2025-01-01")], "orders": orders}, as_of=YEAR_END)
    assert value(workspace, "clv") is None


def test_f60_clv_1600_to_cac_400_is_4():
    workspace = clv_workspace(1, [{"purpose": "acquisition", "incurred_at": "2026-05-01", "amount": 400}])
    assert value(workspace, "clv") == pytest.approx(1600)
    assert value(workspace, "cac") == 400
    assert value(workspace, "clv_to_cac") == pytest.approx(4.0)


def test_f63_costs_of_10000_for_20_first_purchases_are_500_and_keeping_costs_do_not_count():
    people = [customer(f"n{k}", "2026-03-01") for k in range(20)] + [customer("old", "2025-03-01")]
    campaigns = [
        {"campaign_id": str(n), "purpose": p} for n, p in enumerate(("acquisition", None, "retention", "brand"))
    ]
    tables = {
        "customers": people,
        "orders": [order(1, "2026-03-01", 1, "n1")],
        "costs": [
            {"purpose": "acquisition", "incurred_at": "2026-03-01", "amount": 5_000, "category": "salaries"},
            {"purpose": "lead_generation", "incurred_at": "2026-03-01", "amount": 2_000},
            {"purpose": "retention", "incurred_at": "2026-03-01", "amount": 9_000},
        ],
        "campaigns": campaigns,
        "campaign_costs": [
            {"campaign_id": str(n), "incurred_at": "2026-04-01", "amount": amount}
            for n, amount in enumerate((2_000, 1_000, 700, 600))
        ],
    }
    assert value(memory_workspace(tables, as_of=YEAR_END), "cac") == 500


def test_f68_new_and_repeat_and_nameless_revenue_make_the_total_with_discounts_and_returns():
    people = [customer("old", "2025-03-01"), customer("new", "2026-02-01"), customer("newer", "2026-05-01")]
    orders = [
        order(1, "2026-01-10", 90, "old", gross_amount=100, discount_amount=10),
        order(2, "2026-02-01", 200, "new"),
        order(3, "2026-06-01", 45, "new", gross_amount=50, discount_amount=5),
        order(4, "2026-05-01", 30, "newer"),
        order(5, "2026-05-02", 1000, "old", status="cancelled"),
        order(6, "2026-07-01", 7, None),
    ]
    returned = [{"return_id": "1", "order_id": "2", "customer_id": "new", "returned_at": "2026-03-01", "amount": 60}]
    workspace = memory_workspace({"customers": people, "orders": orders, "returns": returned}, as_of=YEAR_END)
    nameless = 7
    new, repeat = value(workspace, "new_customer_revenue"), value(workspace, "repeat_customer_revenue")
    assert (new, repeat) == (275, 90)
    assert new + repeat + nameless == value(workspace, "total_revenue") == 372
    assert value(workspace, "net_sales") == 372 - 60


def churn_workspace(lost: int, won: int):
    people = [customer(f"c{n}", "2025-06-01", "2026-03-10" if n < lost else None) for n in range(100)]
    people += [customer(f"w{n}", "2026-03-05") for n in range(won)]
    return memory_workspace({"customers": people, "orders": [order(1, "2026-03-05", 1, "c99")]}, as_of=YEAR_END)


@pytest.mark.parametrize(("lost", "won", "gross", "net"), [(10, 0, 0.10, 0.10), (10, 10, 0.10, 0.0)])
def test_f100_gross_and_net_churn(lost, won, gross, net):
    march = date(2026, 3, 1), date(2026, 4, 1)
    workspace = churn_workspace(lost, won)
    assert value(workspace, "churn_rate", *march) == pytest.approx(gross)
    assert value(workspace, "net_customer_change", *march) == pytest.approx(net)


def contracts(due: int, renewed: int, others: int = 0) -> list[dict]:
    rows = [
        {
            "contract_id": str(n),
            "customer_id": str(n),
            "started_at": "2025-07-01",
            "ends_at": "2026-06-30",
            "renewed_at": "2026-06-30" if n < renewed else None,
        }
        for n in range(due)
    ]
    return rows + [
        {"contract_id": f"o{n}", "customer_id": f"o{n}", "started_at": "2025-07-01", "ends_at": "2027-06-30"}
        for n in range(others)
    ]


@pytest.mark.parametrize(
    ("rows", "of_due", "of_all"), [(contracts(100, 95), 0.95, 0.95), (contracts(10, 9, 90), 0.9, 0.09)]
)
def test_f102_renewals_of_those_due_and_of_all(rows, of_due, of_all):
    workspace = memory_workspace({"contracts": rows}, as_of=YEAR_END)
    assert value(workspace, "renewal_rate") == pytest.approx(of_due)
    assert value(workspace, "renewal_rate_all") == pytest.approx(of_all)


def retention_workspace(revenue_per_customer: float):
    """90 customers kept; keeping them cost 9,000."""
    people = [customer(f"k{n}", "2025-03-01") for n in range(90)]
    orders = [order(n, "2026-03-01", revenue_per_customer, f"k{n}") for n in range(90)]
    costs = [{"purpose": "retention", "incurred_at": "2026-03-01", "amount": 9_000, "category": "tools"}]
    return memory_workspace({"customers": people, "orders": orders, "costs": costs}, as_of=YEAR_END)


@pytest.mark.parametrize(("revenue", "said"), [(80, "retention_above_revenue"), (120, "retention_within_revenue")])
def test_f103_keeping_a_customer_must_not_cost_more_than_a_customer_brings_in(revenue, said):
    workspace = retention_workspace(revenue)
    cost = first(workspace, "customer_retention_cost")
    assert cost.value == 100
    assert value(workspace, "average_revenue_per_customer") == revenue
    assert judgement(workspace, kpi("customer_retention_cost"), cost) == said


def test_f104_120_this_month_after_100_are_1_20_and_after_nothing_not_defined():
    days = ["2025-12-01", "2026-02-10", "2026-03-10"]
    orders = [order(n, day, 500) for n, day in enumerate(days)]
    lines = [
        {"order_line_id": "1", "order_id": "1", "sale_type": "up_sell", "line_amount": 60},
        {"order_line_id": "2", "order_id": "1", "sale_type": "cross_sell", "line_amount": 40},
        {"order_line_id": "3", "order_id": "2", "sale_type": "cross_sell", "line_amount": 120},
        {"order_line_id": "4", "order_id": "2", "sale_type": "repeat", "line_amount": 380},
    ]
    people = [customer("a", "2025-12-01")]
    workspace = memory_workspace({"customers": people, "orders": orders, "order_lines": lines}, as_of=date(2026, 4, 30))
    february, march, april = (date(2026, m, 1) for m in (2, 3, 4))
    assert value(workspace, "ancillary_revenue", march, april) == 120
    assert value(workspace, "ancillary_revenue_ratio", march, april) == pytest.approx(1.2)
    assert value(workspace, "ancillary_revenue_ratio", february, march) is None


@pytest.mark.parametrize(
    ("solved", "of", "said"),
    [
        (900, 1000, "fcr_excellent"),
        (899, 1000, "fcr_to_improve"),
        (500, 1000, "fcr_to_improve"),
        (499, 1000, "fcr_concern"),
    ],
)
def test_f105_bands_of_first_contact_resolution(solved, of, said):
    tickets = [
        {"ticket_id": str(n), "resolved_at": "2026-03-01", "contact_count": 1 if n < solved else 2} for n in range(of)
    ]
    row = first(memory_workspace({"tickets": tickets}, as_of=YEAR_END), "fcr")
    assert row.value == solved / of
    assert judgement(memory_workspace({}), kpi("fcr"), row) == said


def test_f105_without_a_value_there_is_no_band():
    assert band("fcr", None) == "" and band("nps", 50) == ""
    assert judgement(memory_workspace({}), kpi("fcr"), None) == ""


def test_f68_the_parts_add_up_in_every_month():
    orders = [order(n, str(START + timedelta(days=11 * n)), 10 + n, f"c{n % 3}") for n in range(30)]
    people = [customer(f"c{n}", str(START + timedelta(days=11 * n))) for n in range(3)]
    workspace = memory_workspace({"customers": people, "orders": orders}, as_of=YEAR_END)
    months = {"by": "month"}
    new, repeat, total = (
        [row.value or 0 for row in answer(workspace, id_, START, END, **months).rows]
        for id_ in ("new_customer_revenue", "repeat_customer_revenue", "total_revenue")
    )
    assert len(total) == 12
    assert [a + b for a, b in zip(new, repeat, strict=True)] == total


def test_f74_four_excellent_three_good_two_average_one_poor():
    scores = [4] * 4 + [3] * 3 + [2] * 2 + [1]
    surveys = [
        {
            "survey_id": str(n),
            "survey_type": "csat",
            "score": s,
            "scale_min": 1,
            "scale_max": 4,
            "responded_at": "2026-02-01",
        }
        for n, s in enumerate(scores)
    ]
    workspace = memory_workspace({"surveys": surveys}, as_of=YEAR_END)
    row = run(workspace, Query(("csat",), START, END))["csat"].rows[0]
    assert (row.value, row.n) == (0.7, 10)
