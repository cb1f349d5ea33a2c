"""The few pieces of SQL that analyses share: rows that count, the group of a split, what must be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from kpi import model
from kpi.compile import scope
from kpi.compile.filters import conditions
from kpi.core import NOT_RECORDED, Period
from kpi.errors import Refused


def live(table: str) -> str:
    """The condition under which a row of `table` counts; "true" where all do."""
    return model.table(table).live or "true"


def counted(table: str) -> str:
    """The rows of `table` that count, as a relation to stand in a FROM clause."""
    return f"(select * from {table} where {live(table)})"


def group_of(table: str, split: str | None) -> tuple[str, str]:
    """(expression, joins) of the group of a row of `table`, which must stand in the query as `f`.

    Without a split every row is of the group null; rows whose column is empty are "not recorded".
    Raises Unknown for a dimension that `table` does not lead to.
    """
    if split is None:
        return "cast(null as varchar)", ""
    dimension = scope(table).dimension(split)
    text = f"coalesce(nullif(trim(cast({dimension.sql} as varchar)), ''), '{NOT_RECORDED}')"
    return text, " ".join(dimension.joins)


@dataclass(frozen=True)
class Part:
    """The rows of a table that pass filters, each with its group: expression, joins, condition, values of its marks."""

    group: str
    joins: str
    where: str
    params: list[object]


def part_of(table: str, split: str | None, filters: Sequence[tuple[str, str]]) -> Part:
    """The part of `table`, which must stand in the query as `f`, and what it is split by.

    Raises Unknown for a dimension that `table` does not lead to.
    """
    group, _ = group_of(table, split)
    wanted = conditions(scope(table), filters)
    joins = [*(scope(table).dimension(split).joins if split else ()), *(join for each in wanted for join in each.joins)]
    where = " and ".join(each.sql for each in wanted) or "true"
    return Part(group, " ".join(dict.fromkeys(joins)), where, [value for each in wanted for value in each.params])


def within(column: str, since: date | None, until: date | None) -> tuple[str, list[date]]:
    """(condition, parameters) for since <= column < until; an open end is no condition."""
    parts = [(f"{column} >= ?", since), (f"{column} < ?", until)]
    given = [(text, day) for text, day in parts if day is not None]
    return " and ".join(text for text, _ in given) or "true", [day for _, day in given]


def inside(days: pd.Series, period: Period) -> pd.Series:
    """Which of `days` lie in the half-open period; blanks do not."""
    return (days >= pd.Timestamp(period.since)) & (days < pd.Timestamp(period.until))


def require(workspace: Any, *columns: str) -> None:
    """Refused, naming what is missing, unless the workspace holds values in all `columns` (table.column)."""
    missing = [column for column in columns if column not in workspace.columns()]
    if missing:
        raise Refused("needs_columns", columns=", ".join(missing))
