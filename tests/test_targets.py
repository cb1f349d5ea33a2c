"""Targets over real rows: each judged on its own, listed, replaced, removed and brought back."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.analysis.progress import Target, every_target, targets_of
from kpi.catalogue import kpi
from kpi.core import Query
from kpi.errors import Refused
from kpi.measure import board, run
from kpi.measure.aims import aim, aims, roll_ups
from kpi.measure.outlook import judged
from kpi.measure.scopes import members
from kpi.workspace.reviews import reviews
from kpi.workspace.segments import save_segment
from kpi.workspace.targets import remove_target, set_target, undo_target
from tests.workspaces import load

YEAR = date(2025, 1, 1), date(2026, 1, 1)
STAFF = [
    {"employee_id": "E1", "name": "Olena", "team": "North"},
    {"employee_id": "E2", "name": "Ivan", "team": "South"},
]


def orders():
    """Orders of 40 customers, January 2022 to mid October 2025; December brings three times as much; E1 sells two thirds."""
    found = []
    for n in range(46):
        year, month = 2022 + n // 12, n % 12 + 1
        for k in range(6):
            found.append(
                {
                    "order_id": f"{n}-{k}",
                    "customer_id": f"C{(n * 6 + k) % (40 if k else 30)}",
                    "ordered_at": f"{year}-{month:02}-{5 + k * 2:02}",
                    "amount": (100 + (n * 7 + k * 3) % 11) * (3 if month == 12 else 1),
                    "owner_employee_id": "E2" if k % 3 == 2 else "E1",
                }
            )
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    home = tmp_path_factory.mktemp("targets")
    made = workspaces.create(home, "shop")
    load(made, {"orders": orders(), "employees": STAFF})
    yield home, made
    workspaces.close_workspace(home, "shop")


@pytest.fixture
def workspace(filled):
    yield filled[1]
    with filled[1].write() as cur:
        for table in ("targets", "segments"):
            cur.execute(f"delete from state.{table}").fetchall()


def revenue(value=8000.0, **more) -> Target:
    return Target("total_revenue", None, *YEAR, 0.0, value, **more)


# ---- judged on one's own rows


def test_each_target_is_judged_on_the_rows_of_those_whose_it_is(workspace):
    for scope, member in (("all", None), ("team", "North"), ("employee", "E2")):
        set_target(workspace, revenue(scope=scope, scope_id=member))
    whole, team, person = (found.progress.actual for found in aims(workspace))
    assert whole == pytest.approx(team + person) and team > person > 0
    assert all(found.state and found.outlook for found in aims(workspace))


def test_a_target_for_each_team_speaks_of_every_team_on_the_board(workspace):
    set_target(workspace, revenue(4000.0, scope="team"))
    (north,) = board(workspace, ["total_revenue"], filters=(("employees.team", "North"),))
    assert north.target.value == 4000 and north.state != "no_target"
    assert board(workspace, ["total_revenue"])[0].target is None
    (found,) = aims(workspace)
    assert found.state is None and found.progress is None  # nobody in particular to judge


def test_segments_of_customers_have_targets_of_their_own(workspace):
    held = members(workspace, "segment")
    assert held, "40 customers are enough for the grid"
    one = next(iter(held))
    set_target(workspace, revenue(500.0, scope="segment", scope_id=one))
    (found,) = aims(workspace)
    whole = run(workspace, Query(("total_revenue",), YEAR[0], date(2025, 10, 16)))["total_revenue"].rows[0].value
    parts = run(workspace, Query(("total_revenue",), YEAR[0], date(2025, 10, 16), split="rfm_segment"))["total_revenue"]
    values = {row.group: row.value for row in parts.rows}
    assert 0 < found.progress.actual < whole and found.progress.actual == pytest.approx(values[one])
    assert sum(values.values()) == pytest.approx(whole)


def test_a_saved_segment_is_its_filters(workspace):
    saved = save_segment(workspace, "sold by Olena", [("owner_employee_id", "E1")])
    set_target(workspace, revenue(500.0, scope="segment", scope_id=saved.id))
    set_target(workspace, revenue(500.0, scope="employee", scope_id="E1"))
    one, other = aims(workspace)
    assert one.progress.actual == other.progress.actual
    with pytest.raises(Refused):
        save_segment(workspace, " ", [])


# ---- pace and chance on the data


def test_a_seasonal_pace_waits_for_december(workspace):
    set_target(workspace, revenue(9000.0))
    (even,) = aims(workspace)
    set_target(workspace, revenue(9000.0, pace="seasonal"))
    (season,) = aims(workspace)
    assert season.progress.linear is None and season.progress.due < even.progress.due
    assert season.progress.due == pytest.approx((9 + 0.48) / 14, abs=0.02)


def test_a_seasonal_pace_without_two_years_before_falls_back_and_says_so(workspace):
    early = Target("total_revenue", None, date(2023, 1, 1), date(2026, 1, 1), 0.0, 9000.0, pace="seasonal")
    set_target(workspace, early)
    (found,) = aims(workspace)
    assert found.progress.linear.why == "few" and found.progress.linear.needs == 24


def test_the_chance_is_told_with_range_method_and_calibration_and_remembered(workspace):
    set_target(workspace, revenue())
    item = board(workspace, ["total_revenue"])[0]
    low, high = item.outlook.expected[1:]
    assert 0.01 <= item.outlook.chance <= 0.99 and low < item.outlook.expected[0] < high
    assert item.outlook.outlook.checked.of >= 5
    assert item.state == ("on_track" if item.outlook.chance >= 0.8 else "at_risk")
    again = judged(
        workspace, item.result.kpi, item.target, item.progress.actual, item.flow, (), "gregorian", item.history
    )
    assert again is judged(
        workspace, item.result.kpi, item.target, item.progress.actual, item.flow, (), "gregorian", item.history
    )


def test_a_short_target_is_foretold_in_weeks(workspace):
    set_target(workspace, Target("total_revenue", None, date(2025, 10, 1), date(2025, 11, 1), 0.0, 600.0))
    (found,) = aims(workspace)
    assert found.outlook is not None and found.outlook.left > 2


# ---- history


def test_what_is_replaced_or_removed_stays_and_can_be_brought_back(workspace):
    first = set_target(workspace, revenue(8000.0, source="the plan"))
    second = set_target(workspace, revenue(9000.0, source="the board"))
    assert [t.id for t in targets_of(workspace)] == [second]
    old = next(t for t in every_target(workspace) if t.id == first)
    assert (old.replaced_by, old.source) == (second, "the plan") and old.withdrawn_at is not None
    undo_target(workspace, second)
    assert [t.id for t in targets_of(workspace)] == [first]
    remove_target(workspace, first)
    assert targets_of(workspace) == []
    undo_target(workspace, first)
    assert [t.id for t in targets_of(workspace)] == [first]
    for gone in (second + 5, second):
        with pytest.raises(Refused):
            remove_target(workspace, gone)


def test_an_edited_target_replaces_the_one_it_was_made_from(workspace):
    first = set_target(workspace, revenue())
    moved = Target("total_revenue", None, date(2025, 2, 1), YEAR[1], 0.0, 7000.0)
    set_target(workspace, moved, first)
    assert [t.since for t in targets_of(workspace)] == [date(2025, 2, 1)]


# ---- roll-up


def test_targets_of_people_that_do_not_add_up_are_told(workspace):
    set_target(workspace, revenue(8000.0))
    set_target(workspace, revenue(5000.0, scope="employee", scope_id="E1"))
    set_target(workspace, revenue(2000.0, scope="employee", scope_id="E2"))
    (found,) = roll_ups(workspace, kpi("total_revenue"), targets_of(workspace)[0])
    assert (found.rule, found.together, found.gap) == ("sum", 7000, -1000)


def test_ratios_of_parts_are_weighted_by_their_own_cases(workspace):
    for scope, member, value in (("all", None, 105.0), ("employee", "E1", 100.0), ("employee", "E2", 120.0)):
        set_target(workspace, Target("average_order_value", None, *YEAR, 90.0, value, scope=scope, scope_id=member))
    (found,) = roll_ups(workspace, kpi("average_order_value"), targets_of(workspace)[0])
    assert found.rule == "mean" and found.together == pytest.approx((2 * 100 + 120) / 3, rel=0.02)


@pytest.mark.parametrize("values", [[100.0] * 3, [100.0] * 24], ids=["three points", "constant"])
def test_a_series_that_tells_nothing_gives_no_chance(tmp_path, values):
    made = workspaces.create(tmp_path, "x")
    rows = [
        {"order_id": str(n), "customer_id": "C", "ordered_at": f"{2023 + n // 12}-{n % 12 + 1:02}-28", "amount": v}
        for n, v in enumerate([*values, 100.0])
    ]
    load(made, {"orders": rows})
    last = made.as_of()
    target = Target("total_revenue", None, date(last.year, 1, 1), date(last.year + 1, 1, 1), 0.0, 1200.0)
    found = aim(made, target)
    assert found.outlook.chance is None and found.outlook.expected is None and found.state == found.progress.state
    workspaces.close_workspace(tmp_path, "x")


def test_states_of_older_reviews_keep_their_meaning(tmp_path):
    made = workspaces.create(tmp_path, "old")
    snapshot = '[{"kpi": "nps", "state": "on_pace"}, {"kpi": "csat", "state": "off_target"}]'
    with made.write() as cur:
        cur.execute("insert into state.goal_reviews (goal_id, snapshot) values ('g', ?)", [snapshot]).fetchall()
        cur.execute("update state.meta set value = '1' where key = 'schema_version'").fetchall()
    workspaces.close_workspace(tmp_path, "old")
    again = workspaces.open_workspace(tmp_path, "old")
    (review,) = reviews(again)
    assert [each["state"] for each in review.snapshot] == ["on_track", "corrective_action_needed"]
    workspaces.close_workspace(tmp_path, "old")
