"""Formulas over measures and KPIs: arithmetic in which "not defined" stays "not defined".

names            a part of the KPI, a shared measure of measures.toml, or another KPI
prev(x)          x in the period before
trailing(x, n)   x in the n months before the end of the period
at_start(x)      a stock x as of the start of the period
total(x)         x over all groups of the split
period.days      days of the period (of a running one those that are known); settings.<name> a setting
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from kpi.compile.grammar import Source, check_literal, near, read_one

Value = float | None
# (name, shifts) -> value; shifts are applied from the outside in: ("prev",), ("trailing", 12), ("at_start",)
Shift = tuple[str, float] | tuple[str]
Lookup = Callable[[str, tuple[Shift, ...]], Value]

_ALLOWED = (exp.Column, exp.Identifier, exp.Literal, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg,
            exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Abs, exp.Anonymous, exp.Null)  # fmt: skip
MOST_MONTHS, MOST_SHIFTS = 120, 3
_SHIFTS = {"prev": 1, "trailing": 2, "at_start": 1, "total": 1}


@dataclass(frozen=True)
class Formula:
    """A checked formula. `leaves(shifts)` are the names it needs and how their periods are shifted."""

    tree: exp.Expr
    text: str

    def leaves(self, settings: dict[str, object]) -> list[tuple[str, tuple[Shift, ...]]]:
        found: dict[tuple[str, tuple[Shift, ...]], None] = {}
        self.evaluate(lambda name, shifts: found.setdefault((name, shifts)), 1.0, settings)
        return list(found)

    def evaluate(self, lookup: Lookup, days: float, settings: dict[str, object]) -> Value:
        """The value; None as soon as anything it needs is not defined, also for a division by zero."""
        return _evaluate(self.tree, (), lookup, days, settings)

    @property
    def ratio(self) -> tuple[str, str] | None:
        """The names of numerator and denominator where the formula is one plain division, else None."""
        tree = self.tree
        while isinstance(tree, exp.Paren):
            tree = tree.this
        if isinstance(tree, exp.Div) and all(
            isinstance(s, exp.Column) and not s.table for s in (tree.left, tree.right)
        ):
            return tree.left.name, tree.right.name
        return None

    @property
    def shifted(self) -> str | None:
        """The name where the formula is one name in another period, as in trailing(x, 12), else None."""
        tree = self.tree
        while isinstance(tree, exp.Paren | exp.Anonymous):
            tree = tree.this if isinstance(tree, exp.Paren) else tree.expressions[0]
        return tree.name if isinstance(tree, exp.Column) and not tree.table else None


@functools.lru_cache(maxsize=4096)
def parse_formula(text: str, where: tuple[str, str]) -> Formula:
    """The formula `text`; BadDefinition where it says more than a formula may. where: (file, key) for the error."""
    source = Source(text, where)
    tree = read_one(source)
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise source.of(node, "formula_part", what=source.shown(node))
        if isinstance(node, exp.Literal):
            check_literal(node, source)
            if node.is_string:
                raise source.of(node, "formula_part", what=source.shown(node))
        if isinstance(node, exp.Anonymous):
            _check_shift(node, source)
        if isinstance(node, exp.Column):
            _check_name(node, source)
    return Formula(tree, text)


def _check_shift(node: exp.Anonymous, source: Source) -> None:
    name = str(node.this).lower()
    if _SHIFTS.get(name) != len(node.expressions):
        raise source.of(node, "formula_function", near(name, _SHIFTS), name=name, known=", ".join(_SHIFTS))
    months = node.expressions[-1] if name == "trailing" else None
    if isinstance(months, exp.Literal) and (months.is_string or not 0 < float(months.this) <= MOST_MONTHS):
        raise source.of(months, "months", most=MOST_MONTHS)
    outer, depth = node.parent, 1
    while outer is not None:
        depth += isinstance(outer, exp.Anonymous)
        outer = outer.parent
    if depth > MOST_SHIFTS:
        raise source.of(node, "shifts", most=MOST_SHIFTS)


def _check_name(node: exp.Column, source: Source) -> None:
    if node.args.get("db") or node.table not in ("", "period", "settings"):
        raise source.of(node, "formula_part", what=source.shown(node))
    if node.table == "period" and node.name != "days":
        raise source.of(node, "period", "period.days", name=node.name)


def _evaluate(
    node: exp.Expr, shifts: tuple[Shift, ...], lookup: Lookup, days: float, settings: dict[str, object]
) -> Value:
    def value(child: exp.Expr) -> Value:
        return _evaluate(child, shifts, lookup, days, settings)

    if isinstance(node, exp.Paren):
        return value(node.this)
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Literal):
        return float(node.this)
    if isinstance(node, exp.Column):
        if node.table == "period":
            return days
        if node.table == "settings":
            setting = settings.get(node.name)
            return None if setting is None else float(setting)  # type: ignore[arg-type]
        return lookup(node.name, shifts)
    if isinstance(node, exp.Neg):
        inner = value(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Abs):
        inner = value(node.this)
        return None if inner is None else abs(inner)
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        shift: Shift = (name,)
        if name == "trailing":
            months = value(node.expressions[1])
            shift = (name, float(min(months or 0, MOST_MONTHS)))
        return _evaluate(node.expressions[0], (*shifts, shift), lookup, days, settings)
    if isinstance(node, exp.Coalesce):
        # every branch is looked up, so that the leaves are the same whatever the values
        options = [value(node.this), *(value(e) for e in node.expressions)]
        return next((o for o in options if o is not None), None)
    if isinstance(node, exp.Least | exp.Greatest):
        options = [value(node.this), *(value(e) for e in node.expressions)]
        if any(o is None for o in options):
            return None
        return min(options) if isinstance(node, exp.Least) else max(options)  # type: ignore[type-var]
    if isinstance(node, exp.Nullif):
        left, right = value(node.this), value(node.expression)
        return None if left == right else left
    return _arithmetic(node, value(node.left), value(node.right))  # type: ignore[attr-defined]


def _arithmetic(node: exp.Expr, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if isinstance(node, exp.Add):
        value = left + right
    elif isinstance(node, exp.Sub):
        value = left - right
    elif isinstance(node, exp.Mul):
        value = left * right
    else:
        value = left / right if right else None
    return value if value is not None and math.isfinite(value) else None
