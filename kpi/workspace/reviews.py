"""Reviews of goals: the numbers as they were, what was decided, and when the next one is due (F87)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kpi.workspace.plans import Plan
from kpi.workspace.workspace import Workspace

DAYS = {"week": 7, "month": 31, "quarter": 92, "year": 366}  # the longest that each can last


@dataclass(frozen=True)
class Review:
    """One review of a goal. snapshot: [{kpi, value, target, state}] as it was on that day."""

    goal: str
    reviewed_at: datetime
    decisions: str = ""
    strategy_note: str = ""
    snapshot: Sequence[dict[str, Any]] = ()


def reviews(workspace: Workspace, goal: str | None = None) -> list[Review]:
    """The reviews of a goal, or of all, the newest first."""
    sql = (
        "select goal_id, reviewed_at, coalesce(decisions, ''), coalesce(strategy_note, ''), snapshot "
        "from state.goal_reviews where ? is null or goal_id = ? order by reviewed_at desc, goal_id"
    )
    return [
        Review(id_, at, decisions, note, tuple(json.loads(content or "[]")))
        for id_, at, decisions, note, content in workspace.rows(sql, [goal, goal])
    ]


def add_review(workspace: Workspace, review: Review) -> None:
    """Stores a review; nothing is ever overwritten."""
    columns = "goal_id, reviewed_at, decisions, strategy_note, snapshot"
    values = [
        review.goal,
        review.reviewed_at,
        review.decisions.strip() or None,
        review.strategy_note.strip() or None,
        json.dumps(list(review.snapshot), ensure_ascii=False, default=str),
    ]
    with workspace.write() as cur:
        cur.execute(f"insert into state.goal_reviews ({columns}) values (?, ?, ?, ?, ?)", values).fetchall()


def next_review(plan: Plan, last: date | None, planned: date | None) -> date | None:
    """The day by which the goal of `plan` is to be looked at again; None where no cadence is set.

    last: the day of the latest review, planned: the day the goal was chosen, from which the first one counts.
    """
    start = last or planned
    if not plan.review_every or start is None:
        return None
    return start + timedelta(days=DAYS[plan.review_every])


def due(workspace: Workspace, plan: Plan, today: date) -> int | None:
    """Days since the review of this goal fell due; None where it is not due (yet)."""
    return overdue(workspace, [plan], today).get(plan.goal)


def overdue(workspace: Workspace, plans: Iterable[Plan], today: date) -> dict[str, int]:
    """Days since the review of each goal fell due; without those that are not due."""
    last = dict(workspace.rows("select goal_id, max(reviewed_at)::date from state.goal_reviews group by 1"))
    first = dict(workspace.rows("select goal_id, min(chosen_at)::date from state.goal_plans group by 1"))
    days = {plan.goal: next_review(plan, last.get(plan.goal), first.get(plan.goal)) for plan in plans}
    return {goal: (today - day).days for goal, day in days.items() if day is not None and today > day}
