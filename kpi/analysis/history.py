"""The past of one KPI: its whole periods, what was usual in them, and where it left the usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kpi.analysis.base import based, first_base
from kpi.analysis.series import SEASONS, Series, series_of
from kpi.core import Kpi, Row
from kpi.stats.little import TooLittle
from kpi.stats.process import Process
from kpi.workspace.limits import Base

Tone = Literal["", "better", "worse", "noise"]


@dataclass(frozen=True)
class History:
    """rows: the whole periods from the first with rows of its own, oldest first; series and process have the same indexes.

    process: the usual range, which alerts use too; TooLittle where it cannot be told.
    """

    kpi: Kpi
    rows: tuple[Row, ...]
    series: Series
    process: Process | TooLittle

    def goes_up(self, index: int) -> bool:
        """Whether the signal of this period lies above what is usual."""
        return not isinstance(self.process, TooLittle) and any(s.up for s in self.process.at(index))

    @property
    def signals(self) -> dict[int, Tone]:
        """Index into rows → whether what left the usual range there did so for the better; "" where neither is known."""
        if isinstance(self.process, TooLittle):
            return {}
        return {s.index: side(self.kpi, s.up) for s in self.process.signals}

    def noise(self, index: int) -> bool | None:
        """Whether the value of this period lies in the usual range; None where that cannot be told."""
        if isinstance(self.process, TooLittle) or index < self.process.base[1]:
            return None
        return index not in self.signals


def side(kpi: Kpi, up: bool) -> Tone:
    """Whether a value above (below) the usual is better or worse for this KPI."""
    if kpi.better == "target":
        return ""
    return "better" if up == (kpi.better == "higher") else "worse"


def history(kpi: Kpi, rows: Sequence[Row], by: str, base: Base | None = None) -> History:
    """The history of `rows` (one KPI, no split, oldest first). base: the baseline kept for this KPI, see analysis.base."""
    whole = from_first([row for row in rows if row.period.complete])
    series = series_of(kpi, whole)
    used, until = based(series, first_base(series, base))
    return History(kpi, whole, series, used.process(SEASONS[by], until, sure=True))


def from_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Without the periods before the first that has rows of its own: a time before the data is not a time of zeros."""
    first = next((i for i, row in enumerate(rows) if row.n or row.entered), 0)
    return tuple(rows[first:])
