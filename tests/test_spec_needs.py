"""What each KPI needs, against the list of requirements that the catalogue was made from, and against the engine."""

from __future__ import annotations

import csv
import functools
import itertools
import random
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from kpi import model
from kpi.catalogue import choose, kpis
from kpi.compile import parse_formula
from kpi.core import Query
from kpi.measure import available, run
from kpi.workspace.storage import state_tables
from tests.support import SHARED, memory_workspace

SPEC = SHARED / "spec" / "kpis.csv"
Alternatives = list[frozenset[str]]
BEFORE = [date(2026, 3, 10), date(2026, 2, 10)]


def ways(required: str) -> Alternatives:
    """Every set of columns that meets `a(x) | b(y) + c(z); d(v)`: one alternative of each term."""
    terms = [
        [
            frozenset(
                f"{table}.{column.strip()}"
                for table, columns in re.findall(r"(\w+)\(([^)]*)\)", alternative)
                for column in columns.split(",")
            )
            for alternative in term.split(" | ")
        ]
        for term in required.split(";")
    ]
    return [frozenset().union(*chosen) for chosen in itertools.product(*terms)]


@functools.cache
def spec() -> dict[str, Alternatives]:
    with SPEC.open(encoding="utf-8", newline="") as file:
        return {row["id"]: ways(row["required"]) for row in csv.DictReader(file)}


def subsets(columns: set[str], alternatives: Alternatives, seed: str) -> list[frozenset[str]]:
    """Random subsets, and each alternative whole and without each of its columns."""
    chance = random.Random(seed)
    found = [frozenset(), *alternatives]
    found += [way - {column} for way in alternatives[:20] for column in way]
    ordered = sorted(columns)
    found += [
        frozenset(c for c in ordered if chance.random() < share) for share in (0.3, 0.6, 0.8, 0.9) for _ in range(15)
    ]
    return found


@pytest.mark.skipif(not SPEC.exists(), reason="the list of requirements is not beside the checkout")
def test_every_kpi_of_the_list_is_in_the_catalogue() -> None:
    assert set(spec()) == set(kpis())


@pytest.mark.skipif(not SPEC.exists(), reason="the list of requirements is not beside the checkout")
@pytest.mark.parametrize("id_", sorted(kpis()))
def test_needs_allow_what_the_list_requires_and_name_the_nearest_way(id_: str) -> None:
    alternatives = spec()[id_]
    kpi = kpis()[id_]
    stated = {c for computation in kpi.computations for way in ways(computation.needs or kpi.needs) for c in way}
    for present in subsets(set().union(*alternatives, stated), alternatives, id_):
        computation, missing = choose(kpi, present)
        lacking = [way - present for way in alternatives]
        assert (computation is not None) == any(not way for way in lacking), sorted(present)
        fewest = min(len(way) for way in lacking)
        assert frozenset(missing) in {way for way in lacking if len(way) == fewest}, sorted(present)


WAYS = [(id_, n, way) for id_, kpi in kpis().items() for n, way in enumerate(ways(kpi.needs))]


@pytest.mark.parametrize(("id_", "way"), [(w[0], w[2]) for w in WAYS], ids=[f"{w[0]}:{w[1]}" for w in WAYS])
def test_the_needed_columns_are_enough(id_: str, way: frozenset[str]) -> None:
    workspace = memory_workspace(_tables(way), as_of=date(2026, 6, 30))
    query = Query((id_,), date(2026, 1, 1), date(2026, 7, 1), by="quarter", compare="previous")
    result = run(workspace, query)[id_]
    assert not result.missing
    assert result.rows
    computation = choose(kpis()[id_], workspace.columns())[0]
    if computation and computation.formula:
        named = {name for name, _ in parse_formula(computation.formula, ("test", id_)).leaves({})}
        for other in named & set(kpis()):
            assert available(workspace, kpis()[other]), f"{id_} is built from {other}"


def _cases() -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml")):
        for id_, cases in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(id_, []).extend(cases)
    return found


def test_every_expression_and_every_fallback_has_a_hand_counted_case() -> None:
    cases = _cases()
    for id_, kpi in kpis().items():
        if all(computation.function for computation in kpi.computations):
            continue
        assert id_ in cases, id_
        if len(kpi.computations) > 1:
            loaded = [memory_workspace(case["tables"], as_of=date(2026, 6, 30)).columns() for case in cases[id_]]
            in_force = {choose(kpi, columns)[0] for columns in loaded}
            assert in_force >= set(kpi.computations), id_


def _tables(columns: frozenset[str]) -> dict[str, list[dict]]:
    """Two rows for each table, with a value in every needed column and in no other, and the stubs of ids in them."""
    tables: dict[str, list[dict]] = {}
    for path in sorted(columns):
        table, column = path.split(".")
        name = f"state.{table}" if table in state_tables() else table
        rows = tables.setdefault(name, [{}, {}])
        for n, row in enumerate(rows):
            row[column] = _value(table, column, n)
        target = None if table in state_tables() else model.table(table).field(column).refers
        if target and model.table(target).stub:
            for n, row in enumerate(tables.setdefault(target, [{}, {}])):
                row[model.table(target).key[0]] = f"x{n}"
    return tables


def _value(table: str, column: str, n: int) -> object:
    if table in state_tables():
        kind, values = state_tables()[table][column], ()
    else:
        field = model.table(table).field(column)
        kind, values = field.sql_type, field.values
    if values:
        return values[min(n, len(values) - 1)]
    if kind in ("TIMESTAMP", "DATE"):
        return BEFORE[n]
    if kind == "BOOLEAN":
        return "true"
    return n + 1 if kind in ("DOUBLE", "BIGINT", "DECIMAL(18,4)") else f"x{n}"
