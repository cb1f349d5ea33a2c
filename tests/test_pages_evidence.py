"""What the data say for each KPI stands on the KPIs page, in every language, and never claims a cause."""

from __future__ import annotations

import math
import re

import pytest

from kpi.analysis.matching import match
from kpi.measure.evidence import evidence_on
from kpi.measure.home import speaker
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load


@pytest.fixture
def workspace(acme):
    orders, n = [], 0
    for month in range(48):
        year, m = 2022 + month // 12, month % 12 + 1
        for k in range(3 + round(2 * math.sin(month * 2.399)) + (month % 5 == 0)):
            n += 1
            amount = 100 + 7 * ((month * 13 + k * 5) % 11)
            day = moment(f"{year}-{m:02}-{10 + k}")
            orders.append({"order_id": str(n), "customer_id": f"C{n % 9}", "ordered_at": day, "amount": amount})
    load(acme, {"orders": orders})
    choose_goals(acme, ["increase_sales", "increase_deal_size"])
    select_kpis(acme, [Selection("total_revenue", "increase_sales")])
    return acme


def test_every_match_gets_its_findings_in_the_order_of_roles(workspace):
    matches = match(["increase_sales"], workspace.columns())
    found = evidence_on(workspace, matches, speaker(workspace, "increase_sales"), ["total_revenue"])
    assert {each.kpi for each in found} == {m.kpi.id for m in matches}
    roles = [each.candidate.role for each in found]
    assert roles == sorted(roles, key=("direct", "supporting", "guardrail").index)
    by_id = {each.kpi: each for each in found}
    assert (
        by_id["sales_count"].leads.code == "lead_itself" and by_id["total_revenue"].n == 47
    )  # the last month still runs
    assert by_id["csat"].data.code == "data_none" and by_id["csat"].score == 0
    assert found is evidence_on(workspace, matches, speaker(workspace, "increase_sales"), ["total_revenue"])


@pytest.mark.parametrize("lang", ["en", "fa", "uk"])
def test_the_page_shows_them_when_asked(workspace, lang):
    at = start("plan/kpis", lang=lang)
    assert not errors(at) and "k-evidence" not in html(at)
    at = at.toggle(key="kpis_evidence").set_value(True).run()
    assert not errors(at)
    shown = html(at)
    assert shown.count('class="k-evidence"') >= 2 and not re.search(r"evidence\.(?!md)", shown)
    if lang == "en":
        assert "Measures the goal itself." in shown and "because" not in shown.lower().split("k-evidence", 1)[1]
    at = at.selectbox(key="kpis_evidence_goal").set_value("increase_deal_size").run()
    assert not errors(at)
