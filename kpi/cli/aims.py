"""How a target stands, as JSON: the same keys wherever a command tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpi.workspace import Workspace

if TYPE_CHECKING:
    from kpi.measure.aims import Aim


def as_data(found: Aim) -> dict[str, Any]:
    """A target with how it stands, as JSON: progress and elapsed are shares, chance is None where nothing is foretold."""
    target, done, ahead = found.target, found.progress, found.outlook
    expected = ahead.expected if ahead else None
    return {
        "id": target.id,
        "kpi": target.kpi,
        "goal": target.goal,
        "scope": target.scope,
        "scope_id": target.scope_id,
        "since": target.since,
        "until": target.until,
        "baseline": target.baseline,
        "target": target.value,
        "low": target.low,
        "high": target.high,
        "pace": target.pace,
        "rollup": target.rollup or None,
        "source": target.source,
        "set_at": target.set_at,
        "withdrawn_at": target.withdrawn_at,
        "replaced_by": target.replaced_by,
        "actual": done.actual if done else None,
        "progress": done.done if done else None,
        "elapsed": done.gone if done else None,
        "due": done.expected if done else None,
        "state": found.state,
        "chance": ahead.chance if ahead else None,
        "expected": expected[0] if expected else None,
        "expected_low": expected[1] if expected else None,
        "expected_high": expected[2] if expected else None,
        "method": ahead.outlook.method if ahead and ahead.outlook else None,
        "needed_at_least": ahead.at_least if ahead and not ahead.decided else None,
        "needed_at_most": ahead.at_most if ahead and not ahead.decided else None,
        "recent": ahead.recent if ahead else None,
        "periods_left": ahead.left if ahead else None,
    }


def standing_of(
    workspace: Workspace, kpi_id: str, goal: str | None = None, filters: tuple = ()
) -> dict[str, Any] | None:
    """The target of a KPI that runs today, of those that the filters speak of; None without one."""
    from kpi.measure.aims import running_aim

    found = running_aim(workspace, kpi_id, goal, filters)
    return as_data(found) if found else None
