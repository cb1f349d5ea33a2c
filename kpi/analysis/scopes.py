"""Whose target it is: the company's, a team's, a person's. The dimension that tells them apart, and who there is."""

from __future__ import annotations

from typing import Any

from kpi.analysis.targets import SCOPES

WHOLE = "all"


def members(workspace: Any, scope: str) -> dict[str, str]:
    """id → name of those who can have a target of their own in `scope`; nobody for the whole company."""
    if scope == "team":
        sql = "select distinct team, team from employees where team is not null order by 1"
    elif scope == "employee":
        sql = "select employee_id, coalesce(name, employee_id) from employees where left_at is null order by 2"
    else:
        return {}
    return dict(workspace.memo(("members", scope), lambda: workspace.rows(sql)))


def scope_filter(scope: str, member: str | None) -> tuple[tuple[str, str], ...]:
    """The filter of a query that speaks of that scope alone; empty for the whole company."""
    return ((SCOPES[scope], member),) if scope in SCOPES and member else ()
