"""Helpers for tests of pages with AppTest: start the app over a home of its own, read our HTML."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds

# Each AppTest reads the metadata of every installed package, which is more than most pages cost: once is enough.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def start(page: str = "", **params: str) -> AppTest:
    """The app after its first run, on a page ("explore/board") or Home, with parameters of the address (lang="fa").

    The page is the first that this reader opens, as by a link. AppTest finds it because its address is its file's name.
    Set $KPI_HOME before (fixture: monkeypatch.setenv("KPI_HOME", str(tmp_path))).
    """
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in params.items():
        at.query_params[name] = value
    if page:
        at.switch_page(f"pages/{page}.py")
    return at.run()


def html(at: AppTest) -> str:
    """All HTML of ours on the page, in its order: what the builders made and what `st.html` shows."""
    return "\n".join(_html(at.main))


def _html(node: object) -> Iterator[str]:
    for child in getattr(node, "children", {}).values():
        proto = getattr(child, "proto", None)
        if child.type == "bidi_component" and proto.component_name == "kpi_html":
            yield json.loads(proto.json)["html"]
        elif child.type == "html":
            yield proto.body
        yield from _html(child)


def errors(at: AppTest) -> list[str]:
    """Exceptions and messages of the error net on the page; empty where all is well."""
    messages = html(at).split('<div class="k-message"')[1:]
    return [*(exception.message for exception in at.exception), *messages]


def switch_language(at: AppTest, lang: str) -> AppTest:
    """Use the language switch of the sidebar."""
    return at.button_group(key="language_switch").set_value(lang).run()
