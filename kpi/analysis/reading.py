"""Reading a series of one KPI: the last whole period, the change to the one before, signal or noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kpi.core import Kpi, Row
from kpi.stats.signals import BASE, within_noise

Tone = Literal["", "better", "worse", "noise"]


@dataclass(frozen=True)
class Reading:
    """current: the last whole period (of a cohort: the last mature one); running: the first unfinished one, never compared.

    change: current minus what it is compared with (the row's `compared`, else the period before), in the KPI's unit;
    relative: the same as a share of that.
    noise: True inside the usual range, False for a signal, None with too few periods to tell.
    """

    kpi: Kpi
    current: Row | None
    before: Row | None
    running: Row | None
    change: float | None
    relative: float | None
    noise: bool | None
    tone: Tone
    points: tuple[float | None, ...]

    @property
    def way(self) -> Literal["", "up", "down"]:
        if not self.change or self.noise:
            return ""
        return "up" if self.change > 0 else "down"

    @property
    def value(self) -> float | None:
        return self.current.value if self.current else None


def read(kpi: Kpi, rows: Sequence[Row], points: int = 13) -> Reading:
    """The reading of `rows` (one KPI, no split, oldest first). points: how many whole periods to show."""
    whole = [row for row in rows if row.period.complete and row.mature]
    running = next((row for row in rows if not (row.period.complete and row.mature)), None)
    current = whole[-1] if whole else None
    before = whole[-2] if len(whole) > 1 else None
    change = relative = None
    against = current.compared if current and current.compared is not None else before.value if before else None
    if current and current.value is not None and against is not None:
        change = current.value - against
        relative = change / abs(against) if against else None
    values = [row.value for row in whole if row.value is not None]
    floor, ceiling = bounds(kpi)
    noise = within_noise(values, floor, ceiling) if change is not None else None
    tone = _tone(kpi, change, noise, _outward(values, change))
    shown = tuple(row.value for row in whole[-points:])
    return Reading(kpi, current, before, running, change, relative, noise, tone, shown)


def from_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Without the periods before the first that has rows of its own: a time before the data is not a time of zeros."""
    first = next((i for i, row in enumerate(rows) if row.n), 0)
    return tuple(rows[first:])


def bounds(kpi: Kpi) -> tuple[float | None, float | None]:
    """Values that the KPI cannot cross: 0 and 1 for a proportion, 0 for what is counted or measured."""
    if kpi.proportion:
        return 0.0, 1.0
    if kpi.unit in ("count", "days", "hours", "minutes"):
        return 0.0, None
    return None, None


def _outward(values: Sequence[float], change: float | None) -> bool:
    """Whether the change leads away from what was usual: a step back into it is no judgement of its own."""
    earlier = values[-BASE - 1 : -1]
    if not change or not earlier:
        return False
    return (values[-1] - sum(earlier) / len(earlier)) * change > 0


def _tone(kpi: Kpi, change: float | None, noise: bool | None, outward: bool) -> Tone:
    if not change or kpi.better == "target":
        return ""
    if noise is not False or not outward:
        return "noise"
    return "better" if (change > 0) == (kpi.better == "higher") else "worse"
