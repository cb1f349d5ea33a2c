"""The pages of section Data that load: each journey from a file or a grid to rows, by clicks alone."""

from __future__ import annotations

import csv
import io
import threading
import time

import pytest

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.errors import Refused
from kpi.intake import by_hand, harmless, rejected_csv
from kpi.text import Texts
from kpi.workspace import imports
from pages.parts import click as clicks
from tests.support_app import errors, html, start

DEALS = ["Deal ID", "Deal Name", "Stage", "Amount", "Created", "Warehouse"]


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "main")
    workspaces.close_all()


def table(header, rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()


def deals(numbers=range(12), stage=("New", "Offer", "Won"), wrong=(), amount="{i}.5") -> bytes:
    rows = [
        [
            f"D{i}",
            f"Deal {i}",
            stage[i % len(stage)],
            "a lot" if i in wrong else amount.format(i=i),
            f"2024-03-{i % 28 + 1:02d}",
            f"W{i % 3}",
        ]
        for i in numbers
    ]
    return table(DEALS, rows)


def drop(at, *files):
    """Files dropped on the page: (name, bytes)."""
    at.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files])
    return at.run()


def click(at, key):
    """A button whose key begins so."""
    (button,) = [each for each in at.button if (each.key or "").startswith(key)]
    button.click().run()
    return wait(at)


def wait(at):
    """Until what runs in the background is done."""
    for _ in range(200):
        if "import_job" not in at.session_state or at.session_state["import_job"].finished:
            break
        time.sleep(0.05)
    return at.run()


def pick(at, key, value):
    (box,) = [each for each in at.selectbox if each.key == key or (each.key or "").startswith(key)]
    box.set_value(value).run()
    return at


def field(at, column):
    """The chooser of a column's field."""
    label = Texts("en").t("import.goes_to_of", column=column)
    return next(each for each in at.selectbox if each.label == label)


def picked(at, what):
    """The click of a reader on an action of the import log: what the browser reports for `data-pick`."""
    assert f'data-pick="{what}"' in html(at)
    shown, waiting = clicks.show, [what]

    def show(body, key):
        real = shown(body, key)
        return waiting.pop() if key == "imports_log" and waiting else real

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clicks, "show", show)
        at.run()
        return wait(at)


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
    assert Texts("en").t("import.finding_nothing") in html(at), "the same bytes are not loaded twice"


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


def test_by_hand(ws):
    at = start("data/by_hand")
    assert not errors(at)
    pick(at, "by_hand_table", "costs")
    key = "by_hand_grid_costs_0"
    at.session_state[key] = {
        "edited_rows": {},
        "added_rows": [
            {"incurred_at": "2024-01-05", "purpose": "sales", "amount": 12.5},
            {"incurred_at": "2024-02-05", "purpose": "crm"},
        ],
        "deleted_rows": [],
    }
    at.run()
    click(at, "by_hand_save")
    assert "needed" in html(at) and Texts("en").t("by_hand.wrong", n=1) in html(at) and imports(ws) == []
    at.session_state[key] = {
        "edited_rows": {},
        "added_rows": [
            {"incurred_at": "2024-01-05", "purpose": "sales", "amount": 12.5},
            {"incurred_at": "2024-02-05", "purpose": "crm", "amount": 3},
        ],
        "deleted_rows": [],
    }
    at.run()
    click(at, "by_hand_save")
    assert not errors(at), errors(at)
    assert ws.rows("SELECT count(*), sum(amount)::DOUBLE FROM costs") == [(2, 15.5)]
    at.session_state["by_hand_grid_costs_1"] = {
        "edited_rows": {0: {"amount": 20.0}},
        "added_rows": [],
        "deleted_rows": [1],
    }
    at.run()
    click(at, "by_hand_save")
    assert ws.rows("SELECT count(*), sum(amount)::DOUBLE FROM costs") == [(1, 20.0)]
    assert len(by_hand.entered(ws, "costs")) == 1
    assert at.get("download_button")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", ["import", "imports", "by_hand"])
def test_the_pages_stand_in_every_language(ws, page, lang):
    at = start(f"data/{page}", lang=lang)
    assert not errors(at)
    drop_at = start("data/import", lang=lang)
    drop(drop_at, (f"{lang}.csv", deals()))
    assert not errors(drop_at)
    click(drop_at, "import_load")
    at = start(f"data/{page}", lang=lang)
    assert not errors(at) and "{" not in html(at)


def test_rejected_rows_download_without_formulas(ws, tmp_path):
    from tests.intake_files import import_file

    path = tmp_path / "deals.csv"
    path.write_bytes(deals(wrong=[1, 2]).replace(b"Deal 1,", b'"=cmd()",').replace(b"Deal 2,", b"-7,"))
    report = import_file(ws, path, table="opportunities")
    read = list(csv.reader(io.StringIO(rejected_csv(ws, report.id, Texts("en")).decode("utf-8-sig"))))
    assert read[0] == [*DEALS, "Line", "Column", "Reason"]
    assert [row[1] for row in read[1:]] == ["'=cmd()", "-7"]
    assert [row[-3:] for row in read[1:]] == [["3", "Amount", "not a number"], ["4", "Amount", "not a number"]]
    assert [harmless(cell) for cell in ("=1", "+a", "-1.5", "@x", "abc", "+380 44", "\tx")] == [
        "'=1", "'+a", "-1.5", "'@x", "abc", "+380 44", "'\tx",
    ]  # fmt: skip
    corrected = [row[:-3] for row in read]
    for row in corrected[1:]:
        row[3] = "5"
    again = tmp_path / "again.csv"
    again.write_bytes(table(corrected[0], corrected[1:]))
    assert import_file(ws, again).rows_loaded == 2
    assert ws.rows("SELECT count(*) FROM opportunities") == [(12,)]


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
    drop(at, ("deals.csv", deals()), ("costs.csv", table(["Date", "Purpose", "Amount"], [["2024-01-05", "sales", "7"]] * 3)))
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
