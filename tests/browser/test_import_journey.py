"""Files in a real browser: looked at, corrected, loaded, mapped anew without the file, refreshed, typed in."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, App, serve
from playwright.sync_api import Page

from kpi.text import Texts

pytestmark = pytest.mark.browser

HEADER = ["Deal ID", "Deal Name", "Stage", "Amount", "Created", "Warehouse"]
EN = Texts("en")


@pytest.fixture
def empty(tmp_path) -> Iterator[App]:
    """A server with an empty workspace."""
    with serve(tmp_path / "home") as running:
        yield running


def deals(path: Path, first: int, last: int, stage: str = "New") -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(
            [f"D{i}", f"Deal {i}", stage, f"{i}.5", f"2024-03-{i % 28 + 1:02d}", f"W{i % 3}"]
            for i in range(first, last)
        )
    return str(path)


def upload(app: App, page: Page, *files: str) -> None:
    app.open(page, "import", lang="en")
    page.locator("input[type=file]").set_input_files(list(files))
    page.locator(".st-key-import_columns").wait_for()
    app.settle(page)


def press(app: App, page: Page, key: str) -> None:
    page.locator(f"[class*=st-key-{key}] button").first.click()
    page.wait_for_timeout(500)
    app.settle(page)
    app.expect_no_error(page)


def choose(app: App, page: Page, column: str, field: str) -> None:
    """Another field for a column: open its list, search it, take the field."""
    label = EN.t("import.goes_to_of", column=column)
    page.get_by_label(label).first.click()
    page.keyboard.type(field)
    page.get_by_role("option", name=field, exact=True).click()
    page.wait_for_timeout(500)
    app.settle(page)


def test_from_file_to_rows_and_back(empty, page, tmp_path):
    upload(empty, page, deals(tmp_path / "march.csv", 0, 10))
    assert "3 Mar 2024" in page.inner_text("[data-testid=stMain]")
    choose(
        empty,
        page,
        "Warehouse",
        EN.t("import.field_label", name=EN.t("field.source_channel"), table=EN.t("table.opportunities")),
    )
    empty.picture(page, "import-corrected")
    press(empty, page, "import_load")
    page.locator("button.k-btn.primary[data-pick=goals]").wait_for()
    empty.picture(page, "import-done")

    upload(empty, page, deals(tmp_path / "april.csv", 4, 12, "Won"))
    shown = page.inner_text("[data-testid=stMain]")
    assert EN.t("import.changes") in shown and "D4: New becomes Won" in shown
    empty.picture(page, "import-refresh")
    press(empty, page, "import_load")
    page.locator("button.k-btn.primary[data-pick=goals]").wait_for()

    empty.open(page, "imports", lang="en")
    empty.picture(page, "imports")
    page.locator("button[data-pick='change:1']").click()
    page.locator(".st-key-import_anew button").wait_for()
    empty.settle(page)
    choose(empty, page, "Amount", EN.t("import.leave_out"))
    press(empty, page, "import_anew")
    page.locator("button.k-btn.primary[data-pick=goals]").wait_for()
    empty.open(page, "imports", lang="en")
    assert EN.t("imports.state_remapped", n=1) in page.inner_text("[data-testid=stMain]")
    page.locator("button[data-pick='undo:2']").click()
    page.locator("button[data-pick='redo:2']").wait_for()
    empty.settle(page)
    empty.expect_no_error(page)
    command = [sys.executable, "-m", "kpi", "--home", str(empty.home), "tables", "main", "--json"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert {each["table"]: each["rows"] for each in json.loads(told.stdout)["tables"]}["opportunities"] == 10


def test_typed_in(empty, page):
    empty.open(page, "by_hand", lang="en", table="costs")
    grid = page.locator("[data-testid=stDataFrame] canvas").first
    grid.wait_for()
    empty.picture(page, "by-hand")
    press(empty, page, "by_hand_save")
    with page.expect_download() as waiting:
        page.locator(".st-key-by_hand_template button").click()
    assert waiting.value.suggested_filename == "costs.xlsx"
    assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"
