"""Rows beside the target of their KPI (`--compare target`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi.analysis.progress import Target, targets_of
from kpi.analysis.scopes import Filters, scope_of
from kpi.core import Kpi, Period, Row


def with_targets(
    workspace, kpi: Kpi, rows: Sequence[Row], flow: bool, split: str | None = None, filters: Filters = ()
) -> list[Row]:
    """`rows` with the target of each period in `compared`, the newest where several fit; else null.

    flow: the KPI is a sum or count: of a target over a longer time a period is due its share by days, and a target
    that ends before the period does says nothing about it. split, filters: the rows speak of a part of the company: a
    team, person or segment has its own target (or the one set for each of them), any other part none.
    """
    mine = [t for t in targets_of(workspace) if t.kpi == kpi.id]

    def aim(row: Row) -> float | None:
        whose = scope_of(workspace, ((split, row.group or ""), *filters) if split else filters)
        if whose is None:
            return None
        kind = [t for t in mine if t.scope == whose[0]]
        own = _aim([t for t in kind if t.scope_id == whose[1]], row.period, flow)
        return _aim([t for t in kind if t.scope_id is None], row.period, flow) if own is None else own

    return [replace(row, compared=aim(row)) for row in rows]


def _aim(targets: Sequence[Target], period: Period, flow: bool) -> float | None:
    if not flow:
        fitting = [t for t in targets if t.since < period.until and period.since < t.until]
        return fitting[-1].aim if fitting else None
    whole = [t for t in targets if t.since <= period.since and period.until <= t.until]
    if not whole or whole[-1].aim is None:
        return None
    return whole[-1].aim * period.days / whole[-1].days
