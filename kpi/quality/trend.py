"""How good the data were after each import: a small measurement kept in the workspace.

No number depends on it, so it is written beside the revisions (`Workspace.jot`). Of tables with very many rows a sample
is looked at: the cost stays far below that of the import itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from kpi.quality.grade import grade_of
from kpi.quality.scan import Scan, scan, scans_of, sizes_of
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace

SAMPLE = 100_000  # rows of a table that are looked at


@dataclass(frozen=True)
class Measured:
    """One measurement. event: import, undo or none; import_id, file: which; score: 0 to 100; parts: shares; rows: all
    records; found: {finding: rows}, estimated where a sample was looked at."""

    at: datetime
    event: str
    import_id: int | None
    file: str | None
    score: float | None
    parts: dict[str, float]
    rows: int
    found: dict[str, int]


def measure(workspace: Workspace) -> bool:
    """Measures what is loaded now, unless that has been done; whether it was. Cheap: called after every import, undo
    and merge, and by the pages in case somebody else wrote."""
    before = workspace.ask(_log)
    if workspace.ask(_known):
        return False
    seen = _scans(workspace)
    grade = grade_of(workspace, seen)
    counts = {id_: n for each in seen.values() for id_, n in each.counts().items()}
    now = datetime.now().replace(microsecond=0)
    with workspace.jot() as cur:
        # what was loaded or taken back meanwhile is not what was looked at: the next call measures it
        if _known(cur) or _log(cur) != before:
            return False
        made, undone, number, event, file = before
        values = [
            workspace.revision, now, made, undone, event, number, file, grade.score, json.dumps(grade.parts),
            sum(each.rows for each in seen.values()), json.dumps(counts),
        ]  # fmt: skip
        marks = ", ".join("?" * len(values))
        cur.execute(
            "INSERT INTO state.quality_measures (revision, measured_at, imports, undone, event, import_id, file, score, "
            f'parts, "rows", found) VALUES ({marks})',
            values,
        ).fetchall()
    return True


def _scans(workspace: Workspace) -> dict[str, Scan]:
    sizes = workspace.ask(sizes_of)
    large = {name for name, n in sizes.rows.items() if n > SAMPLE}
    sampled = {name: workspace.ask(lambda cur, n=name: scan(cur, workspace, n, sizes, SAMPLE)) for name in large}
    return scans_of(workspace, [name for name in sizes.rows if name not in large]) | sampled


def history(workspace: Workspace) -> list[Measured]:
    """The measurements, oldest first."""
    rows = workspace.rows(
        'SELECT measured_at, event, import_id, file, score, parts, "rows", found FROM state.quality_measures '
        "ORDER BY measured_at, revision"
    )
    return [
        Measured(at, event, number, file, score, json.loads(parts), n, json.loads(found))
        for at, event, number, file, score, parts, n, found in rows
    ]


def _known(cur: Cursor) -> bool:
    """Whether the state that the imports and undos so far have led to has been measured, or nothing is there."""
    made, undone, *_ = _log(cur)
    if not made:
        return True
    sql = "SELECT 1 FROM state.quality_measures WHERE imports = ? AND undone = ?"
    return bool(cur.execute(sql, [made, undone]).fetchall())


def _log(cur: Cursor) -> tuple[int, int, int | None, str, str | None]:
    """(imports, of them undone, number of the last event, what it was, its file)"""
    made, undone = cur.execute("SELECT count(*), count(undone_at) FROM state.imports").fetchall()[0]
    last = cur.execute(
        "SELECT id, file, undone_at IS NOT NULL FROM state.imports ORDER BY coalesce(undone_at, imported_at) DESC, id DESC LIMIT 1"
    ).fetchall()
    if not last:
        return made, undone, None, "none", None
    number, file, gone = last[0]
    return made, undone, number, "undo" if gone else "import", file
