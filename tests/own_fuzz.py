"""Expressions from the grammar and from garbage, and what must hold for each: refused with its place, or harmless SQL.

Whether SQL is harmless is asked of DuckDB's own parser, which shares no code with the check.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from kpi.catalogue import goals, kpis
from kpi.catalogue.own import own_kpi
from kpi.compile import Leaf, compile_batch, facts
from kpi.compile.mistakes import BadExpression
from kpi.core import Measure, Period
from kpi.errors import BadDefinition, Refused
from kpi.model import tables
from kpi.workspace import known_settings
from kpi.workspace.timed import rows_within
from tests.own_attacks import ATTACKS
from tests.support import memory_workspace

YEAR = (Period(date(2026, 1, 1), date(2026, 7, 1)), Period(date(2026, 7, 1), date(2027, 1, 1)))
SECONDS = 5.0
# What DuckDB's parser may find in a statement of ours: nodes without a name are listed by their class.
FUNCTIONS = {
    "count", "count_star", "sum", "avg", "median", "min", "max", "coalesce", "nullif", "least", "greatest", "abs",
    "round", "lower", "upper", "trim", "epoch", "+", "-", "*", "/", "||", "~~", "!~~", "~~*", "!~~*", "unnest", "range", "trunc",
    "to_days", "to_hours", "to_minutes", "to_seconds", "to_months", "to_years", "to_weeks", "to_quarters", "row",
}  # fmt: skip
NODES = {
    "AGGREGATE", "BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARE_BETWEEN", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION",
    "OPERATOR", "PARAMETER", "STAR", "SUBQUERY",
}  # fmt: skip
ROWS = {
    "opportunities": [
        {"opportunity_id": str(n), "name": f"deal {n}" * (n % 5), "amount": n * 10, "closed_at": f"2026-{n % 12 + 1:02d}-15",
         "created_at": "2026-01-01", "outcome": ("won", "lost", "open", None)[n % 4], "customer_id": str(n % 7)}
        for n in range(60)
    ],
    "customers": [{"customer_id": str(n), "region": ("North", None, "")[n % 3]} for n in range(7)],
}  # fmt: skip

_COLUMNS = ("amount", "name", "outcome", "closed_at", "created_at", "customers.region", "stage", "amout", "customers.x")
_LITERALS = (
    "0",
    "1",
    "-3",
    "1.5",
    "'won'",
    "''",
    "'o''hare'",
    "'%a_'",
    "null",
    "true",
    "'2026-01-01'",
    "1e9",
    "'؟?$1'",
)
_ATOMS = (
    *_COLUMNS,
    *_LITERALS,
    "period.since",
    "period.until",
    "period.now",
    "settings.currency",
    "settings.min_raters",
)
_GARBAGE = (
    *(
        "(",
        ")",
        "'",
        '"',
        ";",
        "--",
        "/*",
        "*/",
        ",",
        ".",
        "..",
        "::",
        "$1",
        "?",
        "->",
        "[",
        "]",
        "{",
        "}",
        "\\",
        "\x00",
        "😀",
        "‌",
    ),
    *(
        "select",
        "from",
        "where",
        "union",
        "over",
        "filter",
        "distinct",
        "exists",
        "interval",
        "case",
        "end",
        "in",
        "not",
    ),
    *("read_csv", "repeat", "unnest", "x", "null", "*", "||", "=", "1e999", "0x1F", "1_000", "e'\\n'", "$$a$$", "date"),
)


def expression(dice: random.Random, depth: int = 0) -> str:
    """A row expression of the grammar; seldom one that the list does not have."""
    if depth > 4 or dice.random() < 0.3:
        return dice.choice(_ATOMS)

    def inner() -> str:
        return expression(dice, depth + 1)

    forms = (
        lambda: (
            f"({inner()} {dice.choice(('+', '-', '*', '/', '||', '=', '<>', '<', '>=', 'and', 'or', 'like'))} {inner()})"
        ),
        lambda: f"{dice.choice(('abs', 'lower', 'upper', 'trim', 'round', 'not', '-'))}({inner()})",
        lambda: (
            f"{dice.choice(('coalesce', 'nullif', 'least', 'greatest', 'days_between', 'hours_between'))}({inner()}, {inner()})"
        ),
        lambda: f"case when {inner()} then {inner()} else {inner()} end",
        lambda: (
            f"cast({inner()} as {dice.choice(('date', 'double', 'varchar', 'bigint', 'timestamp', 'blob', 'json'))})"
        ),
        lambda: (
            f"{inner()} {dice.choice(('is null', 'is not null', 'in (1, 2)', f'in ({inner()})', 'between 1 and 2'))}"
        ),
        lambda: f"{inner()} {dice.choice('+-')} interval {dice.choice(('3 day', '1 month', '9 century', '1'))}",
        lambda: f"{dice.choice(('regexp_matches', 'repeat', 'read_csv', 'epoch', 'getenv', 'random'))}({inner()})",
    )
    return dice.choices(forms, (9, 3, 3, 2, 2, 3, 1, 1))[0]()


def aggregate(dice: random.Random) -> str:
    """An aggregate of the grammar."""
    inside = dice.choice(("*", "distinct customer_id", expression(dice), expression(dice)))
    text = f"{dice.choice(('count', 'sum', 'avg', 'median', 'min', 'max'))}({inside})"
    if dice.random() < 0.3:
        text += f" filter (where {expression(dice)})"
    if dice.random() < 0.3:
        text = f"{text} {dice.choice('+-*/')} {aggregate(dice) if dice.random() < 0.5 else dice.choice(_LITERALS)}"
    return text


def garbage(dice: random.Random) -> str:
    """Words and signs in any order, or an expression or an attack with pieces taken out, doubled or put in."""
    if dice.random() < 0.3:
        return " ".join(dice.choice((*_GARBAGE, *_ATOMS)) for _ in range(dice.randint(1, 12)))
    text = dice.choice((aggregate(dice), dice.choice(ATTACKS)))
    for _ in range(dice.randint(1, 4)):
        at = dice.randint(0, len(text))
        until = min(len(text), at + dice.randint(0, 4))
        text = dice.choice(
            (text[:at] + text[until:], text[:at] + dice.choice(_GARBAGE) + text[at:], text[:until] + text[at:])
        )
    return text


def cases(seed: int, number: int) -> Iterator[tuple[str, str]]:
    """`number` pairs of a value and a condition ("" for none)."""
    dice = random.Random(seed)
    for _ in range(number):
        value = garbage(dice) if dice.random() < 0.35 else aggregate(dice)
        where = dice.choice(("", "", expression(dice), garbage(dice)))
        yield value, where


class Ground:
    """A small database on which whatever is not refused runs."""

    def __init__(self) -> None:
        self.workspace = memory_workspace(ROWS, as_of=date(2026, 12, 20))
        self.before = self._dump()
        self.counts = {"refused": 0, "ran": 0, "failed": 0}

    def _dump(self) -> list[Any]:
        rows = self.workspace.rows
        found: list[Any] = rows("select table_name, estimated_size from duckdb_tables() order by all")
        found += rows("select * from opportunities order by all") + rows("select * from customers order by all")
        return [
            *found,
            *rows("select name, value from duckdb_settings() order by all"),
            *rows("select database_name, path from duckdb_databases()"),
        ]

    def try_(self, value: str, where: str) -> None:
        """Runs one case; AssertionError where something is let through that must not be."""
        block = {
            "name": "x",
            "from": "opportunities",
            "date": "closed_at",
            "value": value,
            **({"where": where} if where else {}),
        }
        found = own_kpi("own_x", block, kpis(), goals(), known_settings())
        if found.mistakes:
            for mistake in found.mistakes:
                assert isinstance(mistake, BadDefinition), mistake
                if isinstance(mistake, BadExpression) and mistake.text:
                    assert 0 <= mistake.at <= len(mistake.text), mistake
            self.counts["refused"] += 1
            return
        leaves = [Leaf(measure, YEAR) for _, measure in found.kpi.computations[0].parts]
        for statement in compile_batch(leaves, now=date(2026, 12, 21), settings={"currency": "EUR", "min_raters": 3}):
            assert statement.own
            self._harmless(statement.sql)
            self._harmless(statement.shown)
            try:
                rows_within(self.workspace, statement.sql, statement.params, SECONDS)
                self.counts["ran"] += 1
            except Refused as refused:
                assert refused.code == "query_failed", (value, where)  # so few rows are never too slow
                self.counts["failed"] += 1

    def _harmless(self, sql: str) -> None:
        """Whether DuckDB itself reads nothing in `sql` but one SELECT over tables of the model with listed functions."""
        plain = "".join(c for c in sql if c not in "\x00")
        read = json.loads(self.workspace.rows("select json_serialize_sql(?::varchar)", [plain])[0][0])
        if read["error"]:
            return  # it does not even parse: it cannot run
        assert len(read["statements"]) == 1, sql
        for node in _walk(read):
            if node.get("type") == "BASE_TABLE":
                name = node["table_name"]
                assert not node["schema_name"] and (name in tables() or name in facts() or name == "p"), (name, sql)
            assert node.get("type") not in ("TABLE_FUNCTION", "SHOW_REF", "PIVOT"), sql
            if "function_name" in node:
                assert node["function_name"] in FUNCTIONS, (node["function_name"], sql)
            assert node.get("class") not in ("SUBQUERY", "WINDOW", "LAMBDA", "POSITIONAL_REFERENCE"), (
                node.get("class"),
                sql,
            )

    def unchanged(self) -> None:
        """Nothing in the database is other than before."""
        assert self._dump() == self.before


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


def measure(value: str) -> Measure:
    """A measure over the rows of the ground."""
    return Measure("opportunities", value, "closed_at", own=True)
