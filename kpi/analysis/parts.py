"""Measures asked for in the periods, groups and filters of a question: what a KPI function puts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpi.analysis.context import Context
from kpi.catalogue import measures
from kpi.compile import Leaf, compile_batch
from kpi.compile.batch import is_additive
from kpi.core import Measure, Period

Cell = tuple[float | None, int]


@dataclass
class Parts:
    """Value and n of each measure by name, period (its place) and group."""

    cells: dict[str, dict[tuple[int, str | None], Cell]] = field(default_factory=dict)
    additive: set[str] = field(default_factory=set)

    def value(self, name: str, i: int, group: str | None = None) -> float | None:
        """The value; without rows 0 for a count or a sum, else None. A sum is None where all its rows lack the value."""
        return self._cell(name, i, group)[0]

    def n(self, name: str, i: int, group: str | None = None) -> int:
        """How many rows stand behind the value."""
        return self._cell(name, i, group)[1]

    @property
    def groups(self) -> list[str | None]:
        """The groups that occur, in alphabetical order; [None] without a split."""
        found = {
            group
            for name, cells in self.cells.items()
            for (_, group), (value, n) in cells.items()
            if n or (value is None and name in self.additive)
        }
        return sorted(found, key=lambda g: g or "") or [None]

    def _cell(self, name: str, i: int, group: str | None) -> Cell:
        found = self.cells[name].get((i, group))
        if found is not None:
            return found
        return (0.0, 0) if name in self.additive else (None, 0)


def parts(
    context: Context,
    wanted: Mapping[str, Measure | str],
    *,
    periods: Sequence[Period] | None = None,
    split: str | None = None,
    filters: tuple[tuple[str, str], ...] | None = None,
) -> Parts:
    """The measures of `wanted`, over the periods and filters of the question unless given.

    A text names a shared measure of `definitions/measures.toml`. Unknown for a dimension that a table has not.
    """
    named = {name: _measure(part) for name, part in wanted.items()}
    here = tuple(context.periods if periods is None else periods)
    leaves = {name: Leaf(measure, here) for name, measure in named.items()}
    passed = context.filters if filters is None else filters
    statements = compile_batch(
        list(leaves.values()), now=context.now, split=split, filters=passed, settings=context.settings
    )
    found: dict[Leaf, dict[tuple[int, str | None], Cell]] = {}
    for statement in statements:
        context.prove(statement.shown)
        key = ("sql", statement.sql, statement.params)
        rows = context.workspace.memo(key, lambda s=statement: context.workspace.rows(s.sql, s.params))
        for k, leaf in enumerate(statement.leaves):
            found[leaf] = {(row[0], row[1]): (row[2 + 2 * k], row[3 + 2 * k]) for row in rows}
    cells = {name: found[leaf] for name, leaf in leaves.items()}
    return Parts(cells, {name for name, measure in named.items() if is_additive(measure)})


def _measure(part: Measure | str) -> Measure:
    if isinstance(part, Measure):
        return part
    shared = measures()[part]
    if not isinstance(shared, Measure):
        raise TypeError(f"{part} is a formula, not a measure")
    return shared
