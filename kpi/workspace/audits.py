"""Audits as they were answered: the first one is the baseline that later ones are compared with (F77)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kpi.workspace.workspace import Workspace

Row = tuple[str, bool, bool, bool]  # KPI, measured, data, target


def save_audit(workspace: Workspace, rows: Iterable[Row], at: datetime | None = None) -> None:
    """Stores one audit beside the earlier ones."""
    now = at or datetime.now()
    with workspace.write() as cur:
        for row in rows:
            sql = "insert into state.audit_answers (audited_at, kpi_id, measured, data, target) values (?, ?, ?, ?, ?)"
            cur.execute(sql, [now, *row]).fetchall()


def audits(workspace: Workspace) -> dict[datetime, list[Row]]:
    """All audits, the oldest first."""
    found: dict[datetime, list[Row]] = {}
    sql = "select audited_at, kpi_id, measured, data, target from state.audit_answers order by audited_at, kpi_id"
    for at, *row in workspace.rows(sql):
        found.setdefault(at, []).append(tuple(row))
    return found
