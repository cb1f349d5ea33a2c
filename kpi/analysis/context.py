"""What a KPI function of this package is given: the question in days, and the door to the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kpi.analysis.notes import Note
from kpi.compile.inlined import inlined
from kpi.core import Kpi, Period, Row

if TYPE_CHECKING:  # slow to load, and most KPIs are SQL
    import pandas as pd

Filters = tuple[tuple[str, str], ...]
Answer = tuple[list[Row], str]  # rows and the SQL behind them
Ask = Callable[[str, Sequence[Period], str | None, Filters], Answer]


@dataclass(frozen=True)
class Context:
    """One KPI in some periods. A KPI function takes it and returns `list[Row]`, a row per period and group."""

    workspace: Any
    kpi: Kpi
    periods: tuple[Period, ...]
    by: str | None
    now: date  # the day after the last known day
    split: str | None
    filters: Filters
    settings: Any  # .get(name)
    asked: Ask  # the rows of other KPIs, see `ask`
    sql: list[str] = field(default_factory=list)  # what was asked, for the proof
    notes: list[Note] = field(default_factory=list)  # what must be said with the number

    def frame(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """The answer as a frame, remembered until the next revision; the SQL is kept for the proof."""
        self.prove(sql, params)
        key = ("frame", sql, tuple(params))
        return self.workspace.memo(key, lambda: self.workspace.frame(sql, params))

    def prove(self, sql: str, params: Sequence[object] = ()) -> None:
        """Keep `sql` with its parameters among what stands behind the number."""
        told = inlined(sql.strip(), params)
        if told not in self.sql:
            self.sql.append(told)

    def ask(
        self,
        kpi: str,
        periods: Sequence[Period] | None = None,
        split: str | None = None,
        filters: Filters | None = None,
    ) -> dict[tuple[Period, str | None], Row]:
        """The rows of another KPI by period and group; none where it cannot be computed.

        periods, filters: those of the question unless given. Unknown: the KPI has no such dimension.
        """
        here = self.periods if periods is None else periods
        rows, sql = self.asked(kpi, here, split, self.filters if filters is None else filters)
        if sql:
            self.prove(sql)
        return {(row.period, row.group): row for row in rows}

    def note(self, code: str, **params: object) -> None:
        """Say `method.<code>` of the locales with the number, once."""
        said = (f"method.{code}", tuple(sorted(params.items())))
        if said not in self.notes:
            self.notes.append(said)

    def end(self, period: Period) -> date:
        """The day before which things are known: the end of the period, or of the data in a running one."""
        return min(period.until, self.now)

    def known(self, period: Period) -> int:
        """The days of the period that are known; 0 for one that has not begun."""
        return max((self.end(period) - period.since).days, 0)

    def last_day(self, period: Period) -> date:
        """The last known day of the period."""
        return self.end(period) - timedelta(days=1)
