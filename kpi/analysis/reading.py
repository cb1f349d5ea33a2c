"""Reading a series of one KPI: the last whole period, the change to what it is compared with, signal or noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kpi.analysis.history import History, Tone
from kpi.analysis.series import bounds
from kpi.core import Kpi, Period, Row
from kpi.stats.signals import BASE, within_noise

Against = Literal["previous", "year", "target"]
AGAINST: tuple[Against, ...] = ("previous", "year", "target")


@dataclass(frozen=True)
class Reading:
    """current: the last whole period (of a cohort: the last mature one); running: the first unfinished one, never compared.

    compared: what the current value is compared with, None where there is nothing; change: current minus that, in the
    KPI's unit; relative: the same as a share of it.
    noise: True inside the usual range, False for a signal, None with too few periods to tell.
    points: the values of the last whole periods; marks: which of them are signals, and for the better or worse.
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
    marks: tuple[Tone | None, ...] = ()
    compared: float | None = None

    @property
    def way(self) -> Literal["", "up", "down"]:
        if not self.change or self.noise:
            return ""
        return "up" if self.change > 0 else "down"

    @property
    def value(self) -> float | None:
        return self.current.value if self.current else None


def read(
    kpi: Kpi, rows: Sequence[Row], points: int = 13, past: History | None = None, against: Against = "previous"
) -> Reading:
    """The reading of `rows` (one KPI, no split, oldest first). points: how many whole periods to show.

    past: the KPI's history, which tells signal from noise; without it the rows alone have to. against: what the change
    is counted from: the period before, or what the rows' `compared` holds (a year before, the target).
    """
    whole = [row for row in rows if row.period.complete and row.mature]
    running = next((row for row in rows if not (row.period.complete and row.mature)), None)
    current = whole[-1] if whole else None
    before = whole[-2] if len(whole) > 1 else None
    compared = current.compared if current else None
    if against == "previous" and compared is None and before:
        compared = before.value
    change, relative = _distance(current.value if current else None, compared)
    noise, outward = _judged(kpi, whole, change, past)
    tone = _tone(kpi, change, noise, outward)
    shown = whole[-points:] if points else []
    values = tuple(row.value for row in shown)
    return Reading(kpi, current, before, running, change, relative, noise, tone, values, _marks(shown, past), compared)


def aimed(reading: Reading, line: float | None) -> Reading:
    """The reading with its distance to the target in place of the change: a distance is no move and no signal."""
    change, relative = _distance(reading.value, line)
    return replace(reading, change=change, relative=relative, noise=None, tone="", compared=line)


def _distance(value: float | None, compared: float | None) -> tuple[float | None, float | None]:
    if value is None or compared is None:
        return None, None
    return value - compared, (value - compared) / abs(compared) if compared else None


def _marks(rows: Sequence[Row], past: History | None) -> tuple[Tone | None, ...]:
    if past is None:
        return (None,) * len(rows)
    told: dict[Period, Tone] = {past.rows[i].period: tone for i, tone in past.signals.items()}
    return tuple(told.get(row.period) for row in rows)


def _judged(kpi: Kpi, whole: Sequence[Row], change: float | None, past: History | None) -> tuple[bool | None, bool]:
    """Noise or not, and whether the change leads away from what is usual: a step back into it is no judgement."""
    if change is None:
        return None, False
    if past is None:
        values = [row.value for row in whole if row.value is not None]
        return within_noise(values, *bounds(kpi)), _outward(values, change)
    index = next((i for i, row in enumerate(past.rows) if row.period == whole[-1].period), None)
    noise = None if index is None else past.noise(index)
    if index is None or noise is not False:
        return noise, False
    up = past.goes_up(index)
    return noise, up == (change > 0)


def _outward(values: Sequence[float], change: float) -> bool:
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
