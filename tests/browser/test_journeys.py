"""Whole ways through the app in a real browser: one's own files to a board, the sample, the same in Persian."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import export
import pytest
from conftest import ROOT, App, serve
from playwright.sync_api import Browser, Page

from kpi.text import Texts
from tests.filled import copy_of_sample

pytestmark = pytest.mark.browser

ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
GOAL = {"en": "Increase sales", "fa": "افزایش فروش", "uk": "Збільшити продажі"}

# Tables and buttons that reach out of the window, those in a box that scrolls left out.
CUT = """() => {
  const scrolls = (e) => e && (getComputedStyle(e).overflowX == 'auto' && !e.matches('section') || scrolls(e.parentElement));
  return [...document.querySelectorAll('[data-testid=stMain] :is(table, button)')].filter((e) => {
    const box = e.getBoundingClientRect();
    return e.offsetParent && box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !scrolls(e.parentElement);
  }).map((e) => e.className + ' ' + e.innerText.slice(0, 40));
}"""


@pytest.fixture
def empty(tmp_path) -> Iterator[App]:
    """A server with an empty workspace."""
    with serve(tmp_path / "home") as running:
        yield running


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Iterator[App]:
    """A server over the filled sample company."""
    with serve(copy_of_sample(tmp_path_factory)) as running:
        yield running


class Way:
    """Somebody on the way from an empty workspace to a board. decisions: where there was something to choose."""

    def __init__(self, app: App, page: Page, lang: str) -> None:
        self.app, self.page, self.lang = app, page, lang
        self.decisions: list[str] = []

    def t(self, key: str, **params: object) -> str:
        return Texts(self.lang).t(key, **params)

    def settle(self) -> None:
        self.page.wait_for_timeout(400)
        self.app.settle(self.page)
        self.app.expect_no_error(self.page)

    def decide(self, what: str) -> None:
        self.decisions.append(what)

    def follow(self, selector: str) -> None:
        """Go on where there is only one way: the one filled button of the page."""
        filled = self.page.locator("[data-testid=stMain] :is(button.k-btn.primary, [data-testid=stBaseButton-primary])")
        assert filled.count() == 1, [button.inner_text() for button in filled.all()]
        self.page.locator(selector).click()

    def arrive(self, path: str) -> None:
        self.page.wait_for_url(f"**/{path}**")
        self.settle()

    def switch(self, lang: str) -> None:
        """The language switch of the sidebar."""
        self.page.get_by_role("radio", name={"en": "EN", "fa": "فا", "uk": "УК"}[lang]).click()
        self.page.wait_for_function(f"document.documentElement.lang == '{lang}'")
        self.lang = lang
        self.settle()

    def finding(self) -> str:
        return ISOLATES.sub("", self.page.locator(".k-finding").inner_text())

    def card(self, kpi: str) -> str:
        """The value on the card of a KPI, with its unit."""
        shown = self.page.locator(f"button.k-card[data-pick={kpi}] .k-val")
        unit = shown.locator(".k-unit").all_inner_texts()
        number = shown.inner_text().removesuffix("".join(unit))
        return ISOLATES.sub("", " ".join([number, *unit]))

    def upload(self, files: list[str]) -> None:
        """Own data instead of the sample, these files: then the plan is there."""
        self.app.open(self.page, "", lang=self.lang)
        self.decide("my own data")
        self.page.locator("button.k-btn[data-pick=import]").click()
        self.arrive("import")
        self.decide("these files")
        self.page.locator("input[type=file]").set_input_files(files)
        self.page.locator(".st-key-import_load button").wait_for()
        self.settle()

    def load(self) -> None:
        self.decide("the plan is right")
        self.page.locator(".st-key-import_load button").click()
        self.page.locator("button.k-btn.primary[data-pick=goals]").wait_for()
        self.settle()

    def choose_goal(self) -> None:
        self.follow("button.k-btn[data-pick=goals]")
        self.arrive("goals")
        self.decide("this goal")
        self.goal().click()
        self.settle()

    def goal(self):
        return self.page.get_by_role("button", name=GOAL[self.lang], exact=True)

    def to_kpis(self) -> None:
        self.follow(".st-key-goals_go button")
        self.arrive("kpis")

    def to_board(self) -> None:
        self.decide("these KPIs")
        self.page.locator(".st-key-kpis_go button").click()
        self.arrive("board")


def test_from_files_to_a_board_in_five_decisions(empty, page, tmp_path):
    """product.md: from an empty workspace to a board of goal-aligned KPIs on one's own file."""
    way = Way(empty, page, "en")
    way.upload(export.write(tmp_path / "files"))
    assert way.finding() == "4 tables with 23 rows recognised."
    way.load()
    assert way.finding() == "23 rows loaded, 0 rejected."
    way.choose_goal()
    way.to_kpis()
    way.to_board()
    assert len(way.decisions) <= 5, way.decisions
    shown = {kpi: way.card(kpi) for kpi in ("total_revenue", "sales_count", "average_deal_size", "new_customers")}
    assert shown == {"total_revenue": "$3,000", "sales_count": "5", "average_deal_size": "$1,600", "new_customers": "1"}
    assert "Jun 2024" in page.locator(".k-context").inner_text()
    change = page.locator("button.k-card[data-pick=total_revenue] .k-chg")
    assert "+25%" in change.inner_text(), "3,000 after 2,400"
    assert "Too few periods" in way.finding(), "two months do not tell what is usual"
    empty.picture(page, "journey-board")


def test_the_same_in_persian_and_a_language_switch_loses_no_choice(empty, page, tmp_path):
    way = Way(empty, page, "fa")
    way.upload(export.write(tmp_path / "files"))
    assert page.evaluate("document.documentElement.dir") == "rtl"
    way.switch("uk")
    assert "23" in way.finding(), "the files are still there"
    way.switch("fa")
    way.load()
    assert "۲۳" in way.finding()
    way.choose_goal()
    for lang in ("en", "fa"):
        way.switch(lang)
        assert way.goal().get_attribute("aria-pressed") == "true"
        assert page.locator(".st-key-goals_go button").is_enabled()
    way.to_kpis()
    for kpi in ("net_sales", "close_rate"):
        page.locator(f"[class*=st-key-kpis_match_{kpi}] label").click()
        way.settle()
    for lang in ("uk", "fa"):
        way.switch(lang)
        ticked = {
            kpi: page.locator(f"[class*=st-key-kpis_match_{kpi}] input").is_checked()
            for kpi in ("net_sales", "close_rate")
        }
        assert ticked == {"net_sales": False, "close_rate": True}
    way.to_board()
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.locator("button.k-card[data-pick=net_sales]").count() == 0
    shown = {kpi: way.card(kpi) for kpi in ("total_revenue", "sales_count", "average_deal_size", "close_rate")}
    assert shown == {
        "total_revenue": "۳٬۳۵۱ دلار",
        "sales_count": "۴",
        "average_deal_size": "۱٬۹۵۰ دلار",
        "close_rate": "۱۰۰٪",
    }
    assert "خرداد ۱۴۰۳" in ISOLATES.sub("", page.locator(".k-context").inner_text()), (
        "months as Persian readers count them"
    )
    way.switch("en")
    assert way.card("close_rate") == "75%", "the board stays; its months are those of the language"
    empty.picture(page, "journey-board-fa")


def test_the_sample_company_from_home_to_the_scorecard(empty, page):
    """One click fills the workspace; then every page has something to say."""
    empty.open(page, "", lang="en")
    page.locator("button.k-btn.primary[data-pick=sample]").click()
    page.locator(".k-goals").wait_for(timeout=120_000)
    way = Way(empty, page, "en")
    way.settle()
    assert page.locator(".k-goals tbody tr").count() == 6
    assert "of 6" in way.finding()

    page.locator("button.k-btn.primary").click()
    way.arrive("board")
    assert page.locator("button.k-card").count() == 13
    page.locator("button.k-card[data-pick=close_rate]").click()
    way.arrive("kpi")
    assert "Close rate" in way.finding()
    page.locator(".stVegaLiteChart").wait_for()
    assert page.locator(".k-leaders tbody tr").count() > 2
    page.locator(".k-proof").wait_for()
    page.get_by_text(Texts("en").t("proof.repeat"), exact=True).click()
    command, _, sql = (block.text_content() or "" for block in page.locator("[data-testid=stCode]").all())
    assert "select" in sql.lower()
    assert command.startswith("python -m kpi") and "compute main close_rate" in command

    for name, what in (
        ("funnel", ".k-funnel"),
        ("customers", ".k-heat"),
        ("voice", ".k-leaders"),
        ("scorecard", ".k-score"),
    ):
        page.locator(f"[data-testid=stSidebarNavLink][href*='/{name}']").click()
        page.wait_for_url(f"**/{name}**")
        page.locator(what).first.wait_for()
        way.settle()
        empty.picture(page, f"sample-{name}")


def test_a_link_to_a_kpi_opens_that_kpi(sample, page):
    sample.open(page, "kpi", lang="uk", kpi="total_revenue")
    assert "kpi=total_revenue" in urlparse(page.url).query
    assert Texts("uk").t("nav.kpi") == page.locator("[data-testid=stSidebarNavLink][aria-current=page]").inner_text()
    sample.expect_no_error(page)


@pytest.mark.parametrize(("lang", "scheme"), [("en", "dark"), ("fa", "light"), ("uk", "light")])
def test_no_page_is_wider_than_a_phone(sample, browser: Browser, lang, scheme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for path in (
        "",
        "import",
        "imports",
        "by_hand",
        "goals",
        "kpis",
        "board",
        "kpi",
        "funnel",
        "customers",
        "voice",
        "scorecard",
        "settings",
    ):
        sample.open(page, path, lang=lang)
        sample.expect_no_error(page)
        wide = page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('[data-testid=stMain]'))")
        assert wide <= 1, path
        cut = page.evaluate(CUT)
        assert not cut, (path, cut)
        sample.picture(page, f"{path or 'home'}-{scheme}-{lang}-390")
        page.set_viewport_size({"width": 390, "height": 800})
    context.close()


def _kpi(home: Path, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "kpi", "--home", str(home), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_import_and_compute_from_the_shell_while_the_page_is_open(empty, page, tmp_path):
    """A.3: the app has the workspace open; the command line writes to it, and the page shows the new revision."""
    files = export.write(tmp_path / "files")
    empty.open(page, "", lang="en")
    assert page.locator(".k-empty").count() == 1
    done = _kpi(empty.home, "import", "main", *files)
    assert done.returncode == 0, done.stderr
    page.get_by_text("8 orders").wait_for(timeout=15_000)
    empty.settle(page)
    assert page.locator(".k-empty").count() == 0
    words = ("compute", "main", "total_revenue", "--from", "2024-06-01", "--to", "2024-07-01", "--json")
    told = _kpi(empty.home, *words)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["results"][0]["rows"][0]["value"] == 3000
    empty.expect_no_error(page)


def test_a_renamed_binary_gets_a_kind_message_and_nothing_is_loaded(empty, page, tmp_path):
    bad = tmp_path / "orders.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    empty.open(page, "import", lang="en")
    page.locator("input[type=file]").set_input_files(str(bad))
    page.locator(".k-message").wait_for()
    empty.settle(page)
    message = page.locator(".k-message").inner_text()
    assert "orders.csv" in message and "binary" in message and "Nothing was loaded" in message
    assert "Traceback" not in page.inner_text("body")
    assert page.locator(".st-key-import_load").count() == 0
    assert page.locator(".k-finding").inner_text() == Texts("en").t("import.finding_nothing")
    told = _kpi(empty.home, "imports", "main", "--json")
    assert json.loads(told.stdout)["imports"] == []
