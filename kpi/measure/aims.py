"""Every target of a workspace with how it stands, each judged on the rows of those whose target it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpi.analysis.history import History
from kpi.analysis.outlook import TargetOutlook
from kpi.analysis.progress import Progress, State, Target, every_target, target_for, targets_of
from kpi.analysis.rollup import RollUp, roll_up, rule_of
from kpi.analysis.scopes import DIMENSIONS, WHOLE, Filters, scope_filter, scope_of
from kpi.core import Kpi, Query
from kpi.measure.board import ask_so_far, so_far
from kpi.measure.history import histories
from kpi.measure.outlook import judged
from kpi.measure.run import adds_up, run
from kpi.measure.scopes import members
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Aim:
    """A target and how it stands; progress and outlook None where it is not judged (withdrawn, not begun, for each of
    them, or of a KPI that is not known any more)."""

    target: Target
    progress: Progress | None = None
    outlook: TargetOutlook | None = None
    state: State | None = None


def aims(
    workspace: Workspace, kpi: str | None = None, history: bool = False, calendar: str = "", goal: str | None = None
) -> list[Aim]:
    """The targets in force (with `history` all), of one KPI or goal or of everything, each with how it stands today."""
    held = every_target(workspace) if history else targets_of(workspace)
    mine = [t for t in held if kpi in (None, t.kpi) and goal in (None, t.goal)]
    known = kpis_of(workspace)
    whole = [t for t in mine if t.scope == WHOLE and t.withdrawn_at is None and t.kpi in known]
    past = histories(workspace, tuple(dict.fromkeys(t.kpi for t in whole)), "month", calendar)  # one question for all
    now = (workspace.as_of() or date.today()) + timedelta(days=1)
    ask_so_far(workspace, ((t.kpi, t) for t in whole if adds_up(workspace, known[t.kpi])), now)
    return [aim(workspace, t, calendar, past.get(t.kpi) if t.scope == WHOLE else None) for t in mine]


def aim(workspace: Workspace, target: Target, calendar: str = "", past: History | None = None) -> Aim:
    """How one target stands. past: the KPI's months, where they are at hand."""
    known = kpis_of(workspace).get(target.kpi)
    now = (workspace.as_of() or date.today()) + timedelta(days=1)
    for_each = target.scope != WHOLE and target.scope_id is None
    if known is None or target.withdrawn_at is not None or target.since >= now or for_each:
        return Aim(target)
    filters = scope_filter(workspace, target.scope, target.scope_id)
    flow = adds_up(workspace, known)
    if past is None or not flow:
        end = target.until if target.until < now else None
        past = (
            past
            if past and end is None
            else histories(workspace, (known.id,), "month", calendar, filters, end)[known.id]
        )
    if flow:
        actual = so_far(workspace, known.id, target, now, filters)
    else:
        actual = next((v for v in reversed(past.series.values) if v is not None), None)
    found = judged(workspace, known, target, actual, flow, filters, calendar, past)
    return Aim(target, found.progress, found.outlook, found.state)


def running_aim(workspace: Workspace, kpi_id: str, goal: str | None = None, filters: Filters = ()) -> Aim | None:
    """How the target of today stands: of this goal where one is, of those that the filters speak of."""
    whose = scope_of(workspace, filters)
    held = target_for(targets_of(workspace), kpi_id, workspace.as_of() or date.today(), goal, whose)
    if held is None or whose is None:
        return None
    return aim(workspace, replace(held, scope_id=whose[1]))


def roll_ups(workspace: Workspace, kpi: Kpi, whole: Target | None) -> list[RollUp]:
    """Whether the targets of teams, people and segments make up that of the whole, kind by kind; those with any."""
    mine = [t for t in targets_of(workspace) if t.kpi == kpi.id and t.scope != WHOLE]
    found = []
    for scope in DIMENSIONS:
        if any(t.scope == scope for t in mine):
            held = _roll_up(workspace, kpi, whole, scope, mine)
            found += [held] if held else []
    return found


def _roll_up(workspace: Workspace, kpi: Kpi, whole: Target | None, scope: str, mine: Sequence[Target]) -> RollUp | None:
    weights = _weights(workspace, kpi, scope)
    rule = rule_of(whole, adds_up(workspace, kpi), weights is not None)
    return roll_up(scope, rule, whole, mine, list(members(workspace, scope)), weights)


def _weights(workspace: Workspace, kpi: Kpi, scope: str) -> dict[str, float] | None:
    """What stands below the line of a ratio for each member, over the last year; None where the KPI is no ratio of rows."""
    now = (workspace.as_of() or date.today()) + timedelta(days=1)
    rows = run(workspace, Query((kpi.id,), now - YEAR, now, split=DIMENSIONS[scope]))[kpi.id].rows
    found = {row.group: float(row.denominator) for row in rows if row.group and row.denominator}
    return found or None
