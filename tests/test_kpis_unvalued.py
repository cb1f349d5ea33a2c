"""A quarter whose rows are all there and lack their amounts: the engine and the second computation say the same."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest

import tests.independent
from kpi import workspace as workspaces
from kpi.core import Period, Query
from kpi.measure import run
from kpi.workspace import Workspace
from tests.filled import NAME, copy_of_sample
from tests.independent.company import Company, Span
from tests.independent.registry import COMPUTED

for _module in pkgutil.iter_modules(tests.independent.__path__):
    importlib.import_module(f"{tests.independent.__name__}.{_module.name}")

QUARTER = Period(date(2025, 7, 1), date(2025, 10, 1))
PERIODS = (QUARTER, Period(date(2025, 8, 1), date(2025, 9, 1)), Period(date(2025, 1, 1), date(2026, 1, 1)))
# table: (its date, the columns that lose their values in the quarter)
BLANK = {
    "campaign_costs": ("incurred_at", "amount"),
    "costs": ("incurred_at", "amount"),
    "finance_periods": ("period_start", "net_profit, net_sales"),
    "opportunities": ("created_at", "amount"),
    "production": ("produced_at", "output_quantity"),
    "time_entries": ("worked_at", "hours"),
    "trainings": ("trained_at", "days"),
    "web_visits": ("started_at", "page_views"),
}
WITHOUT = (  # in the quarter and in its month
    "bad_data_cost_per_rep", "bad_data_hours", "cac", "cost_per_lead", "cost_per_opportunity", "crm_investment_cost",
    "customer_profit", "customer_retention_cost", "customer_service_cost", "net_profit", "new_customer_profitability",
    "pipeline_realization_rate", "production_efficiency", "return_on_assets", "return_on_investment", "sales_roi",
    "sales_service_cost", "time_per_job_title", "web_page_visits",
)  # fmt: skip
IN_PART = ("average_deal_size", "open_opportunity_size", "pipeline_value", "training_days", "weighted_pipeline_value")


@pytest.fixture(scope="module")
def blanked(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = copy_of_sample(tmp_path_factory)
    workspace = workspaces.open_workspace(home, NAME)
    with workspace.write() as cur:
        for table, (day, columns) in BLANK.items():
            inside = f"{day} >= timestamp '{QUARTER.since}' and {day} < timestamp '{QUARTER.until}'"
            nothing = ", ".join(f"null as {column}" for column in columns.split(", "))
            cur.execute(
                f"create temp table held as select * replace ({nothing}) from rows.{table} where {inside}"
            ).fetchall()
            cur.execute(f"delete from rows.{table} where {inside}").fetchall()
            cur.execute(f"insert into rows.{table} select * from held").fetchall()
            cur.execute("drop table held").fetchall()
    yield workspace
    workspaces.close_workspace(home, NAME)


def test_both_ways_agree_on_what_is_not_defined(blanked: Workspace) -> None:
    class Settings(dict):
        def __missing__(self, name: str) -> object:
            return blanked.settings.get(name)

    def raw(table: str):
        return blanked.frame(f'select * exclude (_import, _line, _extra) from rows."{table}"')

    as_of = blanked.as_of()
    assert as_of
    company = Company(raw, lambda table: blanked.frame(f'select * from state."{table}"'), as_of, Settings())
    for period in PERIODS:
        for result in run(blanked, Query((*WITHOUT, *IN_PART), period.since, period.until)).results:
            said, kpi = result.rows[0].value, result.kpi.id
            own = COMPUTED[kpi](company, Span.of(period.since, period.until))
            expected = None if own is None else pytest.approx(own, rel=1e-9, abs=1e-9)
            assert said == expected, f"{kpi} in {period.since} to {period.until}"
            whole = QUARTER.since <= period.since and period.until <= QUARTER.until
            assert (said is None) == (whole and kpi in WITHOUT), f"{kpi} in {period.since} to {period.until}"
