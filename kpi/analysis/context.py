"""What a KPI function of this package is given: the question in days, and the door to the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from kpi.core import Kpi, Period


@dataclass(frozen=True)
class Context:
    """One KPI in some periods. A KPI function takes it and returns `list[Row]`, a row per period and group."""

    workspace: Any
    kpi: Kpi
    periods: tuple[Period, ...]
    by: str | None
    now: date  # the day after the last known day
    split: str | None
    filters: tuple[tuple[str, str], ...]
    settings: Any  # .get(name)
    sql: list[str] = field(default_factory=list)  # what was asked, for the proof

    def frame(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """The answer as a frame, remembered until the next revision; the SQL is kept for the proof."""
        if sql not in self.sql:
            self.sql.append(sql)
        key = ("frame", sql, tuple(params))
        return self.workspace.memo(key, lambda: self.workspace.frame(sql, params))
