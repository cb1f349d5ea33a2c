"""What a KPI needs: `a(x, y) | b(z) + c(w); d(v)` = (a(x, y) or (b(z) and c(w))) and d(v).

Terms joined by `; ` are all needed, ` | ` separates alternatives within a term, ` + ` joins the tables of one
alternative. Where a definition states nothing, the needs follow from its expressions.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kpi.catalogue.kpis import kpis, measures
from kpi.compile import parse_formula, scope
from kpi.compile.printing import parsed
from kpi.core import Computation, Kpi, Measure
from kpi.errors import BadDefinition

Columns = frozenset[str]
# How a KPI is answered that the data cannot compute but for which people entered values: `kpi_values.<id of the KPI>`
# stands among the columns that hold data.
ENTERED = Computation(function="entered.values", needs="kpi_values(period_start, value)")


@dataclass(frozen=True)
class Needs:
    """All terms must be met; a term is met by any of its alternatives (sets of `table.column`)."""

    terms: tuple[tuple[Columns, ...], ...] = ()

    def missing(self, present: Columns) -> tuple[str, ...]:
        """The columns that are missing, of the alternative with the fewest missing of each term; sorted by term."""
        lacking: dict[str, None] = {}
        for term in self.terms:
            fewest = min((sorted(alternative - present) for alternative in term), key=len)
            lacking.update(dict.fromkeys(fewest))
        return tuple(lacking)

    def met(self, present: Columns) -> bool:
        return not self.missing(present)

    @property
    def columns(self) -> Columns:
        return frozenset(c for term in self.terms for alternative in term for c in alternative)


@functools.cache
def parse_needs(text: str, file: str = "", key: str = "") -> Needs:
    """`text` in the grammar above; BadDefinition where it is something else."""
    terms = []
    for term in filter(None, (t.strip() for t in text.split(";"))):
        alternatives = []
        for alternative in term.split(" | "):
            columns: set[str] = set()
            for one in alternative.split(" + "):
                match = re.fullmatch(r"\s*(\w+)\(([\w\s,]+)\)\s*", one)
                if not match:
                    raise BadDefinition(file, key, f"{one.strip()!r} is not table(column, …)")
                columns |= {f"{match[1]}.{c.strip()}" for c in match[2].split(",")}
            alternatives.append(frozenset(columns))
        terms.append(tuple(alternatives))
    return Needs(tuple(terms))


def needs_of(kpi: Kpi, computation: Computation | None = None, known: Mapping[str, Kpi] | None = None) -> Needs:
    """What `computation` of the KPI needs (its first where none is given). known: the KPIs that a formula may name,
    where they are others than the catalogue's."""
    stated = computation.needs if computation and computation.needs else ""
    if not stated and (computation is None or not kpi.computations or computation is kpi.computations[0]):
        stated = kpi.needs
    if stated:
        return parse_needs(stated, kpi.file, f"{kpi.id}.needs")
    return Needs(
        tuple((frozenset({c}),) for c in sorted(_read_columns(kpi, computation, kpis() if known is None else known)))
    )


def choose(kpi: Kpi, present: Columns) -> tuple[Computation | None, tuple[str, ...]]:
    """The first computation whose needs are met, else ENTERED, else None and the missing columns of the nearest one."""
    nearest: tuple[str, ...] | None = None
    for computation in kpi.computations:
        missing = needs_of(kpi, computation).missing(present)
        if not missing:
            return computation, ()
        if nearest is None or len(missing) < len(nearest):
            nearest = missing
    if f"kpi_values.{kpi.id}" in present:
        return ENTERED, ()
    return None, nearest if nearest is not None else needs_of(kpi).missing(present)


def _read_columns(kpi: Kpi, computation: Computation | None, known: Mapping[str, Kpi]) -> set[str]:
    """The columns of canonical tables that the expressions name."""
    if computation is None:
        return set()
    found: set[str] = set()
    parts = dict(computation.parts)

    def add(name: str) -> None:
        part = parts.get(name) or measures().get(name)
        if isinstance(part, Measure):
            value, condition = parsed(part)
            found.update(value.columns, condition.columns if condition else ())
            if part.date and not scope(part.table).is_fact:
                found.add(f"{part.table}.{part.date}")
        elif isinstance(part, str):
            for inner, _ in parse_formula(part, (kpi.file, kpi.id)).leaves({}):
                add(inner)
        elif name in known:
            found.update(needs_of(known[name], known[name].computations[0], known).columns)

    for name, _ in parse_formula(computation.formula, (kpi.file, kpi.id)).leaves({}):
        add(name)
    return {c for c in found if not scope(c.split(".")[0]).is_fact}
