"""The shell in a real browser: deep links on a cold server, addresses, direction, fonts, keyboard, new data."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from conftest import ROOT, App, serve
from playwright.sync_api import Browser, Page

from kpi.text import Texts

pytestmark = pytest.mark.browser

VIEWS = ("board", "", "kpi", "funnel", "customers", "scorecard", "kpis")
NOT_FOUND = re.compile("not found|not seem to exist", re.I)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Iterator[App]:
    """All parts with made-up numbers, beside a copy of the fonts."""
    folder = tmp_path_factory.mktemp("gallery")
    shutil.copytree(ROOT / "static", folder / "static")
    for script in (ROOT / "tests" / "browser" / "gallery").glob("*.py"):
        shutil.copy(script, folder)
    with serve(folder / "home", script=folder / "main.py") as running:
        yield running


def params(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def finding(page: Page) -> str:
    return page.locator(".k-finding").first.inner_text()


def test_a_deep_link_to_a_cold_server_ends_on_its_page(tmp_path, page):
    """The very first visit; nothing may say "not found", not even for a moment, and the sidebar is there."""
    page.add_init_script(
        """window.seen = []; new MutationObserver(() => {
             if (document.querySelector('[role=dialog]')) window.seen.push(document.body.innerText);
           }).observe(document, { childList: true, subtree: true });"""
    )
    with serve(tmp_path / "home") as cold:
        cold.open(page, "funnel", lang="uk")
        page.wait_for_timeout(1500)
        assert urlparse(page.url).path == "/funnel"
        assert page.evaluate("window.seen") == []
        assert not NOT_FOUND.search(page.inner_text("body"))
        assert page.locator("[data-testid=stSidebarNavLink][aria-current=page]").inner_text() == "Воронка"
        cold.expect_no_error(page)
        assert "Traceback" not in cold.tail() and "missing ScriptRunContext" not in cold.tail()


def test_no_request_leaves_the_machine(app, page):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.on("websocket", lambda socket: hosts.add(urlparse(socket.url).hostname))
    for path in ("", "board", "customers"):
        app.open(page, path, lang="fa")
    page.wait_for_timeout(1500)
    assert {host for host in hosts if host} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("lang", "way", "font"), [("en", "ltr", "Inter"), ("fa", "rtl", "Vazirmatn"), ("uk", "ltr", "Inter")]
)
def test_language_direction_and_font(app, page, lang, way, font):
    app.open(page, "board", lang=lang)
    assert page.evaluate("document.documentElement.dir") == way
    assert page.evaluate("document.documentElement.lang") == lang
    page.wait_for_function(f"document.fonts.check('500 20px {font}')")
    family = page.evaluate("getComputedStyle(document.querySelector('.k-finding')).fontFamily")
    assert family.startswith(font)
    loaded = page.evaluate("[...document.fonts].filter((f) => f.status == 'loaded').map((f) => f.family)")
    assert any(font in each for each in loaded), loaded
    nav = page.locator("[data-testid=stSidebarNav]").bounding_box()
    assert (nav["x"] > 700) == (way == "rtl"), "the sidebar stands on the reading side"


def test_the_switch_keeps_page_and_workspace_and_stands_in_the_address(app, page):
    app.open(page, "goals", lang="en")
    page.get_by_role("radio", name="فا").click()
    page.wait_for_function("document.documentElement.dir == 'rtl'")
    app.settle(page)
    assert params(page) == {"lang": "fa", "workspace": "main"}
    assert urlparse(page.url).path == "/goals"
    page.locator("[data-testid=stSidebarNavLink]").nth(1).click()
    page.wait_for_url("**/import**")
    app.settle(page)
    assert params(page) == {"lang": "fa", "workspace": "main"}, "both travel from page to page"
    assert page.evaluate("document.documentElement.dir") == "rtl"
    page.reload()
    app.settle(page)
    assert page.evaluate("document.documentElement.lang") == "fa"


def test_the_address_is_whole_from_the_first_visit_and_back_goes_back(app, page):
    """A link that is copied at once names its workspace; no click adds a step that shows nothing new."""
    app.open(page, "board", lang="uk")
    page.wait_for_function("location.search.includes('workspace=')")
    assert params(page) == {"lang": "uk", "workspace": "main"}
    steps = page.evaluate("history.length")
    page.locator("button.k-btn.primary").click()
    page.wait_for_url("**/import**")
    app.settle(page)
    page.wait_for_function("location.search.includes('workspace=')")
    assert params(page) == {"lang": "uk", "workspace": "main"}
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    page.wait_for_url("**/board**")
    app.settle(page)
    page.locator(
        "[data-testid=stSidebarNavLink][aria-current=page]", has_text="Дошка"
    ).wait_for()  # drawn after the address
    app.settle(page)
    app.expect_no_error(page)


def test_a_new_workspace(app, page):
    app.open(page, "", lang="en")
    page.get_by_role("button", name="New workspace").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("../up")
    dialog.get_by_role("button", name="Create").click()
    dialog.locator(".k-message").wait_for()
    assert not (app.home / "up").exists() and not (app.home.parent / "up").exists()
    dialog.get_by_role("textbox").fill("Kyiv Trade")
    dialog.get_by_role("button", name="Create").click()
    dialog.wait_for(state="detached")
    app.settle(page)
    assert (app.home / "Kyiv Trade").is_dir()
    assert page.get_by_role("combobox", name="Workspace").input_value() == "Kyiv Trade"
    assert params(page)["workspace"] == "Kyiv Trade"
    app.expect_no_error(page)


@pytest.mark.parametrize(("lang", "scheme"), [("uk", "light"), ("fa", "dark")])
def test_nothing_is_wider_than_a_phone(gallery, browser: Browser, lang, scheme):
    """All parts at 390 px; what must scroll (a matrix) scrolls in its own box."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for view in VIEWS:
        gallery.open(page, view, lang=lang)
        assert page.locator("[data-testid=stException]").count() == 0, gallery.tail()
        wide = page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('[data-testid=stMain]'))")
        assert wide <= 1, view
        gallery.picture(page, f"gallery-{view or 'home'}-{scheme}-{lang}-390")
        page.set_viewport_size({"width": 390, "height": 800})
    context.close()


@pytest.mark.parametrize(("lang", "scheme"), [("en", "dark"), ("fa", "light")])
def test_the_gallery_at_full_width(gallery, browser: Browser, lang, scheme):
    context = browser.new_context(viewport={"width": 1440, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 31)"}[scheme]
    for view in VIEWS:
        gallery.open(page, view, lang=lang)
        assert page.locator("[data-testid=stException]").count() == 0, gallery.tail()
        assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == ground
        gallery.picture(page, f"gallery-{view or 'home'}-{scheme}-{lang}-1440")
    context.close()


def test_cards_work_by_mouse_and_by_keyboard(gallery, page):
    gallery.open(page, "board", lang="en")
    page.locator("button.k-card").nth(2).click()
    page.get_by_text("Revenue won", exact=True).nth(1).wait_for()
    card = page.locator("button.k-card").nth(5)
    card.focus()
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "2px" in outline and "solid" in outline, "the focus can be seen"
    assert page.evaluate("document.activeElement.dataset.pick") == "First response, median"
    page.keyboard.press("Enter")
    page.get_by_text("First response, median", exact=True).nth(1).wait_for()
    gallery.settle(page)
    assert page.evaluate("document.activeElement.dataset.pick") == "First response, median", "the focus stays"


def test_a_script_in_a_text_stays_a_text(gallery, page):
    page.add_init_script("window.alert = () => { window.hit = true; };")
    gallery.open(page, "kpis", lang="en")
    assert "<script>alert(1)</script>" in page.locator(".k-table").inner_text()
    assert page.evaluate("window.hit") is None


def test_html_that_could_run_code_is_taken_out(gallery, page):
    """A builder that forgot to escape would still not run anything."""
    gallery.open(page, "evil", lang="en")
    page.locator(".k-evil").wait_for()
    page.locator(".k-evil img").dispatch_event("error")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None
    assert (
        page.locator(".k-evil").evaluate("e => e.querySelectorAll('script, iframe, [onerror], [onclick]').length") == 0
    )


def test_another_reader_sees_what_was_written(gallery, browser: Browser):
    """Two visitors: one writes to the workspace, the page of the other shows the new revision by itself."""
    one, two = browser.new_context(), browser.new_context()
    first, second = one.new_page(), two.new_page()
    gallery.open(first, "revision", lang="en")
    gallery.open(second, "revision", lang="en")
    before = finding(first)
    second.get_by_role("button", name="write").click()
    first.wait_for_function(
        f"(document.querySelector('.k-finding')?.innerText ?? {before!r}) != {before!r}", timeout=15_000
    )
    one.close()
    two.close()


def test_the_command_line_writes_while_the_page_is_open(gallery, page):
    """Another process, the same workspace: it hands its command over, and the page shows the new revision."""
    gallery.open(page, "revision", lang="en")
    before = finding(page)
    command = [sys.executable, "-m", "kpi", "--home", str(gallery.home), "settings", "main", "churn_gap_days=123"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    page.wait_for_function(
        f"(document.querySelector('.k-finding')?.innerText ?? {before!r}) != {before!r}", timeout=15_000
    )
    gallery.expect_no_error(page)


def test_a_server_that_ends_leaves_no_door_behind(tmp_path, page):
    with serve(tmp_path / "home") as running:
        running.open(page, "", lang="en")
        running.expect_no_error(page)
        doors = list((tmp_path / "home" / "main").glob("door*"))
        assert doors, "the open workspace is shared"
    assert not list((tmp_path / "home" / "main").glob("door*"))


def test_many_visitors_at_once(app, browser: Browser):
    """Several first visits at the same moment: every one gets its own language."""
    contexts = [browser.new_context() for _ in range(3)]
    pages = [context.new_page() for context in contexts]
    for page, lang in zip(pages, ("en", "fa", "uk"), strict=True):
        page.goto(app.address("kpis", lang=lang), wait_until="commit")
    for page, lang in zip(pages, ("en", "fa", "uk"), strict=True):
        app.settle(page)
        assert page.evaluate("document.documentElement.lang") == lang
        app.expect_no_error(page)
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", ["fa", "uk"])
def test_streamlits_own_words_are_said_in_the_language_and_in_english_again(app, page, lang):
    """What is heard and hovered over: no English word is left in the names of the uploader's and the frame's buttons."""
    app.open(page, "import", lang=lang)
    upload = Texts(lang).t("widgets.upload")
    page.get_by_role("button", name=upload, exact=True).wait_for()
    names = (
        "[...document.querySelectorAll('button')].map((each) => each.ariaLabel ?? '').filter((n) => /[a-z]{3}/.test(n))"
    )
    assert page.evaluate(names) == []
    page.locator(".st-key-language_switch button").first.click()
    page.get_by_role("button", name="Upload", exact=True).wait_for()
    assert "Collapse sidebar" in page.evaluate(names)


def test_a_first_visitor_on_a_phone_can_take_either_way(app, browser):
    """Both ways into an empty workspace are there at 390 px: the sample, and data of one's own."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    app.open(page, lang="fa")
    page.locator("button[data-pick=sample]").wait_for()
    page.locator("button[data-pick=import]").click()
    page.wait_for_url("**/import**")
    context.close()
