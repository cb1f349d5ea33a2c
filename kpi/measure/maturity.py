"""How long a cohort needs until most of what it is followed for has happened."""

from __future__ import annotations

from kpi.compile import parse_condition, scope
from kpi.compile.batch import fact_ctes
from kpi.core import Computation, Kpi
from kpi.measure.evaluate import Evaluation


def maturity(kpi: Kpi, computation: Computation, evaluation: Evaluation) -> float:
    """Days after which nine of ten outcomes of a cohort have come: the 90th percentile of those seen so far."""
    if not kpi.matures or not computation.parts:
        return 0.0
    table = computation.parts[0][1].table
    lag = parse_condition(kpi.matures, scope(table), (kpi.file, f"{kpi.id}.matures"), evaluation.settings)
    ctes = fact_ctes(table, evaluation.frame.now, evaluation.settings)
    head = f"with {', '.join(ctes)} " if ctes else ""
    value = lag.sql()
    sql = f"{head}select quantile_cont({value}, 0.9) filter (where {value} >= 0) from {table} f {' '.join(lag.joins)}"
    return evaluation.workspace.memo(("sql", sql), lambda: evaluation.workspace.rows(sql))[0][0] or 0.0
