"""Saved views of a page: what was chosen there, under a name, for everyone who opens the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class View:
    """What was chosen on `page`: {name of the choice: value or list of values}."""

    id: str
    name: str
    page: str
    query: Mapping[str, Any]


def views(workspace: Workspace, page: str) -> list[View]:
    """The saved views of a page, the oldest first."""
    sql = "select view_id, name, page, query from state.saved_views where page = ? order by created_at, view_id"
    return [View(id_, name, of, json.loads(query or "{}")) for id_, name, of, query in workspace.rows(sql, [page])]


def save_view(workspace: Workspace, page: str, name: str, query: Mapping[str, Any]) -> View:
    """Saves what is chosen; a view of that name on that page is replaced. Refused("view_needs_name")."""
    name = " ".join(name.split())
    if not name:
        raise Refused("view_needs_name")
    now = datetime.now()
    made = View(f"{now:%Y%m%d%H%M%S%f}", name, page, dict(query))
    with workspace.write() as cur:
        cur.execute("delete from state.saved_views where page = ? and name = ?", [page, name]).fetchall()
        values = [made.id, name, page, json.dumps(made.query, ensure_ascii=False), now]
        sql = "insert into state.saved_views (view_id, name, page, query, created_at) values (?, ?, ?, ?, ?)"
        cur.execute(sql, values).fetchall()
    return made


def delete_view(workspace: Workspace, id_: str) -> None:
    """Forgets a view; nothing happens where it is gone."""
    with workspace.write() as cur:
        cur.execute("delete from state.saved_views where view_id = ?", [id_]).fetchall()
