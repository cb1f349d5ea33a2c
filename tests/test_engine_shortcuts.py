"""The shortcuts of the engine give what the plain way gives: periods in parts, states in groups, facts made once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.compile import Leaf, batch
from kpi.compile.atoms import adds_up_in_time, shared
from kpi.compile.stocks import grouped_by
from kpi.core import Measure, Period, Query, Result
from kpi.measure import evaluate, run
from kpi.measure.run import chosen
from kpi.workspace import Workspace
from kpi.workspace.own_kpis import kpis_of
from tests.filled import NAME, sample_home

QUERIES = (
    {"since": date(2025, 3, 1), "until": date(2027, 1, 1), "by": "month"},
    {"since": date(2025, 1, 1), "until": date(2026, 9, 1), "by": "quarter", "split": "customers.region"},
    {"since": date(2024, 1, 1), "until": date(2026, 11, 1), "by": "month", "filters": (("customers.region", "North"),)},
    {"since": date(2026, 6, 20), "until": date(2026, 7, 4), "by": "day", "calendar": "jalali", "compare": "year"},
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = sample_home(tmp_path_factory)
    yield workspaces.open_workspace(home, NAME)
    workspaces.close_workspace(home, NAME)


@pytest.mark.parametrize("asked", QUERIES, ids=lambda q: q["by"])
def test_shortcuts_change_no_number(sample: Workspace, asked: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {id_: chosen(sample, kpi)[0] for id_, kpi in kpis_of(sample).items()}
    query = Query(tuple(id_ for id_, computation in known.items() if computation and not computation.function), **asked)
    quick = run(sample, query)
    monkeypatch.setattr(evaluate, "shared", lambda leaves: {})
    monkeypatch.setattr(evaluate, "shared_facts", lambda statements: {})
    monkeypatch.setattr(batch, "_grouped", lambda *asked: "")
    sample._memory.forget()  # noqa: SLF001 - the same is asked again in the plain way
    assert _different(quick, run(sample, query)) == []


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
