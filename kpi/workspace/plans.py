"""What is planned for a chosen goal: the strategy, a tactic for each function, and how often it is reviewed (F96, F87)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace

FUNCTIONS = ("marketing", "sales", "service")  # the functions that face the customer (F96, step 2)
CADENCES = ("week", "month", "quarter", "year")


@dataclass(frozen=True)
class Plan:
    """How a goal is to be reached. tactics: {function: what it does}; review_every: week, month, quarter, year or ""."""

    goal: str
    strategy: str = ""
    tactics: Mapping[str, str] = field(default_factory=dict)
    review_every: str = ""


def plans(workspace: Workspace) -> dict[str, Plan]:
    """The plans of the chosen goals, in the order of the goals; a goal without a plan has an empty one."""
    sql = (
        "select goal_id, strategy, function, tactic, review_every from state.goal_plans "
        "order by min(position) over (partition by goal_id), goal_id, chosen_at, function"
    )
    found: dict[str, Plan] = {}
    for goal, strategy, function, tactic, every in workspace.rows(sql):
        held = found.get(goal, Plan(goal))
        tactics = {**held.tactics, function: tactic} if function and tactic else held.tactics
        found[goal] = Plan(goal, held.strategy or strategy or "", tactics, held.review_every or every or "")
    return found


def save_plan(workspace: Workspace, plan: Plan) -> None:
    """Stores the plan of a chosen goal in place of the one it had.

    Refused("goal_not_chosen") for a goal that is not chosen, Refused("cadence_unknown"), Refused("function_unknown").
    """
    if plan.review_every and plan.review_every not in CADENCES:
        raise Refused("cadence_unknown", value=plan.review_every, known=", ".join(CADENCES))
    for function in plan.tactics:
        if function not in FUNCTIONS:
            raise Refused("function_unknown", value=function, known=", ".join(FUNCTIONS))
    with workspace.write() as cur:
        sql = "select min(position), min(chosen_at) from state.goal_plans where goal_id = ? having count(*) > 0"
        held = cur.execute(sql, [plan.goal]).fetchall()
        if not held:
            raise Refused("goal_not_chosen", goal=plan.goal)
        position, chosen_at = held[0]
        cur.execute("delete from state.goal_plans where goal_id = ?", [plan.goal]).fetchall()
        tactics = {name: text.strip() for name, text in plan.tactics.items() if text and text.strip()}
        columns = "goal_id, position, strategy, function, tactic, review_every, chosen_at"
        for function, tactic in tactics.items() or [(None, None)]:
            values = [plan.goal, position, plan.strategy.strip() or None, function, tactic]
            values += [plan.review_every or None, chosen_at or datetime.now()]
            cur.execute(f"insert into state.goal_plans ({columns}) values (?, ?, ?, ?, ?, ?, ?)", values).fetchall()
