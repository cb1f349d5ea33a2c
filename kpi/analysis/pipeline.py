"""The pipeline: what is open today, of what quality and size; and what became of the deals that entered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kpi.analysis.stages import stage_levels
from kpi.analysis.tables import group_of, inside, part_of, require
from kpi.core import NOT_RECORDED, Period
from kpi.stats import cut_points, wilson

QUALITIES = ("high", "medium", "low")
LIKELY, UNLIKELY = "likely", "unlikely"
SIZES = ("small", "medium", "large")

# The rule of the KPI pipeline_value: open at the end of the day before `until` (both marks).
_OPEN = """
(f.created_at < ? or f.created_at is null)
and (f.closed_at >= ? or (f.closed_at is null and coalesce(f.outcome, 'open') = 'open'))
"""


@dataclass(frozen=True)
class Band:
    """Open deals of one kind. amount: their sum, null where none of them has one; low, high: bounds of a size band
    (over low, up to high)."""

    band: str
    n: int
    amount: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Pipeline:
    """What is open at the end of `as_of`. The bands of quality, of size and of stage each add up to n and amount.

    by: what quality means here: "rating" (high, medium, low) or "probability" (likely, unlikely).
    """

    as_of: date | None
    n: int
    amount: float | None
    by: str
    quality: tuple[Band, ...]
    size: tuple[Band, ...]
    stage: tuple[Band, ...]


@dataclass(frozen=True)
class Cohort:
    """Deals created in one period and what became of them by now: n = won + lost + open, and so with the amounts.

    realised: share of the amount that is won; open_share: share of the amount not closed yet; rate, low, high: share
    of the number that is won, with its 95 % Wilson interval.
    """

    period: Period
    group: str | None
    n: int
    won: int
    lost: int
    open: int
    amount: float
    won_amount: float
    lost_amount: float
    open_amount: float
    realised: float | None
    open_share: float | None
    rate: float | None
    low: float | None
    high: float | None


def pipeline(workspace: Any, as_of: date | None = None, filters: Sequence[tuple[str, str]] = ()) -> Pipeline:
    """Open deals by quality, by size (thirds of their amounts) and by stage. Refused without opportunities.

    Unknown for a filter that deals do not lead to.
    """
    require(workspace, "opportunities.opportunity_id")
    day = as_of or workspace.as_of() or date.max - timedelta(days=1)
    part, end = part_of("opportunities", None, filters), day + timedelta(days=1)
    frame = workspace.frame(
        "select f.amount::double as amount, f.quality_rating, f.probability, f.stage from opportunities f"
        f" {part.joins} where f._stub is not true and {part.where} and {_OPEN}",
        [*part.params, end, end],
    )
    by = "rating" if frame["quality_rating"].notna().any() or not frame["probability"].notna().any() else "probability"
    if by == "rating":
        quality = frame["quality_rating"].fillna(NOT_RECORDED)
        order = (*QUALITIES, NOT_RECORDED)
    else:
        likely = frame["probability"] >= workspace.settings.high_probability
        quality = likely.map({True: LIKELY, False: UNLIKELY}).where(frame["probability"].notna(), NOT_RECORDED)
        order = (LIKELY, UNLIKELY, NOT_RECORDED)
    stage = frame["stage"].fillna(NOT_RECORDED)
    place = dict(zip(stage, stage_levels(workspace).index(frame["stage"]), strict=True))
    return Pipeline(
        as_of or workspace.as_of(),
        len(frame),
        _sum(frame["amount"]),
        by,
        _bands(frame, quality, order),
        _sizes(frame),
        _bands(frame, stage, sorted(place, key=lambda name: (place[name] < 0, place[name], name))),
    )


def _sum(amounts: pd.Series) -> float | None:
    return float(amounts.sum()) if amounts.notna().any() else None


def _bands(frame: pd.DataFrame, of: pd.Series, order: Sequence[str]) -> tuple[Band, ...]:
    parts = [(name, frame[(of == name).to_numpy()]) for name in order]
    return tuple(Band(name, len(part), _sum(part["amount"])) for name, part in parts if len(part))


def _sizes(frame: pd.DataFrame) -> tuple[Band, ...]:
    """Thirds by amount, equal amounts together; deals without an amount apart."""
    known = frame[frame["amount"].notna()]
    blank = len(frame) - len(known)
    rest = (Band(NOT_RECORDED, blank, None),) if blank else ()
    if not len(known):
        return rest
    cuts = cut_points(known["amount"], parts=len(SIZES))
    place = np.searchsorted(cuts.points, known["amount"].to_numpy(), side="left")
    bounds = [None, *cuts.points, None]
    bands = []
    for i, name in enumerate(SIZES):
        part = known[place == i]
        if len(part):
            bands.append(Band(name, len(part), _sum(part["amount"]), bounds[i], bounds[i + 1]))
    return (*bands, *rest)


def realisation(workspace: Any, periods: Sequence[Period], split: str | None = None) -> list[Cohort]:
    """Deals by the period they were created in: how much is won, lost and still open by now.

    A period without deals is a row of zeros whose shares are null. Refused without opportunities and their dates.
    """
    require(workspace, "opportunities.opportunity_id", "opportunities.created_at")
    group, joins = group_of("opportunities", split)
    frame = workspace.frame(
        f"select {group} as g, f.created_at, coalesce(f.amount, 0)::double as amount,"
        f" coalesce(f.outcome, 'open') as outcome from opportunities f {joins} where f.created_at is not null"
    )
    groups = [None] if split is None else sorted(frame["g"].unique())
    found = []
    for period in periods:
        here = frame[inside(frame["created_at"], period)]
        for name in groups:
            found.append(_cohort(period, name, here if name is None else here[here["g"] == name]))
    return found


def _cohort(period: Period, group: str | None, deals: pd.DataFrame) -> Cohort:
    parts = [deals[deals["outcome"] == outcome] for outcome in ("won", "lost", "open")]
    won, lost, still = (len(part) for part in parts)
    won_amount, lost_amount, open_amount = (float(part["amount"].sum()) for part in parts)
    n, amount = won + lost + still, won_amount + lost_amount + open_amount
    low, high = wilson(won, n) or (None, None)
    return Cohort(
        period=period,
        group=group,
        n=n,
        won=won,
        lost=lost,
        open=still,
        amount=amount,
        won_amount=won_amount,
        lost_amount=lost_amount,
        open_amount=open_amount,
        realised=won_amount / amount if amount > 0 else None,
        open_share=open_amount / amount if amount > 0 else None,
        rate=won / n if n else None,
        low=low,
        high=high,
    )
