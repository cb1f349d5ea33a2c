"""The answers of single KPIs over given days, shared by everything that asks for them: boards, Home, targets, alerts."""

from __future__ import annotations

from dataclasses import replace

from kpi.core import KpiResult, Query
from kpi.measure.run import run


def results(workspace, query: Query) -> dict[str, KpiResult]:
    """What `run` answers to a query that names its days, by KPI; only what nobody has asked before is asked, together.

    Values, notes and warnings of a KPI do not depend on its neighbours. The SQL does: it is that of whichever
    question brought the answer, so what shows SQL asks `run`.
    """
    if query.since is None or query.until is None:
        raise ValueError("without its days a query means the days of all its KPIs together")
    key = ("results", replace(query, kpis=()), workspace.as_of())
    held: dict[str, KpiResult] = workspace.memo(key, dict)
    todo = tuple(id_ for id_ in query.kpis if id_ not in held)
    if todo:
        held.update({each.kpi.id: each for each in run(workspace, replace(query, kpis=todo)).results})
    return {id_: held[id_] for id_ in query.kpis}
