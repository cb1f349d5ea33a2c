"""Which KPIs rest on which columns of this workspace."""

from __future__ import annotations

from collections.abc import Iterable

from kpi.catalogue import choose, needs_of
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace


def used_columns(workspace: Workspace) -> dict[str, frozenset[str]]:
    """{KPI that can be computed: the `table.column` it needs and that are there}; remembered per revision."""
    return workspace.memo(("quality", "used"), lambda: _used(workspace))


def _used(workspace: Workspace) -> dict[str, frozenset[str]]:
    present, found = workspace.columns(), {}
    for kpi in kpis_of(workspace).values():
        computation, _ = choose(kpi, present)
        if computation is not None:
            found[kpi.id] = (needs_of(kpi, computation).columns | needs_of(kpi).columns) & present
    return found


def touched(workspace: Workspace, columns: Iterable[str]) -> tuple[str, ...]:
    """The KPIs that use any of `columns`, those of the board first, then in the order of the catalogue."""
    asked, board = frozenset(columns), [each.kpi for each in selected_kpis(workspace)]
    hit = [id_ for id_, used in used_columns(workspace).items() if used & asked]
    return tuple(sorted(hit, key=lambda id_: board.index(id_) if id_ in board else len(board)))
