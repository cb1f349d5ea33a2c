"""Entering by hand, rejected rows to correct, and the loading pages in every language."""

from __future__ import annotations

import csv
import io

import pytest

from kpi import workspace as workspaces
from kpi.core import LANGUAGES
from kpi.intake import by_hand, harmless, rejected_csv
from kpi.text import Texts
from kpi.workspace import imports
from tests.import_page import DEALS, click, deals, drop, pick, table
from tests.support_app import errors, html, start


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "main")
    workspaces.close_all()


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
