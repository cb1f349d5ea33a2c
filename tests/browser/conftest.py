"""Browser tests: a real server on a free port with a home of its own, and any Chromium that is there.

def test_x(app, page):             # `app`: the running server; `page`: a Playwright page at 1440 × 900
    app.open(page, "board", lang="fa")
    app.expect_no_error(page)
    app.picture(page, "board-fa")  # into $KPI_PICTURES, where that is set
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong


def chromium() -> str | None:
    """The path of a Chromium: $CHROMIUM, one on the path; None where Playwright is to take its own."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class App:
    """A running server. home: its folder of workspaces."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen = field(repr=False)

    def address(self, path: str = "", **params: str) -> str:
        return f"{self.url}/{path}" + (f"?{urlencode(params)}" if params else "")

    def open(self, page: Page, path: str = "", **params: str) -> None:
        """Open a page of the app and wait until its script has run."""
        page.goto(self.address(path, **params))
        self.settle(page)

    def settle(self, page: Page) -> None:
        """Wait until the script has run to its end and the page stands still."""
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)
        page.locator("[data-testid=stMain] .k-finding, [data-testid=stMain] .k-message").first.wait_for(
            timeout=PATIENCE
        )
        page.wait_for_timeout(150)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)
        page.evaluate("document.fonts.ready.then(() => null)")

    def expect_no_error(self, page: Page) -> None:
        """No exception, no message of the error net, no "page not found"."""
        assert page.locator("[data-testid=stException]").count() == 0, page.inner_text("[data-testid=stException]")
        assert page.locator(".k-message[role=alert]").count() == 0, page.inner_text(".k-message") + self.tail()
        assert page.get_by_role("dialog").count() == 0, page.get_by_role("dialog").first.inner_text()

    def picture(self, page: Page, name: str) -> None:
        """A picture of the whole page, where $KPI_PICTURES names a folder."""
        folder = os.environ.get("KPI_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            whole(page)
            page.screenshot(path=Path(folder) / f"{name}.png")

    def tail(self) -> str:
        """The end of the server's log."""
        return "\n" + self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


def whole(page: Page) -> None:
    """Make the window as tall as the content: Streamlit scrolls inside the page, so "full page" is one window."""
    size = page.viewport_size
    height = page.evaluate(
        "Math.max(...['stMainBlockContainer', 'stSidebarContent'].map("
        "(id) => document.querySelector(`[data-testid=${id}]`)?.scrollHeight ?? 0))"
    )
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], int(height) + 20)})
    page.wait_for_timeout(300)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(home: Path, script: Path = ROOT / "app.py", environment: dict[str, str] | None = None) -> Iterator[App]:
    """A server of its own over `home`, until the block ends. It is cold: nobody has visited it."""
    home.mkdir(parents=True, exist_ok=True)
    port, log = _free_port(), home.parent / f"{home.name}.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    given = {**os.environ, "KPI_HOME": str(home), "PYTHONPATH": str(ROOT), **(environment or {})}
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=out, stderr=subprocess.STDOUT)
    app = App(f"http://127.0.0.1:{port}", home, log, process)
    try:
        _wait_until_healthy(app)
        yield app
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_healthy(app: App) -> None:
    for _ in range(300):
        if app.process.poll() is not None:
            raise RuntimeError("the server ended" + app.tail())
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the server did not come up" + app.tail())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server per test module, with an empty home."""
    with serve(tmp_path_factory.mktemp("kpi") / "home") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a visitor of its own, 1440 × 900, light, English browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
