"""What must hold for any data: parts add up, order is irrelevant, shares stay shares, filters equal groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.catalogue import kpis
from kpi.core import Query
from kpi.measure import available, run
from tests.support import memory_workspace

FIRST = date(2025, 1, 1)
AS_OF = date(2026, 12, 31)
SINCE, UNTIL = date(2025, 6, 1), date(2026, 6, 1)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

moments = st.integers(0, 700 * 24 * 60).map(lambda n: _moment(n))
names = st.sampled_from(["a", "b", "c", None])
groups = st.sampled_from(["web", "fair", None, " "])
amounts = st.one_of(st.none(), st.integers(0, 500))


# One row of each table from before any period asked for, so that every column is known to the workspace.
LONG_AGO = {
    "orders": {"order_id": "z", "customer_id": "z", "ordered_at": "2024-01-05", "amount": 1, "channel": "web"},
    "customers": {"customer_id": "z", "region": "North", "first_order_at": "2024-01-05", "churned_at": "2024-12-01"},
    "opportunities": {
        "opportunity_id": "z",
        "created_at": "2024-01-01",
        "closed_at": "2024-01-05",
        "outcome": "won",
        "amount": 1,
    },
    "leads": {"lead_id": "z", "created_at": "2024-01-01", "source_channel": "web", "converted_at": "2024-01-05"},
    "surveys": {"survey_id": "z", "survey_type": "csat", "score": 5, "responded_at": "2024-01-05"},
}


def _moment(minutes: int) -> str:
    return f"{FIRST + timedelta(days=minutes // 1440)} {minutes // 60 % 24:02}:{minutes % 60:02}"


def rows(key: str, **columns: st.SearchStrategy) -> st.SearchStrategy[list[dict]]:
    """Up to twelve rows with a key of their own."""
    numbered = lambda found: [{key: f"{key[0]}{n}", **row} for n, row in enumerate(found)]  # noqa: E731
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=12).map(numbered)


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[dict]]:
    """Small tables whose derived columns agree with one another."""
    orders = draw(
        rows(
            "order_id",
            customer_id=names,
            ordered_at=moments,
            amount=st.integers(0, 500),
            channel=groups,
            status=st.sampled_from(["paid", "cancelled", None]),
        )
    )
    customers = []
    for name in ("a", "b", "c"):
        bought = [o["ordered_at"] for o in orders if o["customer_id"] == name and o["status"] != "cancelled"]
        lost = draw(st.one_of(st.none(), moments))
        churned = lost if lost and bought and lost > max(bought) else None
        region = draw(st.sampled_from(["North", None]))
        customers.append(
            {
                "customer_id": name,
                "region": region,
                "first_order_at": min(bought, default=None),
                "churned_at": churned,
            }
        )
    deals = draw(
        rows(
            "opportunity_id",
            created_at=moments,
            closed_at=moments,
            outcome=st.sampled_from(["won", "lost", "open"]),
            amount=amounts,
            source_channel=groups,
            customer_id=names,
        )
    )
    for deal in deals:
        deal["closed_at"] = None if deal["outcome"] == "open" else max(deal["created_at"], deal["closed_at"])
    leads = draw(rows("lead_id", created_at=moments, source_channel=groups, converted_at=st.one_of(st.none(), moments)))
    surveys = draw(
        rows(
            "survey_id",
            survey_type=st.sampled_from(["nps", "csat"]),
            score=st.integers(1, 5),
            responded_at=moments,
            customer_id=names,
            topic=st.sampled_from(["service", "product", None]),
        )
    )
    for answer in surveys:
        answer |= {"scale_min": 1, "scale_max": 5}
    found = {"orders": orders, "customers": customers, "opportunities": deals, "leads": leads, "surveys": surveys}
    return {name: [*found[name], LONG_AGO[name]] for name in found}


def values(workspace, kpi: str, **query: object) -> dict:
    """{(start of the period, group): value}"""
    found = run(workspace, Query((kpi,), **query))[kpi].rows
    return {(row.period.since, row.group): row.value for row in found}


FLOWS = ["total_revenue", "sales_count", "new_revenue", "repeat_purchases", "leads_generated", "lost_opportunities"]


def _total(values: Iterable[float | None]) -> object:
    """What parts add up to: without any part 0; of parts that all lack the value nothing; else the known ones."""
    held = list(values)
    known = [value for value in held if value is not None]
    return pytest.approx(sum(known)) if known or not held else None


@few
@given(companies())
def test_the_parts_of_a_split_add_up(tables: dict) -> None:
    workspace = memory_workspace(tables, as_of=AS_OF)
    splits = [
        ("total_revenue", "channel"),
        ("total_revenue", "customers.region"),
        ("sales_count", "customer_id"),
        ("repeat_purchases", "channel"),
        ("leads_generated", "source_channel"),
        ("pipeline_value", "source_channel"),
        ("open_opportunities", "customers.region"),
        ("average_deal_size", "source_channel"),
    ]
    for kpi, split in splits:
        whole = run(workspace, Query((kpi,), SINCE, UNTIL))[kpi].rows[0]
        parts = run(workspace, Query((kpi,), SINCE, UNTIL, split=split))[kpi].rows
        assert sum(part.n for part in parts) == whole.n, kpi
        if kpi != "average_deal_size":
            assert _total(part.value for part in parts) == whole.value, kpi


@few
@given(companies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(tables: dict, chance) -> None:
    shuffled = {name: chance.sample(found, len(found)) for name, found in tables.items()}
    one, other = memory_workspace(tables, as_of=AS_OF), memory_workspace(shuffled, as_of=AS_OF)
    board = [*FLOWS, "nps", "csat", "close_rate", "clv", "churn_rate", "average_deal_size", "new_customers"]
    query = Query(tuple(board), SINCE, UNTIL, by="quarter")
    for id_ in board:
        left, right = (run(workspace, query)[id_].rows for workspace in (one, other))
        assert [r.value for r in left] == [pytest.approx(r.value) if r.value is not None else None for r in right], id_
        assert [r.n for r in left] == [r.n for r in right], id_


@few
@given(companies())
def test_shares_are_shares_and_lie_within_their_interval(tables: dict) -> None:
    workspace = memory_workspace(tables, as_of=AS_OF)
    board = tuple(
        id_ for id_, k in kpis().items() if k.proportion and available(workspace, k) and k.computations[0].formula
    )
    assert {"close_rate", "churn_rate", "csat", "lead_conversion_rate"} <= set(board)
    for by in (None, "month"):
        for result in run(workspace, Query(board, SINCE, UNTIL, by=by)).results:
            for row in result.rows:
                assert row.value is None or -1e-9 <= row.value <= 1 + 1e-9, result.kpi.id
                if row.low is not None:
                    assert 0 <= row.low <= row.value + 1e-9 and row.value - 1e-9 <= row.high <= 1, result.kpi.id


@few
@given(companies())
def test_months_add_up_to_the_year_in_every_calendar(tables: dict) -> None:
    workspace = memory_workspace(tables, as_of=AS_OF)
    for calendar, since, until in (
        ("gregorian", date(2026, 1, 1), date(2027, 1, 1)),
        ("jalali", date(2025, 3, 21), date(2026, 3, 21)),
    ):
        months = run(workspace, Query(tuple(FLOWS), since, until, by="month", calendar=calendar))
        year = run(workspace, Query(tuple(FLOWS), since, until, by="year", calendar=calendar))
        for id_ in FLOWS:
            assert len(months[id_].rows) == 12 and len(year[id_].rows) == 1, id_
            assert (
                _total(r.value for r in months[id_].rows if r.value is None or r.value or r.n)
                == year[id_].rows[0].value
            )


@few
@given(companies())
def test_a_filter_gives_the_group_of_the_split(tables: dict) -> None:
    workspace = memory_workspace(tables, as_of=AS_OF)
    for kpi, split in (
        ("total_revenue", "channel"),
        ("close_rate", "source_channel"),
        ("churn_rate", "region"),
        ("average_order_value", "customers.region"),
        ("csat", "topic"),
        ("nps", "topic"),
    ):
        for row in run(workspace, Query((kpi,), SINCE, UNTIL, split=split))[kpi].rows:
            alone = run(workspace, Query((kpi,), SINCE, UNTIL, filters=((split, row.group),)))[kpi].rows[0]
            assert (alone.value, alone.n) == (pytest.approx(row.value) if row.value is not None else None, row.n), kpi


@few
@given(companies())
def test_the_period_before_is_the_value_of_its_own_query(tables: dict) -> None:
    workspace = memory_workspace(tables, as_of=AS_OF)
    created = values(workspace, "opportunity_creation_growth_rate", since=date(2025, 3, 1), until=UNTIL, by="month")
    for (since, _), growth in created.items():
        here, before = (_count(tables["opportunities"], month) for month in (since, since - timedelta(days=1)))
        assert growth == (pytest.approx((here - before) / before) if before else None)
    compared = run(workspace, Query(("total_revenue",), date(2025, 3, 1), UNTIL, by="month", compare="previous"))
    own = values(workspace, "total_revenue", since=date(2025, 2, 1), until=UNTIL, by="month")
    months = sorted(own)
    for row in compared["total_revenue"].rows:
        before = months[months.index((row.period.since, None)) - 1]
        assert row.compared == pytest.approx(own[before])


@pytest.mark.parametrize(("decided", "chance"), [(29, 29 / 59), (30, 1.0)])
def test_a_stage_tells_the_chance_of_a_deal_from_thirty_decided_deals_on(decided: int, chance: float) -> None:
    """All `decided` deals that saw the stage were won; 30 more, elsewhere, were lost: fewer than 30 give the overall rate."""
    won = [{"opportunity_id": f"w{n}", "closed_at": "2026-01-05", "outcome": "won"} for n in range(decided)]
    lost = [{"opportunity_id": f"l{n}", "closed_at": "2026-01-05", "outcome": "lost"} for n in range(30)]
    still = [{"opportunity_id": "o", "created_at": "2026-02-01", "outcome": "open", "amount": 100, "stage": "talk"}]
    seen = [{"opportunity_id": deal["opportunity_id"], "stage": "talk", "entered_at": "2026-01-01"} for deal in won]
    workspace = memory_workspace(
        {"opportunities": [*won, *lost, *still], "opportunity_stage_history": [*seen, *seen]}, as_of=AS_OF
    )
    assert list(values(workspace, "weighted_pipeline_value", since=SINCE, until=UNTIL).values()) == [
        pytest.approx(100 * chance)
    ]


def test_a_share_of_counts_has_an_interval_also_over_trailing_months() -> None:
    orders = [{"order_id": f"{c}{n}", "customer_id": c, "ordered_at": "2026-05-01"} for c in "ab" for n in range(2)]
    orders.append({"order_id": "c", "customer_id": "c", "ordered_at": "2026-05-01"})
    customers = [{"customer_id": c, "first_order_at": "2026-05-01"} for c in "abc"]
    workspace = memory_workspace({"orders": orders, "customers": customers}, as_of=AS_OF)
    row = run(workspace, Query(("customer_loyalty",), date(2026, 5, 1), UNTIL))["customer_loyalty"].rows[0]
    assert (row.value, row.n) == (pytest.approx(2 / 3), 3)
    assert (row.low, row.high) == (pytest.approx(0.20765, abs=1e-5), pytest.approx(0.93851, abs=1e-5))  # Wilson 1927


def _count(deals: list[dict], day: date) -> int:
    """Deals created in the month of `day`."""
    return sum(deal["created_at"].startswith(day.isoformat()[:7]) for deal in deals)
