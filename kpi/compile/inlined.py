"""SQL with its parameters in their places: as a reader can copy and run it. What the program runs keeps them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|\$(\d+)""")  # a text or a name is passed over


def inlined(sql: str, params: Sequence[object]) -> str:
    """`sql` with each `?` or `$n` outside texts and names replaced by the literal of its parameter."""
    if not params:
        return sql
    rest = iter(params)

    def put(found: re.Match[str]) -> str:
        if found[0] == "?":
            return _literal(next(rest))
        return _literal(params[int(found[1]) - 1]) if found[1] else found[0]

    return _MARK.sub(put, sql)


def _literal(value: object) -> str:
    return exp.convert(value).sql(dialect="duckdb")
