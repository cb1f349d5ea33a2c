"""A KPI of one's own in a real browser: the value comes while one types, a name by a click, and it stands on the board."""

from __future__ import annotations

import pytest
from conftest import App, serve
from playwright.sync_api import Page, expect

from tests.filled import copy_of_sample

pytestmark = pytest.mark.browser
PATIENCE = 30_000


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with serve(copy_of_sample(tmp_path_factory)) as running:
        yield running


def test_typed_seen_saved_on_the_board(sample: App, page: Page):
    sample.open(page, "own_kpi", lang="en")
    page.locator(".st-key-own_kpi_name input").press_sequentially("Largest deal won", delay=20)
    value = page.locator(".st-key-own_kpi_value textarea")
    value.click()
    value.press_sequentially("max(amout)", delay=40)
    told = page.locator(".k-mistake")
    expect(told).to_contain_text("Did you mean amount?", timeout=PATIENCE)
    assert told.locator("mark").inner_text() == "amout" and "    ^^^^^" in told.locator("pre").inner_text()
    value.fill("")
    value.press_sequentially("max(", delay=40)
    page.locator('[data-insert="amount"]').first.click()
    assert value.input_value() == "max(amount" and value.evaluate("e => e === document.activeElement")
    value.press_sequentially(")", delay=40)
    expect(page.locator(".k-live .k-val")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("details.k-more pre")).to_contain_text("MAX(", timeout=PATIENCE)
    assert value.input_value() == "max(amount)"
    where = page.locator(".st-key-own_kpi_where textarea")
    where.click()
    where.press_sequentially("outcome = 'won'", delay=40)
    expect(page.locator("details.k-more pre")).to_contain_text("'won'", timeout=PATIENCE)
    page.locator(".st-key-own_kpi_save button").click()
    expect(page.locator(".st-key-own_kpi_undo_row")).to_contain_text("Largest deal won", timeout=PATIENCE)
    page.locator(".st-key-own_kpi_board button").click()
    expect(page.locator(".k-card .k-name", has_text="Largest deal won")).to_be_visible(timeout=PATIENCE)
    sample.expect_no_error(page)
