"""One query per fact table and date column for a whole board: the leaves of all its KPIs at once.

Periods are a small table of half-open ranges, joined on the day, so buckets in any calendar cost the same. A stock is
joined to the periods by its own condition. Aggregates carry their condition as FILTER; ratios stay numerator and
denominator to the end.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from kpi.compile.expression import Expression, filtered, parse_aggregate, parse_condition
from kpi.compile.filters import conditions as filter_conditions
from kpi.compile.scope import facts, scope
from kpi.core import NOT_RECORDED, Measure, Period

_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?""")  # a parameter, or a text or name that may hold its sign
_DAY_JOIN_LIMIT = 200_000  # days over all periods; beyond that the range join is cheaper


@dataclass(frozen=True)
class Leaf:
    """A measure in a sequence of periods; `total`: over all groups, whatever the split."""

    measure: Measure
    periods: tuple[Period, ...]
    total: bool = False

    @functools.cached_property
    def _hash(self) -> int:
        return hash((self.measure, self.periods, self.total))

    def __hash__(self) -> int:
        return self._hash  # asked for every cell of a board: reading 120 periods each time would take most of its time


@dataclass(frozen=True)
class Statement:
    """SQL with parameters. Its columns: period index, group, then value and n of each leaf.

    shown: the SQL as a reader is shown it. The texts of a user's own definitions are parameters in `sql` and stand
    in their place in `shown`; `own` tells such a statement, which is not to run longer than a limit.
    """

    sql: str
    params: tuple[object, ...]
    leaves: tuple[Leaf, ...]
    shown: str = ""
    own: bool = False


def compile_batch(
    leaves: Sequence[Leaf],
    *,
    now: date,
    split: str | None = None,
    filters: Sequence[tuple[str, str]] = (),
    settings: dict[str, object] | None = None,
) -> list[Statement]:
    """The statements that answer all `leaves`. now: the day after the last known day."""
    groups: dict[tuple, list[Leaf]] = {}
    for leaf in dict.fromkeys(leaves):
        m = leaf.measure
        groups.setdefault((m.own, m.table, m.date, m.all_rows, leaf.periods, leaf.total), []).append(leaf)
    found = []
    for key, group in groups.items():
        asked = tuple(group), now, None if key[-1] else split, tuple(filters), settings or {}
        shown, params = _statement(*asked, None)
        if key[0]:
            sql, bound = _statement(*asked, [])
            found.append(Statement(sql, bound, asked[0], shown, own=True))
        else:
            found.append(Statement(shown, params, asked[0], shown))
    return found


def _statement(
    leaves: tuple[Leaf, ...],
    now: date,
    split: str | None,
    filters: tuple[tuple[str, str], ...],
    settings: dict[str, object],
    bound: list[object] | None,
) -> tuple[str, tuple[object, ...]]:
    """The SQL with its parameters. bound: the texts of the expressions become parameters, collected there."""
    first = leaves[0].measure
    periods = leaves[0].periods
    own = scope(first.table)
    joins: dict[str, None] = {}
    params: list[object] = []
    columns: list[str] = []
    wheres = {leaf.measure.where for leaf in leaves}
    shared = len(wheres) == 1 and None not in wheres  # one condition for all: rows are left out before aggregating
    conditions: list[str] = []
    for k, leaf in enumerate(leaves):
        value, condition = parsed(leaf.measure, settings)
        if bound is not None:
            value, condition = _bound(value, bound), condition and _bound(condition, bound)
        joins.update(dict.fromkeys(value.joins))
        if condition:
            joins.update(dict.fromkeys(condition.joins))
            if shared and not conditions:
                conditions.append(f"({condition.sql()})")
        tree = condition.tree if condition and not shared else None
        columns.append(f"cast({_defined(filtered(value.tree, tree)).sql(dialect='duckdb')} as double) as v{k}")
        columns.append(f"{filtered(_rows_behind(value.tree), tree).sql(dialect='duckdb')} as n{k}")
    group = "cast(null as varchar)"
    if split:
        dimension = own.dimension(split)
        joins.update(dict.fromkeys(dimension.joins))
        group = f"coalesce(nullif(trim(cast({dimension.sql} as varchar)), ''), '{NOT_RECORDED}')"
    if own.live and not first.all_rows:
        conditions.append(f"({_live(first.table)})")
    for each in filter_conditions(own, filters):
        joins.update(dict.fromkeys(each.joins))
        conditions.append(each.sql)
        params += each.params
    if first.date:
        day = own.column(first.date).sql
        conditions.insert(
            0, f"{day} >= {_time(min(p.since for p in periods))} and {day} < {_time(max(p.until for p in periods))}"
        )
        if len(periods) == 1:
            relation, on = "p", "true"
        elif sum(p.days for p in periods) <= _DAY_JOIN_LIMIT:
            relation, on = _DAYS, f"p.day = cast({day} as date)"
        else:
            relation, on = "p", f"{day} >= p.since and {day} < p.until"
    else:
        relation, on = "p", "true"
    lines = [
        f"with {_with(first.table, periods, now, settings)}",
        f"select p.i, {group} as g,\n  " + ",\n  ".join(columns),
        f"from {first.table} f",
        *joins,
        f"join {relation} on {on}" if relation != "p" else f"join p on {on}",
    ]
    if conditions:
        lines.append("where " + "\n  and ".join(conditions))
    lines.append("group by 1, 2")
    sql = "\n".join(lines)
    if bound is None:
        return sql, tuple(params)
    return _numbered(sql, len(bound)), (*bound, *params)


@functools.cache
def _live(table: str) -> str:
    """The condition under which the rows of a table count, as SQL."""
    own = scope(table)
    return parse_condition(own.live or "true", own, ("model.toml", table)).sql()


def _bound(expression: Expression, texts: list[object]) -> Expression:
    """The expression with its texts as numbered parameters, which are added to `texts`."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Literal) and node.is_string and not isinstance(node.parent, exp.Interval):
            if node.this not in texts:
                texts.append(node.this)
            return exp.Placeholder(this=str(texts.index(node.this) + 1))
        return node

    return replace(expression, tree=expression.tree.transform(change))


def _numbered(sql: str, before: int) -> str:
    """`sql` with the marks of its filters numbered behind the bound texts: both kinds may not be mixed."""
    numbers = itertools.count(before + 1)
    return _MARK.sub(lambda found: f"${next(numbers)}" if found[0] == "?" else found[0], sql)


_DAYS = "(select *, cast(unnest(range(since, until, interval 1 day)) as date) as day from p) p"


def parsed(measure: Measure, settings: dict[str, object] | None = None) -> tuple[Expression, Expression | None]:
    """The checked expressions of a measure: its aggregate and its row condition."""
    own = scope(measure.table)
    where = ("measure", measure.table)
    value = parse_aggregate(measure.value, own, where, settings)
    condition = parse_condition(measure.where, own, where, settings) if measure.where else None
    return value, condition


@functools.lru_cache(maxsize=4096)
def is_additive(measure: Measure) -> bool:
    """Whether no rows mean zero: counts and sums, and what is added up from them."""
    tree = parsed(measure)[0].tree
    aggregates = list(tree.find_all(exp.Count, exp.Sum, exp.Avg, exp.Median, exp.Min, exp.Max))
    return all(isinstance(a, exp.Count | exp.Sum) for a in aggregates) and not tree.find(exp.Div, exp.Nullif)


@functools.lru_cache(maxsize=4096)
def is_count(measure: Measure) -> bool:
    """Whether the value is a plain count, so that a share of it is a proportion."""
    tree = parsed(measure)[0].tree
    return isinstance(tree.this if isinstance(tree, exp.Filter) else tree, exp.Count)


def _defined(tree: exp.Expr) -> exp.Expr:
    """A sum over no rows is 0, a division by 0 is not defined."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Div) and not _not_zero(node.expression):
            above, below = (each.transform(change) for each in (node.this, node.expression))  # not walked through after
            return exp.Div(this=above, expression=exp.Nullif(this=below, expression=exp.convert(0)))
        return node

    tree = tree.transform(change)
    outer = tree.this if isinstance(tree, exp.Filter) else tree
    if isinstance(outer, exp.Sum):
        return exp.Coalesce(this=tree, expressions=[exp.convert(0)])
    if isinstance(tree, exp.Add | exp.Sub) and not tree.find(exp.Div):
        for side in ("this", "expression"):
            tree.set(side, _defined(tree.args[side]))
    return tree


def _not_zero(node: exp.Expr) -> bool:
    """Whether a divisor is a number that is not 0."""
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def fact_ctes(table: str, now: date, settings: dict[str, object]) -> list[str]:
    """The helper facts that `table` needs, as CTE texts in order of dependency."""
    if table not in facts():
        return []
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        fact = facts()[name]
        for used in fact.uses:
            if used in facts() and used not in texts:
                add(used)
        texts[name] = f"{name} as (\n{_filled(fact.sql, now, settings)}\n)"

    add(table)
    return list(texts.values())


def _filled(sql: str, now: date, settings: dict[str, object]) -> str:
    """period.now and settings.<name> of a helper fact as literals."""
    sql = re.sub(r"\bperiod\.now\b", _time(now), sql)

    def literal(match: re.Match[str]) -> str:
        value = settings.get(match[1])
        return "null" if value is None else exp.convert(value).sql(dialect="duckdb")

    return re.sub(r"\bsettings\.(\w+)", literal, sql)


def _with(table: str, periods: tuple[Period, ...], now: date, settings: dict[str, object]) -> str:
    rows = ", ".join(f"({i}, {_time(p.since)}, {_time(p.until)}, {_time(now)})" for i, p in enumerate(periods))
    return ",\n".join([*fact_ctes(table, now, settings), f"p(i, since, until, now) as (values {rows})"])


def _time(day: date) -> str:
    return f"timestamp '{day.isoformat()}'"


def _rows_behind(tree: exp.Expr) -> exp.Expr:
    """How many rows stand behind an aggregate: those with a value in its argument."""
    if isinstance(tree, exp.Count):
        return tree.copy()
    aggregates = list(tree.find_all(exp.Count, exp.Sum, exp.Avg, exp.Median, exp.Min, exp.Max))
    if len(aggregates) == 1 and not isinstance(aggregates[0].this, exp.Distinct | exp.Star):
        bare = exp.Count(this=aggregates[0].this.copy())
        outer = aggregates[0].parent
        if isinstance(outer, exp.Filter):
            return exp.Filter(this=bare, expression=outer.expression.copy())
        return bare
    return exp.Count(this=exp.Star())
