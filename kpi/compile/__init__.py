"""Measures and periods to SQL: checked expressions, many-to-one joins, one query per fact table."""

from kpi.compile.batch import Leaf, Statement, compile_batch
from kpi.compile.expression import Expression, parse_aggregate, parse_condition
from kpi.compile.formula import Formula, parse_formula
from kpi.compile.scope import Dimension, Fact, Scope, facts, scope

__all__ = [
    "Dimension",
    "Expression",
    "Fact",
    "Formula",
    "Leaf",
    "Scope",
    "Statement",
    "compile_batch",
    "facts",
    "parse_aggregate",
    "parse_condition",
    "parse_formula",
    "scope",
]
