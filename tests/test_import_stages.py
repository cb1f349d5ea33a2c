"""Stages of deals: their order and what they mean, proposed and overruled; what the preview says of a column."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import inspect, load, options, preview
from tests.intake_files import write_csv

HEADER = ["Deal ID", "Stage", "Priority", "Amount", "Created"]
STAGES = ["Хвиля А", "Negotiation", "Qualified", "Closed Won", "Closed Lost"]


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def deals(tmp_path):
    rows = [[f"D{i}", STAGES[i % 5], "x", "abc" if i == 3 else f"{i}", f"2024-01-{i + 1:02d}"] for i in range(10)]
    return write_csv(tmp_path / "deals.csv", HEADER, rows)


def planned(ws, path, **given):
    (plan,) = inspect(ws, [path], options(table="opportunities", **given))
    return plan


def test_stages_are_proposed_in_an_order_and_overruled(ws, tmp_path):
    path = deals(tmp_path)
    shown = preview(ws, planned(ws, path)).stages
    assert {each.name: each.kind for each in shown if each.kind != "open"} == {
        "Closed Won": "won",
        "Closed Lost": "lost",
    }
    assert [each.position for each in shown] == [1, 2, 3, 4, 5] and [
        each.rows for each in shown if each.kind == "won"
    ] == [1]
    told = ["Qualified=open", "Negotiation=open", "Хвиля А=won"]
    plan = planned(ws, path, stages=told)
    assert [(each.name, each.kind) for each in preview(ws, plan).stages][:3] == [
        ("Qualified", "open"),
        ("Negotiation", "open"),
        ("Хвиля А", "won"),
    ]
    load(ws, plan)
    assert ws.rows("SELECT stage, kind FROM stages ORDER BY position LIMIT 3") == [
        ("Qualified", "open"),
        ("Negotiation", "open"),
        ("Хвиля А", "won"),
    ]
    assert ws.rows("SELECT count(*) FROM opportunities WHERE outcome = 'won'") == [(3,)]


def test_a_wrong_stage_is_refused():
    for text in ("Qualified", "Qualified=maybe", "=open"):
        with pytest.raises(Refused):
            options(stages=[text])


def test_the_preview_says_which_cells_do_not_read(ws, tmp_path):
    shown = {each.column: each for each in preview(ws, planned(ws, deals(tmp_path))).columns}
    assert (shown["Amount"].rejected, shown["Amount"].which) == (1, ((5, "abc"),))
    assert shown["Deal ID"].which == ()


def test_the_preview_says_which_words_have_no_meaning(ws, tmp_path):
    rows = [[f"T{i}", ("open", "parked")[i % 2], "2024-01-05"] for i in range(6)]
    path = write_csv(tmp_path / "tickets.csv", ["Ticket ID", "Status", "Opened at"], rows)
    (plan,) = inspect(ws, [path], options(table="tickets"))
    shown = {each.column: each for each in preview(ws, plan).columns}
    assert shown["Status"].words == (("parked", 3),)
    (plan,) = inspect(ws, [path], options(table="tickets", words=["status:parked=pending"]))
    assert {each.column: each for each in preview(ws, plan).columns}["Status"].words == ()


def test_next_months_file_keeps_the_order_and_the_kinds_of_the_stages(ws, tmp_path):
    """A stage that nobody stands in this month keeps its place, what was told stays told, a new stage comes before the
    ends."""
    load(ws, planned(ws, deals(tmp_path), stages=["Qualified=open", "Negotiation=open", "Хвиля А=won"]))
    before = ws.rows("SELECT stage, kind FROM stages ORDER BY position")
    stood = [each for each in STAGES if each != "Qualified"] + ["Pilot"]
    rows = [[f"D{i}", stood[i % 5], "x", f"{i}", f"2024-02-{i + 1:02d}"] for i in range(20, 25)]
    path = write_csv(tmp_path / "next.csv", HEADER, rows)
    (plan,) = inspect(ws, [path], options())
    shown = preview(ws, plan).stages
    assert ("Qualified", 1, 0) in [(each.name, each.position, each.rows) for each in shown]
    load(ws, plan)
    after = ws.rows("SELECT stage, kind FROM stages ORDER BY position")
    assert [each for each in after if each[0] != "Pilot"] == before
    assert [each[0] for each in after][:4] == ["Qualified", "Negotiation", "Pilot", "Хвиля А"]
    assert ws.rows("SELECT count(*) FROM opportunities WHERE outcome = 'won'") == [(5,)]
