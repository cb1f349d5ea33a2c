"""Running the statements of a board: what several of them number or rank row by row is made once for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kpi.compile import Statement, facts

Fact = tuple[str, str]  # its name, and its text as a common table expression
_RANKED = re.compile(r"\bover\b", re.IGNORECASE)  # rows beside each other: no filter of a statement makes that cheaper
_WORD = re.compile(r"\w+")


def shared_facts(statements: Sequence[Statement]) -> dict[Fact, tuple[str, ...]]:
    """The helper facts that rank rows and that several of the statements read, with the columns that these name."""
    readers: dict[Fact, list[Statement]] = {}
    for each in statements:
        for fact in each.facts if not each.own else ():
            readers.setdefault(fact, []).append(each)
    found = {}
    for fact, those in readers.items():
        if len(those) > 1 and _RANKED.search(fact[1]):
            rest = " ".join(each.sql.replace(fact[1], "", 1) for each in those)
            named = frozenset(_WORD.findall(rest))
            found[fact] = tuple(name for name in facts()[fact[0]].columns if name in named)
    return found


class Asking:
    """The answers of statements on one cursor. Each of the `shared` facts becomes a temporary table when the first
    statement that reads it is asked."""

    def __init__(self, cursor: Any, shared: Mapping[Fact, tuple[str, ...]]) -> None:
        self._cursor, self._shared = cursor, shared
        self._made: list[Fact] = []

    def rows(self, statement: Statement) -> list[tuple]:
        """The rows of a statement of the definitions."""
        for k, fact in enumerate(statement.facts):
            if fact in self._shared and fact not in self._made:
                self._make(fact, statement.facts[: k + 1])
        sql = statement.sql
        for _, text in self._made:
            sql = sql.replace(f"{text},\n", "", 1)
        return self._cursor.execute(sql, list(statement.params)).fetchall()

    def _make(self, fact: Fact, needed: Sequence[Fact]) -> None:
        name, columns = fact[0], ", ".join(self._shared[fact]) or "1 as one"
        texts = ",\n".join(text for each, text in needed if (each, text) not in self._made)
        self._cursor.execute(f"create temp table {name} as with {texts} select {columns} from {name}").fetchall()
        self._made.append(fact)
