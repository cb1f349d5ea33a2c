"""More and shorter calls at the expense of what they are for (F10): the series it is read from, and its events."""

from __future__ import annotations

from dataclasses import replace

from kpi.analysis.alerts import Event
from kpi.analysis.series import SEASONS, Series, together
from kpi.analysis.short_calls import LENGTH, VOLUME, ends_of, last_ends, short_calls
from kpi.core import NOT_RECORDED, Query
from kpi.measure.history import histories
from kpi.measure.run import available, run
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace

OPERATOR = "employee_id"
BY = "month"


def short_call_events(workspace: Workspace) -> list[Event]:
    """The warnings of the last twelve months, one per endangered outcome; none without calls, their length and an
    outcome that can be computed."""
    known = kpis_of(workspace)
    if not all(available(workspace, known[id_]) for id_ in (VOLUME, LENGTH)):
        return []
    guarded = [id_ for id_ in known[VOLUME].guardrails if id_ in known and available(workspace, known[id_])]
    asked = histories(workspace, [VOLUME, LENGTH], BY)
    volume, length = together([asked[VOLUME].series, asked[LENGTH].series])
    ends = ends_of(length, "down", SEASONS[BY], last_ends(len(length.periods)))
    if not guarded or not ends:  # the outcomes take longest: they are asked only where calls grew shorter and more
        return []
    volume = per_operator(workspace, volume)
    if not ends_of(volume, "up", SEASONS[BY], ends):
        return []
    suffering = [each.series for each in histories(workspace, guarded, BY).values()]
    volume, length, *suffering = together([volume, length, *suffering])
    return short_calls(volume, length, suffering, SEASONS[BY])


def per_operator(workspace: Workspace, calls: Series) -> Series:
    """Calls divided by the people who answered any in the period; the calls alone where nobody recorded who."""
    if not calls.periods:
        return calls
    since, until = calls.periods[0].since, calls.periods[-1].until
    rows = run(workspace, Query((VOLUME,), since, until, BY, split=OPERATOR))[VOLUME].rows
    people: dict[object, int] = {}
    for row in rows:
        if row.n and row.group != NOT_RECORDED:
            people[row.period] = people.get(row.period, 0) + 1
    if not people:
        return calls
    shared = (
        None if value is None or not people.get(period) else value / people[period]
        for period, value in zip(calls.periods, calls.values, strict=True)
    )
    return replace(calls, kpi=replace(calls.kpi, unit="ratio"), values=tuple(shared))
