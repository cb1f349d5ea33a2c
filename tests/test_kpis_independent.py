"""Every KPI against a second computation that shares no code with the engine (tests/independent), on the sample company."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest

import tests.independent
from kpi.catalogue import kpis
from kpi.core import Period, Query
from kpi.measure import run
from kpi.workspace import Workspace
from tests.independent.company import Company, Span
from tests.independent.registry import COMPUTED

for _module in pkgutil.iter_modules(tests.independent.__path__):
    importlib.import_module(f"{tests.independent.__name__}.{_module.name}")

MONTH = Period(date(2026, 3, 1), date(2026, 4, 1))
QUARTER = Period(date(2025, 7, 1), date(2025, 10, 1))
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
RUNNING = Period(date(2026, 1, 1), date(2027, 1, 1))
EMPTY = Period(date(2020, 1, 1), date(2021, 1, 1))
ASKED = {"month": (MONTH, [MONTH]), "quarter": (QUARTER, [QUARTER]), "year": (None, [EMPTY, YEAR, RUNNING])}
# Permutations take seconds, and single months say nothing: one long period.
LONG = {"activity_result_correlation": Period(date(2022, 1, 1), date(2026, 1, 1))}
# What is chosen today is told for the last period of a question alone.
OF_TODAY = ("kpi_goal_relevance", "goal_business_alignment")

Values = dict[tuple[str, date, date], float | None]


@pytest.fixture(scope="module")
def company(sample: Workspace) -> Company:
    def raw(table: str):
        return sample.frame(f'select * exclude (_import, _line, _extra) from rows."{table}"')

    class Settings(dict):
        def __missing__(self, name: str) -> object:
            return sample.settings.get(name)

    as_of = sample.as_of()
    assert as_of and RUNNING.since < as_of < RUNNING.until
    return Company(raw, lambda table: sample.frame(f'select * from state."{table}"'), as_of, Settings())


@pytest.fixture(scope="module")
def engine(sample: Workspace) -> Values:
    """Everything the engine says, asked as the pages ask: all KPIs of a step at once."""
    found: Values = {}
    board = tuple(id_ for id_ in kpis() if id_ not in LONG)
    for by, (bounds, _) in ASKED.items():
        since, until = (bounds.since, bounds.until) if bounds else (EMPTY.since, RUNNING.until)
        for result in run(sample, Query(board, since, until, by=by)).results:
            assert result.computable, result.kpi.id
            for row in result.rows:
                found[result.kpi.id, row.period.since, row.period.until] = row.value
    for id_, period in LONG.items():
        found[id_, period.since, period.until] = (
            run(sample, Query((id_,), period.since, period.until))[id_].rows[0].value
        )
    return found


def test_every_kpi_of_the_catalogue_is_computed_a_second_time() -> None:
    assert set(COMPUTED) == set(kpis())
    assert len(COMPUTED) == 222


def test_the_second_computation_shares_nothing_with_the_first() -> None:
    for module in pkgutil.iter_modules(tests.independent.__path__):
        source = importlib.import_module(f"{tests.independent.__name__}.{module.name}")
        names = vars(source).values()
        assert not [n for n in names if getattr(n, "__module__", "").split(".")[0] == "kpi"], module.name


@pytest.mark.parametrize("kpi", list(COMPUTED))
def test_both_ways_give_one_number(kpi: str, company: Company, engine: Values) -> None:
    periods = [LONG[kpi]] if kpi in LONG else [p for _, wanted in ASKED.values() for p in wanted]
    if kpi in OF_TODAY:
        periods = [p for p in periods if p is not EMPTY and p is not YEAR]
    for period in periods:
        said = engine[kpi, period.since, period.until]
        own = COMPUTED[kpi](company, Span.of(period.since, period.until))
        expected = None if own is None else pytest.approx(own, rel=1e-9, abs=1e-9)
        assert said == expected, f"{kpi} in {period.since} to {period.until}"


def test_the_sample_has_something_to_say_of_every_kpi(engine: Values) -> None:
    told = {kpi for (kpi, since, _), value in engine.items() if value is not None and since != EMPTY.since}
    assert told == set(kpis())
