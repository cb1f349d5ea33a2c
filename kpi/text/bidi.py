"""Unicode isolates (UAX #9): numbers and names keep their order inside a text of the other direction."""

from __future__ import annotations

import re

LTR, RTL, FIRST_STRONG, END = "\u2066", "\u2067", "\u2068", "\u2069"
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")  # Latin, Greek, Cyrillic


def ltr(text: str) -> str:
    """`text` as a left-to-right island: a number with its sign and percent."""
    return f"{LTR}{text}{END}"


def rtl(text: str) -> str:
    """`text` as a right-to-left island: a Persian phrase that may stand in a chart or begin with a digit."""
    return f"{RTL}{text}{END}"


def name(text: str) -> str:
    """A name of unknown direction (file, column, customer) as an island of its own, where it holds letters that run
    from left to right."""
    return f"{FIRST_STRONG}{text}{END}" if _LEFT_TO_RIGHT.search(text) else text


def bare(text: str) -> str:
    """`text` without isolates, for files, comparisons and terminals."""
    return text.translate({ord(mark): None for mark in (LTR, RTL, FIRST_STRONG, END)})
