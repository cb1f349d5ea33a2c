"""A KPI function's question in SQL: its periods, groups and filters over one table, and the answer as rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.tables import counted, group_of
from kpi.compile import facts, scope
from kpi.compile.batch import fact_ctes
from kpi.compile.filters import conditions
from kpi.core import Row
from kpi.errors import Refused
from kpi.stats import wilson

Naming = Callable[[str], str]


@dataclass(frozen=True)
class Source:
    """Where the rows come from. Put together as

    with {ctes} select p.i, {group} as g, … from {relation} join p on … where {where} group by 1, 2

    with `params`. p has a row per period: i, since, until, and known (the end of what is known of it).
    """

    ctes: str
    relation: str
    group: str
    where: str
    params: tuple[object, ...]


def source(context: Context, table: str, *, uses: Iterable[str] = (), naming: Naming = str) -> Source:
    """The rows of `table` (a canonical table or a helper fact) that count and pass the filters, as `f`.

    uses: helper facts that the query names besides. naming: turns a split or filter into a dimension of `table`.
    Unknown for a dimension that `table` does not lead to.
    """
    group, _ = group_of(table, naming(context.split) if context.split else None)
    wanted = conditions(scope(table), context.filters, naming)
    rows = table if table in facts() else counted(table)
    relation = "\n".join([f"{rows} f", *_joins(context, table, naming)])
    ctes = ",\n".join([*facts_of(context, table, *uses), periods_cte(context)])
    where = " and ".join(each.sql for each in wanted) or "true"
    return Source(ctes, relation, group, where, tuple(value for each in wanted for value in each.params))


def _joins(context: Context, table: str, naming: Naming) -> dict[str, None]:
    names = [context.split, *(name for name, _ in context.filters)]
    return dict.fromkeys(join for name in names if name for join in scope(table).dimension(naming(name)).joins)


def facts_of(context: Context, *names: str) -> list[str]:
    """The helper facts among `names`, and those they rest on, as common table expressions in order."""
    return list(dict.fromkeys(text for name in names for text in fact_ctes(name, context.now, context.settings)))


def periods_cte(context: Context) -> str:
    """The periods as a common table expression p(i, since, until, known)."""
    values = ", ".join(
        f"({i}, timestamp '{p.since}', timestamp '{p.until}', timestamp '{context.end(p)}')"
        for i, p in enumerate(context.periods)
    )
    return f"p(i, since, until, known) as (values {values})"


def whole_only(context: Context) -> None:
    """Refused where the question asks for groups or a part: for KPIs that make sense for the whole only."""
    if context.split:
        raise Refused("no_split", kpi=context.kpi.id)
    if context.filters:
        raise Refused("no_filter", kpi=context.kpi.id)


def filled(context: Context, frame: pd.DataFrame, empty: float | None = None) -> list[Row]:
    """A Row per period and group from the columns i, g, value, n (and low, high, numerator, denominator, mature).

    empty: the value where a period has no rows: 0 for a count or a sum, else None; None for one that has not begun.
    Groups in alphabetical order.
    """
    groups: list[str | None] = sorted(frame["g"].dropna().unique()) if context.split else [None]
    cells: dict[tuple[Hashable, str | None], dict[str, Any]] = {}
    for record in frame.to_dict("records"):
        cells[record["i"], record["g"] if context.split else None] = record
    return [
        _row(period, group, cells.get((i, group), {"value": empty if context.known(period) else None, "n": 0}))
        for i, period in enumerate(context.periods)
        for group in groups
    ]


def shares(context: Context, frame: pd.DataFrame, counts: bool = True) -> list[Row]:
    """`filled` with value = numerator / denominator, None for 0 / 0; with its Wilson interval where both are counts."""
    above, below = frame["numerator"].astype(float), frame["denominator"].astype(float)
    found = frame.assign(value=above / below.where(below != 0))
    if "n" not in found:
        found["n"] = below
    if counts:
        bounds = [wilson(a, b) or (None, None) for a, b in zip(above, below, strict=True)]
        found["low"], found["high"] = [b[0] for b in bounds], [b[1] for b in bounds]
    return filled(context, found)


def _row(period: Any, group: str | None, cell: dict[str, Any]) -> Row:
    def number(name: str) -> float | None:
        value = cell.get(name)
        return None if value is None or pd.isna(value) else float(value)

    n = number("n")
    return Row(
        period,
        number("value"),
        None if n is None else int(n),
        number("low"),
        number("high"),
        group,
        number("numerator"),
        number("denominator"),
        mature=bool(cell.get("mature", True)),
    )
