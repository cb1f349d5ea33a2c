"""Funnel and KPI page over bare data: deals without amounts and stages, groups too small to judge, the words for both."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.text import Texts
from kpi.workspace.choices import Selection, select_kpis
from tests.support_app import errors, html, start
from tests.workspaces import load

T = Texts("en").t


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "main")
    workspaces.close_workspace(tmp_path, "main")


def deal(n: int, outcome: str, **more: object) -> dict:
    closed = {} if outcome == "open" else {"closed_at": "2026-03-20"}
    return {"opportunity_id": f"d{n}", "created_at": "2026-03-02", "outcome": outcome, **closed, **more}


def test_deals_without_stages_and_amounts_are_called_and_counted_as_deals(ws):
    deals = [deal(n, "won") for n in range(3)] + [deal(9, "lost")] + [deal(n, "open", stage="Talks") for n in (20, 21)]
    load(ws, {"opportunities": deals})
    at = start("explore/funnel", kind="opportunities", span="all")
    shown = html(at)
    assert not errors(at)
    assert T("funnel.step_opportunities_created") in shown and T("funnel.step_created") not in shown
    assert T("funnel.pipeline_bare", n=2) in shown
    assert ">Talks<" in shown and shown.count(f">{T('funnel.pipeline_deals')}<") == 1


def test_many_groups_are_summed_up_without_calling_them_grey(ws):
    """14 customers of a count are all told apart: two more than fit, none of them too small."""
    orders = [
        {"order_id": f"{month}-{c}-{n}", "customer_id": f"c{c}", "ordered_at": f"2026-0{month}-10", "amount": 5}
        for month in (1, 2)
        for c in range(14)
        for n in range(40 + month * c)
    ]
    load(ws, {"orders": orders})
    at = start("explore/kpi", kpi="sales_count", split="customer_id")
    shown = html(at)
    assert not errors(at)
    assert T("kpi.together_rest", n=2) in shown and T("kpi.together_more", n=2) not in shown


def test_groups_too_small_to_judge_are_not_judged_together(ws):
    """Answers of two small groups: their part is a number without arrow and colour."""
    surveys = [
        {"survey_id": f"{month}{topic}{n}", "survey_type": "nps", "topic": topic, "responded_at": f"2026-0{month}-10"}
        | {"score": 10 if n < month * 3 else 2}
        for month in (1, 2)
        for topic in ("price", "help")
        for n in range(8)
    ]
    load(ws, {"surveys": [*surveys, {**surveys[0], "survey_id": "later", "responded_at": "2026-03-20"}]})
    at = start("explore/kpi", kpi="nps", split="topic")
    row = html(at).split(T("kpi.together", least=30))[1].split("</tr>")[0]
    assert not errors(at) and "+75" in row and "k-arrow" not in row and "better" not in row


def test_a_link_to_a_kpi_that_does_not_exist_says_so_and_shows_another(ws):
    load(ws, {"orders": [{"order_id": "1", "customer_id": "c", "ordered_at": "2026-01-10", "amount": 5}]})
    select_kpis(ws, [Selection("total_revenue")])
    at = start("explore/kpi", kpi="gross_margine")
    assert not errors(at) and T("filter.unread") in html(at) and "gross_margine" in html(at)
    assert T("filter.unread") not in html(start("explore/kpi", kpi="sales_count"))
