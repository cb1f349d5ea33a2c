"""Not defined is not zero: a sum over no rows is 0, over rows that all lack the value it has no value."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from kpi import cli
from kpi import workspace as workspaces
from kpi.compile import Leaf, compile_batch
from kpi.core import Computation, Measure, Period, Query
from kpi.measure.evaluate import Evaluation
from kpi.measure.frame import frame_of
from tests.asking import answer, value
from tests.support import MemoryWorkspace, memory_workspace
from tests.workspaces import load

MONTHS = tuple(Period(date(2026, k, 1), date(2026, k + 1, 1)) for k in range(1, 6))


def orders(*rows: tuple[str, float | None, str]) -> MemoryWorkspace:
    """Orders as (day, amount, channel); as of the end of May."""
    made = [
        {"order_id": str(k), "customer_id": "c", "ordered_at": day, "amount": amount, "channel": channel}
        for k, (day, amount, channel) in enumerate(rows)
    ]
    return memory_workspace({"orders": made}, as_of=date(2026, 5, 31))


@pytest.fixture
def shop() -> MemoryWorkspace:
    """January: amounts in part. February: none has one. March: nothing. April: web has one, shop none. May: 0."""
    return orders(
        ("2026-01-05", 10, "web"), ("2026-01-06", None, "web"), ("2026-01-07", 5, "shop"),
        ("2026-02-05", None, "web"), ("2026-02-06", None, "shop"),
        ("2026-04-05", 7, "web"), ("2026-04-06", None, "shop"),
        ("2026-05-05", 0, "web"),
    )  # fmt: skip


def evaluated(workspace: MemoryWorkspace, formula: str, **parts: Measure) -> Evaluation:
    """The leaves of `formula` over the months, asked."""
    asked = Evaluation(workspace, frame_of(workspace, Query((), by="month")), MONTHS, None, (), lambda _: None)
    asked.ask(asked.leaves(Computation(formula, tuple(parts.items()))))
    return asked


def values(workspace: MemoryWorkspace, formula: str, **parts: Measure) -> list[float | None]:
    asked = evaluated(workspace, formula, **parts)
    return [asked.value(Computation(formula, tuple(parts.items())), i, None) for i in range(len(MONTHS))]


def test_a_month_whose_rows_all_lack_the_amount_has_no_value(shop: MemoryWorkspace) -> None:
    rows = answer(shop, "total_revenue", date(2026, 1, 1), date(2026, 6, 1), by="month").rows
    assert [(row.value, row.n) for row in rows] == [(15, 2), (None, 0), (0, 0), (7, 1), (0, 1)]


def test_a_ratio_of_a_sum_without_a_value_has_none(shop: MemoryWorkspace) -> None:
    rows = answer(shop, "average_order_value", date(2026, 1, 1), date(2026, 6, 1), by="month").rows
    assert [row.value for row in rows] == [5, None, None, 3.5, 0]
    assert rows[1].numerator is None


def sold(amount: str, where: str | None = None) -> Measure:
    return Measure("orders", amount, "ordered_at", where)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (sold("sum(amount)"), [15, None, 0, 7, 0]),
        (sold("sum(amount)", "channel = 'shop'"), [5, None, 0, None, 0]),
        (sold("sum(amount) filter (where channel = 'shop')"), [5, None, 0, None, 0]),
        (sold("sum(amount) filter (where channel = 'shop')", "order_id <> '0'"), [5, None, 0, None, 0]),
        (sold("sum(amount) + sum(amount) filter (where channel = 'shop')"), [20, None, 0, None, 0]),
        (sold("sum(amount) filter (where channel = 'shop') / sum(amount)"), [1 / 3, None, None, None, None]),
        (sold("sum(amount) filter (where channel = 'fair') / count(*)"), [0, 0, None, 0, 0]),
        (sold("2 * sum(amount) filter (where channel = 'fair')"), [0, 0, 0, 0, 0]),
        (sold("coalesce(sum(amount), 0)"), [15, 0, 0, 7, 0]),  # who defines it so is taken at their word
        (sold("avg(amount)"), [7.5, None, None, 7, 0]),
        (sold("count(amount)"), [2, 0, 0, 1, 1]),
    ],
)  # fmt: skip
def test_every_sum_of_an_expression_follows_the_rule(
    shop: MemoryWorkspace, measure: Measure, expected: list[float | None]
) -> None:
    other = sold("count(*)")  # with a condition of its own or none, so that the board's conditions differ
    assert values(shop, "0 * other + x", x=measure, other=other) == pytest.approx(expected)
    assert values(shop, "x", x=measure) == pytest.approx(expected)


def test_a_period_of_several_parts_is_undefined_only_if_all_its_rows_lack_the_value(shop: MemoryWorkspace) -> None:
    """Months and windows share their parts: January 15, February without a value, March without rows …"""
    for measure, expected in (
        (sold("sum(amount)"), [15, 15, 15, 7, 7]),
        (sold("sum(amount)", "channel = 'shop'"), [5, 5, 5, None, None]),
    ):
        window = evaluated(shop, "trailing(x, 3) + 0 * trailing(n, 1)", x=measure, n=sold("count(*)"))
        assert any(len(leaf.periods) == len(MONTHS) for leaf in window.cells)
        found = [window.value(Computation("trailing(x, 3)", (("x", measure),)), i, None) for i in range(len(MONTHS))]
        assert found == expected
    only = orders(("2026-01-05", None, "web"), ("2026-03-05", None, "web"), ("2026-05-05", 1, "web"))
    # March to May: a part without a value, one without rows, one with a value; December to February: no value at all.
    assert values(only, "trailing(x, 2) + 0 * y", x=sold("sum(amount)"), y=sold("count(*)")) == [
        None,
        None,
        None,
        None,
        1,
    ]


def test_a_group_whose_rows_all_lack_the_amount_is_shown_without_a_value(shop: MemoryWorkspace) -> None:
    rows = answer(shop, "total_revenue", date(2026, 4, 1), date(2026, 5, 1), split="channel").rows
    assert {row.group: row.value for row in rows} == {"web": 7, "shop": None}


def test_the_sql_of_a_plain_sum_is_the_sum() -> None:
    whole, part = sold("sum(amount)"), sold("sum(amount)", "channel = 'web'")
    for leaves in ((whole,), (part,), (whole, part)):
        (statement,) = compile_batch([Leaf(m, MONTHS) for m in leaves], now=date(2026, 6, 1))
        assert "coalesce(sum" not in statement.sql.lower()
        assert ("CASE WHEN COUNT(*) FILTER" in statement.sql) == (len(leaves) > 1)


def test_it_is_said_why_there_is_no_value(shop: MemoryWorkspace) -> None:
    said = dict(answer(shop, "total_revenue", date(2026, 1, 1), date(2026, 6, 1), by="month").notes)
    assert dict(said["note.unvalued"]) == {"n": 1, "of": 5}
    assert "note.unvalued" not in dict(answer(shop, "total_revenue", date(2026, 3, 1), date(2026, 4, 1)).notes)
    assert "note.unvalued" not in dict(answer(shop, "sales_count", date(2026, 2, 1), date(2026, 3, 1)).notes)


DEALS = [
    {"opportunity_id": "1", "created_at": "2026-01-05", "outcome": "open", "stage": "demo"},
    {"opportunity_id": "2", "created_at": "2026-02-05", "outcome": "open", "stage": "demo"},
    {"opportunity_id": "3", "created_at": "2026-01-05", "closed_at": "2026-01-20", "outcome": "won", "amount": 100},
]


def test_a_pipeline_of_deals_without_amounts_has_no_value() -> None:
    workspace = memory_workspace({"opportunities": DEALS}, as_of=date(2026, 2, 28))
    for kpi in ("pipeline_value", "weighted_pipeline_value"):
        rows = answer(workspace, kpi, date(2025, 12, 1), date(2026, 3, 1), by="month").rows
        assert [row.value for row in rows] == [0, None, None], kpi
    counts = answer(workspace, "open_opportunities", date(2025, 12, 1), date(2026, 3, 1), by="month").rows
    assert [row.value for row in counts] == [0, 1, 2]


def test_what_is_owed_on_bills_without_amounts_is_not_known() -> None:
    def owed(*bills: dict, paid: str = "2026-02-01") -> MemoryWorkspace:
        payment = {"payment_id": "p", "invoice_id": "1", "paid_at": paid, "amount": 10}
        return memory_workspace({"invoices": list(bills), "payments": [payment]}, as_of=date(2026, 5, 31))

    without = {"invoice_id": "1", "issued_at": "2026-01-05", "due_at": "2026-02-05"}
    other = {"invoice_id": "2", "issued_at": "2026-03-05", "due_at": "2026-04-05", "amount": 30}
    asked = {"since": date(2025, 12, 1), "until": date(2026, 5, 1), "by": "month"}
    found = answer(owed(without, other), "accounts_receivable", **asked).rows
    assert [row.value for row in found] == [0, None, None, 30, 30]
    known = answer(owed(without | {"amount": 15}, other), "accounts_receivable", **asked).rows
    assert [row.value for row in known] == [0, 15, 5, 35, 35]


def test_a_seller_whose_orders_lack_amounts_did_not_sell_for_nothing() -> None:
    people = [{"employee_id": name, "role": "sales"} for name in ("ada", "bo", "cy")]
    sales = [
        {"order_id": "1", "owner_employee_id": "ada", "ordered_at": "2026-01-05", "amount": 50},
        {"order_id": "2", "owner_employee_id": "bo", "ordered_at": "2026-01-06"},
    ]
    workspace = memory_workspace({"employees": people, "orders": sales}, as_of=date(2026, 1, 31))
    rows = answer(workspace, "sales_per_rep", date(2026, 1, 1), date(2026, 2, 1), split="rep_id").rows
    assert {row.group: row.value for row in rows} == {"ada": 50, "bo": None, "cy": 0}
    assert value(workspace, "sales_per_rep", date(2026, 1, 1), date(2026, 2, 1)) == 25  # the median of what is known


def test_leads_bring_nothing_or_nothing_that_is_known() -> None:
    def brought(*amounts: float | None) -> float | None:
        bought = [
            {"order_id": str(k), "customer_id": "c", "ordered_at": f"2026-01-{k + 10}", "amount": amount}
            for k, amount in enumerate((*amounts, 1))
        ]
        bought[-1]["customer_id"] = "someone else"
        leads = [{"lead_id": "l", "customer_id": "c", "created_at": "2026-01-02"}]
        workspace = memory_workspace({"leads": leads, "orders": bought}, as_of=date(2026, 1, 31))
        return value(workspace, "revenue_per_lead", date(2026, 1, 1), date(2026, 2, 1))

    assert brought() == 0
    assert brought(None) is None
    assert brought(None, 40) == 40


def test_the_first_contract_without_an_amount_is_not_the_second() -> None:
    contracts = [
        {"contract_id": "1", "customer_id": "c", "started_at": "2026-01-02"},
        {"contract_id": "2", "customer_id": "c", "started_at": "2026-02-02", "amount": 9},
    ]
    workspace = memory_workspace({"contracts": contracts}, as_of=date(2026, 2, 28))
    assert value(workspace, "new_revenue", date(2026, 1, 1), date(2026, 2, 1)) is None
    assert value(workspace, "new_revenue", date(2026, 2, 1), date(2026, 3, 1)) == 0


def test_no_gain_is_known_where_no_amount_is() -> None:
    """What functions put together of sums: return on sales cost, the part of a target that is open deals."""
    costs = [{"incurred_at": "2026-01-03", "purpose": "sales", "amount": 5}]
    workspace = memory_workspace(
        {
            "orders": [
                {"order_id": "1", "ordered_at": "2026-01-05"},
                {"order_id": "2", "ordered_at": "2026-02-05", "amount": 20},
            ],
            "order_lines": [{"order_line_id": "1", "order_id": "9", "quantity": 1, "unit_cost": 1, "line_amount": 1}],
            "costs": [*costs, {"incurred_at": "2026-02-03", "purpose": "sales", "amount": 5}],
        },
        as_of=date(2026, 3, 31),
    )
    rows = answer(workspace, "sales_roi", date(2026, 1, 1), date(2026, 3, 1), by="month").rows
    assert [(row.value, row.numerator) for row in rows] == [(None, None), (3, 15)]


@pytest.fixture
def kpi(tmp_path: Path) -> Iterator[Callable[..., dict]]:
    """Runs a command line on workspaces in a folder and gives its JSON."""

    def ask(*argv: str) -> dict:
        out, err = io.StringIO(), io.StringIO()
        assert cli.main(["--home", str(tmp_path), *argv, "--json"], out=out, err=err) == 0, err.getvalue()
        return json.loads(out.getvalue())

    load(workspaces.create(tmp_path, "acme"), {"opportunities": DEALS})
    yield ask
    workspaces.close_workspace(tmp_path, "acme")


def test_the_command_line_shows_no_value_and_says_why(kpi: Callable[..., dict]) -> None:
    found = kpi("compute", "acme", "pipeline_value", "--from", "2026-01-01", "--to", "2026-03-01", "--by", "month")
    assert [row["value"] for row in found["results"][0]["rows"]] == [None, None]
    assert any("none of them has" in each for each in found["results"][0]["warnings"]), found
    proof = kpi("explain", "acme", "pipeline_value", "--from", "2026-02-01", "--to", "2026-03-01")
    assert proof["value"] is None
