"""The one door to numbers: `Query` → SQL KPI or analysis function → `Result`, remembered per revision."""

from kpi.measure.board import Finding, Item, board, finding
from kpi.measure.frame import recent
from kpi.measure.proof import Proof, explain
from kpi.measure.run import available, chosen, question, run

__all__ = [
    "Finding",
    "Item",
    "Proof",
    "available",
    "board",
    "chosen",
    "explain",
    "finding",
    "question",
    "recent",
    "run",
]
