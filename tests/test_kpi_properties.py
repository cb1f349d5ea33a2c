"""What must hold of every KPI of the catalogue, found from the catalogue itself: sums, shares, units, order, filters."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi import model
from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.core import KpiResult, Query
from kpi.measure import run
from kpi.measure.run import adds_up
from kpi.workspace import Workspace
from tests.small_company import Tables, small_company
from tests.support import MemoryWorkspace, memory_workspace
from tests.workspaces import load

SINCE, UNTIL = date(2025, 1, 1), date(2026, 1, 1)
AS_OF = date(2026, 11, 15)
SETTINGS = {"new_revenue_stream": "Subscription", "right_deal_types": "framework"}
SPLITS = ("owner_employee_id", "customers.region", "source_channel", "channel", "product_id")
Answers = dict[str, KpiResult]


def answers(workspace: Workspace | MemoryWorkspace, ids: tuple[str, ...], **query: object) -> Answers:
    result = run(workspace, Query(ids, **{"since": SINCE, "until": UNTIL, **query}))  # type: ignore[arg-type]
    return {each.kpi.id: each for each in result.results}


@pytest.fixture(scope="module")
def year(sample: Workspace) -> Answers:
    return answers(sample, tuple(kpis()))


@pytest.fixture(scope="module")
def months(sample: Workspace) -> Answers:
    flows = tuple(id_ for id_, kpi in kpis().items() if not kpi.computations[0].function)
    return answers(sample, flows, by="month")


def additive(workspace: Workspace) -> list[str]:
    return [id_ for id_, kpi in kpis().items() if adds_up(workspace, kpi)]


# Sums


def test_enough_kpis_add_up(sample: Workspace) -> None:
    assert len(additive(sample)) >= 45


def test_months_add_up_to_the_year(sample: Workspace, year: Answers, months: Answers) -> None:
    for id_ in additive(sample):
        whole = year[id_].rows[0]
        assert sum(row.value or 0 for row in months[id_].rows) == pytest.approx(whole.value or 0), id_
        assert sum(row.n or 0 for row in months[id_].rows) == whole.n, id_


@pytest.fixture(scope="module", params=SPLITS)
def groups(request: pytest.FixtureRequest, sample: Workspace) -> Answers:
    """Every KPI that sums up or is a ratio of sums and can be split by one of the usual dimensions."""
    ids = tuple(id_ for id_ in kpis() if id_ in additive(sample) or halves_add_up(id_))
    found = answers(sample, ids, split=request.param)
    split = {id_: result for id_, result in found.items() if "note.no_dimension" not in dict(result.notes)}
    assert len(split) >= 5, request.param
    return split


def test_the_parts_of_every_split_add_up(sample: Workspace, year: Answers, groups: Answers) -> None:
    for id_, result in groups.items():
        whole = year[id_].rows[0]
        if id_ in additive(sample):
            assert sum(row.value or 0 for row in result.rows) == pytest.approx(whole.value or 0), id_
            assert sum(row.n or 0 for row in result.rows) == whole.n, id_


# Ratios


def halves_add_up(id_: str) -> bool:
    """Whether numerator and denominator are each one sum or count of what happened, without "distinct"."""
    kpi = kpis()[id_]
    computation = kpi.computations[0]
    parts = [measure for _, measure in computation.parts]
    plain = all(m.date and m.value.startswith(("count(", "sum(")) for m in parts)
    plain &= not any(word in m.value for m in parts for word in ("distinct", "period."))
    return len(parts) == 2 and plain and not computation.over and computation.formula.count("/") == 1


def test_a_ratio_is_made_again_from_its_halves_over_the_months(year: Answers, months: Answers) -> None:
    checked = [id_ for id_ in months if halves_add_up(id_)]
    assert len(checked) >= 20
    for id_ in checked:
        above = sum(row.numerator or 0 for row in months[id_].rows)
        below = sum(row.denominator or 0 for row in months[id_].rows)
        whole = year[id_].rows[0]
        assert (above, below) == (pytest.approx(whole.numerator), pytest.approx(whole.denominator)), id_
        assert whole.value == (pytest.approx(above / below) if below else None), id_


def test_a_ratio_is_made_again_from_its_halves_over_the_groups(year: Answers, groups: Answers) -> None:
    for id_, result in groups.items():
        if halves_add_up(id_):
            above = sum(row.numerator or 0 for row in result.rows)
            below = sum(row.denominator or 0 for row in result.rows)
            whole = year[id_].rows[0]
            assert (above, below) == (pytest.approx(whole.numerator), pytest.approx(whole.denominator)), id_


def test_a_filter_by_a_member_is_its_group(sample: Workspace, groups: Answers, request: pytest.FixtureRequest) -> None:
    """The largest member of the split; what is left of the whole is then the rest, as the parts add up."""
    split = request.node.callspec.params["groups"]
    members = [row.group for result in groups.values() for row in result.rows if row.group]
    member = max(sorted(set(members)), key=members.count)
    alone = answers(sample, tuple(groups), filters=((split, member),))
    for id_, result in groups.items():
        mine = [row for row in result.rows if row.group == member]
        if mine:
            value = None if mine[0].value is None else pytest.approx(mine[0].value)
            assert (alone[id_].rows[0].value, alone[id_].rows[0].n) == (value, mine[0].n), id_


def test_a_proportion_lies_between_0_and_1_within_its_interval(year: Answers, months: Answers) -> None:
    for id_, kpi in kpis().items():
        for row in (*year[id_].rows, *(months[id_].rows if id_ in months else ())):
            if kpi.proportion and row.value is not None:
                assert -1e-9 <= row.value <= 1 + 1e-9, id_
            if row.low is not None and row.high is not None and row.value is not None:
                assert row.low - 1e-9 <= row.value <= row.high + 1e-9, id_
            if kpi.proportion and row.low is not None:
                assert row.low >= -1e-9 and row.high <= 1 + 1e-9, id_


# By their nature shares of money or of time: Wilson's interval is one for counts (head of the features).
NO_COUNTS = {
    "pipeline_realization_rate",
    "right_deal_share",
    "profitable_sales_share",
    "cac_cost_breakdown",
    "share_of_wallet",
    "top20_revenue_share",
    "invoice_settlement_rate",
    "credit_risk_sales_share",
    "commission_on_settled",
    "system_stability",
    "stockout_rate",
    "customer_data_completeness",
}


def test_every_proportion_of_counts_carries_an_interval(year: Answers) -> None:
    for id_, kpi in kpis().items():
        row = year[id_].rows[0]
        if kpi.proportion and row.value is not None:
            assert (row.low is None) == (id_ in NO_COUNTS), id_


# What must change nothing


@pytest.fixture(scope="module", params=[1])
def tables(request: pytest.FixtureRequest, sample: Workspace) -> Tables:
    return small_company(sample, seed=request.param)


def told(tables: Tables, **settings: str) -> Answers:
    workspace = memory_workspace(tables, SETTINGS | settings, AS_OF)
    return answers(workspace, tuple(kpis()), since=date(2024, 1, 1), until=date(2027, 1, 1), by="year")


@pytest.fixture(scope="module")
def before(tables: Tables) -> Answers:
    found = told(tables)
    known = {id_ for id_, result in found.items() if any(row.value is not None for row in result.rows)}
    assert len(known) >= 190, set(found) - known
    return found


def compare(before: Answers, after: Answers, expected: Callable[[str, float], float] = lambda _, value: value) -> None:
    """Every value and n of `after` is the one of `before`, or what `expected` makes of it."""
    for id_, result in before.items():
        assert result.computable == after[id_].computable, id_
        for left, right in zip(result.rows, after[id_].rows, strict=True):
            wanted = None if left.value is None else pytest.approx(expected(id_, left.value), rel=1e-7, abs=1e-9)
            assert right.value == wanted, (id_, left.period)
            assert right.n == left.n, (id_, left.period)


def test_order_of_rows_and_time_zone_change_nothing(tables: Tables, before: Answers) -> None:
    dice = random.Random(7)
    changed = {name: dice.sample(rows, len(rows)) for name, rows in tables.items()}
    compare(before, told(changed, time_zone="Asia/Tehran"))


def test_the_unit_of_money_scales_money_and_nothing_else(tables: Tables, before: Answers) -> None:
    """Thousandths of the currency: 1,000 times as much in every column of money."""
    scaled = {name: [_scaled(name, row) for row in rows] for name, rows in tables.items()}
    compare(before, told(scaled), lambda id_, value: value * (1000 if kpis()[id_].unit == "currency" else 1))


def _scaled(table: str, row: dict) -> dict:
    if table == "field_changes" and row["field"] == "amount":
        return row | {c: _thousand(row[c]) for c in ("old_value", "new_value")}
    if table == "state.targets" and kpis()[row["kpi_id"]].unit == "currency":
        return row | {c: _thousand(row[c]) for c in row if c.endswith("_value") or c in ("target_low", "target_high")}
    if table.startswith("state."):
        return row
    money = [f.name for f in model.table(table).fields.values() if f.type == "money"]
    return row | {c: _thousand(row[c]) for c in money}


def _thousand(value: object) -> object:
    return None if value is None else float(str(value)) * 1000


def test_the_same_file_loaded_twice_changes_nothing(sample: Workspace, tmp_path: Path) -> None:
    """Rows with a key are the same rows; in a table without one every line is a row of its own, so it is loaded once."""
    tables = {k: rows for k, rows in small_company(sample, seed=3).items() if not k.startswith("state.")}
    own = workspaces.create(tmp_path, "twice")
    load(own, tables)
    board = tuple(kpis())
    once = answers(own, board, by="year")
    load(own, {name: rows for name, rows in tables.items() if model.table(name).key})
    compare(once, answers(own, board, by="year"))
    workspaces.close_workspace(tmp_path, "twice")


# What changes only what it should


def test_cancelled_orders_refunds_and_idle_customers_change_only_what_speaks_of_them(
    tables: Tables, before: Answers
) -> None:
    """A cancelled order with lines, a refund, a customer without orders, a ticket opened again."""
    added = {name: list(rows) for name, rows in tables.items()}
    bought = next(row for row in tables["orders"] if row["customer_id"] and row["status"] == "paid")
    line = next(row for row in tables["order_lines"] if row["order_id"] == bought["order_id"])
    day = "2025-06-16 10:00"
    added["orders"].append(bought | {"order_id": "x", "status": "cancelled", "ordered_at": day, "campaign_id": None})
    added["order_lines"].append(line | {"order_line_id": "x", "order_id": "x"})
    refund = {"return_id": "x", "order_id": bought["order_id"], "customer_id": bought["customer_id"], "amount": 5}
    added["returns"] = [*tables.get("returns", []), refund | {"returned_at": day}]
    added["customers"].append({"customer_id": "x", "created_at": "2023-01-01", "status": "inactive"})
    solved = next(t for t in tables["tickets"] if str(t["resolved_at"])[:4] == "2025" and not t["reopened"])
    added["tickets"] = [t | {"reopened": True} if t is solved else t for t in tables["tickets"]]
    after = told(added)
    for id_, result in before.items():
        if id_ not in TOUCHED:
            compare({id_: result}, after)
    year = slice(1, 2)
    assert after["net_sales"].rows[year][0].value == pytest.approx(before["net_sales"].rows[year][0].value - 5)
    assert after["crm_records"].rows[0].value == before["crm_records"].rows[0].value + 1
    assert after["fcr"].rows[year][0].n == before["fcr"].rows[year][0].n
    assert after["fcr"].rows[year][0].value <= before["fcr"].rows[year][0].value
    assert after["data_accuracy"].rows[year][0].n == before["data_accuracy"].rows[year][0].n + 2  # an order is a record


# Refunds come off the money; records count and are checked; what was opened again was not solved at the first contact.
TOUCHED = {
    "net_sales",
    "rfm_monetary",
    "rfm_monetary_mean",
    "rfm_score",
    "crm_records",
    "customer_data_completeness",
    "data_accuracy",
    "duplicate_customer_rate",
    "fcr",
    "support_agent_performance",
}
