"""The shortcuts of the engine give what the plain way gives: periods in parts, states in groups, facts made once."""

from __future__ import annotations

import math
from datetime import date

import pytest

from kpi.compile import Leaf, batch, compile_batch, printing
from kpi.compile.atoms import adds_up_in_time, shared
from kpi.compile.scope import columns_read, facts
from kpi.compile.stocks import grouped_by
from kpi.core import Measure, Period, Query, Result
from kpi.measure import evaluate, run
from kpi.measure.run import chosen
from kpi.workspace import Workspace
from kpi.workspace.own_kpis import kpis_of

QUERIES = (
    {"since": date(2025, 3, 1), "until": date(2027, 1, 1), "by": "month"},
    {"since": date(2025, 1, 1), "until": date(2026, 9, 1), "by": "quarter", "split": "customers.region"},
    {"since": date(2024, 1, 1), "until": date(2026, 11, 1), "by": "month", "filters": (("customers.region", "North"),)},
    {"since": date(2026, 6, 20), "until": date(2026, 7, 4), "by": "day", "calendar": "jalali", "compare": "year"},
)


@pytest.mark.parametrize("asked", QUERIES, ids=lambda q: q["by"])
def test_shortcuts_change_no_number(sample: Workspace, asked: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {id_: chosen(sample, kpi)[0] for id_, kpi in kpis_of(sample).items()}
    query = Query(tuple(id_ for id_, computation in known.items() if computation and not computation.function), **asked)
    quick = run(sample, query)
    monkeypatch.setattr(evaluate, "shared", lambda leaves, names: {})
    monkeypatch.setattr(evaluate, "shared_facts", lambda statements: {})
    monkeypatch.setattr(batch, "_grouped", lambda *asked: "")
    monkeypatch.setattr(batch, "_without_gap", lambda periods: False)
    monkeypatch.setattr(printing, "_quick", lambda tree: tree)
    printing._remembered.cache_clear()  # noqa: SLF001
    sample._memory.forget()  # noqa: SLF001 - the same is asked again in the plain way
    assert _different(quick, run(sample, query)) == []
    printing._remembered.cache_clear()  # noqa: SLF001


def _different(quick: Result, plain: Result) -> list[object]:
    found: list[object] = []
    for a, b in zip(quick.results, plain.results, strict=True):
        for x, y in zip(a.rows, b.rows, strict=True):
            exact = (x.period, x.group, x.n, x.mature, x.entered) == (y.period, y.group, y.n, y.mature, y.entered)
            names = ("value", "low", "high", "numerator", "denominator", "compared")
            if not exact or not all(_near(getattr(x, name), getattr(y, name)) for name in names):
                found.append((a.kpi.id, x, y))
    return found


def _near(x: float | None, y: float | None) -> bool:
    return x == y or (x is not None and y is not None and math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9))


def _months(first: int, n: int, length: int = 1) -> tuple[Period, ...]:
    def start(k: int) -> date:
        return date(2025 + k // 12, k % 12 + 1, 1)

    return tuple(Period(start(k), start(k + length)) for k in range(first, first + n))


ORDERS = Measure("orders", "sum(amount)", "ordered_at")


def test_windows_and_months_are_asked_in_the_same_months() -> None:
    months, windows, before = Leaf(ORDERS, _months(3, 2)), Leaf(ORDERS, _months(1, 2, 3)), Leaf(ORDERS, _months(2, 2))
    found = shared([months, windows, before])
    assert {leaf for leaf, _ in found.values()} == {Leaf(ORDERS, _months(1, 4))}
    assert found[months][1] == ((2,), (3,))
    assert found[windows][1] == ((0, 1, 2), (1, 2, 3))
    assert found[before][1] == ((1,), (2,))


def test_a_gap_between_periods_is_not_asked() -> None:
    found = shared([Leaf(ORDERS, _months(0, 2)), Leaf(ORDERS, _months(6, 2))])
    assert {leaf.periods for leaf, _ in found.values()} == {(*_months(0, 2), *_months(6, 2))}


def test_one_period_and_one_kind_of_periods_stay_as_they_are() -> None:
    assert shared([Leaf(ORDERS, _months(3, 1)), Leaf(ORDERS, _months(1, 1, 3))]) == {}
    assert (
        shared([Leaf(ORDERS, _months(0, 12)), Leaf(Measure("orders", "count(*)", "ordered_at"), _months(0, 12))]) == {}
    )


SOLD = Measure("sale_lines", "sum(line_amount)", "ordered_at")
SOLD_TO_OLD = Measure("customer_lines", "sum(line_amount)", "ordered_at", "nth > 1")


def test_a_fact_that_another_widens_is_read_as_the_wider_one() -> None:
    months, windows = Leaf(SOLD, _months(3, 2)), Leaf(SOLD, _months(1, 2, 3))
    old = Leaf(SOLD_TO_OLD, _months(3, 2))
    found = shared([months, windows, old])
    assert {leaf.measure.table for leaf, _ in found.values()} == {"customer_lines"}
    assert len({leaf.periods for leaf, _ in found.values()}) == 1
    (statement,) = compile_batch([leaf for leaf, _ in found.values()], now=date(2026, 1, 1))
    assert statement.sql.count("order_lines") == 1
    assert shared([months, Leaf(SOLD, _months(3, 2), total=True)]) == {}


def test_a_name_that_only_the_wider_fact_has_keeps_the_narrow_one() -> None:
    leaves = [Leaf(SOLD, _months(3, 2)), Leaf(SOLD_TO_OLD, _months(3, 2))]
    assert shared(leaves, ["channel"])
    assert shared(leaves, ["nth"]) == {}


def test_a_wider_fact_has_every_row_once(sample: Workspace) -> None:
    pairs = [(fact.widens, fact.name) for fact in facts().values() if fact.widens]
    assert pairs
    for narrow, wide in pairs:
        columns = ", ".join(facts()[narrow].columns)
        texts = {n: ",\n".join(batch.fact_ctes(n, date(2027, 1, 1), {"loyalty_min_orders": 2})) for n in (narrow, wide)}
        rows = [sample.rows(f"with {texts[n]} select {columns} from {n} order by all") for n in (narrow, wide)]
        assert rows[0] == rows[1]
        assert len(rows[0]) > 100


def test_columns_that_a_fact_reads_of_another() -> None:
    assert columns_read("purchases", "numbered_orders", frozenset({"nth"})) == {"nth", "customer_id", "ordered_at"}
    assert "channel" not in columns_read("customer_lines", "numbered_orders", frozenset({"line_amount", "nth"}))
    assert columns_read("sale_lines", "numbered_orders", frozenset({"channel"})) == frozenset()


def test_distinct_values_under_a_condition_are_counted_in_a_case() -> None:
    leaves = [
        Leaf(Measure("orders", "count(distinct customer_id)", "ordered_at", where), _months(0, 2))
        for where in ("channel = 'web'", "channel = 'shop'")
    ]
    (statement,) = compile_batch(leaves, now=date(2026, 1, 1))
    assert 'COUNT(DISTINCT CASE WHEN f."channel" = \'web\' THEN f."customer_id" END)' in statement.sql
    assert "FILTER" not in statement.sql


def test_only_periods_without_a_gap_are_joined_from_the_left() -> None:
    (whole,) = compile_batch([Leaf(ORDERS, _months(0, 3))], now=date(2026, 1, 1))
    (gap,) = compile_batch([Leaf(ORDERS, (*_months(0, 1), *_months(2, 1)))], now=date(2026, 1, 1))
    assert "\nleft join (select" in whole.sql
    assert "\njoin (select" in gap.sql


@pytest.mark.parametrize(
    ("value", "where", "adds"),
    [
        ("sum(amount)", None, True),
        ("count(*) filter (where amount > 1)", "channel = 'web'", True),
        ("count(distinct customer_id)", None, False),
        ("avg(amount)", None, False),
        ("sum(amount) * sum(amount)", None, False),
        ("count(*)", "customers.first_order_at >= period.since", False),
        ("count(*)", "ordered_at < period.now", True),
    ],
)
def test_what_adds_up_in_time(value: str, where: str | None, adds: bool) -> None:
    assert adds_up_in_time(Measure("orders", value, "ordered_at", where)) is adds


@pytest.mark.parametrize(
    ("value", "where", "by"),
    [
        ("count(*)", "started_at < period.until and (churned_at is null or churned_at >= period.since)",
         ({"started_at", "churned_at"}, set())),
        ("count(*) filter (where region = 'North')", "period.since > started_at", ({"started_at"}, {"region"})),
        ("count(*)", "started_at <= period.since", None),  # a time on the bound itself would be taken for a later one
        ("count(*)", "started_at < churned_at and started_at < period.until", None),
        ("count(*)", "days_between(started_at, period.until) > 30", None),
        ("count(distinct customer_id)", "started_at < period.until", None),
    ],
)  # fmt: skip
def test_states_counted_in_groups(value: str, where: str, by: tuple[set, set] | None) -> None:
    assert grouped_by(((Measure("customer_spans", value, None, where), ()),)) == by
