"""Reviews of goals: which are due, and the numbers of a goal as they stand today (F87)."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.measure.board import board
from kpi.measure.home import standings
from kpi.workspace.choices import selected_kpis
from kpi.workspace.plans import plans
from kpi.workspace.reviews import overdue
from kpi.workspace.workspace import Workspace


def due_reviews(workspace: Workspace, today: date) -> dict[str, int]:
    """The chosen goals whose review has fallen due, with the days since then, the longest overdue first."""
    late = overdue(workspace, plans(workspace).values(), today)
    return dict(sorted(late.items(), key=lambda each: -each[1]))


def snapshot(workspace: Workspace, goal: str, calendar: str = "") -> list[dict[str, Any]]:
    """The KPIs of a goal as they stand: [{kpi, value, target, done, state, chance, until}], the one that speaks for it first.

    value: of the last whole month; of a sum or count with a target what has added up since its start.
    """
    speaker = standings(workspace, [goal], "month", calendar)[0].item
    ids = [speaker.result.kpi.id] if speaker else []
    ids += [s.kpi for s in selected_kpis(workspace) if s.goal == goal and s.kpi not in ids]
    found = []
    for item in board(workspace, ids, [goal], "month", calendar):
        value = item.progress.actual if item.flow and item.progress else item.reading.value
        found.append(
            {
                "kpi": item.result.kpi.id,
                "value": value,
                "target": item.target.aim if item.target else None,
                "done": item.progress.done if item.progress else None,
                "state": item.state,
                "chance": item.outlook.chance if item.outlook else None,
                "until": item.target.until.isoformat() if item.target else None,
            }
        )
    return found
