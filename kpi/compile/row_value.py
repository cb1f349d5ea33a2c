"""The value that each row brings to a sum, a mean or a median."""

from __future__ import annotations

from sqlglot import exp

from kpi.compile.printing import parsed
from kpi.core import Measure

SPREAD = (exp.Sum, exp.Avg, exp.Median)
OTHER = (exp.Count, exp.Min, exp.Max)
YES_OR_NO = (exp.Case, exp.If, exp.Cast, exp.Boolean)


def row_value(measure: Measure, settings: dict[str, object] | None = None) -> str:
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
