"""Every KPI function with the least that its KPI needs: one row a table, only the needed columns."""

from __future__ import annotations

import importlib
import itertools
from datetime import date

import numpy as np
import pytest

from kpi import model
from kpi.catalogue import kpis, needs_of
from kpi.core import Query
from kpi.measure import run
from kpi.text import Texts
from tests.support import memory_workspace


def test_every_function_that_a_kpi_names_exists():
    named = {c.function for k in kpis().values() for c in k.computations if c.function}
    assert len(named) >= 38
    for module, _, name in (each.partition(".") for each in sorted(named)):
        assert callable(getattr(importlib.import_module(f"kpi.analysis.{module}"), name))


def alternatives():
    """(kpi, columns) for each way in which the needs of a KPI with a function can be met."""
    for kpi in kpis().values():
        for computation in kpi.computations:
            if computation.function:
                for choice in itertools.product(*needs_of(kpi, computation).terms):
                    yield kpi.id, frozenset().union(*choice)


VALUES = {"id": "x", "text": "x", "money": 10, "number": 1, "integer": 1, "flag": "true", "time": "2026-01-15"}


def one_row(columns):
    """A table with one row for each table named, with these columns alone."""
    rows = {}
    for path in sorted(columns):
        table, column = path.split(".")
        if table in model.tables():
            spec = model.field(path)
            rows.setdefault(table, {})[column] = spec.values[0] if spec.values else VALUES[spec.type]
        else:
            known = {"since": "2026-01-01", "until": "2026-02-01", "kpi_id": "total_revenue"}
            number = column.endswith("_value")
            rows.setdefault(f"state.{table}", {})[column] = known.get(column, 5 if number else "x")
    return {table: [row] for table, row in rows.items()}


@pytest.mark.parametrize(("kpi", "columns"), list(alternatives()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_function_works_with_the_least_it_needs(kpi, columns):
    workspace = memory_workspace(one_row(columns), as_of=date(2026, 1, 31))
    for by in (None, "month"):
        result = run(workspace, Query((kpi,), date(2025, 12, 1), date(2026, 3, 1), by=by))[kpi]
        assert not result.missing
        assert len(result.rows) == (3 if by else 1)
        assert all(row.value is None or np.isfinite(row.value) for row in result.rows)
        for code, params in result.notes:
            if code.startswith("method."):
                assert Texts("uk").t(code, **dict(params))
    before = run(workspace, Query((kpi,), date(2020, 1, 1), date(2020, 2, 1)))[kpi]
    assert all(row.value in (None, 0, 1) for row in before.rows)  # nothing was known then
