"""Entered KPI values on the pages: shown like any other, and marked wherever they show."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.measure.live import values
from kpi.text import Texts
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from tests.support_app import errors, html, start
from tests.workspaces import load

GREGORIAN = [f"2025-{month:02}-01" for month in range(1, 13)] + ["2026-01-01"]
JALALI = [f"2025-{day}" for day in ("03-21", "04-21", "05-22", "06-22", "07-23", "08-23", "09-23", "10-23")]


def sheet_of(days: list[str]) -> list[dict]:
    """A value for each month that begins on one of these days and ends before the next."""
    spans = zip(days, days[1:], strict=False)
    return [
        {"kpi_id": "nps", "period_start": since, "period_end": until, "value": 20.0 + n, "source": "old sheet"}
        for n, (since, until) in enumerate(spans)
    ]


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "Acme")
    choose_goals(made, ["raise_satisfaction"])
    select_kpis(made, [Selection("nps", "raise_satisfaction")])
    yield made
    workspaces.close_workspace(tmp_path, "Acme")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", ["start/home", "explore/board", "explore/kpi", "plan/catalogue"])
def test_every_page_says_that_a_value_was_entered(sheet, page, lang):
    load(sheet, {"kpi_values": sheet_of(JALALI if lang == "fa" else GREGORIAN)})  # Persian pages count by Jalali months
    for calendar in ("", "gregorian", "jalali"):  # which the catalogue fills in by rounds
        values(sheet, ["nps"], calendar, 5.0)
    at = start(page, lang=lang, q="nps")  # the catalogue finds it
    assert not errors(at)
    texts = Texts(lang)
    said = [texts.t("card.entered", source="old sheet"), texts.t("kpi.legend_entered"), texts.t("proof.entered")]
    assert any(each in html(at) for each in said), page
