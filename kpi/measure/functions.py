"""KPIs that a function of kpi/analysis computes: what it is given, what it may ask, how it is compared."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi.analysis.context import Answer, Context, Filters
from kpi.analysis.notes import Note
from kpi.catalogue import choose, needs_of
from kpi.catalogue.needs import ENTERED
from kpi.core import Computation, Kpi, Measure, Period, Row
from kpi.measure.evaluate import Evaluation
from kpi.model import tables
from kpi.workspace.own_kpis import kpi_of

# How an expression is answered: (kpi, computation, evaluation, the evaluation of the periods before or None).
Asked = Callable[[Kpi, Computation, Evaluation, Evaluation | None], list[Row]]


def by_function(
    kpi: Kpi, computation: Computation, evaluation: Evaluation, earlier: Evaluation | None, asked: Asked
) -> tuple[list[Row], str, list[Note]]:
    """The rows of a KPI with a function, the SQL behind them, and what must be said with them."""
    module, _, name = computation.function.partition(".")
    function = getattr(importlib.import_module(f"kpi.analysis.{module}"), name)
    here = context_of(kpi, evaluation, asked)
    rows = function(here)
    if earlier:
        before = {(r.period, r.group): r.value for r in function(context_of(kpi, earlier, asked))}
        shifted = dict(zip(evaluation.periods, earlier.periods, strict=True))
        rows = [replace(r, compared=before.get((shifted[r.period], r.group))) for r in rows]
    return rows, ";\n\n".join(here.sql), here.notes


def context_of(kpi: Kpi, evaluation: Evaluation, asked: Asked) -> Context:
    """The question of `evaluation` as a function takes it, with the door through which it asks for other KPIs."""
    workspace, frame = evaluation.workspace, evaluation.frame

    def chosen(id_: str) -> Computation | None:
        return choose(kpi_of(workspace, id_), workspace.columns())[0]

    def ask(id_: str, periods: Sequence[Period], split: str | None, filters: Filters) -> Answer:
        computation = chosen(id_)
        if computation is None or not periods:
            return [], ""
        other = Evaluation(workspace, frame, tuple(periods), split, filters, chosen)
        if computation.function:
            return by_function(kpi_of(workspace, id_), computation, other, None, asked)[:2]
        rows = asked(kpi_of(workspace, id_), computation, other, None)
        return rows, ";\n\n".join(dict.fromkeys(other.sql.values()))

    e = evaluation
    return Context(workspace, kpi, e.periods, frame.by, frame.now, e.split, e.filters, e.settings, ask)


def dates_of(kpi: Kpi, computation: Computation | None = None) -> list[Measure]:
    """The date columns among the needs of a KPI with a function: they set its default period. Dates ahead do not.

    computation: the one in force; entered values count by no date column, see kpi.analysis.entered.span.
    """
    if computation is ENTERED:
        return []
    found = []
    for computation in kpi.computations:
        for path in sorted(needs_of(kpi, computation).columns):
            table, column = path.split(".")
            field = tables()[table].fields.get(column) if table in tables() else None
            if field and field.type == "time" and not field.planned:
                found.append(Measure(table, "count(*)", column, all_rows=True))
    return found
