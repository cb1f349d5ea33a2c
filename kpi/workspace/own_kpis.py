"""The KPIs of a workspace: the catalogue's, those that it defines otherwise, and its own."""

from __future__ import annotations

from collections.abc import Mapping

from kpi.catalogue import kpis
from kpi.core import Kpi
from kpi.errors import Unknown


def kpis_of(workspace) -> Mapping[str, Kpi]:
    """All KPIs by id: the catalogue's in their order, a changed one in its place, then the workspace's own."""
    return workspace.memo(("kpis",), lambda: kpis())


def kpi_of(workspace, id_: str) -> Kpi:
    """The KPI `id_` of the catalogue or the workspace; Unknown with a suggestion where there is none."""
    known = kpis_of(workspace)
    if id_ not in known:
        raise Unknown("kpi", id_, known)
    return known[id_]
