"""The evidence on the KPIs of the chosen goals: their series fetched at once, read by `kpi.analysis.evidence`."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.analysis.evidence import Candidate, Evidence, evidence, ranked
from kpi.analysis.evidence_rules import rules
from kpi.analysis.matching import Match
from kpi.analysis.series import SEASONS, Series, series_of
from kpi.core import Query
from kpi.measure.frame import recent
from kpi.measure.run import run
from kpi.workspace.own_kpis import kpi_of
from kpi.workspace.workspace import Workspace

MOST = 120  # months looked back


def series(workspace: Workspace, kpis: Sequence[str], by: str = "month", calendar: str = "") -> dict[str, Series]:
    """The series of whole periods of several KPIs, all over the same periods; {} without data."""
    since, until = recent(workspace, by, calendar, MOST)
    results = run(workspace, Query(tuple(kpis), since, until, by, calendar)).results
    return {each.kpi.id: series_of(each.kpi, each.rows) for each in results}


def evidence_on(
    workspace: Workspace,
    matches: Sequence[Match],
    speaker: str | None,
    chosen: Sequence[str] = (),
    by: str = "month",
    calendar: str = "",
) -> list[Evidence]:
    """The evidence on every match, best first as the rules order it.

    speaker: the KPI that speaks for the goal, None where none can be computed; chosen: the KPIs of the board.
    """

    def make() -> list[Evidence]:
        ready = [m.kpi.id for m in matches if m.computable]
        known = [id_ for id_ in chosen if kpi_of(workspace, id_)]
        spoken = [speaker] if speaker else []
        wanted = list(dict.fromkeys([*ready, *spoken, *known]))
        held = series(workspace, wanted, by, calendar) if wanted else {}
        periods = max((each.periods for each in held.values()), key=len, default=())
        candidates = [
            Candidate(held.get(m.kpi.id) or Series(m.kpi, periods, (None,) * len(periods)), m.role, m.computable)
            for m in matches
        ]
        goal = held.get(speaker or "")
        told = evidence(candidates, goal, [held[id_] for id_ in known if id_ in held], SEASONS[by], rules())
        return ranked(told)

    key = ("evidence", tuple(m.kpi.id for m in matches), speaker, tuple(chosen), by, calendar)
    return workspace.memo(key, make)
