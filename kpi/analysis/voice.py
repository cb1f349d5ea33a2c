"""The voice of the customer: Net Promoter Score, satisfaction and effort, by period and group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpi.analysis.answers import answers
from kpi.analysis.notes import Note, note
from kpi.core import Period
from kpi.stats import NpsBands, adjusted_wald, benjamini_hochberg, nps_bands, nps_difference, nps_score, wilson
from kpi.stats.student import mean_half

Filters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class NpsRow:
    """One period and group. score, low, high: -100 to 100, null without answers; small: too few to judge."""

    period: Period
    group: str | None
    promoters: int
    passives: int
    detractors: int
    n: int
    score: float | None
    low: float | None
    high: float | None
    small: bool


@dataclass(frozen=True)
class Nps:
    """outside: answers that are not 0 to 10; blank: without a score; undated: without a date. All are left out."""

    rows: tuple[NpsRow, ...]
    outside: int
    blank: int
    undated: int
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Against:
    """A group against all others: difference in points, its 95 % interval, p corrected for the number of groups."""

    group: str
    difference: float
    low: float
    high: float
    p: float
    tests: int


@dataclass(frozen=True)
class ScaleRow:
    """Answers on one scale in one period and group.

    value, low, high: CSAT the share in the two best categories with its Wilson interval; CES the mean effort (high =
    much effort) with its t interval. share: CES answers of high effort (upper two fifths of the scale).
    counts: answers per score as given.
    """

    period: Period
    group: str | None
    scale: tuple[float, float]
    higher_is_better: bool
    n: int
    value: float | None
    low: float | None
    high: float | None
    mean: float | None
    median: float | None
    share: float | None
    counts: tuple[tuple[float, int], ...]
    small: bool


@dataclass(frozen=True)
class Scales:
    """rows: one scale after the other, the one with most answers first; scales are never mixed in a row.
    outside: answers off their scale, left out, as are blank and undated ones."""

    rows: tuple[ScaleRow, ...]
    outside: int
    blank: int
    undated: int
    notes: tuple[Note, ...] = ()


def nps(
    workspace: Any, periods: Sequence[Period] | None = None, split: str | None = None, filters: Filters = ()
) -> Nps:
    """Promoters (9-10), passives (7-8), detractors (0-6) and the score with its adjusted Wald interval.

    periods: None for the whole time covered. split, names of filters: a column of surveys or of a table they lead to.
    Setting nps_answers = latest: only the newest answer of each customer. Scores outside 0 to 10 are left out and counted.
    """
    key = ("nps", tuple(periods or ()), split, tuple(filters))
    return workspace.memo(key, lambda: _nps(workspace, periods, split, filters))


def _nps(workspace: Any, periods: Sequence[Period] | None, split: str | None, filters: Filters) -> Nps:
    found = answers(workspace, "nps", split, filters)
    outside = nps_bands(found.frame["score"]).outside
    valid = found.frame[found.frame["score"].between(0, 10)]
    notes = [note("nps_outside", n=outside)] if outside else []
    if workspace.settings.nps_answers == "latest":
        known = valid["customer_id"].notna()
        valid = valid[~known | ~valid["customer_id"].where(known, "").duplicated(keep="last")]
        notes.append(note("nps_latest"))
    others = valid["scale_max"].notna() & (valid["scale_max"] > 0) & (valid["scale_max"] != 10)
    if others.any():
        notes.append(note("nps_other_scale", n=int(others.sum())))
    small = workspace.settings.min_n_survey
    kept = type(found)(valid, found.blank, found.undated)
    rows = tuple(_nps_row(period, group, part, small) for period, group, part in kept.cells(periods))
    return Nps(rows, outside, found.blank, found.undated, tuple(notes))


def _nps_row(period: Period, group: str | None, part: pd.DataFrame, small: int) -> NpsRow:
    bands = nps_bands(part["score"])
    score = nps_score(bands.promoters, bands.detractors, bands.n)
    interval = adjusted_wald(bands.promoters, bands.detractors, bands.n)
    low, high = (100 * interval[0], 100 * interval[1]) if interval else (None, None)
    value = None if score is None else 100 * score
    counts = (bands.promoters, bands.passives, bands.detractors, bands.n)
    return NpsRow(period, group, *counts, value, low, high, bands.n < small)


def nps_change(now: NpsRow, before: NpsRow) -> Against | None:
    """The later period against the earlier one; None where one has no answers."""
    late, early = (NpsBands(r.promoters, r.passives, r.detractors) for r in (now, before))
    found = nps_difference(late, early)
    if found is None:
        return None
    return Against(now.group or "", 100 * found.difference, 100 * found.low, 100 * found.high, found.p, 1)


def nps_against_rest(rows: Sequence[NpsRow]) -> list[Against]:
    """Each group of one period against all its other groups, p by Benjamini-Hochberg over all of them.

    Groups without answers, and a single group, have nothing to be compared with.
    """
    groups = [row for row in rows if row.group is not None and row.n]
    found = []
    for row in groups:
        rest = [other for other in groups if other is not row]
        parts = zip(*((r.promoters, r.passives, r.detractors) for r in rest), strict=True)
        others = NpsBands(*(sum(part) for part in parts)) if rest else NpsBands(0, 0, 0)
        difference = nps_difference(NpsBands(row.promoters, row.passives, row.detractors), others)
        if difference:
            found.append((str(row.group), difference))
    adjusted = benjamini_hochberg([d.p for _, d in found])
    return [
        Against(name, 100 * d.difference, 100 * d.low, 100 * d.high, p, len(found))
        for (name, d), p in zip(found, adjusted, strict=True)
    ]


def csat(
    workspace: Any, periods: Sequence[Period] | None = None, split: str | None = None, filters: Filters = ()
) -> Scales:
    """Share of answers in the two best categories of their own scale (4 and 3 of 4, 5 and 4 of 5)."""
    return _scales(workspace, "csat", periods, split, filters)


def ces(
    workspace: Any, periods: Sequence[Period] | None = None, split: str | None = None, filters: Filters = ()
) -> Scales:
    """Customer effort, turned so that more is more effort: a scale on which high means easy is mirrored."""
    return _scales(workspace, "ces", periods, split, filters)


def _scales(
    workspace: Any, survey: str, periods: Sequence[Period] | None, split: str | None, filters: Filters
) -> Scales:
    key = (survey, tuple(periods or ()), split, tuple(filters))
    return workspace.memo(key, lambda: _rated(workspace, survey, periods, split, filters))


def _rated(
    workspace: Any, survey: str, periods: Sequence[Period] | None, split: str | None, filters: Filters
) -> Scales:
    found = answers(workspace, survey, split, filters)
    frame, notes = _with_scale(found.frame, survey)
    on_scale = frame[frame["score"].between(frame["scale_min"], frame["scale_max"])]
    keys = on_scale.groupby(["scale_min", "scale_max", "higher"]).size().sort_values(ascending=False, kind="stable")
    if len(keys) > 1:
        notes.append(note("voice_scales", n=len(keys)))
    whole = periods or [period for period, _, _ in type(found)(on_scale, 0, 0).cells(None)][:1]
    make = _csat_row if survey == "csat" else _ces_row
    rows = []
    for low, high, higher in keys.index:
        same = (on_scale["scale_min"] == low) & (on_scale["scale_max"] == high) & (on_scale["higher"] == higher)
        part = type(found)(on_scale[same], 0, 0)
        for period, group, cell in part.cells(whole):
            rows.append(make(period, group, cell, (low, high), bool(higher), workspace.settings.min_n_survey))
    return Scales(tuple(rows), len(frame) - len(on_scale), found.blank, found.undated, tuple(notes))


def _with_scale(frame: pd.DataFrame, survey: str) -> tuple[pd.DataFrame, list[Note]]:
    """Where a scale is not recorded: effort 1 to 7, satisfaction 1 to the highest score seen. Direction by default:
    a high score is good for satisfaction, much effort for effort."""
    guessed = int((frame["scale_max"].isna() | frame["scale_min"].isna()).sum())
    highest = frame.loc[frame["scale_max"].isna(), "score"].max()
    top = 7.0 if survey == "ces" else highest
    filled = frame.assign(
        scale_min=frame["scale_min"].fillna(1.0),
        scale_max=frame["scale_max"].fillna(top),
        higher=frame["higher"].astype("boolean").fillna(survey == "csat").astype(bool),
    )
    return filled, [note("voice_scale_guessed", n=guessed, most=float(top))] if guessed and not pd.isna(top) else []


def _counts(scores: pd.Series) -> tuple[tuple[float, int], ...]:
    return tuple((float(score), int(n)) for score, n in scores.value_counts().sort_index().items())


def _middle(scores: pd.Series) -> tuple[float | None, float | None]:
    return (float(scores.mean()), float(scores.median())) if len(scores) else (None, None)


def _csat_row(
    period: Period, group: str | None, part: pd.DataFrame, scale: tuple[float, float], higher: bool, small: int
) -> ScaleRow:
    scores = part["score"]
    best = int((scores >= scale[1] - 1).sum() if higher else (scores <= scale[0] + 1).sum())
    n = len(scores)
    low, high = wilson(best, n) or (None, None)
    value = best / n if n else None
    return ScaleRow(
        period, group, scale, higher, n, value, low, high, *_middle(scores), value, _counts(scores), n < small
    )


def _ces_row(
    period: Period, group: str | None, part: pd.DataFrame, scale: tuple[float, float], higher: bool, small: int
) -> ScaleRow:
    effort = sum(scale) - part["score"] if higher else part["score"]
    n = len(effort)
    mean, median = _middle(effort)
    low, high = _t_interval(effort)
    share = float((effort > scale[0] + 0.6 * (scale[1] - scale[0])).mean()) if n else None
    counts = _counts(part["score"])
    return ScaleRow(period, group, scale, higher, n, mean, low, high, mean, median, share, counts, n < small)


def _t_interval(values: pd.Series) -> tuple[float | None, float | None]:
    """95 % interval of a mean (Student 1908); null for fewer than two values."""
    if len(values) < 2:
        return None, None
    half = mean_half(len(values), float(values.std(ddof=1)))
    mean = float(values.mean())
    return mean - half, mean + half
