"""Rows beside the target of their KPI (`--compare target`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi.analysis.progress import Target, targets_of
from kpi.core import Kpi, Period, Row


def with_targets(workspace, kpi: Kpi, rows: Sequence[Row], flow: bool, parts: bool) -> list[Row]:
    """`rows` with the company-wide target of each period in `compared`, the newest where several fit; else null.

    flow: the KPI is a sum or count: of a target over a longer time a period is due its share by days, and a target
    that ends before the period does says nothing about it. parts: the rows speak of a part of the company (a group, a
    filter), for which the target of the whole is none.
    """
    mine = [t for t in targets_of(workspace) if t.kpi == kpi.id and t.scope == "all"]
    return [replace(row, compared=None if parts else _aim(mine, row.period, flow)) for row in rows]


def _aim(targets: Sequence[Target], period: Period, flow: bool) -> float | None:
    if not flow:
        fitting = [t for t in targets if t.since < period.until and period.since < t.until]
        return fitting[-1].aim if fitting else None
    whole = [t for t in targets if t.since <= period.since and period.until <= t.until]
    if not whole or whole[-1].aim is None:
        return None
    return whole[-1].aim * period.days / (whole[-1].until - whole[-1].since).days
