"""The pages of section Data that load: each journey from a file to rows, by clicks alone."""

from __future__ import annotations

import threading
import time

import pytest

from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.text import Texts
from kpi.workspace import imports
from tests.import_page import click, deals, drop, field, picked, table
from tests.support_app import errors, html, start


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "main")
    workspaces.close_all()


def test_upload_look_and_load(ws):
    at = start("data/import")
    assert Texts("en").t("import.ways") in html(at) and not errors(at)
    drop(at, ("deals.csv", deals(wrong=[3])))
    shown = html(at)
    for said in ("D0", "3 Mar 2024", "called amount", "a lot (line 5)", "<b>sure</b> 97%", "maps to nothing"):
        assert said in shown, said
    assert not errors(at) and ws.rows("SELECT count(*) FROM opportunities") == [(0,)]
    click(at, "import_load")
    assert "11" in html(at) and "a lot" in html(at) and not errors(at)
    assert ws.rows("SELECT count(*) FROM opportunities") == [(11,)]
    assert [each.label for each in at.get("download_button")] == [Texts("en").t("import.rejects_download")]


def test_a_column_goes_elsewhere_and_back(ws):
    at = start("data/import")
    drop(at, ("deals.csv", deals()))
    assert field(at, "Amount").value == "opportunities.amount" and field(at, "Warehouse").value == ""
    field(at, "Warehouse").set_value("opportunities.source_channel").run()
    assert field(at, "Warehouse").value == "opportunities.source_channel"
    field(at, "Amount").set_value("").run()
    assert field(at, "Amount").value == "" and field(at, "Warehouse").value == "opportunities.source_channel"
    click(at, "import_take_back")
    assert field(at, "Amount").value == "opportunities.amount"
    click(at, "import_load")
    assert not errors(at)
    assert ws.rows("SELECT count(DISTINCT source_channel), count(amount) FROM opportunities") == [(3, 12)]
    assert ws.rows("SELECT count(*) FROM opportunities WHERE _extra->>'Warehouse' IS NOT NULL") == [(0,)]


def test_a_question_is_answered_by_a_button(ws):
    at = start("data/import")
    rows = [[f"O{i}", f"C{i}", f"0{1 + i % 9}/0{1 + (i * 5) % 9}/2024", "10"] for i in range(9)]
    drop(at, ("orders.csv", table(["order_id", "customer_id", "ordered_at", "amount"], rows)))
    asked = [each for each in at.button if (each.key or "").startswith("import_answer_")]
    assert [each.label for each in asked][:2] == ["day, month, year", "month, day, year"]
    assert not [each for each in at.button if each.key == "import_load"]
    asked[1].click().run()
    assert not [each for each in at.button if (each.key or "").startswith("import_answer_")]
    click(at, "import_load")
    assert ws.rows("SELECT strftime(ordered_at, '%Y-%m-%d') FROM orders WHERE order_id = 'O1'") == [("2024-02-06",)]


def test_stages_are_moved_and_mean_something_else(ws):
    at = start("data/import")
    drop(at, ("deals.csv", deals(stage=("Alpha", "Beta", "Gamma"))))
    kinds = [each for each in at.selectbox if (each.key or "").startswith("import_kind_")]
    assert [each.value for each in kinds] == ["open", "open", "open"]
    kinds[2].set_value("won").run()
    up = [each for each in at.button if (each.key or "").startswith("import_move_-1_")]
    up[1].click().run()
    click(at, "import_load")
    assert not errors(at)
    listed = ws.rows("SELECT stage, kind FROM stages ORDER BY position")
    assert listed == [("Beta", "open"), ("Alpha", "open"), ("Gamma", "won")]
    assert ws.rows("SELECT count(*) FROM opportunities WHERE outcome = 'won'") == [(4,)]


def test_a_word_gets_its_meaning(ws):
    at = start("data/import")
    rows = [[f"T{i}", ("open", "parked")[i % 2], f"2024-01-{i + 1:02d} 10:00"] for i in range(8)]
    drop(at, ("tickets.csv", table(["Ticket ID", "Status", "Opened at"], rows)))
    word = next(each for each in at.selectbox if (each.key or "").startswith("import_word_"))
    assert "parked" in word.label
    word.set_value("pending").run()
    assert not [each for each in at.selectbox if (each.key or "").startswith("import_word_")]
    click(at, "import_load")
    assert ws.rows("SELECT status, count(*) FROM tickets GROUP BY 1 ORDER BY 1") == [("open", 4), ("pending", 4)]


def test_several_files_have_their_states(ws):
    at = start("data/import")
    drop(
        at,
        ("deals.csv", deals()),
        ("costs.csv", table(["Date", "Purpose", "Amount"], [["2024-01-05", "sales", "7"]] * 3)),
        ("empty.csv", b""),
    )
    shown = html(at)
    assert Texts("en").t("import.state_failed") in shown and Texts("en").t("import.state_ready") in shown
    click(at, "import_load")
    assert ws.rows("SELECT (SELECT count(*) FROM opportunities), (SELECT count(*) FROM costs)") == [(12, 3)]
    drop(at, ("deals.csv", deals()))
    assert Texts("en").t("import.finding_loaded", n=1) in html(at), "the same bytes are not loaded twice"
    assert not [each for each in at.button if each.key == "import_load"]
    picked(at, "change", "import_loaded")
    assert Texts("en").t("import.finding_remap_note") in html(at)


def test_what_is_left_out_is_not_loaded(ws):
    at = start("data/import")
    drop(
        at,
        ("deals.csv", deals()),
        ("costs.csv", table(["Date", "Purpose", "Amount"], [["2024-01-05", "sales", "7"]] * 3)),
    )
    click(at, "import_leave_")
    click(at, "import_load")
    assert len(imports(ws)) == 1


def test_a_correction_that_cannot_be_is_told_and_taken_back(ws):
    at = start("data/import")
    drop(at, ("deals.csv", deals()))
    at.number_input[0].set_value(90).run()
    assert Texts("en").t("import.correction_refused") in html(at)
    assert at.number_input[0].value == 1 and field(at, "Amount").value == "opportunities.amount"


def test_undo_redo_and_another_mapping_without_the_file(ws):
    at = start("data/import")
    drop(at, ("deals.csv", deals()))
    click(at, "import_load")
    at = start("data/imports")
    assert "deals.csv" in html(at) and not errors(at)
    picked(at, "undo:1")
    assert ws.rows("SELECT count(*) FROM opportunities") == [(0,)]
    assert Texts("en").t("imports.state_undone") in html(at)
    picked(at, "redo:1")
    assert ws.rows("SELECT count(*) FROM opportunities") == [(12,)]
    at = start("data/import", remap="1")
    assert "Deal 0" in html(at), "cells are shown although the file is not there"
    field(at, "Warehouse").set_value("opportunities.source_channel").run()
    click(at, "import_anew")
    assert not errors(at)
    assert ws.rows("SELECT count(DISTINCT source_channel) FROM opportunities") == [(3,)]
    made = imports(ws)[0]
    assert (made.id, len(made.before)) == (1, 1)
    at = start("data/imports")
    assert Texts("en").t("imports.state_remapped", n=1) in html(at)


def test_refresh_in_two_clicks(ws):
    at = start("data/import")
    drop(at, ("march.csv", deals(range(10))))
    click(at, "import_load")
    drop(at, ("april.csv", deals(range(4, 14), stage=("Won",))))
    shown = html(at)
    assert Texts("en").t("import.changes") in shown and "march.csv" in shown
    row = shown.split(">deal<" if ">deal<" in shown else ">deals<")[-1].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('k-num">')[1:]] == ["4", "6", "0", "4"] or "4" in row
    assert "D4: Offer becomes Won" in shown
    click(at, "import_load")
    assert ws.rows("SELECT count(*) FROM opportunities") == [(14,)]


def test_refresh_that_replaces(ws):
    at = start("data/import")
    drop(at, ("march.csv", deals(range(10))))
    click(at, "import_load")
    drop(at, ("april.csv", deals(range(4, 14))))
    at.radio[0].set_value(True).run()
    click(at, "import_load")
    assert ws.rows("SELECT min(opportunity_id), count(*) FROM opportunities") == [("D10", 10)]
    assert [each.undone_at is None for each in imports(ws)] == [False, True]


def test_a_load_can_be_stopped(ws, monkeypatch):
    """While it runs the page shows how far it is and a button; given up, nothing is loaded and the file is still there."""
    from pages.parts import import_job

    monkeypatch.setattr(import_job, "SOON", 0.0)
    begun = threading.Event()

    def slow(workspace, plan, replaced, progress, stop):
        progress("check", 0.4)
        begun.set()
        assert stop.wait(20)
        raise Refused("import_stopped", file=plan.file)

    monkeypatch.setattr("kpi.intake.refresh", slow)
    at = start("data/import")
    drop(
        at,
        ("deals.csv", deals()),
        ("costs.csv", table(["Date", "Purpose", "Amount"], [["2024-01-05", "sales", "7"]] * 3)),
    )
    at.button(key="import_load").click().run()
    assert begun.wait(20)
    at.run()
    assert Texts("en").t("import.finding_loading", n=2) in html(at)
    at.button(key="import_cancel").click().run()
    while "import_job" in at.session_state:
        time.sleep(0.05)
        at.run()
    assert "was stopped" in html(at) and imports(ws) == []
    assert at.button(key="import_load").label == Texts("en").t("import.load", rows=15), "the files are still there"
    monkeypatch.undo()
    monkeypatch.setenv("KPI_HOME", str(ws.home))
    click(at, "import_load")
    assert len(imports(ws)) == 2 and list(ws.spool.iterdir()) == []
