"""How a board reads: the running period like with like, comparisons, chosen days, signals, order and groups."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.analysis.progress import Target
from kpi.catalogue import kpis
from kpi.core import Query
from kpi.errors import Refused, Unknown
from kpi.measure import board, run
from kpi.measure.arranged import arranged
from kpi.measure.history import histories
from kpi.measure.run import chosen
from kpi.workspace.choices import Selection
from kpi.workspace.targets import set_target
from tests.workspaces import load


@pytest.fixture
def shop(tmp_path):
    """One order a day of 100, from 2024 to 15 June 2026; of 400 from May 2026 on."""
    made = workspaces.create(tmp_path, "shop")
    days = [date(2024, m, d) for m in range(1, 13) for d in range(1, 29)]
    days += [date(2025, m, d) for m in range(1, 13) for d in range(1, 29)]
    days += [date(2026, m, d) for m in range(1, 6) for d in range(1, 29)] + [date(2026, 6, d) for d in range(1, 16)]
    orders = [
        {
            "order_id": str(n),
            "customer_id": "A" if n % 2 else "B",
            "ordered_at": day,
            "amount": 400 if day >= date(2026, 5, 1) else 100 + n % 3,
        }
        for n, day in enumerate(days)
    ]
    load(made, {"orders": orders, "customers": [{"customer_id": c, "region": c} for c in "AB"]})
    yield made
    workspaces.close_workspace(tmp_path, "shop")


def revenue(shop, **how):
    return board(shop, ["total_revenue"], **how)[0]


def test_the_running_month_is_compared_with_the_same_days_of_the_month_before(shop):
    so_far = revenue(shop).running
    assert (so_far.period.since, so_far.period.last) == (date(2026, 6, 1), date(2026, 6, 15))
    assert (so_far.before.since, so_far.before.last) == (date(2026, 5, 1), date(2026, 5, 15))
    assert (so_far.value, so_far.compared, so_far.change) == (6000, 6000, 0)
    assert revenue(shop, against="year").running.before.since == date(2025, 6, 1)


def test_a_whole_month_at_the_end_has_no_running_one(shop):
    assert revenue(shop, until=date(2026, 6, 1)).running is None


def test_the_year_before_is_the_same_month_and_nothing_else(shop):
    item = revenue(shop, against="year")
    assert item.reading.compared == pytest.approx(
        run(shop, Query(("total_revenue",), date(2025, 5, 1), date(2025, 6, 1)))["total_revenue"].rows[0].value
    )
    early = revenue(shop, against="year", until=date(2024, 7, 1))
    assert early.reading.value and early.reading.compared is None and early.reading.change is None


def test_against_the_target_the_distance_is_to_its_share_of_the_period(shop):
    set_target(shop, Target("total_revenue", None, date(2026, 1, 1), date(2027, 1, 1), 0.0, 36500.0))
    item = revenue(shop, against="target")
    assert item.reading.compared == pytest.approx(100 * 31) and item.reading.change == pytest.approx(11200 - 3100)
    assert item.reading.noise is None and item.reading.tone == "", "a distance is no signal"
    assert revenue(shop, against="target", filters=(("customers.region", "A"),)).reading.change is None


def test_an_unknown_comparison_is_refused(shop):
    with pytest.raises(Unknown):
        revenue(shop, against="moon")


def test_chosen_days_show_only_whole_periods_between_them(shop):
    item = revenue(shop, since=date(2026, 1, 10), until=date(2026, 5, 10))
    assert len(item.reading.points) == 3 and item.reading.current.period.since == date(2026, 4, 1)
    assert item.running.period.last == date(2026, 5, 9)


def test_days_without_a_whole_period_are_one(shop):
    item = revenue(shop, since=date(2026, 5, 5), until=date(2026, 5, 15))
    assert (item.reading.current.period.since, item.reading.current.period.last) == (
        date(2026, 5, 5),
        date(2026, 5, 14),
    )
    assert item.reading.value == 4000 and item.reading.compared is not None and item.running is None


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (date(2027, 1, 1), None, "days_after_data"),
        (date(2026, 3, 1), date(2026, 3, 1), "days_in_wrong_order"),
    ],
)
def test_impossible_days_are_a_sentence(shop, since, until, code):
    with pytest.raises(Refused) as refused:
        revenue(shop, since=since, until=until)
    assert refused.value.code == code


def test_the_jump_is_a_signal_on_the_board_as_in_the_history(shop):
    item = revenue(shop)
    assert item.reading.marks[-1] == "better" and item.reading.tone == "better" and item.reading.noise is False
    told = histories(shop, ["total_revenue"])["total_revenue"]
    assert told.rows[-1].period == item.reading.current.period and told.signals[len(told.rows) - 1] == "better"
    assert told.process.at(len(told.rows) - 1), "rows, series and process have the same indexes"
    assert not any(revenue(shop, until=date(2026, 5, 1)).reading.marks)


def test_several_values_of_one_dimension_are_alternatives(shop):
    one, two, both = (
        revenue(shop, filters=tuple(("customers.region", each) for each in names)).reading.value
        for names in ("A", "B", "AB")
    )
    assert one + two == both == revenue(shop).reading.value


def test_order_and_groups(shop):
    ids = ["sales_count", "total_revenue", "average_deal_size"]
    items = board(shop, ids)
    held = {"sales_count": Selection("sales_count", function="service")}
    by_name = arranged(items, "name", "none", held, lambda i: i.result.kpi.name.en)
    names = [i.result.kpi.name.en for i in by_name[0].items]
    assert names == sorted(names, key=str.casefold)
    lenses = arranged(items, "role", "lens", held, str)
    assert {i.result.kpi.lens for i in lenses[0].items} == {"business_performance"}
    functions = {part.code: part for part in arranged(items, "role", "function", held, str)}
    assert [i.result.kpi.id for i in functions["service"].items] == ["sales_count"]


def test_no_kpi_with_a_function_gives_an_unfiltered_number(sample):
    """Filtered by a value that no row has, each is empty or says that it cannot be filtered."""
    span = (date(2026, 4, 1), date(2026, 10, 1))
    told = 0
    for kpi in kpis().values():
        computation, _ = chosen(sample, kpi)
        if computation is None or not computation.function:
            continue
        part = run(sample, Query((kpi.id,), *span, filters=(("customers.region", "nowhere"),)))[kpi.id]
        assert all(row.value in (None, 0) for row in part.rows), kpi.id
        assert part.rows or part.notes, kpi.id
        told += 1
    assert told > 20


def test_leads_by_their_customer_are_said_to_be_those_that_became_one(tmp_path):
    made = workspaces.create(tmp_path, "leads")
    leads = [
        {"lead_id": str(n), "created_at": f"2026-{n % 5 + 1:02}-03", "customer_id": "A" if n % 2 else None}
        for n in range(20)
    ]
    load(made, {"leads": leads, "customers": [{"customer_id": "A", "region": "North"}]})
    part = run(made, Query(("leads_generated",), filters=(("customers.region", "North"),)))["leads_generated"]
    assert ("note.leads_of_customers", ()) in part.notes
    assert not run(made, Query(("leads_generated",)))["leads_generated"].notes
    workspaces.close_workspace(tmp_path, "leads")
