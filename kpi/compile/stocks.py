"""States at many days from one reading: rows that no bound of the periods tells apart are counted together first.

A condition that compares a time with bounds of periods by `<` and `>=` alone says the same of the time and of the last
bound at or before it. So the rows are grouped by that bound, and the groups meet the periods, not the rows.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from sqlglot import exp

from kpi.compile.printing import Named, parsed_with
from kpi.core import Measure, Period

FEW = 6  # periods: of fewer the rows themselves are as quick


@functools.lru_cache(maxsize=1024)
def grouped_by(measures: Sequence[tuple[Measure, Named]]) -> tuple[frozenset[str], frozenset[str]] | None:
    """(times, other columns) by which the rows can be grouped, as counts over them do not tell more apart; else None."""
    times: set[str] = set()
    others: set[str] = set()
    seen: list[exp.Column] = []
    for measure, named in measures:
        value, condition = parsed_with(measure, named)
        inner = value.tree.this if isinstance(value.tree, exp.Filter) else value.tree
        if value.joins or (condition and condition.joins) or not isinstance(inner, exp.Count):
            return None
        if not isinstance(inner.this, exp.Star):
            return None
        for tree in (value.tree, *([condition.tree] if condition else [])):
            seen += tree.find_all(exp.Column)
    for column in seen:
        if column.table == "p":
            other = _compared(column)
            if other is None:
                return None
            times.add(other.name)
    for column in seen:
        if column.table == "f" and column.name in times:
            if not isinstance(column.parent, exp.Is) and not _beside_bound(column):
                return None
        elif column.table == "f":
            others.add(column.name)
    return (frozenset(times), frozenset(others)) if times else None


def _compared(bound: exp.Column) -> exp.Column | None:
    """The column that a bound is compared with so that its last bound before can stand for it."""
    node = bound.parent
    if isinstance(node, exp.LT | exp.GTE) and node.expression is bound:
        other = node.this
    elif isinstance(node, exp.GT | exp.LTE) and node.this is bound:
        other = node.expression
    else:
        return None
    return other if isinstance(other, exp.Column) and other.table == "f" else None


def _beside_bound(column: exp.Column) -> bool:
    node = column.parent
    sides = (node.this, node.expression) if isinstance(node, exp.LT | exp.GTE | exp.GT | exp.LTE) else ()
    return any(isinstance(side, exp.Column) and side.table == "p" and _compared(side) is column for side in sides)


def grouped(table: str, times: Iterable[str], others: Iterable[str], periods: Sequence[Period], now: date) -> str:
    """The rows of `table` as groups, with their number `_n`: a relation to stand in its place."""
    bounds = sorted({now, *(p.since for p in periods), *(p.until for p in periods)})
    low, high = (f"timestamp '{day}'" for day in (bounds[0], bounds[-1]))
    spans = ", ".join(f"(timestamp '{a}', timestamp '{b}')" for a, b in pairwise(bounds))
    days = f"(select cast(unnest(range(a, b, interval 1 day)) as date) as day, a as at from (values {spans}) s(a, b))"
    columns, joins = [f'r."{name}"' for name in sorted(others)], []
    for k, name in enumerate(sorted(times)):
        joins.append(f'left join {days} d{k} on d{k}.day = cast(r."{name}" as date)')
        columns.append(
            f'case when r."{name}" is null then null when r."{name}" < {low} then timestamp \'-infinity\' '
            f'when r."{name}" >= {high} then {high} else d{k}.at end as "{name}"'
        )
    listed = ",\n    ".join([*columns, "count(*) as _n"])
    return "\n  ".join([f"(select {listed}", f"from {table} r", *joins, "group by all)"])
