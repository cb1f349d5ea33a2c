"""The page of one KPI in a browser: a click on a group filters, the back button takes it back, folded parts open."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from tests.browser.conftest import App
from tests.workspaces import load

DAYS = [f"{2024 + m // 12}-{m % 12 + 1:02}" for m in range(20)]


SAYS = "text => document.querySelector('.k-finding')?.innerText === text"  # the page is drawn anew some time after


@pytest.fixture(scope="module")
def shop(app: App) -> App:
    made = workspaces.create(app.home, "shop")
    customers = [{"customer_id": f"C{n}", "region": ("North", "South")[n], "name": "Olena Petrenko"} for n in (0, 1)]
    orders = [
        {"order_id": f"{month}-{n}", "customer_id": f"C{n % 2}", "ordered_at": f"{month}-{n + 1:02}", "amount": 10 + n}
        for month in DAYS
        for n in range(12)
    ]
    load(made, {"customers": customers, "orders": orders})
    workspaces.close_workspace(app.home, "shop")
    return app


def test_a_click_filters_everything_and_the_way_back_is_the_browsers(shop: App, page) -> None:
    shop.open(page, "kpi", kpi="total_revenue", workspace="shop", lang="en", split="customers.region")
    whole = page.inner_text(".k-finding")
    page.locator("button.k-pick[data-pick=North]").click()
    page.wait_for_url("**filter=customers.region**")
    page.wait_for_function(SAYS.replace("===", "!=="), arg=whole)
    page.locator(".k-chips").wait_for()
    shop.settle(page)
    shop.expect_no_error(page)
    part = page.inner_text(".k-finding")
    assert part != whole and "North" in page.inner_text(".k-chips")
    assert "--filter customers.region=North" in page.locator("[data-testid=stCode]").first.text_content()
    page.go_back()
    page.wait_for_function("!location.search.includes('filter')")
    page.wait_for_function(SAYS, arg=whole)
    page.go_forward()
    page.wait_for_url("**filter=customers.region**")
    page.wait_for_function(SAYS, arg=part)
    page.locator(".k-chips button").first.click()
    page.wait_for_function("!location.search.includes('filter')")
    page.wait_for_function(SAYS, arg=whole)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_spread_and_rows_open(shop: App, page, lang: str) -> None:
    shop.open(page, "kpi", kpi="total_revenue", workspace="shop", lang=lang)
    charts = page.locator("[data-testid=stVegaLiteChart]").count()
    for key in ("spread", "behind"):
        page.locator(f".st-key-kpi_{key}_total_revenue summary").click()
        shop.settle(page)
    page.locator("[data-testid=stDataFrame]").wait_for()
    shop.expect_no_error(page)
    assert page.locator("[data-testid=stVegaLiteChart]").count() == charts + 1
    shop.picture(page, f"kpi-open-{lang}")
