"""Answers to surveys as analyses take them: dated, on their scale, with the group of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from kpi.analysis.tables import inside, part_of, require
from kpi.core import Period


@dataclass(frozen=True)
class Answers:
    """frame: one row per answer with a date and a score: g, day, score, scale_min, scale_max, higher, customer_id.
    blank: answers without a score; undated: without a date. Both are left out."""

    frame: pd.DataFrame
    blank: int
    undated: int

    def cells(self, periods: Sequence[Period] | None) -> list[tuple[Period, str | None, pd.DataFrame]]:
        """The answers of every period and group, empty ones included; without periods the whole time covered."""
        groups = [None] if self.frame["g"].isna().all() else sorted(self.frame["g"].unique())
        found = []
        for period in self._whole() if periods is None else periods:
            here = self.frame[inside(self.frame["day"], period)]
            found += [(period, g, here if g is None else here[here["g"] == g]) for g in groups]
        return found

    def _whole(self) -> list[Period]:
        if not len(self.frame):
            return []
        first, last = (day.date() for day in (self.frame["day"].min(), self.frame["day"].max()))
        return [Period(first, last + timedelta(days=1))]


def answers(workspace: Any, survey: str, split: str | None = None, filters: Sequence[tuple[str, str]] = ()) -> Answers:
    """All answers of one survey type (nps, csat, ces) that pass the filters. Refused where there are none at all."""
    require(workspace, "surveys.survey_type", "surveys.score", "surveys.responded_at")
    part = part_of("surveys", split, filters)
    frame = workspace.frame(
        f"select {part.group} as g, f.responded_at as day, f.score, f.scale_min, f.scale_max, f.higher_is_better as higher,"
        f" f.customer_id, f.survey_id from surveys f {part.joins} where f.survey_type = ? and {part.where}"
        " and (f.score is not null or f.responded_at is not null) order by f.responded_at, f.survey_id",
        [survey, *part.params],
    )
    whole = frame[frame["score"].notna() & frame["day"].notna()]
    return Answers(whole, int(frame["score"].isna().sum()), int(frame["day"].isna().sum()))
