"""Running the statements of a board: what several of them number or rank row by row is made once for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kpi.compile import Statement, facts
from kpi.compile.scope import columns_read

Fact = tuple[str, str]  # its name, and its text as a common table expression
_RANKED = re.compile(r"\bover\b", re.IGNORECASE)  # rows beside each other: no filter of a statement makes that cheaper
_NAMED = re.compile(r'\b[fr]\."(\w+)"')  # a column of the table that a statement asks


def shared_facts(statements: Sequence[Statement]) -> dict[Fact, frozenset[str]]:
    """The helper facts that rank rows and that several of the statements read, with the columns that count for their answers."""
    readers: dict[Fact, list[Statement]] = {}
    for each in statements:
        for fact in each.facts if not each.own else ():
            readers.setdefault(fact, []).append(each)
    found = {}
    for fact, those in readers.items():
        if len(those) > 1 and _RANKED.search(fact[1]):
            found[fact] = frozenset().union(*(_needed(each)[fact[0]] for each in those))
    return found


def _needed(statement: Statement) -> dict[str, set[str]]:
    """Of each helper fact that the statement begins with, the columns that count for its answer."""
    names = [name for name, _ in statement.facts]
    found: dict[str, set[str]] = {name: set() for name in names}
    found[names[-1]].update(_NAMED.findall(statement.sql))
    for k, reader in reversed(list(enumerate(names))):
        for used in names[:k]:
            found[used] |= columns_read(reader, used, frozenset(found[reader]))
    return found


class Asking:
    """The answers of statements on one cursor. Each of the `shared` facts becomes a temporary table when the first
    statement that reads it is asked."""

    def __init__(self, cursor: Any, shared: Mapping[Fact, frozenset[str]]) -> None:
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
        name, counting = fact[0], self._shared[fact]
        # What no answer needs is named all the same where one fact reads another: empty, it costs nothing.
        columns = ", ".join(
            c if c in counting else f"case when false then {c} end as {c}" for c in facts()[name].columns
        )
        texts = ",\n".join(text for each, text in needed if (each, text) not in self._made)
        self._cursor.execute(f"create temp table {name} as with {texts} select {columns} from {name}").fetchall()
        self._made.append(fact)
