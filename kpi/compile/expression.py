"""Expressions of definitions: parsed, checked against the model and a closed list, printed as SQL.

Nothing else can be said: no subquery, no table function, no function outside the list (`grammar`). That also makes a
user's own KPI safe. Beside columns an expression may name
  period.since, period.until   the bounds of the period (half-open)
  period.now                   the end of the known data: "up to as-of" is `x < period.now`
  settings.<name>              a setting of the workspace
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlglot
from sqlglot import exp

from kpi.compile.fitting import check_fit
from kpi.compile.grammar import AGGREGATES, Source, check_nodes, near, read_one
from kpi.compile.scope import Scope
from kpi.core import SettingsByName
from kpi.errors import Unknown

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
    settings: tuple[str, ...] = ()  # the settings that it names

    def sql(self) -> str:
        return self.tree.sql(dialect="duckdb")


def parse_condition(
    text: str, scope: Scope, where: tuple[str, str], settings: SettingsByName | None = None
) -> Expression:
    """A row condition over `scope`; no aggregates. where: (file, key) for the error."""
    return _parse(text, scope, where, settings, aggregate=False)


def parse_aggregate(
    text: str, scope: Scope, where: tuple[str, str], settings: SettingsByName | None = None
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
        if isinstance(node, AGGREGATES) and not isinstance(node.parent, exp.Filter):
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
    text: str, scope: Scope, where: tuple[str, str], settings: SettingsByName | None, *, aggregate: bool
) -> Expression:
    source = Source(text, where)
    tree = read_one(source)
    check_nodes(tree, source, aggregate=aggregate)
    joins: dict[str, None] = {}
    columns: list[str] = []
    named: list[str] = []
    uses_period = False
    inside = {id(c) for a in tree.find_all(*AGGREGATES) for c in a.find_all(exp.Column)}
    inside |= {id(c) for f in tree.find_all(exp.Filter) for c in f.find_all(exp.Column)}
    replaced: list[tuple[exp.Column, exp.Expr]] = []
    for column in list(tree.find_all(exp.Column)):
        if isinstance(column.this, exp.Star):
            continue
        if column.table == "period":
            if column.name not in PERIOD:
                raise source.of(column, "period", ", ".join(f"period.{name}" for name in PERIOD), name=column.name)
            uses_period = True
            replaced.append((column, _tree(PERIOD[column.name]).copy()))
            continue
        if column.table == "settings":
            value = _setting(settings, column, source)
            named.append(column.name)
            replaced.append((column, exp.Null() if value is None else exp.convert(value)))
            continue
        if aggregate and id(column) not in inside:
            raise source.of(column, "outside", name=column.sql())
        try:
            found = scope.column(column.name, column.table)
        except Unknown:
            name = f"{column.table}.{column.name}" if column.table else column.name
            raise source.of(column, "field", _meant(column, scope), name=name, table=scope.name) from None
        check_fit(column, column.table or scope.name, source)
        joins.update(dict.fromkeys(found.joins))
        columns.append(f"{column.table or scope.name}.{column.name}")
        replaced.append((column, _tree(found.sql).copy()))
    for column, new in replaced:
        if column is tree:
            tree = new
        else:
            column.replace(new)
    tree = _spelled_out(tree)
    return Expression(tree, tuple(joins), tuple(dict.fromkeys(columns)), uses_period, tuple(dict.fromkeys(named)))


@functools.lru_cache(maxsize=4096)
def _tree(sql: str) -> exp.Expr:
    """A column as a tree, read once: to be copied, for a tree has one place."""
    return sqlglot.parse_one(sql, read="duckdb")


def _setting(settings: SettingsByName | None, column: exp.Column, source: Source) -> object:
    """The value of a setting as a literal can hold it; without settings (a check of definitions) none is known."""
    value = None if column.name.startswith("_") else (settings or {}).get(column.name)
    if column.name.startswith("_") or value is not None and not isinstance(value, str | int | float | Decimal | date):
        raise source.of(column, "setting", name=column.name)
    return value


def _meant(column: exp.Column, scope: Scope) -> str:
    """The column that an unknown one may mean: one of the table, else one of a table that it leads to."""
    if not column.table or column.table == scope.name:
        own = near(column.name, scope.columns)
        led_to = [path for path in scope.reachable() if path.rpartition(".")[2] == column.name]
        return own or next(iter(led_to), "")
    return near(f"{column.table}.{column.name}", [*scope.reachable(), *(f"{scope.name}.{c}" for c in scope.columns)])


def _spelled_out(tree: exp.Expr) -> exp.Expr:
    """Our own functions written out: days_between(a, b) is the exact span in days, with its fraction. A value that
    cannot be cast is not defined: one odd cell must not take the number of all rows away."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.this != "epoch":
            held: list[exp.Expr] = node.expressions
            start, end = map(_spelled_out, held)  # what is put in is not walked through
            seconds = exp.Sub(this=_epoch(end), expression=_epoch(start))
            span = exp.convert(_SPANS[str(node.this).lower()])
            return exp.Paren(this=exp.Div(this=exp.Paren(this=seconds), expression=span))
        if type(node) is exp.Cast:
            inner: exp.Expr = node.args["this"]
            return exp.TryCast(this=_spelled_out(inner), to=node.args["to"], safe=True)
        return node

    return tree.transform(change, copy=False)


def _epoch(time: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="epoch", expressions=[time.copy()])
