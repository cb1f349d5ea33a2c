"""The past of several KPIs at once: one question to the data, read by `kpi.analysis.history`.

The one source of what is usual and of signals: board, page of one KPI and alerts see the same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpi.analysis.history import History, history
from kpi.core import KpiResult, Query
from kpi.measure.frame import frame_of, recent
from kpi.measure.shared import results
from kpi.workspace.limits import bases
from kpi.workspace.workspace import Workspace

BACK = {"day": 400, "week": 160, "month": 120, "quarter": 40, "year": 30}  # whole periods looked back


@dataclass(frozen=True)
class Past:
    """What was asked and its history; nothing to read where the KPI cannot be computed so."""

    result: KpiResult
    history: History


def pasts(
    workspace: Workspace,
    kpis: Sequence[str],
    by: str = "month",
    calendar: str = "",
    filters: tuple[tuple[str, str], ...] = (),
    until: date | None = None,
) -> dict[str, Past]:
    """The past of every KPI, over the same whole periods; until: nothing from this day on. Remembered."""
    if not kpis:
        return {}
    calendar = frame_of(workspace, Query((), by=by, calendar=calendar)).calendar  # by its name, to be found again
    since, end = recent(workspace, by, calendar, BACK[by], until, running=False, known=True)
    query = Query(tuple(kpis), since, end, by, calendar, filters=filters)
    kept = bases(workspace)

    def make(each: KpiResult) -> History:
        key = ("history", replace(query, kpis=(each.kpi.id,)), kept.get(each.kpi.id))
        return workspace.memo(key, lambda: history(each.kpi, each.rows, by, kept.get(each.kpi.id)))

    return {id_: Past(each, make(each)) for id_, each in results(workspace, query).items()}


def histories(
    workspace: Workspace,
    kpis: Sequence[str],
    by: str = "month",
    calendar: str = "",
    filters: tuple[tuple[str, str], ...] = (),
    until: date | None = None,
) -> dict[str, History]:
    """The histories alone, see `pasts`."""
    return {id_: past.history for id_, past in pasts(workspace, kpis, by, calendar, filters, until).items()}
