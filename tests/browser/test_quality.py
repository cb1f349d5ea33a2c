"""The quality page in a real browser: find somebody who is in twice, merge, take it back, download the list to fix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import App, serve
from playwright.sync_api import Page

from kpi import workspace as workspaces
from kpi.text import Texts
from tests.workspaces import load

pytestmark = pytest.mark.browser

PEOPLE = [
    {"customer_id": "A", "name": "=Ali Rezaei", "phone": "09121234567", "email": "ali@example.org"},
    {"customer_id": "B", "name": "=Ali Rezaei", "phone": "+98 912 123 4567"},
    {"customer_id": "=C", "name": "Sara Ahmadi", "email": "not an address"},
]
ORDERS = [
    {"order_id": str(n), "customer_id": "AB"[n % 2], "ordered_at": f"2025-0{1 + n % 6}-11", "amount": 10}
    for n in range(20)
]
WIDE = "() => document.documentElement.scrollWidth > innerWidth + 1"


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    """A server over a workspace with somebody in twice."""
    home = tmp_path / "home"
    workspace = workspaces.create(home, "main")
    load(workspace, {"customers": PEOPLE, "orders": ORDERS}, "people.csv")
    workspaces.close_workspace(home, "main")
    with serve(home) as running:
        yield running


def settle(app: App, page: Page) -> None:
    page.wait_for_timeout(400)
    app.settle(page)
    app.expect_no_error(page)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_merge_and_take_back(app, page, lang):
    t = Texts(lang).t
    app.open(page, "quality", lang=lang)
    app.expect_no_error(page)
    app.picture(page, f"quality-{lang}")
    page.get_by_role("radio", name=t("quality.view_twice")).click()
    settle(app, page)
    page.get_by_role("button", name=t("quality.compare"), exact=True).click()
    settle(app, page)
    assert "Rezaei" not in page.inner_text("[data-testid=stMain]")
    app.picture(page, f"quality-twice-{lang}")
    page.get_by_role("button", name=t("quality.merge_one")).click()
    page.get_by_role("button", name=t("quality.unmerge")).wait_for()
    settle(app, page)
    assert page.get_by_role("button", name=t("quality.compare"), exact=True).count() == 0
    page.get_by_role("button", name=t("quality.unmerge")).click()
    page.get_by_role("button", name=t("quality.compare"), exact=True).wait_for()
    settle(app, page)


def test_the_list_to_fix_is_harmless_in_a_spreadsheet(app, page):
    t = Texts("en").t
    app.open(page, "quality", lang="en")
    page.get_by_role("radio", name=t("quality.view_owners")).click()
    settle(app, page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=t("quality.as_csv")).click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "'=C" in text and ",=C" not in text and "Rezaei" not in text


def test_nothing_reaches_out_of_a_narrow_window(app, page):
    page.set_viewport_size({"width": 390, "height": 900})
    for lang in ("en", "fa"):
        t = Texts(lang).t
        app.open(page, "quality", lang=lang)
        for view in ("overview", "problems", "twice", "owners", "more"):
            page.get_by_role("radio", name=t(f"quality.view_{view}")).click()
            settle(app, page)
            assert not page.evaluate(WIDE), (lang, view)
