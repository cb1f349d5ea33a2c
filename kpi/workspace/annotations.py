"""What happened: notes on a day, actions as they began, imports; shown along a KPI's trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace

FEW = 3  # files named of those loaded on one day


@dataclass(frozen=True)
class Event:
    """kind: note, action, import. id: of a note, so that it can be deleted."""

    day: date
    kind: str
    text: str
    author: str = ""
    id: int | None = None


def events(workspace: Workspace, kpi: str, since: date, until: date) -> list[Event]:
    """What happened since <= day < until and concerns `kpi` (or everything), in order of time."""
    notes = workspace.rows(
        "select day, note, coalesce(author, ''), annotation_id from state.annotations "
        "where (kpi_id = ? or kpi_id is null) and day >= ? and day < ? order by day, annotation_id",
        [kpi, since, until],
    )
    actions = workspace.rows(
        "select started_at, action, coalesce(owner, '') from state.action_log "
        "where kpi_id = ? and started_at >= ? and started_at < ? and action is not null order by started_at",
        [kpi, since, until],
    )
    found = [Event(day, "note", text, author, id_) for day, text, author, id_ in notes]
    found += [Event(at.date(), "action", text, owner) for at, text, owner in actions]
    found += _imports(workspace, since, until)
    return sorted(found, key=lambda event: (event.day, event.kind))


def _imports(workspace: Workspace, since: date, until: date) -> Sequence[Event]:
    sql = (
        "select imported_at::date, file from state.imports "
        "where undone_at is null and imported_at >= ? and imported_at < ? order by id"
    )
    days: dict[date, list[str]] = {}
    for day, file in workspace.rows(sql, [since, until]):
        days.setdefault(day, []).append(file)
    return [Event(day, "import", _listed(list(dict.fromkeys(files)))) for day, files in days.items()]


def _listed(files: list[str]) -> str:
    """The first files by name, the others by number."""
    more = f" + {len(files) - FEW}" if len(files) > FEW else ""
    return ", ".join(files[:FEW]) + more


def annotate(workspace: Workspace, day: date, note: str, kpi: str | None = None, author: str = "") -> None:
    """Notes what happened on a day, for one KPI or (None) for all. Refused("note_empty") without a word."""
    text = " ".join(note.split())
    if not text:
        raise Refused("note_empty")
    with workspace.write() as cur:
        next_id = cur.execute("select coalesce(max(annotation_id), 0) + 1 from state.annotations").fetchall()[0][0]
        columns = "annotation_id, day, kpi_id, note, author, created_at"
        values = [next_id, day, kpi, text, author.strip() or None, datetime.now()]
        cur.execute(f"insert into state.annotations ({columns}) values (?, ?, ?, ?, ?, ?)", values).fetchall()


def forget_note(workspace: Workspace, id_: int) -> None:
    """Deletes a note; nothing happens where it is gone."""
    with workspace.write() as cur:
        cur.execute("delete from state.annotations where annotation_id = ?", [id_]).fetchall()
