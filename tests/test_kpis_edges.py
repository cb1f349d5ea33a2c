"""Every KPI where there is nothing: an empty period, no denominator, no column. Not defined is null, never 0."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from kpi.catalogue import kpis
from kpi.core import Query, Row
from kpi.measure import run
from tests.support import MemoryWorkspace, memory_workspace

BEFORE_ALL = date(1990, 1, 1), date(1990, 2, 1)
# Amounts, hours and days that add up: of nothing they are 0, as a count is.
SUMS = {
    "total_revenue",
    "new_revenue",
    "new_stream_revenue",
    "net_sales",
    "new_customer_revenue",
    "repeat_customer_revenue",
    "ancillary_revenue",
    "campaign_revenue",
    "pipeline_value",
    "weighted_pipeline_value",
    "accounts_receivable",
    "sales_forecast",
    "crm_investment_cost",
    "customer_service_cost",
    "training_days",
    "bad_data_hours",
    "time_per_job_title",
    "net_profit",
}
PER_TIME = {
    "support_requests_received",
    "average_calls_per_day",
    "repeat_purchase_frequency",
}  # days pass, whatever happens
PEOPLE = {"sales_per_rep", "crm_usage_frequency", "key_employee_turnover"}  # per person, and the people are there
STANDING = {
    "manufacturer_reliability",
    "system_stability",
    "crm_records",
    "partnership_diversity",
}  # as entered; no outage
SUBSTITUTES = ("tickets.closed_at",)  # stand in for what a KPI names by the rules of the model
OF_TODAY = {"kpi_goal_relevance", "goal_business_alignment"}  # of what is chosen now, whatever the period


def first_cases() -> dict[str, dict]:
    """For each KPI a hand-counted case: data with which it can be computed."""
    found: dict[str, dict] = {}
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml")):
        for kpi, cases in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(kpi, cases[0])
    return found


CASES = first_cases()


def asked(workspace: MemoryWorkspace, kpi: str, since: date, until: date) -> Row:
    result = run(workspace, Query((kpi,), since, until))[kpi]
    assert not result.missing, result.missing
    return result.rows[0]


def blank(workspace: MemoryWorkspace, columns: tuple[str, ...]) -> None:
    """Takes every value out of the columns, as if no file had them."""
    for name in columns:
        table, _, column = name.partition(".")
        if table in workspace.given:
            workspace.rows(f'update "{table}" set "{column}" = null')
        elif f"state.{table}" in workspace.given:
            workspace.rows(f'update state."{table}" set "{column}" = null')
    workspace._memo.clear()


def test_every_kpi_has_a_case() -> None:
    assert set(CASES) == set(kpis())


@pytest.mark.parametrize("kpi", list(CASES))
def test_where_nothing_happened_and_nothing_is_known(kpi: str) -> None:
    case, definition = CASES[kpi], kpis()[kpi]
    workspace = memory_workspace(case["tables"], case.get("settings"), case.get("as_of") or date(2026, 12, 31))
    row = asked(workspace, kpi, *BEFORE_ALL)
    if kpi not in OF_TODAY | STANDING and not definition.stock:
        adds = definition.unit == "count" or kpi in SUMS
        if row.value is not None:
            assert row.value == 0
            assert adds or row.denominator or kpi in PER_TIME | PEOPLE, "of nothing it is not defined"
    if row.denominator is not None and not row.denominator:
        assert row.value is None, "without a denominator it is not defined"
    if row.value is None:
        assert (row.low, row.high) == (None, None)

    blank(workspace, (*_columns(definition.needs), *SUBSTITUTES))
    result = run(workspace, Query((kpi,), case["since"], case["until"]))[kpi]
    assert result.missing and not result.rows, "without its columns it cannot be computed"


def _columns(needs: str) -> list[str]:
    """table.column of everything that any alternative of `needs` names."""
    terms = re.findall(r"(\w+)\(([^)]*)\)", needs)
    return [f"{table}.{column.strip()}" for table, columns in terms for column in columns.split(",")]
