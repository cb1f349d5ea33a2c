"""Customer segments: those that a workspace saved as filters, and the table of who is in which segment of the RFM grid."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Saved:
    """A segment under a name. filters: ((dimension, value), …), as a query takes them."""

    id: str
    name: str
    filters: tuple[tuple[str, str], ...]


def saved_segments(workspace: Workspace) -> dict[str, Saved]:
    """The saved segments by id, in order of their names. A rule that is no list of filters is left out."""

    def make() -> dict[str, Saved]:
        sql = "select segment_id, coalesce(name, segment_id), rule from state.segments order by 2, 1"
        found = {}
        for id_, name, rule in workspace.rows(sql):
            held = json.loads(rule or "{}").get("filters") or []
            filters = tuple((str(each[0]), str(each[1])) for each in held if len(each) == 2)
            if filters:
                found[id_] = Saved(id_, name, filters)
        return found

    return workspace.memo(("segments", "saved"), make)


def save_segment(workspace: Workspace, name: str, filters: Iterable[tuple[str, str]]) -> Saved:
    """Saves filters as a segment; one of that name is replaced. Refused("segment_empty") without a name or a filter."""
    name, held = " ".join(name.split()), tuple(filters)
    if not name or not held:
        raise Refused("segment_empty")
    now = datetime.now()
    same = [each.id for each in saved_segments(workspace).values() if each.name == name]
    made = Saved(same[0] if same else f"s{now:%Y%m%d%H%M%S%f}", name, held)
    with workspace.write() as cur:
        cur.execute("delete from state.segments where segment_id = ?", [made.id]).fetchall()
        rule = json.dumps({"filters": [list(each) for each in held]}, ensure_ascii=False)
        sql = "insert into state.segments (segment_id, name, rule, created_at) values (?, ?, ?, ?)"
        cur.execute(sql, [made.id, name, rule, now]).fetchall()
    return made


def keep_segments(workspace: Workspace, customers: Iterable[tuple[str, str]]) -> None:
    """Writes down who is in which segment of the RFM grid, so that rows can be filtered by it; no new revision."""
    pairs = list(customers)
    with workspace.jot() as cur:
        cur.execute("delete from state.customer_segments").fetchall()
        if pairs:
            sql = "insert into state.customer_segments select unnest(?::varchar[]), unnest(?::varchar[])"
            cur.execute(sql, [[c for c, _ in pairs], [s for _, s in pairs]]).fetchall()
