"""The one door to numbers: `Query` → SQL KPI or analysis function → `Result`, remembered per revision."""

from kpi.measure.proof import Proof, explain
from kpi.measure.run import available, chosen, run

__all__ = ["Proof", "available", "chosen", "explain", "run"]
