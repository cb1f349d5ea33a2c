"""How much of the time the system worked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.core import Row
from kpi.errors import Refused

ALL = "all"


def uptime(context: Context) -> list[Row]:
    """1 - time covered by at least one incident / known time of the period. n: the incidents that touch it.

    Overlapping incidents count once, an open one lasts to the end of the data. Setting downtime_severities: which
    ones count. No interval: minutes of one incident do not happen independently.
    """
    if context.split:
        raise Refused("no_split", kpi=context.kpi.id)
    asked = source(context, "system_incidents")
    sql = f"select f.started_at, f.ended_at, f.severity from {asked.relation} where {asked.where} and f.started_at is not null"
    incidents = context.frame(sql, asked.params)
    counted = context.workspace.settings.get("downtime_severities")
    if ALL not in (name.lower() for name in counted):
        wanted = {name.lower() for name in counted}
        incidents = incidents[incidents["severity"].str.lower().str.strip().isin(wanted)]
    now = pd.Timestamp(context.now)
    starts = incidents["started_at"].to_numpy(dtype="datetime64[us]")
    ends = incidents["ended_at"].fillna(now).to_numpy(dtype="datetime64[us]")
    found = []
    for i, period in enumerate(context.periods):
        since, until = np.datetime64(period.since, "us"), np.datetime64(context.end(period), "us")
        if until > since:
            down, n = covered(starts, ends, since, until)
            found.append({"i": i, "g": None, "value": 1 - down / ((until - since) / _SECOND), "n": n})
    return filled(context, pd.DataFrame(found, columns=["i", "g", "value", "n"]))


_SECOND = np.timedelta64(1, "s")


def covered(starts: np.ndarray, ends: np.ndarray, since: np.datetime64, until: np.datetime64) -> tuple[float, int]:
    """Seconds of since..until that lie in at least one of the spans, and how many of them touch it."""
    first, last = np.maximum(starts, since), np.minimum(ends, until)
    inside = first < last
    total, reached = np.timedelta64(0, "us"), since
    for start, end in sorted(zip(first[inside], last[inside], strict=True)):
        start = max(start, reached)
        if end > start:
            total, reached = total + (end - start), end
    return float(total / _SECOND), int(inside.sum())
