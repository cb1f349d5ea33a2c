"""The next step of Home: the first thing that is lacking; the import page ends with the same."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.analysis.progress import Target
from kpi.intake import inspect, load
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.targets import set_target
from tests.import_page import click, deals, drop
from tests.support_app import errors, html, start


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "home"))
    yield workspaces.create(tmp_path / "home", "main")
    workspaces.close_all()


def step(at, lang="en") -> str:
    """The code of the step that is shown."""
    assert not errors(at)
    said = [
        c for c in ("goals", "kpis", "target", "load", "rate", "board") if Texts(lang).t(f"home.next_{c}") in html(at)
    ]
    assert len(said) == 1, said
    return said[0]


def test_goals_then_kpis_then_a_target_then_newer_data(ws, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_bytes(deals())
    load(ws, inspect(ws, [path])[0])
    assert step(start()) == "goals"
    choose_goals(ws, ["increase_sales"])
    assert step(start()) == "kpis"
    select_kpis(ws, [Selection("sales_count", "increase_sales")])
    assert step(start()) == "target"
    set_target(ws, Target("sales_count", "increase_sales", date(2024, 1, 1), date(2024, 12, 31), 0.0, 90.0))
    for lang in ("en", "fa", "uk"):
        at = start(lang=lang)
        days = (date.today() - (ws.as_of() or date.today())).days
        assert step(at, lang) == "load" and Texts(lang).number(days) in html(at), "the data end in March 2024"


def test_an_import_ends_with_the_step_that_home_shows(ws):
    at = start("data/import")
    drop(at, ("deals.csv", deals()))
    click(at, "import_load")
    assert step(at) == "goals"
    choose_goals(ws, ["increase_sales"])
    select_kpis(ws, [Selection("sales_count", "increase_sales")])
    drop(at, ("april.csv", deals(range(12, 20))))
    click(at, "import_load")
    assert step(at) == "target"
