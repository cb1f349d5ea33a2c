"""What is due of a target by a day: by a straight line, or as the year usually brings it."""

from __future__ import annotations

from datetime import date

import numpy as np

from kpi.analysis.progress import Target
from kpi.analysis.series import Series
from kpi.stats import TooLittle
from kpi.stats.forecasters import figure_of, has_season

SEASONS_SEEN = 2  # whole seasons before the target begins that must be known


def seasonal_share(series: Series, target: Target, today: date, season: int = 12) -> float | TooLittle:
    """The share of a flow's target that is due by `today` (exclusive), 0 to 1, as earlier seasons brought it.

    series: whole periods before the target begins, and the periods of the target itself (values there do not count).
    Periods cut by the target's ends or by today count by days. TooLittle without two whole seasons before, for values
    that are not all above 0, or where no season shows: then the straight line is the pace.
    """
    first = next((i for i, p in enumerate(series.periods) if p.until > target.since), len(series.periods))
    values = series.array()[:first]
    gaps = np.flatnonzero(~np.isfinite(values))
    start = int(gaps[-1]) + 1 if gaps.size else 0
    known = values[start:]
    needs = SEASONS_SEEN * season
    if known.size < needs:
        return TooLittle("few", known.size, needs)
    if not (known > 0).all() or not has_season(known, season):
        return TooLittle("constant", known.size, needs)
    figure = figure_of(known, season, times=True)
    whole = due = 0.0
    for i, period in enumerate(series.periods[first:], first):
        weight = float(figure[(i - start) % season]) / period.days
        whole += weight * _days(period.since, period.until, target.since, target.until)
        due += weight * _days(period.since, period.until, target.since, min(today, target.until))
    return min(due / whole, 1.0) if whole else TooLittle("past", known.size, needs)


def _days(since: date, until: date, after: date, before: date) -> int:
    return max((min(until, before) - max(since, after)).days, 0)
