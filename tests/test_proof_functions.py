"""What a function is said to read is what it reads: the number rests on the rows used, and on no row left out."""

from __future__ import annotations

import re
from math import isclose

import pytest

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.compile import facts
from kpi.core import Query
from kpi.measure import run
from kpi.measure.frame import recent
from kpi.measure.proof import PartBehind, parts_of
from kpi.measure.run import chosen
from kpi.model import tables
from tests.filled import NAME, copy_of_sample

FUNCTIONS = [kpi.id for kpi in kpis().values() if any(c.function for c in kpi.computations)]
# Helper facts whose rows are those of one table.
ROWS_OF = {
    "crm_users": "employees", "csat_answers": "surveys", "customer_spans": "customers", "done_activities": "activities",
    "last_forecasts": "forecasts", "nps_answers": "surveys", "open_deals": "opportunities", "owned_orders": "orders",
    "sale_lines": "order_lines", "sla_tickets": "tickets",
}  # fmt: skip
# Read what the workspace itself keeps (schema state), or one helper fact after another: nothing to put in front.
UNTRIED = ("goal_attainment", "goal_business_alignment", "kpi_goal_relevance")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    home = copy_of_sample(tmp_path_factory)
    made = workspaces.open_workspace(home, NAME)
    yield made, recent(made, "quarter", whole=1, running=False)
    workspaces.close_workspace(home, NAME)


class Only:
    """The workspace with some tables replaced by a part of their rows; it remembers nothing of the whole one."""

    def __init__(self, workspace, cursor) -> None:
        self._workspace, self._cursor, self._memo = workspace, cursor, {}

    def __getattr__(self, name):
        return getattr(self._workspace, name)

    def rows(self, sql, params=()):
        return self._cursor.execute(sql, list(params)).fetchall()

    def frame(self, sql, params=()):
        return self._cursor.execute(sql, list(params)).df()

    def ask(self, question):
        return question(self._cursor)

    def memo(self, key, make):
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


def base_of(table: str) -> str | None:
    """The table whose rows `table` has; None for what is put together from several."""
    return table if table in tables() else ROWS_OF.get(table)


def looked_up(part: PartBehind) -> set[str]:
    """The tables that tell more about the rows of a part: joined to them, or read by its helper fact."""
    found, todo = set(re.findall(r"\bj_(\w+)", part.rows.relation)), [part.rows.table]
    while todo:
        uses = set(facts()[table].uses) if (table := todo.pop()) in facts() else set()
        todo += uses - found
        found |= uses
    return found - {base_of(part.rows.table)}


def narrowed(cursor, parts: list[PartBehind], keep: bool) -> bool:
    """Tables in front of those that are read, with only the rows used (or, without keep, only the others)."""
    spared = set().union(*map(looked_up, parts)) if keep else set()
    of_base: dict[str, list[PartBehind]] = {}
    for part in parts:
        if (base := base_of(part.rows.table)) and base not in spared:
            of_base.setdefault(base, []).append(part)
    made = {}
    for base, mine in of_base.items():
        key = tables()[base].key
        tests = []
        for part in mine if key else ():
            columns = ", ".join(f'f."{c}" as k{i}' for i, c in enumerate(key))
            used = f"select {columns} from {part.rows.relation} where {part.rows.reason} = 'used'"
            name = f"used_{len(made)}_{len(tests)}"
            cursor.execute(f"create temp table {name} as with {part.rows.ctes} {used}").fetchall()
            same = " and ".join(f'b."{c}" = u.k{i}' for i, c in enumerate(key))
            tests.append(f"exists (select 1 from {name} u where {same})")
        if key:
            test = " or ".join(tests) if keep else f"not ({' or '.join(tests)})"
            made[base] = f"select b.* from main.{base} b where {test}"
        elif len(mine) == 1:
            (rows,) = (part.rows for part in mine)
            sign = "=" if keep else "<>"
            made[base] = f"with {rows.ctes} select f.* from {rows.relation} where {rows.reason} {sign} 'used'"
    for base, select in made.items():
        cursor.execute(f"create temp table new_{base} as {select}").fetchall()
    for base in made:
        cursor.execute(f"alter table new_{base} rename to {base}").fetchall()
    return bool(made)


def value_with(workspace, query: Query, parts: list[PartBehind], keep: bool) -> tuple | None:
    """Value and n over the narrowed tables; None where nothing could be narrowed."""

    def answer(cursor):
        if not narrowed(cursor, parts, keep):
            return None
        row = run(Only(workspace, cursor), query)[query.kpis[0]].rows[-1]
        return row.value, row.n

    return workspace.ask(answer)


@pytest.mark.parametrize("id_", FUNCTIONS)
def test_the_rows_used_are_those_the_number_rests_on(company, id_):
    workspace, span = company
    query = Query((id_,), *span)
    row = run(workspace, query)[id_].rows[-1]
    parts = parts_of(workspace, query, row.period)
    assert parts
    left = value_with(workspace, query, parts, keep=True)
    if left is None:
        assert id_ in UNTRIED
        return
    value, n = left
    assert n == row.n and (
        value == row.value or (None not in (value, row.value) and isclose(value, row.value, rel_tol=1e-6))
    ), "a row that is left out counts"
    if row.value is not None:
        assert value_with(workspace, query, parts, keep=False) != (row.value, row.n), "no row that is used counts"


def test_every_function_says_what_it_reads():
    for id_ in FUNCTIONS:
        assert all(c.reads for c in kpis()[id_].computations if c.function), id_
    assert len(FUNCTIONS) >= 40


def test_the_alternative_in_force_is_the_one_that_has_rows(company):
    workspace, span = company
    found = {}
    for id_ in ("accounts_receivable", "stage_conversion_rate", "sales_forecast", "campaign_relative_efficiency"):
        computation, _ = chosen(workspace, kpis()[id_])
        assert computation and len(computation.reads) == 2
        row = run(workspace, Query((id_,), *span))[id_].rows[-1]
        found[id_] = {part.rows.table for part in parts_of(workspace, Query((id_,), *span), row.period)}
    assert found["accounts_receivable"] == {"invoices", "payments"} and "leads" not in found["stage_conversion_rate"]
    assert "orders" in found["campaign_relative_efficiency"]
