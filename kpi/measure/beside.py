"""The numbers that stand beside a KPI: asked with it, shown apart, never mixed in."""

from __future__ import annotations

from dataclasses import replace

from kpi.catalogue import needs_of
from kpi.core import Beside, Kpi, Row
from kpi.measure.evaluate import Evaluation


def available(workspace, kpi: Kpi) -> list[Beside]:
    """The numbers beside `kpi` whose columns are loaded."""
    present = workspace.columns()
    return [b for b in kpi.beside if not needs_of(kpi, b.computation).missing(present)]


def with_beside(kpi: Kpi, rows: list[Row], evaluation: Evaluation) -> list[Row]:
    """`rows` with the values beside them; left out where its columns are not loaded."""
    shown = available(evaluation.workspace, kpi)
    if not shown or not rows:
        return rows
    evaluation.ask([leaf for b in shown for leaf in evaluation.leaves(b.computation)])
    places = {period: i for i, period in enumerate(evaluation.periods)}
    return [
        replace(
            row, beside=tuple((b.id, evaluation.value(b.computation, places[row.period], row.group)) for b in shown)
        )
        for row in rows
    ]
