"""Filters as conditions: values of one dimension are alternatives, dimensions hold together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from kpi.compile.scope import Scope, scope
from kpi.core import NOT_RECORDED

Filters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Condition:
    """One dimension's part of a filter: SQL over `f`, the joins it needs, the values of its marks."""

    dimension: str
    sql: str
    joins: tuple[str, ...]
    params: tuple[object, ...]


def conditions(own: Scope, filters: Filters, naming: Callable[[str], str] = str) -> list[Condition]:
    """One condition per dimension of `filters`: its column is one of the values; `NOT_RECORDED` means an empty one.

    naming: turns a dimension into one of `own`. Unknown for a dimension that `own` does not lead to.
    """
    wanted: dict[str, dict[str, None]] = {}
    for name, value in filters:
        wanted.setdefault(name, {})[value] = None
    return [_condition(own, naming(name), tuple(values)) for name, values in wanted.items()]


def only_converted(tables: Collection[str], dimensions: Iterable[str]) -> bool:
    """Whether leads are told apart by their customer: only leads that became customers have one."""
    if "leads" not in tables:
        return False
    return any(scope("leads").dimension(name).name.startswith("customers.") for name in dimensions if name)


def _condition(own: Scope, name: str, values: tuple[str, ...]) -> Condition:
    dimension = own.dimension(name)
    text = f"trim(cast({dimension.sql} as varchar))"
    given = tuple(value for value in values if value != NOT_RECORDED)
    tests = [f"{text} = ?"] if len(given) == 1 else [f"{text} in ({', '.join('?' * len(given))})"] if given else []
    if len(given) < len(values):
        tests.append(f"nullif({text}, '') is null")
    sql = tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"
    return Condition(name, sql, dimension.joins, given)
