"""The unlock list: what few columns give, against trying out everything."""

from __future__ import annotations

import random
from itertools import combinations
from math import e
from pathlib import Path

import pytest

from kpi import workspace
from kpi.catalogue import kpis
from kpi.model import table as table_of
from kpi.model import tables
from kpi.quality.touched import used_columns
from kpi.quality.unlock import greedy, lacking, most_with, opened, unlock
from kpi.workspace.choices import choose_goals
from tests.workspaces import load

ORDERS = {"orders": [{"customer_id": "a", "ordered_at": "2024-01-01", "amount": 5}]}


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


def wants(seed: int, single: bool) -> dict[str, tuple[frozenset[str], ...]]:
    """KPIs that lack columns a to g; single: one column each, of which several may do."""
    rng = random.Random(seed)

    def way() -> frozenset[str]:
        return frozenset(rng.sample("abcdefg", 1 if single else rng.randint(1, 3)))

    return {f"k{n}": tuple(way() for _ in range(rng.randint(1, 2))) for n in range(12)}


def tried(given, budget: int) -> int:
    """The most KPIs that any choice of so many columns opens."""
    return max(len(opened(given, frozenset(c))) for c in combinations("abcdefg", budget))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("budget", [1, 2, 3])
def test_the_best_of_few_columns_is_the_best_of_all_choices(seed, budget):
    given = wants(seed, single=False)
    found = most_with(given, budget)
    assert len(found.kpis) == tried(given, budget) and len(found.adds) <= budget
    assert sorted(found.kpis) == sorted(opened(given, frozenset(found.adds)))


@pytest.mark.parametrize("seed", range(20))
def test_greedy_reaches_the_share_that_nemhauser_wolsey_and_fisher_promise(seed):
    given = wants(seed, single=True)
    for budget in (1, 2, 3, 4):
        gained = sum(len(step.kpis) for step in greedy(given, budget))
        assert gained >= (1 - 1 / e) * tried(given, budget)


def test_each_step_gives_most_for_each_new_column_and_names_what_it_opens():
    given = {
        "x": (frozenset("ab"),),
        "y": (frozenset("ab"),),
        "z": (frozenset("c"),),
        "w": (frozenset("abd"), frozenset("d")),
    }
    steps = greedy(given, 9)
    assert len(steps[0].kpis) / len(steps[0].adds) == 1 and len(steps[0].kpis) == 3, "a, b and d give three for three"
    assert sorted(id_ for step in steps for id_ in step.kpis) == ["w", "x", "y", "z"]
    assert opened(given, frozenset()) == []


def test_loading_what_a_step_says_opens_what_it_says(ws):
    load(ws, ORDERS)
    choose_goals(ws, ["increase_sales"])
    first = unlock(ws).steps[0]
    before = set(used_columns(ws))
    assert not before & set(first.kpis)
    rows: dict[str, list[dict]] = {}
    for table, columns in first.by_table().items():
        rows[table] = [{column: _any(table, column) for column in columns}]
    load(ws, rows, "more.csv")
    assert set(first.kpis) <= set(used_columns(ws)) - before


def _any(table: str, column: str) -> str:

    field = table_of(table).fields[column]
    return field.values[0] if field.values else "2024-01-01" if field.type == "time" else "1"


def test_goals_narrow_the_list_and_what_is_decided_in_the_app_is_no_column(ws):
    load(ws, ORDERS)
    everything = unlock(ws)
    choose_goals(ws, ["collect_receivables"])
    few = unlock(ws)
    assert 0 < few.blocked < everything.blocked
    assert {path.partition(".")[0] for step in few.steps for path in step.adds} >= {"invoices"}
    assert not [id_ for id_ in lacking(kpis().values(), frozenset()) if id_ == "goal_business_alignment"]


def test_nothing_is_left_where_every_column_is_there(ws):
    present = frozenset(field.path for table in tables().values() for field in table.fields.values())
    assert lacking(kpis().values(), present) == {} and greedy({}, 3) == [] and most_with({}, 2).kpis == ()
