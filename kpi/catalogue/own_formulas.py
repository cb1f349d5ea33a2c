"""Formulas of a user's own KPIs: which names they may say, that they end, and that they stay small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from kpi.catalogue.kpis import measures
from kpi.compile import parse_formula
from kpi.compile.grammar import Source, near
from kpi.compile.mistakes import BadExpression
from kpi.core import Kpi

MOST = 500  # names that a formula comes to, those of the KPIs that it names included


def check_formula(
    text: str, where: tuple[str, str], parts: Mapping[str, object], known: Mapping[str, Kpi]
) -> Iterator[BadExpression]:
    """The names in a formula that nobody knows, or that no formula can use."""
    source = Source(text, where)
    try:
        tree = parse_formula(text, where).tree
    except BadExpression as mistake:
        yield mistake
        return
    for node in tree.find_all(exp.Column):
        if node.table or node.name in parts or node.name in measures():
            continue
        if node.name not in known:
            yield source.of(node, "name", near(node.name, [*parts, *measures(), *known]), name=node.name)
        elif not known[node.name].computations:
            yield source.of(node, "broken", name=node.name)
        elif all(c.function for c in known[node.name].computations):
            yield source.of(node, "by_function", name=node.name)


def names(kpi: Kpi) -> list[str]:
    """The names in all formulas of the KPI that are none of its parts; a name said twice stands twice."""
    found = []
    for computation in (*kpi.computations, *(each.computation for each in kpi.beside)):
        if not computation.function:
            own = dict(computation.parts)
            tree = parse_formula(computation.formula, (kpi.file, kpi.id)).tree
            found += [node.name for node in tree.find_all(exp.Column) if not node.table and node.name not in own]
    return found


def cost(kpi: Kpi, known: Mapping[str, Kpi]) -> int | None:
    """How many names the formulas of the KPI come to; None where it leads back to itself, or beyond MOST."""
    done: dict[str, int] = {}

    def count(each: Kpi, path: tuple[str, ...]) -> int | None:
        if each.id in path:
            return None
        if each.id in done:
            return done[each.id]
        total = 1
        for name in names(each):
            more = count(known[name], (*path, each.id)) if name in known and name not in measures() else 1
            if more is None or total + more > MOST:
                return None
            total += more
        done[each.id] = total
        return total

    return count(kpi, ())
