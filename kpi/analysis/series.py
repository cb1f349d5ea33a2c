"""A KPI as a series of whole periods: what evidence, alerts, forecasts and relations are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kpi.core import Kpi, Period, Row
from kpi.stats import Process, TooLittle, process

SEASONS = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}  # periods after which a pattern comes again


@dataclass(frozen=True)
class Series:
    """values: one per whole period, oldest first, None where not defined; cases: the denominators of a share."""

    kpi: Kpi
    periods: tuple[Period, ...]
    values: tuple[float | None, ...]
    cases: tuple[float | None, ...] | None = None

    def array(self) -> NDArray[np.float64]:
        """The values, nan where not defined."""
        return np.array([np.nan if v is None else v for v in self.values], dtype=float)

    @property
    def n(self) -> int:
        """Periods with a value."""
        return sum(v is not None for v in self.values)

    def place(self, day: date) -> int:
        """The index of the first period that begins on `day` or later: where a baseline declared for that day ends."""
        return next((i for i, period in enumerate(self.periods) if period.since >= day), len(self.periods))

    def process(self, season: int, until: int | None = None, sure: bool = False) -> Process | TooLittle:
        """What is usual for this KPI, by its unit and bounds; see kpi.stats.process."""
        floor, ceiling = bounds(self.kpi)
        if floor is None and self.kpi.unit == "currency" and all(v is None or v >= 0 for v in self.values):
            floor = 0.0
        return process(
            self.values,
            until,
            cases=self.cases,
            money=self.kpi.unit == "currency",
            counted=self.kpi.unit == "count",
            sure=sure,
            floor=floor,
            ceiling=ceiling,
            season=season,
        )


def series_of(kpi: Kpi, rows: Sequence[Row]) -> Series:
    """The whole periods of `rows` (one KPI, no split, oldest first).

    A young cohort has no value yet; the periods before the first with rows of its own are no zeros but none at all.
    """
    whole = [row for row in rows if row.period.complete]
    first = next((i for i, row in enumerate(whole) if row.n or row.entered), 0)
    told = [row if i >= first and row.mature else None for i, row in enumerate(whole)]
    cases = None
    if kpi.proportion and any(row and row.denominator for row in told):
        cases = tuple(row.denominator if row else None for row in told)
    values = tuple(_finite(row.value) if row else None for row in told)
    return Series(kpi, tuple(row.period for row in whole), values, cases)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def bounds(kpi: Kpi) -> tuple[float | None, float | None]:
    """Values that the KPI cannot cross: 0 and 1 for a proportion, 0 for what is counted or measured."""
    if kpi.proportion:
        return 0.0, 1.0
    if kpi.unit in ("count", "days", "hours", "minutes"):
        return 0.0, None
    return None, None


def together(series: Sequence[Series]) -> list[Series]:
    """These series (up to the same newest period) over the same periods: where one begins later, it has no value before."""
    periods = max((each.periods for each in series), key=len, default=())
    found = []
    for each in series:
        gap = (None,) * (len(periods) - len(each.periods))
        cases = None if each.cases is None else gap + each.cases
        found.append(Series(each.kpi, periods, gap + each.values, cases))
    return found
