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
import operator
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from kpi.compile.grammar import Source, check_literal, near, read_one
from kpi.core import SettingsByName

Value = float | None
# (name, shifts) -> value; shifts are applied from the outside in: ("prev",), ("trailing", 12), ("at_start",)
Shift = tuple[str, float] | tuple[str]
Shifts = tuple[Shift, ...]
Lookup = Callable[[str, Shifts], Value]
Run = Callable[[Shifts, Lookup, float, SettingsByName], Value]  # days of the period and settings come last

_ALLOWED = (exp.Column, exp.Identifier, exp.Literal, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg,
            exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Abs, exp.Anonymous, exp.Null)  # fmt: skip
MOST_MONTHS, MOST_SHIFTS = 120, 3
_ARITHMETIC = {exp.Add: operator.add, exp.Sub: operator.sub, exp.Mul: operator.mul, exp.Div: operator.truediv}
_SHIFTS = {"prev": 1, "trailing": 2, "at_start": 1, "total": 1}


@dataclass(frozen=True)
class Formula:
    """A checked formula. `leaves(shifts)` are the names it needs and how their periods are shifted."""

    tree: exp.Expr
    text: str

    def leaves(self, settings: SettingsByName) -> list[tuple[str, tuple[Shift, ...]]]:
        found: dict[tuple[str, tuple[Shift, ...]], None] = {}
        self.evaluate(lambda name, shifts: found.setdefault((name, shifts)), 1.0, settings)
        return list(found)

    def evaluate(self, lookup: Lookup, days: float, settings: SettingsByName) -> Value:
        """The value; None as soon as anything it needs is not defined, also for a division by zero."""
        return self._run((), lookup, days, settings)

    @functools.cached_property
    def _run(self) -> Run:
        return _compiled(self.tree)

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


def _compiled(node: exp.Expr) -> Run:
    """The node as a function: thousands of cells of a board are worked out without walking the tree again."""
    if isinstance(node, exp.Paren):
        return _compiled(node.this)
    if isinstance(node, exp.Column):
        return _named(node.table, node.name)
    if isinstance(node, exp.Null):
        return lambda *_: None
    if isinstance(node, exp.Literal):
        number = float(node.this)
        return lambda *_: number
    if isinstance(node, exp.Anonymous):
        return _shifted(str(node.this).lower(), *map(_compiled, node.expressions))
    if isinstance(node, exp.Neg | exp.Abs):
        inner, turned = _compiled(node.this), abs if isinstance(node, exp.Abs) else operator.neg
        return lambda *given: None if (x := inner(*given)) is None else turned(x)
    if isinstance(node, exp.Coalesce | exp.Least | exp.Greatest):
        return _of_several(node, [_compiled(each) for each in (node.this, *node.expressions)])
    if isinstance(node, exp.Nullif):
        x, y = _compiled(node.this), _compiled(node.expression)
        return lambda *given: None if (value := x(*given)) == y(*given) else value
    left, right, of = _compiled(node.left), _compiled(node.right), _ARITHMETIC[type(node)]  # type: ignore[attr-defined]
    return lambda *given: _arithmetic(of, left(*given), right(*given))


def _named(table: str, name: str) -> Run:
    if table == "period":
        return lambda _shifts, _lookup, days, _settings: days
    if table == "settings":
        return lambda _shifts, _lookup, _days, held: None if (x := held.get(name)) is None else float(x)  # type: ignore[arg-type]
    return lambda shifts, lookup, _days, _settings: lookup(name, shifts)


def _shifted(name: str, inner: Run, months: Run | None = None) -> Run:
    def run(shifts: Shifts, lookup: Lookup, days: float, settings: SettingsByName) -> Value:
        step: Shift = (name,)
        if months:
            step = (name, float(min(months(shifts, lookup, days, settings) or 0, MOST_MONTHS)))
        return inner((*shifts, step), lookup, days, settings)

    return run


def _of_several(node: exp.Expr, each: list[Run]) -> Run:
    """Every branch is looked up, so that the leaves are the same whatever the values."""
    if isinstance(node, exp.Coalesce):
        return lambda *given: next((x for x in [run(*given) for run in each] if x is not None), None)
    best = min if isinstance(node, exp.Least) else max
    return lambda *given: None if None in (found := [run(*given) for run in each]) else best(found)  # type: ignore[type-var]


def _arithmetic(of: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None or (of is operator.truediv and not right):
        return None
    value = of(left, right)
    return value if math.isfinite(value) else None
