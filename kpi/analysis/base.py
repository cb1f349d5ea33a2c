"""The stretch of a KPI's past that its limits come from: frozen once it is watched, until a change is declared.

Limits from 12 to 24 values, then frozen (Wheeler; docs/evidence.md): limits that follow the newest values would take
every slow worsening for the new normal.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kpi.analysis.series import Series
from kpi.stats.process import LEAST_BASE
from kpi.stats.signals import BASE
from kpi.workspace.limits import Base

WATCHED = 12  # periods before the newest that are judged on the first look, where enough come before them


def first_base(series: Series, base: Base | None = None) -> Base:
    """The baseline of a KPI: `base` where that is frozen; else the one to freeze, after the change that it declares.

    Ends before the last 12 values where 24 come before them, else after the first 24, else after the first 12; with
    fewer it stays open.
    """
    if base and base.until:
        return base
    since = base.since if base else None
    cut = starting(series, since)
    known = [i for i, value in enumerate(cut.values) if value is not None]
    if len(known) >= BASE + WATCHED:
        index = known[-WATCHED]
    elif len(known) > BASE:
        index = known[BASE]
    elif len(known) > LEAST_BASE:
        index = known[LEAST_BASE]
    else:
        return Base(since)
    return Base(since, series.periods[index].since)


def based(series: Series, base: Base) -> tuple[Series, int | None]:
    """The series without what came before the last declared change, and the index at which its baseline ends."""
    return starting(series, base.since), None if base.until is None else series.place(base.until)


def starting(series: Series, since: date | None) -> Series:
    """The same periods, with no value (and no case) before `since`."""
    if since is None:
        return series
    first = series.place(since)
    gone = (None,) * first
    cases = None if series.cases is None else gone + series.cases[first:]
    return replace(series, values=gone + series.values[first:], cases=cases)
