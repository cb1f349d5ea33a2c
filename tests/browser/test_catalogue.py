"""The catalogue in a real browser: search as one types, filter, share the address, details by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import App, serve
from playwright.sync_api import Page

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.text import Texts
from kpi.workspace.choices import choose_goals
from tests.workspaces import load

pytestmark = pytest.mark.browser

ORDERS = [
    {"order_id": str(n), "customer_id": f"C{n % 7}", "ordered_at": f"2025-0{1 + n % 6}-11", "amount": 10 * n + 5}
    for n in range(40)
]
WIDE = "() => document.documentElement.scrollWidth > innerWidth + 1"
ROWS = ".k-cat-row .k-cat-name > button"


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    home = tmp_path / "home"
    workspace = workspaces.create(home, "main")
    load(workspace, {"orders": ORDERS}, "orders.csv")
    choose_goals(workspace, ["increase_sales"])
    workspaces.close_workspace(home, "main")
    with serve(home) as running:
        yield running


@pytest.mark.parametrize(("lang", "typed"), [("en", "chrun rat"), ("fa", "نرخ ريزش")])
def test_search_filter_address_and_details(app: App, page: Page, lang: str, typed: str) -> None:
    texts = Texts(lang)
    name = kpis()["churn_rate"].name.get(lang)
    app.open(page, "catalogue", lang=lang)
    app.expect_no_error(page)
    # As one types, without Enter.
    page.get_by_role("searchbox").or_(page.locator(".st-key-catalogue_at_q input")).first.press_sequentially(
        typed, delay=40
    )
    page.wait_for_function("([css, name]) => document.querySelector(css)?.textContent === name", arg=[ROWS, name])
    page.wait_for_url("**q=*")
    # A link shows the same, with a filter more.
    app.open(page, "catalogue", lang=lang, department="service", data="blocked")
    page.wait_for_function(
        "([css, name]) => document.querySelector(css)?.textContent === name",
        arg=[ROWS, kpis()["tickets_handled"].name.get(lang)],
    )
    assert page.locator(ROWS).count() == 8
    page.locator(".k-chips .k-chip").first.click()
    page.wait_for_function("() => !location.search.includes('department=')")
    # By keyboard: to the first KPI, its details, and out again.
    app.open(page, "catalogue", lang=lang, q="total_revenue")
    page.locator(ROWS).first.wait_for()
    page.locator(ROWS).first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(kpis()["total_revenue"].about.get(lang)).wait_for()
    page.wait_for_url("**kpi=total_revenue*")
    app.picture(page, f"catalogue-{lang}")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.wait_for_function("() => !location.search.includes('kpi=')")
    # On the board with one click.
    page.get_by_role("button", name=texts.t("catalogue.add_label", name=kpis()["total_revenue"].name.get(lang))).click()
    page.get_by_text(texts.t("catalogue.on_board"), exact=True).first.wait_for()
    app.expect_no_error(page)


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("show", ["list", "stages", "tree"])
def test_it_fits_a_phone(app: App, page: Page, lang: str, show: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    app.open(page, "catalogue", lang=lang, show=show)
    app.expect_no_error(page)
    assert not page.evaluate(WIDE)


def test_back_and_forward_go_through_what_was_asked(app: App, page: Page) -> None:
    """Search, filter and open details each are a step; another page in between loses nothing."""
    app.open(page, "catalogue", lang="en", department="marketing")
    page.locator(".st-key-catalogue_at_q input").first.press_sequentially("rate", delay=40)
    page.wait_for_url("**q=rate*")
    page.wait_for_function(f"() => document.querySelectorAll('{ROWS}').length < 12")
    page.locator(ROWS).first.click()
    page.wait_for_url("**kpi=*")
    page.get_by_role("dialog").wait_for()
    app.settle(page)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('kpi=')")
    page.go_back()
    page.get_by_role("dialog").wait_for()
    page.go_back()
    page.get_by_role("dialog").wait_for(state="detached")
    page.go_back()
    page.wait_for_function(f"() => document.querySelectorAll('{ROWS}').length === 12")
    page.go_forward()
    page.wait_for_function(f"() => document.querySelectorAll('{ROWS}').length < 12")
    page.get_by_role("link", name="Board").first.click()
    page.wait_for_url("**/board*")
    app.settle(page)
    page.get_by_role("link", name="Catalogue").first.click()
    page.wait_for_url("**/catalogue*")
    page.wait_for_function("() => ['q=rate', 'department=marketing'].every((each) => location.search.includes(each))")
    app.expect_no_error(page)
