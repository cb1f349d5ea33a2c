"""Where a target starts from (F97): computed from the data, for a person to correct."""

from __future__ import annotations

from datetime import date

from kpi.core import Kpi, Query
from kpi.measure.run import adds_up, run


def baseline_of(
    workspace, kpi: Kpi, since: date, until: date, last: float | None, filters: tuple[tuple[str, str], ...] = ()
) -> float | None:
    """The proposed baseline of a target of `kpi` that runs since <= day < until.

    last: the value of the last whole period; it is the baseline of everything but sums and counts. These begin at 0
    where more is better; where less is better, at what the same number of days before `since` brought.
    """
    if not adds_up(workspace, kpi):
        return last
    if kpi.better != "lower":
        return 0.0
    rows = run(workspace, Query((kpi.id,), since - (until - since), since, filters=filters))[kpi.id].rows
    return rows[0].value if rows else None
