"""What a reader sees on a page under AppTest: our texts, apart from code and formulas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.support_app import html

CODE = ("pre", "code", "bdi")  # SQL, commands, column names, formulas: the same in every language
SAID = ("title", "text", "tip")  # what a chart says, by the names in its specification


class _Texts(HTMLParser):
    """Text nodes and spoken labels outside of code."""

    def __init__(self, given: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0
        self.feed(given)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in CODE
        self.found += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in CODE

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._code:
            self.found.append(data.strip())


def texts_seen(at: AppTest) -> list[str]:
    """All texts of the page: in our HTML, in and around widgets, in charts and over the columns of raw tables."""
    return [*_Texts(html(at)).found, *(text for text in _streamlit(at.main) if text.strip())]


def finding(at: AppTest) -> str:
    """The sentence at the top of the page."""
    head = html(at).partition('class="k-finding">')[2].partition("</h1>")[0]
    return " ".join(_Texts(head).found)


def _streamlit(node: Any) -> Iterator[str]:
    for child in getattr(node, "children", {}).values():
        proto = getattr(child, "proto", None)
        if child.type in ("caption", "markdown") and "<style" not in child.value:
            yield child.value.partition("`")[0]
        elif child.type == "arrow_data_frame":
            yield from map(str, child.value.columns)
        elif child.type == "arrow_vega_lite_chart":
            yield from _chart(json.loads(proto.spec))
        for name in ("label", "placeholder"):
            if isinstance(text := getattr(proto, name, ""), str):
                yield text
        yield from (option for option in getattr(child, "options", ()) if isinstance(option, str))
        yield from _streamlit(child)


def _chart(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name in SAID and isinstance(value, str):
                yield value
            yield from _chart(value)
    elif isinstance(spec, list):
        for each in spec:
            yield from _chart(each)
