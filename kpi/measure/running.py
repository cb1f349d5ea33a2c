"""The period that still runs, like with like: its days so far against the same days of the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi import calendars
from kpi.core import Period, Query
from kpi.measure.frame import Frame
from kpi.measure.shared import results


@dataclass(frozen=True)
class Running:
    """What the days so far have brought. before: the same days of the period it is compared with; change: in the KPI's
    unit, relative: as a share of `compared`; both None where that is not defined."""

    period: Period
    value: float
    before: Period
    compared: float | None

    @property
    def change(self) -> float | None:
        return None if self.compared is None else self.value - self.compared

    @property
    def relative(self) -> float | None:
        return (self.value - self.compared) / abs(self.compared) if self.compared else None


def running_of(
    workspace, kpis: Sequence[str], frame: Frame, now: date, against: str, filters: tuple[tuple[str, str], ...]
) -> dict[str, Running]:
    """The running period of every KPI that has a value in it; {} where `now` ends a whole one.

    now: the day after the last day that counts. against "year" compares with the year before. A young cohort is left
    out: most of what it waits for is still to come.
    """
    by = str(frame.by)
    whole = calendars.bucket(now - timedelta(days=1), by, frame.calendar, frame.week_start, frame.fiscal_start)
    if whole.until <= now:
        return {}
    period = Period(whole.since, now, False)
    compare = "year" if against == "year" else "previous"
    before = frame.year_before(period) if compare == "year" else frame.previous(period)
    query = Query(tuple(kpis), period.since, now, by, frame.calendar, filters=filters, compare=compare)
    rows = {id_: each.rows[0] for id_, each in results(workspace, query).items() if each.rows}
    return {
        id_: Running(period, row.value, before, row.compared)
        for id_, row in rows.items()
        if row.value is not None and row.mature
    }
