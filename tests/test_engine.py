"""The metric engine: expressions, periods, splits, filters, comparison, proof."""

from datetime import date

import pytest

from kpi.compile import parse_aggregate, parse_condition, parse_formula, scope
from kpi.core import Query
from kpi.errors import BadDefinition, Unknown
from kpi.measure import explain, run
from tests.support import memory_workspace

WHERE = ("own.toml", "kpi")


def deals():
    return memory_workspace(
        {
            "opportunities": [
                {
                    "opportunity_id": "1",
                    "customer_id": "a",
                    "amount": 100,
                    "created_at": "2026-01-05",
                    "closed_at": "2026-02-10",
                    "outcome": "won",
                    "_extra": {"plan": "gold"},
                },
                {
                    "opportunity_id": "2",
                    "customer_id": "b",
                    "amount": 200,
                    "created_at": "2026-01-20",
                    "closed_at": "2026-02-28 23:59:59",
                    "outcome": "lost",
                    "_extra": {"plan": "free"},
                },
                {
                    "opportunity_id": "3",
                    "customer_id": "a",
                    "amount": 300,
                    "created_at": "2026-02-01",
                    "closed_at": "2026-03-01",
                    "outcome": "won",
                    "_extra": {"plan": "gold"},
                },
                {
                    "opportunity_id": "4",
                    "customer_id": None,
                    "amount": 400,
                    "created_at": "2026-02-15",
                    "closed_at": None,
                    "outcome": "open",
                },
            ],
            "customers": [
                {"customer_id": "a", "region": "North", "first_order_at": "2026-02-10"},
                {"customer_id": "b", "region": None},
            ],
        },
        as_of=date(2026, 3, 15),
    )


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)",
        "count(*) from employees",
        "sum(amount); drop table orders",
        "read_csv('/etc/passwd')",
        "getenv('HOME')",
        "amount",
        "sum(amuont)",
        "sum(amount) over ()",
        "cast(sum(amount) as blob)",
        "sum(amount",
    ],
)
def test_what_a_definition_may_not_say_is_refused_with_its_place(text):
    with pytest.raises(BadDefinition) as error:
        parse_aggregate(text, scope("opportunities"), WHERE)
    assert error.value.params["file"] == "own.toml" and error.value.params["key"] == "kpi"
    assert error.value.params["why"]


def test_a_condition_holds_no_aggregate_and_joins_only_many_to_one():
    with pytest.raises(BadDefinition):
        parse_condition("sum(amount) > 3", scope("opportunities"), WHERE)
    with pytest.raises(BadDefinition):  # one opportunity has many activities: that way rows would multiply
        parse_condition("activities.status = 'done'", scope("opportunities"), WHERE)
    assert parse_condition("customers.region = 'x'", scope("opportunities"), WHERE).joins


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b", None),
        ("a - b", 6.0),
        ("coalesce(a / b, 7)", 7.0),
        ("a / (b + c)", None),
        ("-a * 2", -12.0),
        ("abs(b - a)", 6.0),
    ],
)
def test_not_defined_stays_not_defined(text, expected):
    values = {"a": 6.0, "b": 0.0, "c": None}
    assert parse_formula(text, WHERE).evaluate(lambda name, _: values[name], 30.0, {}) == expected


def test_periods_are_half_open_and_empty_ones_are_rows():
    rows = run(deals(), Query(("close_rate",), date(2026, 1, 1), date(2026, 4, 1), by="month"))["close_rate"].rows
    assert [r.value for r in rows] == [None, 0.5, 1.0]  # January: not defined, never 0
    assert [r.n for r in rows] == [0, 2, 1]
    assert [r.period.complete for r in rows] == [True, True, False]  # data end on 15 March


def test_counts_of_empty_periods_are_zero():
    rows = run(
        deals(),
        Query(("opportunity_conversion_rate", "open_opportunities"), date(2025, 12, 1), date(2026, 3, 1), by="month"),
    )
    assert [r.value for r in rows["open_opportunities"].rows] == [0, 2, 2]


def test_stocks_are_as_of_the_period_end():
    rows = run(deals(), Query(("pipeline_value",), date(2026, 1, 1), date(2026, 4, 1), by="month"))[
        "pipeline_value"
    ].rows
    assert [r.value for r in rows] == [300, 700, 400]


def test_without_dates_the_whole_period_of_the_date_columns():
    row = run(deals(), Query(("close_rate",)))["close_rate"].rows[0]
    assert (row.period.since, row.period.until) == (date(2026, 2, 10), date(2026, 3, 2))
    assert row.value == pytest.approx(2 / 3)
    assert row.low < row.value < row.high


def test_split_filter_and_extra_columns():
    workspace = deals()
    by_region = run(workspace, Query(("close_rate",), split="customers.region"))["close_rate"].rows
    assert {r.group: r.value for r in by_region} == {"North": 1.0, "not recorded": 0.0}
    by_plan = run(workspace, Query(("close_rate",), split="extra.plan"))["close_rate"].rows
    assert {r.group: r.n for r in by_plan} == {"gold": 2, "free": 1}
    north = run(workspace, Query(("close_rate",), filters=(("customers.region", "North"),)))["close_rate"].rows
    assert [r.n for r in north] == [2]
    empty = run(workspace, Query(("close_rate",), filters=(("customers.region", "not recorded"),)))["close_rate"].rows
    assert [r.n for r in empty] == [1]


def test_values_of_filters_are_bound_never_pasted():
    nasty = "x' or 1=1; drop table opportunities; --"
    workspace = deals()
    rows = run(workspace, Query(("open_opportunities",), filters=(("customers.region", nasty),)))[
        "open_opportunities"
    ].rows
    assert [r.value for r in rows] == [0]
    assert workspace.rows("select count(*) from opportunities") == [(4,)]
    run(workspace, Query(("close_rate",), split="extra.a'\"); drop table opportunities; --"))
    assert workspace.rows("select count(*) from opportunities") == [(4,)]


def test_an_unknown_dimension_says_what_was_meant():
    with pytest.raises(Unknown) as error:
        run(deals(), Query(("close_rate",), split="customers.regoin"))
    assert "customers.region" in error.value.near


def test_a_kpi_that_cannot_be_split_says_so_and_leaves_the_others_alone():
    result = run(deals(), Query(("close_rate", "new_customers"), split="deal_type"))
    assert result["close_rate"].rows
    assert not result["new_customers"].rows and "cannot be split" in result["new_customers"].warnings[0]


def test_comparison_with_the_period_and_the_year_before():
    rows = run(
        deals(), Query(("open_opportunities",), date(2026, 2, 1), date(2026, 3, 1), by="month", compare="previous")
    )
    assert [(r.value, r.compared) for r in rows["open_opportunities"].rows] == [(2, 2)]
    rows = run(deals(), Query(("open_opportunities",), date(2026, 2, 1), date(2026, 3, 1), by="month", compare="year"))
    assert rows["open_opportunities"].rows[0].compared == 0


def test_jalali_months_are_real_buckets():
    rows = run(deals(), Query(("close_rate",), date(2026, 1, 21), date(2026, 3, 21), by="month", calendar="jalali"))[
        "close_rate"
    ].rows
    assert [(r.period.since, r.period.until) for r in rows] == [
        (date(2026, 1, 21), date(2026, 2, 20)),
        (date(2026, 2, 20), date(2026, 3, 21)),
    ]
    assert [r.n for r in rows] == [1, 2]


def test_what_is_missing_is_named():
    result = run(deals(), Query(("nps", "total_revenue")))
    assert result["nps"].rows == () and result["nps"].missing == (
        "surveys.responded_at",
        "surveys.score",
        "surveys.survey_type",
    )
    assert "orders.amount" in result["total_revenue"].missing


def test_the_board_of_one_fact_and_date_is_one_query():
    workspace = deals()
    seen = []
    ask = workspace.rows
    workspace.rows = lambda sql, params=(): (seen.append(sql), ask(sql, params))[1]
    kpis = ("close_rate", "average_deal_size", "deal_closing_time", "sales_cycle_length")
    run(workspace, Query(kpis, date(2026, 1, 1), date(2026, 4, 1), by="month"))
    asked = [sql for sql in seen if "from opportunities" in sql]
    assert len(asked) == 1
    before = len(seen)
    run(workspace, Query(kpis, date(2026, 1, 1), date(2026, 4, 1), by="month"))
    assert len(seen) == before  # a rerun repeats no query already answered


def test_the_proof_adds_up():
    proof = explain(deals(), Query(("close_rate",), date(2026, 2, 1), date(2026, 3, 1)))
    for part in proof.parts:
        assert part.read == part.used + sum(n for _, n in part.left_out) == 4
    assert proof.parts[1].left_out == (("no_date", 1), ("outside_period", 1))
    assert proof.result.rows[0].value == proof.parts[0].value / proof.parts[1].value
    assert "compute memory close_rate --from 2026-02-01 --to 2026-03-01" in proof.command


def test_the_median_stands_beside_the_mean_and_is_never_mixed_in():
    row = run(deals(), Query(("average_deal_size",), date(2026, 1, 1), date(2026, 4, 1)))["average_deal_size"].rows[0]
    assert row.value == 200 and dict(row.beside) == {"median": 200}
    workspace = memory_workspace(
        {
            "tickets": [
                {
                    "ticket_id": str(i),
                    "opened_at": "2026-01-01",
                    "resolved_at": "2026-01-02",
                    "resolution_sla_met": True,
                    "first_response_at": "2026-01-01",
                    "response_sla_met": i == 0,
                }
                for i in range(4)
            ]
        }
    )
    january = Query(("sla_compliance_rate",), date(2026, 1, 1), date(2026, 2, 1))
    row = run(workspace, january)["sla_compliance_rate"].rows[0]
    assert row.value == 1.0 and dict(row.beside) == {"response": 0.25}


def test_two_currencies_are_never_added():
    workspace = memory_workspace(
        {
            "orders": [
                {"order_id": "1", "ordered_at": "2026-01-05", "amount": 10, "currency": "EUR"},
                {"order_id": "2", "ordered_at": "2026-01-06", "amount": 10, "currency": "USD"},
            ]
        }
    )
    result = run(workspace, Query(("total_revenue", "sales_count")))
    assert result["total_revenue"].rows == () and "EUR, USD" in result["total_revenue"].warnings[0]
    assert result["sales_count"].rows[0].value == 2
    apart = run(workspace, Query(("total_revenue",), split="currency"))["total_revenue"].rows
    assert {r.group: r.value for r in apart} == {"EUR": 10, "USD": 10}
    euros = run(workspace, Query(("total_revenue",), filters=(("currency", "EUR"),)))["total_revenue"].rows
    assert [r.value for r in euros] == [10]
