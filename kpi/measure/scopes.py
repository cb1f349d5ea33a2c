"""Who can have a target of their own: teams, people, segments of customers, by the names that people know."""

from __future__ import annotations

from kpi.analysis.scopes import DIMENSIONS, staff
from kpi.analysis.segments import segment_map
from kpi.measure.segments import members_of
from kpi.workspace.segments import saved_segments
from kpi.workspace.workspace import Workspace


def members(workspace: Workspace, scope: str, lang: str = "en", gone: bool = False) -> dict[str, str]:
    """id → name of those who can have a target in `scope`; nobody for the whole company. gone: also those who left."""
    if scope != "segment":
        return staff(workspace, scope, gone)
    held = members_of(workspace)
    grid = {id_: each.name.get(lang) for id_, each in segment_map().segments.items() if id_ in held}
    return grid | {id_: each.name for id_, each in saved_segments(workspace).items()}


def everyone(workspace: Workspace, lang: str = "en") -> dict[str, dict[str, str]]:
    """All of them by scope, those who left included, as `kpi.analysis.scopes.read_scope` takes them."""
    return {scope: members(workspace, scope, lang, gone=True) for scope in DIMENSIONS}
