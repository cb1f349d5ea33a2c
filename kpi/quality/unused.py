"""Loaded tables that no KPI of the board uses."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.analysis.lint import unused
from kpi.quality.checks import judgements
from kpi.quality.finding import Finding
from kpi.workspace import inventory
from kpi.workspace.choices import selected_kpis
from kpi.workspace.workspace import Workspace

HELPING = ("customer_aliases", "stages")  # they serve other tables


def unused_tables(workspace: Workspace) -> Iterator[Finding]:
    """One finding for each; none while no KPI is chosen."""
    chosen = [each.kpi for each in selected_kpis(workspace)]
    loaded = {each.table: each.rows for each in inventory(workspace) if each.lines and each.table not in HELPING}
    for name in unused(loaded, chosen) if chosen else ():
        yield Finding(f"{name}.used_by_none", judgements()["used_by_none"], name, loaded[name], loaded[name])
