"""Expressions of definitions: parsed, checked against the model and a closed list, printed as SQL.

Nothing else can be said: no subquery, no table function, no function outside the list. That also makes a user's own
KPI safe. Beside columns an expression may name
  period.since, period.until   the bounds of the period (half-open)
  period.now                   the end of the known data: "up to as-of" is `x < period.now`
  settings.<name>              a setting of the workspace
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpi.compile.scope import Scope
from kpi.errors import BadDefinition, Unknown

_ALLOWED = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Star, exp.Paren, exp.Tuple,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is,
    exp.Like, exp.ILike, exp.DPipe, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Case, exp.If,
    exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Abs, exp.Round, exp.Lower, exp.Upper, exp.Trim,
    exp.Cast, exp.DataType, exp.Interval, exp.IntervalSpan, exp.Var,
    exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Distinct, exp.Filter, exp.Where,
)  # fmt: skip
_AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median)
_CASTS = {"DATE", "TIMESTAMP", "DOUBLE", "VARCHAR", "BIGINT"}
# Our own functions, in the words of the field; each prints as plain SQL.
_SPANS = {"days_between": 86400.0, "hours_between": 3600.0, "minutes_between": 60.0}
PERIOD = {"since": "p.since", "until": "p.until", "now": "p.now"}


@dataclass(frozen=True)
class Expression:
    """A checked expression: its syntax tree (with columns resolved) and the joins that it needs."""

    tree: exp.Expr
    joins: tuple[str, ...]
    columns: tuple[str, ...]  # `table.column` of canonical tables that it reads
    uses_period: bool

    def sql(self) -> str:
        return self.tree.sql(dialect="duckdb")


def parse_condition(
    text: str, scope: Scope, where: tuple[str, str], settings: dict[str, object] | None = None
) -> Expression:
    """A row condition over `scope`; no aggregates. where: (file, key) for the error."""
    return _parse(text, scope, where, settings, aggregate=False)


def parse_aggregate(
    text: str, scope: Scope, where: tuple[str, str], settings: dict[str, object] | None = None
) -> Expression:
    """An aggregate over `scope`: every column stands inside an aggregate function."""
    return _parse(text, scope, where, settings, aggregate=True)


def filtered(value: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """`value` with every aggregate restricted to the rows that meet `condition`."""
    if condition is None:
        return value

    def restrict(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Filter):
            own = node.expression.this
            both = exp.and_(exp.paren(own.copy()), exp.paren(condition.copy()))
            return exp.Filter(this=node.this, expression=exp.Where(this=both))
        if isinstance(node, _AGGREGATES) and not isinstance(node.parent, exp.Filter):
            return exp.Filter(this=node.copy(), expression=exp.Where(this=condition.copy()))
        return node

    return _outermost(value.copy(), restrict)


def _outermost(tree: exp.Expr, change) -> exp.Expr:
    """Apply `change` once per branch, from the top: aggregates do not nest, so one replacement is enough."""
    changed = change(tree)
    if changed is not tree:
        return changed
    for key, child in list(tree.args.items()):
        if isinstance(child, exp.Expr):
            tree.set(key, _outermost(child, change))
        elif isinstance(child, list):
            tree.set(key, [_outermost(c, change) if isinstance(c, exp.Expr) else c for c in child])
    return tree


def _parse(
    text: str, scope: Scope, where: tuple[str, str], settings: dict[str, object] | None, *, aggregate: bool
) -> Expression:
    try:
        statements = sqlglot.parse(f"select {text}", read="duckdb")
    except SqlglotError as error:
        raise BadDefinition(*where, f"cannot be read: {str(error).splitlines()[0]}") from None
    only = statements[0] if len(statements) == 1 else None
    if (
        not isinstance(only, exp.Select)
        or len(only.expressions) != 1
        or {k for k, v in only.args.items() if v} - {"expressions", "kind"}
    ):
        raise BadDefinition(*where, "must be one expression")
    tree = _spelled_out(only.expressions[0], where)
    joins: dict[str, None] = {}
    columns: list[str] = []
    uses_period = False
    for node in list(tree.walk()):
        if not isinstance(node, _ALLOWED) and not (isinstance(node, exp.Anonymous) and node.this == "epoch"):
            raise BadDefinition(
                *where, f"{type(node).__name__} ({node.sql()}) is not on the list of what a definition may use"
            )
        if isinstance(node, exp.DataType) and getattr(node.this, "value", None) not in _CASTS:
            raise BadDefinition(*where, f"cast to {node.sql()} is not on the list")
        if isinstance(node, _AGGREGATES) and not aggregate:
            raise BadDefinition(*where, f"{node.sql()} is an aggregate, but this is a condition on one row")
    inside = {id(c) for a in tree.find_all(*_AGGREGATES) for c in a.find_all(exp.Column)}
    inside |= {id(c) for f in tree.find_all(exp.Filter) for c in f.find_all(exp.Column)}
    replaced: list[tuple[exp.Column, exp.Expr]] = []
    for column in list(tree.find_all(exp.Column)):
        if isinstance(column.this, exp.Star):
            continue
        if column.table == "period":
            if column.name not in PERIOD:
                raise BadDefinition(*where, f"period.{column.name} is unknown; there is {', '.join(PERIOD)}")
            uses_period = True
            replaced.append((column, sqlglot.parse_one(PERIOD[column.name], read="duckdb")))
            continue
        if column.table == "settings":
            value = (settings or {}).get(column.name)
            replaced.append((column, exp.Null() if value is None else exp.convert(value)))
            continue
        if aggregate and id(column) not in inside:
            raise BadDefinition(*where, f"{column.sql()} stands outside an aggregate")
        try:
            found = scope.column(column.name, column.table)
        except Unknown as unknown:
            raise BadDefinition(*where, str(unknown)) from None
        joins.update(dict.fromkeys(found.joins))
        columns.append(f"{column.table or scope.name}.{column.name}")
        replaced.append((column, sqlglot.parse_one(found.sql, read="duckdb")))
    for column, new in replaced:
        if column is tree:
            tree = new
        else:
            column.replace(new)
    return Expression(tree, tuple(joins), tuple(dict.fromkeys(columns)), uses_period)


def _spelled_out(tree: exp.Expr, where: tuple[str, str]) -> exp.Expr:
    """Our own functions written out: days_between(a, b) is the exact span in days, with its fraction."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous):
            name = str(node.this).lower()
            if name not in _SPANS or len(node.expressions) != 2:
                raise BadDefinition(*where, f"function {name} is not on the list")
            start, end = node.expressions
            seconds = exp.Sub(this=_epoch(end), expression=_epoch(start))
            return exp.Paren(this=exp.Div(this=exp.Paren(this=seconds), expression=exp.convert(_SPANS[name])))
        return node

    return tree.transform(change)


def _epoch(time: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="epoch", expressions=[time.copy()])
