"""Filtering and splitting by the segments of the RFM grid: they are computed once per revision and then joined like a column."""

from __future__ import annotations

from collections.abc import Iterable

from kpi.compile.scope import SEGMENT
from kpi.errors import Refused
from kpi.workspace.segments import keep_segments
from kpi.workspace.workspace import Workspace


def members_of(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """The customers of each segment as of the last known day; empty where orders tell none."""
    return workspace.memo(("segments", "members"), lambda: _members(workspace))


def ready(workspace: Workspace, dimensions: Iterable[str | None]) -> None:
    """Has the segments at hand where one of `dimensions` asks for them."""
    if SEGMENT in dimensions:
        workspace.memo(("segments", "kept"), lambda: _keep(workspace))


def _members(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    from kpi.analysis.rfm import rfm  # pandas comes with it

    try:
        found = rfm(workspace)
    except Refused:
        return {}
    if not found.scored:
        return {}
    groups = found.customers.groupby("segment")["customer_id"]
    return {str(name): tuple(map(str, ids)) for name, ids in groups}


def _keep(workspace: Workspace) -> bool:
    keep_segments(workspace, ((c, name) for name, ids in members_of(workspace).items() for c in ids))
    return True
