"""F77: the quick audit: answers persist and give a share per group and stage; the first one is the baseline."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kpi.analysis.audit import Answer, answered, audit, coverage, whole
from kpi.analysis.facets import AREAS
from kpi.analysis.progress import Target
from kpi.catalogue import kpi_set
from kpi.workspace.audits import audits, save_audit
from kpi.workspace.choices import Selection, choose_goals, select_kpis
from kpi.workspace.targets import set_target
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load


@pytest.fixture
def workspace(acme):
    load(acme, {"orders": [{"order_id": "1", "customer_id": "C1", "ordered_at": moment("2026-03-01"), "amount": 100}]})
    choose_goals(acme, ["increase_deal_size"])
    return acme


def test_what_the_data_tell_is_filled_in(workspace):
    select_kpis(workspace, [Selection("average_order_value", "increase_deal_size")])
    set_target(workspace, Target("average_order_value", None, date(2026, 1, 1), date(2027, 1, 1), 90.0, 120.0))
    rows = {row.kpi: row for row in audit(workspace)}
    assert list(rows)[:2] == ["average_deal_size", "average_order_value"] and "nps" in rows and len(rows) == 9
    assert rows["average_order_value"] == Answer("average_order_value", True, True, True)
    assert rows["nps"] == Answer("nps", False, False, False)
    assert {row.kpi: row for row in audit(workspace, {"nps": True})}["nps"].measured


def test_coverage_is_the_share_of_yes_per_group_and_stage():
    rows = [
        Answer("nps", True, True, False),
        Answer("csat", False, True, False),
        Answer("close_rate", True, False, True),
    ]
    assert whole(rows).measured == pytest.approx(2 / 3) and whole(rows).target == pytest.approx(1 / 3)
    groups = {each.name: each for each in coverage(rows, "group")}
    assert sum(each.n for each in groups.values()) == 3
    assert groups["sales"].data == 0 and groups["sales"].target == 1
    assert {each.name for each in coverage(rows, "stage")} <= {"after-sales", "closing"}
    assert whole([]).n == 0 and coverage([], "group") == []
    assert answered(rows, {"csat": True})[1].measured


def test_answers_persist_and_the_first_audit_is_the_baseline(workspace):
    save_audit(workspace, [("nps", True, False, False)], datetime(2026, 1, 5, 9))
    save_audit(workspace, [("nps", True, True, False), ("csat", False, True, False)], datetime(2026, 2, 5, 9))
    held = audits(workspace)
    assert list(held) == [datetime(2026, 1, 5, 9), datetime(2026, 2, 5, 9)]
    assert held[datetime(2026, 1, 5, 9)] == [("nps", True, False, False)]


@pytest.mark.parametrize("lang", ["en", "fa", "uk"])
def test_the_page_saves_what_is_ticked(workspace, lang):
    at = start("plan/audit", lang=lang)
    assert not errors(at)
    at.session_state["audit_grid_Acme"] = {"edited_rows": {0: {"measured": True}}, "added_rows": [], "deleted_rows": []}
    at.run()
    at = at.button(key="audit_save").click().run()
    assert not errors(at)
    rows = next(iter(audits(workspace).values()))
    assert ("average_deal_size", True, False, False) in rows
    assert html(at).count('class="k-table"') == 2


def test_stages_stand_in_the_order_of_the_process_and_groups_in_that_of_the_catalogue():
    rows = [
        Answer(id_, True, True, False) for id_ in ("csat", "close_rate", "calls_answered", "leads_generated", "nps")
    ]
    stages = [each.value for each in kpi_set("stages").groups]
    found = [each.name for each in coverage(rows, "stage")]
    assert found == [name for name in stages if name in found] and len(found) > 2
    found = [each.name for each in coverage(rows, "group")]
    assert found == [name for name in AREAS if name in found] and len(found) > 1
