"""The expressions of a measure: parsed once, printed once for the settings it names, for all boards of a process."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from dataclasses import dataclass, replace

from sqlglot import exp

from kpi.compile.expression import Expression, filtered, parse_aggregate, parse_condition
from kpi.compile.scope import scope
from kpi.core import Measure, SettingsByName

Named = tuple[tuple[str, type, object], ...]  # the settings that a measure names, with what they are set to


def parsed(measure: Measure, settings: SettingsByName | None = None) -> tuple[Expression, Expression | None]:
    """The checked expressions of a measure: its aggregate and its row condition. Shared: not to be changed."""
    return parsed_with(measure, named_in(measure, settings))


def named_in(measure: Measure, settings: SettingsByName | None) -> Named:
    """Only the settings that the measure names, so that a change of any other prints nothing anew."""
    if not settings:
        return ()
    names = sorted({name for each in parsed_with(measure, ()) if each for name in each.settings})
    values = ((name, settings.get(name)) for name in names)
    return tuple((n, type(v), v if isinstance(v, Hashable) else ()) for n, v in values)  # else: no literal holds it


@functools.lru_cache(maxsize=4096)
def parsed_with(measure: Measure, named: Named) -> tuple[Expression, Expression | None]:
    """`parsed` with the settings that the measure names."""
    settings = {name: value for name, _, value in named}
    own = scope(measure.table)
    where = ("measure", measure.table)
    value = parse_aggregate(measure.value, own, where, settings)
    condition = parse_condition(measure.where, own, where, settings) if measure.where else None
    return value, condition


@dataclass(frozen=True)
class Printed:
    """A measure as SQL. condition: "" without one; where it is not shared, `value` and `rows` carry it."""

    value: str
    rows: str
    condition: str
    joins: tuple[str, ...]


def printed(measure: Measure, settings: SettingsByName, shared: bool, bound: list[object] | None = None) -> Printed:
    """The SQL of a measure. shared: its condition stands apart, as all measures of the statement have the same.

    bound: the texts of the expressions become parameters, collected there.
    """
    if bound is None:
        return _remembered(measure, named_in(measure, settings), shared)
    value, condition = parsed(measure, settings)
    return _print(_bound(value, bound), condition and _bound(condition, bound), shared)


@functools.lru_cache(maxsize=4096)
def _remembered(measure: Measure, named: Named, shared: bool) -> Printed:
    """Printing a board anew takes longer than the database needs to answer it."""
    return _print(*parsed_with(measure, named), shared)


def _print(value: Expression, condition: Expression | None, shared: bool) -> Printed:
    tree = condition.tree if condition and not shared else None
    return Printed(
        _quick(_defined(filtered(value.tree, tree))).sql(dialect="duckdb"),
        _quick(filtered(_rows_behind(value.tree), tree)).sql(dialect="duckdb"),
        condition.sql() if condition else "",
        (*value.joins, *(condition.joins if condition else ())),
    )


def _bound(expression: Expression, texts: list[object]) -> Expression:
    """The expression with its texts as numbered parameters, which are added to `texts`."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Literal) and node.is_string and not isinstance(node.parent, exp.Interval):
            if node.this not in texts:
                texts.append(node.this)
            return exp.Placeholder(this=str(texts.index(node.this) + 1))
        return node

    return replace(expression, tree=expression.tree.transform(change))


def _defined(tree: exp.Expr) -> exp.Expr:
    """A sum over no rows is 0, over rows that all lack the value it is not defined; nor is a division by 0.

    Without a condition of its own a sum has rows wherever it is asked: groups without rows are not answered at all.
    """

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Div) and not _not_zero(node.expression):
            above, below = (each.transform(change) for each in (node.this, node.expression))  # not walked through after
            return exp.Div(this=above, expression=exp.Nullif(this=below, expression=exp.convert(0)))
        if isinstance(node, exp.Filter) and isinstance(node.this, exp.Sum):
            rows = exp.Filter(this=exp.Count(this=exp.Star()), expression=node.expression.copy())
            nothing = exp.EQ(this=rows, expression=exp.convert(0))
            return exp.Case(ifs=[exp.If(this=nothing, true=exp.convert(0))], default=node.copy())
        return node

    return tree.transform(change)


def _quick(tree: exp.Expr) -> exp.Expr:
    """count(distinct x) filter (where c) as count(distinct case when c then x end): the same number, but the rows left
    out are not kept apart, which takes half the time."""

    def change(node: exp.Expr) -> exp.Expr:
        if (
            isinstance(node, exp.Filter)
            and isinstance(node.this, exp.Count)
            and isinstance(node.this.this, exp.Distinct)
        ):
            one = exp.Case(ifs=[exp.If(this=node.expression.this, true=node.this.this.expressions[0])])
            return exp.Count(this=exp.Distinct(expressions=[one]))
        return node

    return tree.transform(change)


def _not_zero(node: exp.Expr) -> bool:
    """Whether a divisor is a number that is not 0."""
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def _rows_behind(tree: exp.Expr) -> exp.Expr:
    """How many rows stand behind an aggregate: those with a value in its argument."""
    if isinstance(tree, exp.Count):
        return tree.copy()
    aggregates = list(tree.find_all(exp.Count, exp.Sum, exp.Avg, exp.Median, exp.Min, exp.Max))
    counted = aggregates[0].args.get("this") if len(aggregates) == 1 else None  # None, too, for count()
    if counted is not None and not isinstance(counted, exp.Distinct | exp.Star):
        bare = exp.Count(this=counted.copy())
        outer = aggregates[0].parent
        if isinstance(outer, exp.Filter):
            return exp.Filter(this=bare, expression=outer.expression.copy())
        return bare
    return exp.Count(this=exp.Star())
