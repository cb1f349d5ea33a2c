"""Filters in a real browser: they travel, the back button undoes them, a card is opened by the keyboard, a file is saved."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from conftest import App, serve
from playwright.sync_api import Page, expect

from tests.filled import NAME, copy_of_sample

pytestmark = pytest.mark.browser

NORTH = "customers.region=Baltic"
SLOW = 30_000  # milliseconds


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Iterator[App]:
    """A server over the filled sample company."""
    with serve(copy_of_sample(tmp_path_factory)) as running:
        yield running


@pytest.fixture
def board(sample, page: Page) -> Page:
    sample.open(page, "board", lang="en", workspace=NAME, filter=NORTH)
    expect(page.locator(".k-chip")).to_have_text(["region: Baltic"], timeout=SLOW)
    return page


def at(page: Page, path: str, *, filtered: bool) -> None:
    """The page is there, and its address and its chips say the same about the filter."""
    page.wait_for_url(f"**/{path}?*", timeout=SLOW)
    expect(page.locator(".k-chip")).to_have_count(1 if filtered else 0, timeout=SLOW)
    page.wait_for_function(f"location.search.includes('filter') === {str(filtered).lower()}", timeout=SLOW)


def test_the_filter_goes_along_and_a_page_is_one_step_back(board):
    board.get_by_role("link", name="Funnel").click()
    at(board, "funnel", filtered=True)
    board.go_back()
    at(board, "board", filtered=True)


def test_back_undoes_what_was_removed(board):
    board.locator(".k-chip").click()
    at(board, "board", filtered=False)
    board.go_back()
    at(board, "board", filtered=True)


def test_a_card_opens_its_kpi_by_the_keyboard_with_the_same_filter(board):
    board.locator(".k-card[data-pick=total_revenue]").focus()
    board.keyboard.press("Enter")
    board.wait_for_url("**/kpi?*kpi=total_revenue*", timeout=SLOW)
    board.wait_for_function("location.search.includes('filter')", timeout=SLOW)


def test_the_board_is_saved_as_a_file(board, tmp_path):
    board.get_by_role("button", name="Export").click()
    with board.expect_download() as made:
        board.get_by_role("button", name="CSV").click()
    made.value.save_as(tmp_path / "board.csv")
    with (tmp_path / "board.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) > 5 and {line["Filters"] for line in lines} == {"region: Baltic"}
