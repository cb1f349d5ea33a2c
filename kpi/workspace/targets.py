"""Targets as they are stored: set, replaced, removed and brought back. Nothing is lost: what no longer holds stays as history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace

_COLUMNS = (
    "target_id, kpi_id, goal_id, scope, scope_id, since, until, baseline_value, target_value, target_low, "
    "target_high, pace, rollup, source, set_at"
)


def set_target(workspace: Workspace, target: Any, instead: int | None = None) -> int:
    """Stores a target (`kpi.analysis.progress.Target`) and gives its id.

    One of the same KPI, goal, scope and start is replaced by it, and so is `instead` (the target that was edited);
    both stay as history.
    """
    t = target
    same = (
        "select target_id from state.targets where withdrawn_at is null and (target_id = ? or (kpi_id = ? and goal_id is "
        "not distinct from ? and coalesce(scope, 'all') = ? and scope_id is not distinct from ? and since = ?))"
    )
    now = datetime.now()
    with workspace.write() as cur:
        held = cur.execute(same, [instead, t.kpi, t.goal, t.scope, t.scope_id, t.since]).fetchall()
        id_ = cur.execute("select coalesce(max(target_id), 0) + 1 from state.targets").fetchall()[0][0]
        for (old,) in held:
            sql = "update state.targets set withdrawn_at = ?, replaced_by = ? where target_id = ?"
            cur.execute(sql, [now, id_, old]).fetchall()
        values = [
            id_, t.kpi, t.goal, t.scope, t.scope_id, t.since, t.until, t.baseline, t.value, t.low, t.high, t.pace,
            t.rollup or None, t.source or None, now,
        ]  # fmt: skip
        marks = ", ".join("?" * len(values))
        cur.execute(f"insert into state.targets ({_COLUMNS}) values ({marks})", values).fetchall()
    return id_


def remove_target(workspace: Workspace, id_: int) -> None:
    """Takes a target out of force. Refused("target_gone") where none of that id holds."""
    with workspace.write() as cur:
        _check(cur, id_)
        sql = "update state.targets set withdrawn_at = ?, replaced_by = null where target_id = ?"
        cur.execute(sql, [datetime.now(), id_]).fetchall()


def undo_target(workspace: Workspace, id_: int) -> None:
    """Takes back what was done last to the target `id_`: a removed one holds again; of one that replaced others, these."""
    with workspace.write() as cur:
        sql = "select withdrawn_at is not null, replaced_by from state.targets where target_id = ?"
        found = cur.execute(sql, [id_]).fetchall()
        if not found or (found[0][0] and found[0][1] is not None):
            raise Refused("target_gone", id=id_)
        again = "update state.targets set withdrawn_at = null, replaced_by = null where "
        if found[0][0]:
            cur.execute(f"{again} target_id = ?", [id_]).fetchall()
            return
        cur.execute(f"{again} replaced_by = ?", [id_]).fetchall()
        sql = "update state.targets set withdrawn_at = ?, replaced_by = null where target_id = ?"
        cur.execute(sql, [datetime.now(), id_]).fetchall()


def _check(cur: Any, id_: int) -> None:
    sql = "select 1 from state.targets where target_id = ? and withdrawn_at is null"
    if not cur.execute(sql, [id_]).fetchall():
        raise Refused("target_gone", id=id_)
