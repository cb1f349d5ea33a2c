"""Which of many series precede one: the screen over KPIs, with every lag and every KPI counted as a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kpi.stats.lagged import FIRM, YEAR, bounds, sidak
from kpi.stats.little import TooLittle, lacking, last_run
from kpi.stats.multiple import benjamini_hochberg, holm
from kpi.stats.prewhiten import Crossed, cross_many

Kind = Literal["leads", "may_lead", "together", "follows", "none"]
LEVEL = 0.05


@dataclass(frozen=True)
class Lead:
    """How one series stands to the other in time.

    n: periods; lags, r: every lag looked at, positive where the series comes first. lag, value, low, high: the
    strongest among the positive ones, its interval right for all lags at once; p: of that lag, for all lags (Sidak).
    strongest, p_strongest: the same over lags of both signs. adjusted: p_strongest for all series of the screen
    (Benjamini & Hochberg); any_false: so that not one claim of the screen be false (Holm).
    kind: `leads` where both are small and the strongest lag is positive; `may_lead` with the first alone; `together`
    (lag 0) and `follows` (negative) likewise; else `none`.
    """

    n: int
    lags: tuple[int, ...]
    r: tuple[float, ...]
    lag: int
    value: float
    low: float
    high: float
    p: float
    strongest: int
    p_strongest: float
    adjusted: float = 1.0
    any_false: float = 1.0
    kind: Kind = "none"


def screen(
    series: Sequence[ArrayLike], goal: ArrayLike, most: int = 6, season: int = YEAR, level: float = LEVEL
) -> list[Lead | TooLittle]:
    """Every series against `goal` (all of the same periods, nan where there is no value), in the order given.

    Each pair is read over the last unbroken run of periods with both values; below 36 of them nothing is said.
    """
    y = np.asarray(goal, dtype=float)
    found: list[Lead | TooLittle | None] = [None] * len(series)
    same: dict[tuple[int, int], list[int]] = {}
    rows = [np.asarray(each, dtype=float) for each in series]
    for i, x in enumerate(rows):
        here = last_run(x, y)
        found[i] = lacking(x[here], FIRM) or lacking(y[here], FIRM)
        if found[i] is None:
            same.setdefault((here.start, here.stop), []).append(i)
    for (start, stop), places in same.items():
        x = np.stack([rows[i][start:stop] for i in places])
        crossed = cross_many(x, np.broadcast_to(y[start:stop], x.shape), most, season)
        for i, lead in zip(places, read(crossed, stop - start), strict=True):
            found[i] = lead
    judged = [i for i, each in enumerate(found) if isinstance(each, Lead)]
    for i, lead in zip(judged, judge([found[i] for i in judged], level), strict=True):  # type: ignore[misc]
        found[i] = lead
    return [each for each in found if each is not None]


def read(crossed: Crossed, n: int, level: float = LEVEL) -> list[Lead | TooLittle]:
    """The pairs of one crossing of series of n periods, before they are judged together."""
    single = crossed.p()
    low, high = bounds(crossed.r, crossed.df, crossed.lags.size, level)
    ahead = np.flatnonzero(crossed.lags > 0)
    found: list[Lead | TooLittle] = []
    for i, r in enumerate(crossed.r):
        if np.isnan(r).any():
            found.append(TooLittle("constant", n, FIRM))
            continue
        best, top = int(ahead[np.argmin(single[i, ahead])]), int(np.argmin(single[i]))
        found.append(
            Lead(
                n,
                tuple(int(k) for k in crossed.lags),
                tuple(float(value) for value in r),
                int(crossed.lags[best]),
                float(r[best]),
                float(low[i, best]),
                float(high[i, best]),
                sidak(float(single[i, best]), crossed.lags.size),
                int(crossed.lags[top]),
                sidak(float(single[i, top]), crossed.lags.size),
            )
        )
    return found


def judge(leads: Sequence[Lead], level: float = LEVEL) -> list[Lead]:
    """The leads of one screen, each p corrected for their number, and what may be said of each."""
    if not leads:
        return []
    ps = [each.p_strongest for each in leads]
    return [
        replace(each, adjusted=q, any_false=h, kind=_kind(each, q, h, level))
        for each, q, h in zip(leads, benjamini_hochberg(ps), holm(ps), strict=True)
    ]


def _kind(lead: Lead, adjusted: float, any_false: float, level: float) -> Kind:
    if adjusted >= level:
        return "none"
    if lead.strongest <= 0:
        return "follows" if lead.strongest else "together"
    return "leads" if any_false < level else "may_lead"
