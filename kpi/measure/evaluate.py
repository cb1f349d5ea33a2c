"""From the names in a formula to values: leaves collected first, asked in one batch, then put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import fsum, isfinite

from kpi.catalogue import measures
from kpi.compile import Formula, Leaf, Statement, compile_batch, parse_formula
from kpi.compile.atoms import Parts, shared
from kpi.compile.batch import is_additive
from kpi.core import Computation, Measure, Period, Row
from kpi.errors import Refused
from kpi.measure.asking import Asking, shared_facts
from kpi.measure.frame import Frame, SettingValues
from kpi.measure.segments import ready
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.timed import rows_within
from kpi.workspace.workspace import Workspace

OWN_SECONDS = 5.0  # what a user's own definition may take for one statement
Cell = tuple[float | None, int]
Cells = dict[tuple[int, str | None], Cell]


@dataclass
class Evaluation:
    """The leaves of some KPIs over the same periods, and their answers."""

    workspace: Workspace
    frame: Frame
    periods: tuple[Period, ...]
    split: str | None
    filters: tuple[tuple[str, str], ...]
    choose: Callable[[str], Computation | None]  # kpi id -> the computation in force
    settings: SettingValues = field(init=False)
    cells: dict[Leaf, Cells] = field(default_factory=dict)
    sql: dict[Leaf, str] = field(default_factory=dict)
    _leaves: dict[tuple[Measure, tuple], Leaf] = field(default_factory=dict, repr=False)
    _shifted: dict[tuple, tuple[Period, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.settings = SettingValues(self.workspace.settings)
        ready(self.workspace, (self.split, *(name for name, _ in self.filters)))

    def leaves(self, computation: Computation) -> list[Leaf]:
        """Every leaf that `computation` needs."""
        found: dict[Leaf, None] = {}

        def visit(formula: Formula, parts: dict[str, Measure], shifts: tuple) -> None:
            for name, inner in formula.leaves(self.settings):
                part, owner = self._part(name, parts)
                if isinstance(part, Measure):
                    found.setdefault(self._leaf(part, (*shifts, *inner)))
                elif part is not None:
                    visit(part, owner, (*shifts, *inner))

        visit(formula_of(computation), dict(computation.parts), ())
        return list(found)

    def ask(self, leaves: list[Leaf]) -> None:
        """Run the statements of all leaves that are not answered yet."""
        todo = [leaf for leaf in dict.fromkeys(leaves) if leaf not in self.cells]
        instead = shared(todo, filter(None, (self.split, *(name for name, _ in self.filters))))
        statements = compile_batch(
            [instead[leaf][0] if leaf in instead else leaf for leaf in todo],
            now=self.frame.now,
            split=self.split,
            filters=self.filters,
            settings=self.settings,
        )
        if common := shared_facts(statements):
            answers = self.workspace.ask(lambda cur: self._answers(statements, Asking(cur, common).rows))
        else:
            answers = self._answers(statements, lambda s: self.workspace.rows(s.sql, s.params))
        self.cells.update(answers)
        for leaf, (asked, parts) in instead.items():
            self.sql[leaf] = self.sql[asked]
            self.cells[leaf] = _added(answers[asked], parts)

    def _answers(self, statements: list[Statement], ask: Callable[[Statement], list[tuple]]) -> dict[Leaf, Cells]:
        """The cells of every leaf of the statements."""
        found: dict[Leaf, Cells] = {}
        for statement in statements:
            key = ("sql", statement.sql, statement.params)
            make = self._refusable if statement.own else ask
            rows = self.workspace.memo(key, lambda s=statement, make=make: make(s))
            if isinstance(rows, Refused):
                raise rows
            for k, leaf in enumerate(statement.leaves):
                self.sql[leaf] = statement.shown
                found[leaf] = {(row[0], row[1]): (row[2 + 2 * k], row[3 + 2 * k]) for row in rows}
        return found

    def _refusable(self, statement: Statement) -> list[tuple] | Refused:
        """The rows of a user's own definition, or what refused them, so that a slow one is not tried again and again."""
        try:
            rows = rows_within(self.workspace, statement.sql, statement.params, OWN_SECONDS)
        except Refused as refused:
            return refused
        return [tuple(None if isinstance(x, float) and not isfinite(x) else x for x in row) for row in rows]

    def groups(self, computation: Computation) -> list[str | None]:
        """The groups that occur, in alphabetical order; [None] without a split."""
        if not self.split:
            return [None]
        found = {
            g
            for leaf in self.leaves(computation)
            if not leaf.total
            for (_, g), (value, n) in self.cells[leaf].items()
            if n or (value is None and is_additive(leaf.measure))
        }
        return sorted(found, key=lambda g: g or "")

    def unvalued(self, computation: Computation, rows: Sequence[Row]) -> int:
        """How many of `rows` are not defined because the rows behind a sum are there and all lack the value."""
        places = {period: i for i, period in enumerate(self.periods)}
        sums = [leaf for leaf in self.leaves(computation) if leaf in self.cells and is_additive(leaf.measure)]
        undefined = [(places[row.period], row.group) for row in rows if row.value is None]
        return sum(any(self._cell(leaf, *place)[0] is None for leaf in sums) for place in undefined)

    def value(self, computation: Computation, i: int, group: str | None) -> float | None:
        """The value of `computation` in period i and group."""
        return self._formula(formula_of(computation), dict(computation.parts), i, group, ())

    def named(self, computation: Computation, name: str, i: int, group: str | None) -> Cell:
        """Value and n of one name of the formula: numerator, denominator or a part."""
        part, owner = self._part(name, dict(computation.parts))
        if isinstance(part, Measure):
            return self._cell(self._leaf(part, ()), i, group)
        if part is None:
            return None, 0
        value = self._formula(part, owner, i, group, ())
        first = next(iter(part.leaves(self.settings)), None)
        inner, _ = self._part(first[0], owner) if first else (None, {})
        n = self._cell(self._leaf(inner, first[1]), i, group)[1] if first and isinstance(inner, Measure) else 0
        return value, n

    def _formula(
        self, formula: Formula, parts: dict[str, Measure], i: int, group: str | None, shifts: tuple
    ) -> float | None:
        def lookup(name: str, inner: tuple) -> float | None:
            part, owner = self._part(name, parts)
            if isinstance(part, Measure):
                return self._cell(self._leaf(part, (*shifts, *inner)), i, group)[0]
            if part is None:
                return None
            return self._formula(part, owner, i, group, (*shifts, *inner))

        period = self._periods(shifts)[i]
        return formula.evaluate(lookup, float(self._known_days(period)), self.settings)

    def _known_days(self, period: Period) -> int:
        """The days of the period; of a running one those up to the end of the data, as its events reach no further."""
        now = self.frame.now
        return (now - period.since).days if period.since < now < period.until else period.days

    def _leaf(self, measure: Measure, shifts: tuple) -> Leaf:
        key = measure, shifts
        if key not in self._leaves:
            self._leaves[key] = Leaf(measure, self._periods(shifts), ("total",) in shifts)
        return self._leaves[key]

    def _cell(self, leaf: Leaf, i: int, group: str | None) -> Cell:
        found = self.cells[leaf].get((i, None if leaf.total else group))
        if found is not None:
            return found
        return (0.0, 0) if is_additive(leaf.measure) else (None, 0)

    def _part(self, name: str, parts: dict[str, Measure]) -> tuple[Measure | Formula | None, dict[str, Measure]]:
        """What `name` stands for and the parts that its own names refer to."""
        part = parts.get(name) or measures().get(name)
        if isinstance(part, Measure):
            return part, parts
        if isinstance(part, str):
            return parse_formula(part, ("measures.toml", name)), {}
        if name in kpis_of(self.workspace):
            computation = self.choose(name)
            if computation is None or computation.function:
                return None, {}
            return formula_of(computation), dict(computation.parts)
        return None, {}

    def _periods(self, shifts: tuple) -> tuple[Period, ...]:
        if shifts not in self._shifted:
            periods = self.periods
            for shift in shifts:
                periods = tuple(self.frame.shifted(p, shift) for p in periods)
            self._shifted[shifts] = periods
        return self._shifted[shifts]


def _added(cells: Cells, parts: Parts) -> Cells:
    """The cells of periods from those of their parts: the known ones add up; where rows are there and none has a value,
    the period has none either, though other parts are 0 for want of rows."""
    found: Cells = {}
    groups = {group for _, group in cells}
    for i, part in enumerate(parts):
        for group in groups:
            held = [cell for k in part if (cell := cells.get((k, group)))]
            n, known = sum(n for _, n in held), [value for value, _ in held if value is not None]
            if held:
                found[i, group] = (fsum(known) if n or len(known) == len(held) else None), n
    return found


def formula_of(computation: Computation) -> Formula:
    return parse_formula(computation.formula, ("kpi", computation.formula))


def replace_split(evaluation: Evaluation, split: str) -> Evaluation:
    """The same question, split by `split`."""
    e = evaluation
    return Evaluation(e.workspace, e.frame, e.periods, split, e.filters, e.choose)
