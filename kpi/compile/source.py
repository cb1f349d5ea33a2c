"""The text of an expression, and where in it something stands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sqlglot import exp

from kpi.compile.mistakes import BadExpression

HEAD = "select "  # what an expression is read behind


@dataclass(frozen=True)
class Source:
    """The text of one expression and where it stands: (file, key)."""

    text: str
    where: tuple[str, str]

    def mistake(self, code: str, at: int = 0, length: int = 1, near: str = "", **params: object) -> BadExpression:
        """The refusal of what stands at `at` (0: the first character) for `length` characters."""
        at = max(0, min(at, len(self.text)))
        return BadExpression(self.where, self.text, code, at, max(1, length), near, params)

    def shown(self, node: exp.Expr) -> str:
        """The text of a node as it was written."""
        at, length = place(node)
        return self.text[at : at + length]

    def of(self, node: exp.Expr, code: str, near: str = "", **params: object) -> BadExpression:
        """The refusal of a node, at its place in the text."""
        at, length = place(node)
        return self.mistake(code, at, length, near, **params)


def place(node: exp.Expr) -> tuple[int, int]:
    """Where a node begins in the text, and its length: its own place, else that of its first or last known part."""
    spans = [(n.meta["start"], n.meta["end"]) for n in node.walk() if "start" in n.meta]
    if not spans and node.parent is not None:
        spans = [(n.meta["start"], n.meta["end"]) for n in node.parent.walk() if "start" in n.meta]
    if not spans:
        return 0, 1
    since = min(span[0] for span in spans)
    until = max(span[1] for span in spans)
    return since - len(HEAD), until - since + 1


def near(name: str, known) -> str:
    """The known name that looks most like `name`, or ""."""
    found = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
