"""Saved views of a page: what was chosen there, under a name, for everyone who opens the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace

_STAMP = "%Y%m%d%H%M%S%f"


@dataclass(frozen=True)
class View:
    """What was chosen on `page`: {name of the choice: value or list of values}. id: the moment it was first saved."""

    id: str
    name: str
    page: str
    query: Mapping[str, Any]


def views(workspace: Workspace, page: str | None = None) -> list[View]:
    """The saved views of a page, or of all, the oldest first."""
    sql = "select view_id, name, page, query from state.saved_views order by created_at, view_id"
    found = [View(id_, name, of, json.loads(query or "{}")) for id_, name, of, query in workspace.rows(sql)]
    return [view for view in found if page in (None, view.page)]


def view_named(workspace: Workspace, page: str, id_: str) -> View:
    """The view of a page that a link names. Refused("view_gone") where there is none any more."""
    for view in views(workspace, page):
        if view.id == id_:
            return view
    raise Refused("view_gone")


def save_view(workspace: Workspace, page: str, name: str, query: Mapping[str, Any]) -> View:
    """Saves what is chosen; a view of that name on that page is overwritten and keeps its link.

    Refused("view_needs_name").
    """
    name = _name(name)
    held = next((view for view in views(workspace, page) if view.name == name), None)
    made = View(held.id if held else f"{datetime.now():{_STAMP}}", name, page, dict(query))
    _put(workspace, made)
    return made


def change_view(workspace: Workspace, view: View, name: str, query: Mapping[str, Any] | None = None) -> View:
    """Gives a view another name, and other choices where `query` is given; its link stays.

    Refused("view_needs_name"), Refused("view_name_taken").
    """
    name = _name(name)
    if any(other.name == name and other.id != view.id for other in views(workspace, view.page)):
        raise Refused("view_name_taken", name=name)
    made = View(view.id, name, view.page, dict(view.query if query is None else query))
    _put(workspace, made)
    return made


def restore_view(workspace: Workspace, view: View) -> None:
    """Brings a deleted view back, with its link."""
    _put(workspace, view)


def delete_view(workspace: Workspace, id_: str) -> None:
    """Forgets a view; nothing happens where it is gone."""
    with workspace.write() as cur:
        cur.execute("delete from state.saved_views where view_id = ?", [id_]).fetchall()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("view_needs_name")
    return name


def _put(workspace: Workspace, view: View) -> None:
    values = [
        view.id,
        view.name,
        view.page,
        json.dumps(view.query, ensure_ascii=False),
        datetime.strptime(view.id, _STAMP),
    ]
    with workspace.write() as cur:
        cur.execute("delete from state.saved_views where view_id = ?", [view.id]).fetchall()
        sql = "insert into state.saved_views (view_id, name, page, query, created_at) values (?, ?, ?, ?, ?)"
        cur.execute(sql, values).fetchall()
