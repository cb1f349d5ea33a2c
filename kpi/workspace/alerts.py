"""The events that were noticed, which of them were told, and which a person has acknowledged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kpi.workspace.door import door_check
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Noticed:
    """One event. last: first day of the latest period in which it held; told_at: by the command line; seen_at: when
    somebody acknowledged it."""

    id: str
    kpi: str
    last: date
    noticed_at: datetime
    told_at: datetime | None = None
    seen_at: datetime | None = None


_SQL = "select event_id, kpi_id, last, noticed_at, told_at, seen_at from state.alerts"


def noticed(workspace: Workspace) -> dict[str, Noticed]:
    """Every event noticed so far, by its id."""
    return {row[0]: Noticed(*row) for row in workspace.rows(_SQL)}


def noticed_within(cur: Cursor) -> dict[str, Noticed]:
    """The same inside a write, where nobody else can change it."""
    return {row[0]: Noticed(*row) for row in cur.execute(_SQL).fetchall()}


def note(cur: Cursor, events: Iterable[tuple[str, str, date]]) -> None:
    """Notes (id, KPI, latest period) of events, new or longer than they were."""
    held = noticed_within(cur)
    for id_, kpi, last in events:
        if id_ not in held:
            sql = "insert into state.alerts (event_id, kpi_id, last, noticed_at) values (?, ?, ?, ?)"
            cur.execute(sql, [id_, kpi, last, datetime.now()]).fetchall()
        elif last != held[id_].last:
            cur.execute("update state.alerts set last = ? where event_id = ?", [last, id_]).fetchall()


def mark_told(cur: Cursor, ids: Iterable[str]) -> None:
    """Marks events as told."""
    for id_ in ids:
        cur.execute("update state.alerts set told_at = ? where event_id = ?", [datetime.now(), id_]).fetchall()


def acknowledge(workspace: Workspace, ids: Iterable[str], seen: bool = True) -> None:
    """Marks noticed events as seen by a person, or (seen=False) as not; ids that are not known are left out."""
    door_check(workspace, "editor")
    with workspace.jot() as cur:
        for id_ in ids:
            values = [datetime.now() if seen else None, id_]
            cur.execute("update state.alerts set seen_at = ? where event_id = ?", values).fetchall()
