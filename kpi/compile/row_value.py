"""What each row brings to an aggregate: its value to a sum, a mean or a median; whether it counts at all."""

from __future__ import annotations

from sqlglot import exp

from kpi.compile.expression import Expression
from kpi.compile.grammar import AGGREGATES
from kpi.compile.printing import parsed
from kpi.core import Measure, SettingsByName

SPREAD = (exp.Sum, exp.Avg, exp.Median)
OTHER = (exp.Count, exp.Min, exp.Max)
YES_OR_NO = (exp.Case, exp.If, exp.Cast, exp.Boolean)


def row_value(measure: Measure, settings: SettingsByName | None = None) -> str:
    """SQL of one row's value, over `f` and `p` and in the unit of the measure; "" where rows have none: counts, shares,
    several aggregates at once."""
    tree = parsed(measure, settings)[0].tree.copy()
    found = list(tree.find_all(*OTHER, *SPREAD))
    if len(found) != 1 or not isinstance(found[0], SPREAD) or tree.find(exp.Filter):
        return ""
    inner = found[0].this
    if isinstance(inner, (exp.Distinct, exp.Star, *YES_OR_NO)) or not inner.find(exp.Column):
        return ""
    if found[0] is tree:
        return inner.sql(dialect="duckdb")
    found[0].replace(exp.Paren(this=inner.copy()))
    return tree.sql(dialect="duckdb")


def left_out(value: Expression) -> tuple[str, ...]:
    """SQL of the rows that no aggregate means by its own filter, and of those that bring none a value; () where the value
    has no aggregate."""
    meant, used = [], []
    for each in value.tree.find_all(*AGGREGATES):
        inner = each.this.expressions[0] if isinstance(each.this, exp.Distinct) else each.this
        there = f"({_sql(inner)}) is not null" if isinstance(inner, exp.Expr) and inner.find(exp.Column) else "true"
        test = _sql(each.parent.expression.this) if isinstance(each.parent, exp.Filter) else "true"
        meant.append(f"({test})")
        used.append(f"({test}) and {there}")
    return tuple(f"({' or '.join(tests)}) is not true" for tests in (meant, used) if tests)


def _sql(tree: exp.Expr) -> str:
    return tree.sql(dialect="duckdb")
