"""Which settings of the workspace a KPI rests on: those its expressions name, and those its function says it reads."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from kpi.catalogue.kpis import kpis, measures
from kpi.compile import facts, parse_formula
from kpi.compile.scope import columns_read
from kpi.core import Computation, Kpi, Measure

_NAMED = re.compile(r"\bsettings\.(\w+)")


@functools.cache
def settings_of(kpi: Kpi, computation: Computation | None = None) -> tuple[str, ...]:
    """The settings behind one computation of the KPI (behind all of them where none is given), by name.

    Of another KPI that a formula names all computations count: which one is in force is known only with the data.
    """
    found = {*kpi.settings, *_NAMED.findall(f"{kpi.empty} {kpi.matures}")}
    for each in (*((computation,) if computation else kpi.computations), *(b.computation for b in kpi.beside)):
        found.update(_of_computation(each, (kpi.id,)))
    return tuple(sorted(found))


def _of_computation(computation: Computation, seen: tuple[str, ...]) -> Iterator[str]:
    """seen: the KPIs and measures on the way here, which are not asked again."""
    if computation.min_n:
        yield computation.min_n
    if not computation.function:
        yield from _of_formula(computation.formula, dict(computation.parts), seen)


def _of_formula(formula: str, parts: dict[str, Measure], seen: tuple[str, ...]) -> Iterator[str]:
    yield from _NAMED.findall(formula)
    for name, _ in parse_formula(formula, ("", "")).leaves({}):
        part = parts.get(name) or measures().get(name)
        if isinstance(part, Measure):
            yield from _of_measure(part)
        elif name in seen:
            continue
        elif isinstance(part, str):
            yield from _of_formula(part, {}, (*seen, name))
        elif name in kpis():
            yield from kpis()[name].settings
            for each in kpis()[name].computations:
                yield from _of_computation(each, (*seen, name))


def _of_measure(measure: Measure) -> Iterator[str]:
    text = f"{measure.value} {measure.where or ''} {measure.date or ''}"
    yield from _NAMED.findall(text)
    yield from _of_fact(measure.table, text)


def _of_fact(table: str, text: str) -> Iterator[str]:
    """The settings in a helper fact and in those it reads; one that only makes a column counts where `text` names it."""
    if table not in facts():
        return
    fact = facts()[table]
    made, anyway = _in_fact(table)
    yield from anyway
    for column, names in made.items():
        if re.search(rf"\b{column}\b", text):
            yield from names
    named = frozenset(column for column in fact.columns if re.search(rf"\b{column}\b", text))
    for used in facts().keys() & set(fact.uses):
        yield from _of_fact(used, " ".join(columns_read(table, used, named)))


@functools.cache
def _in_fact(name: str) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Of a helper fact: column → the settings that only make that column; the settings that choose its rows."""
    sql = facts()[name].sql
    if not _NAMED.search(sql):
        return {}, frozenset()
    query = sqlglot.parse_one(sql, read="duckdb")
    made: dict[str, frozenset[str]] = {}
    if isinstance(query, exp.Select):  # the columns of a UNION are made in several places: all its settings count
        made = {each.alias_or_name: _settings_in(each) for each in query.selects}
        query.set("expressions", [])
    return {column: names for column, names in made.items() if names}, _settings_in(query)


def _settings_in(tree: exp.Expr) -> frozenset[str]:
    return frozenset(column.name for column in tree.find_all(exp.Column) if column.table == "settings")
