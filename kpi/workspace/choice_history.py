"""Choices taken back: what goals, plans and KPIs were chosen before each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kpi.errors import Refused
from kpi.workspace.storage import Cursor, state_tables
from kpi.workspace.workspace import Workspace

TABLES = ("goal_plans", "kpi_selections")
MOST = 50  # changes that can be taken back


@dataclass(frozen=True)
class Change:
    """A change of what is chosen. what: goals or kpis; before, after: how many were chosen."""

    what: str
    changed_at: datetime
    before: int
    after: int


@contextmanager
def remembered(cur: Cursor, what: str) -> Iterator[None]:
    """Whatever the block changes of the choices can be taken back; a block that changes nothing leaves no trace."""
    before = {table: _rows(cur, table) for table in TABLES}
    yield
    if all(_undated(before[table]) == _undated(_rows(cur, table)) for table in TABLES):
        return
    values = [datetime.now(), what, *(json.dumps(before[table], ensure_ascii=False, default=str) for table in TABLES)]
    sql = f"insert into state.choice_history (changed_at, what, {', '.join(TABLES)}) values (?, ?, ?, ?)"
    cur.execute(sql, values).fetchall()
    old = (
        "delete from state.choice_history where changed_at not in "
        "(select changed_at from state.choice_history order by changed_at desc limit ?)"
    )
    cur.execute(old, [MOST]).fetchall()


def last_change(workspace: Workspace) -> Change | None:
    """The change that `undo` would take back; None where there is none."""
    sql = (
        "select what, changed_at, goal_plans, kpi_selections from state.choice_history order by changed_at desc limit 1"
    )
    rows = workspace.rows(sql)
    if not rows:
        return None
    what, at, plans, selections = rows[0]
    table, key, held = ("goal_plans", "goal_id", plans) if what == "goals" else ("kpi_selections", "kpi_id", selections)
    now = workspace.rows(f"select count(distinct {key}) from state.{table}")[0][0]
    return Change(what, at, len({row[key] for row in json.loads(held)}), now)


def undo(workspace: Workspace) -> Change:
    """Takes the last change of goals or KPIs back. Refused("nothing_to_undo") where there is none."""
    taken = last_change(workspace)
    if taken is None:
        raise Refused("nothing_to_undo")
    with workspace.write() as cur:
        kept = cur.execute(
            f"select {', '.join(TABLES)} from state.choice_history where changed_at = ?", [taken.changed_at]
        ).fetchall()[0]
        for table, content in zip(TABLES, kept, strict=True):
            cur.execute(f"delete from state.{table}").fetchall()
            for row in json.loads(content):
                marks = ", ".join("?" * len(row))
                sql = f"insert into state.{table} ({', '.join(row)}) values ({marks})"
                cur.execute(sql, list(row.values())).fetchall()
        cur.execute("delete from state.choice_history where changed_at = ?", [taken.changed_at]).fetchall()
    return taken


def _rows(cur: Cursor, table: str) -> list[dict[str, Any]]:
    columns = list(state_tables()[table])
    found = cur.execute(f"select {', '.join(columns)} from state.{table} order by all").fetchall()
    return [dict(zip(columns, map(_plain, row), strict=True)) for row in found]


def _undated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without the moment they were written: the same choice made again is no change."""
    return [{name: value for name, value in row.items() if name != "selected_at"} for row in rows]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
