"""Data that lie in one period which still runs: their values are shown, said to be unfinished, and proved."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.measure.board import board, finding
from kpi.measure.story import story
from kpi.text import Texts
from kpi.workspace.choices import Selection, select_kpis
from tests.support_app import errors, html, start
from tests.workspaces import load

T = Texts("en").t


def answers(day: str, kind: str, scores: list[int], low: int = 0, high: int = 10) -> list[dict]:
    return [
        {"survey_id": f"{kind}{day}{n}", "survey_type": kind, "responded_at": day, "score": score}
        | {"scale_min": low, "scale_max": high}
        for n, score in enumerate(scores)
    ]


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    select_kpis(made, [Selection("nps"), Selection("csat")])
    yield made
    workspaces.close_workspace(tmp_path, "main")


def test_one_survey_in_a_running_period_has_its_value_everywhere(ws):
    """6 promoters and 2 detractors of 10: NPS 40, in the middle of a month and of a quarter."""
    load(ws, {"surveys": answers("2026-05-12", "nps", [10] * 6 + [7] * 2 + [2] * 2)})
    items = board(ws, ["nps", "csat"])
    assert [item.begun for item in items] == [True, False] and items[0].state == "no_target"
    assert finding(items).code == "begun" and finding(items).first is items[0]
    told = story(ws, kpis()["nps"], "month")
    assert told.current and told.proof and told.current.value == told.proof.value == pytest.approx(40)
    for page, said in (
        ("explore/board", T("finding.begun", name="Net Promoter Score", value="40")),
        ("explore/kpi", T("finding.begun", name="Net Promoter Score", value="40")),
        ("explore/voice", T("voice.finding", value="40")),
    ):
        at = start(page)
        assert not errors(at) and said.replace("<b>", "") in html(at).replace("<b>", ""), page
        assert T("parts.unfinished") in html(at), page


def test_a_kpi_with_whole_periods_is_never_told_by_the_running_one(ws):
    load(ws, {"surveys": answers("2026-04-12", "nps", [10, 0]) + answers("2026-05-12", "nps", [10])})
    (item,) = board(ws, ["nps"])
    assert item.running and item.running.value == 100 and item.reading.value == 0 and not item.begun


def test_voice_without_nps_speaks_of_satisfaction_and_leaves_out_empty_periods(ws):
    """4 of 5 satisfied in the second quarter, 3 of 5 in the first; nothing before."""
    first = answers("2026-02-10", "csat", [5, 5, 4, 1, 1], 1, 5)
    second = answers("2026-05-10", "csat", [5, 5, 4, 4, 1], 1, 5)
    load(ws, {"surveys": [*first, *second, *answers("2026-07-10", "csat", [5], 1, 5)]})
    at = start("explore/voice")
    shown = html(at)
    assert not errors(at)
    assert T("voice.finding_csat_before", value="80.0%", before="60.0%") in shown
    assert "Q1 2026" in shown and "Q4 2025" not in shown and len(at.get("vega_lite_chart")) == 1
    assert 'data-pick="csat"' in shown and 'data-pick="nps"' not in shown


def test_voice_without_any_answer_says_so(ws):
    load(ws, {"surveys": answers("2026-05-12", "nps", [10, 0])})
    at = start("explore/voice", since="2026-01-01", until="2026-02-01")
    assert not errors(at) and T("voice.no_answers") in html(at) and not at.get("vega_lite_chart")
