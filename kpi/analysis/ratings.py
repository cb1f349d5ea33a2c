"""Ratings by people: checked, brought to 0 to 100, summed up per instrument once enough have rated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpi.errors import Refused
from kpi.stats import rating_score, ratings

SCALE = 5
MIN_RATERS = 3

Assessment = Mapping[str, Any]


@dataclass(frozen=True)
class Rated:
    """The ratings of one instrument. score (mean), median, spread (sample standard deviation): 0 to 100, null until
    enough people rated; counts: ratings per value of the scale, empty until then."""

    instrument: str
    n: int
    score: float | None
    median: float | None
    spread: float | None
    counts: tuple[tuple[float, int], ...] = ()


def check_rating(score: float, scale_max: float = SCALE) -> float:
    """The rating as 0 to 100: (rating - 1) / (scale - 1) * 100. Refused outside 1 to scale_max."""
    try:
        return rating_score(score, scale_max)
    except ValueError as error:
        raise Refused("rating_outside", score=score, most=scale_max) from error


def rated(assessments: Iterable[Assessment], min_raters: int = MIN_RATERS) -> dict[str, Rated]:
    """Mean, median and spread per instrument from the newest rating of each respondent.

    assessments: rows of the state table, newest last where two carry no date; ratings without a respondent each
    count for themselves. Below `min_raters` only n is told, so that nobody's rating can be read off.
    Refused for a rating outside its scale.
    """
    newest: dict[tuple[str, object], Assessment] = {}
    for i, row in enumerate(sorted(assessments, key=_when)):
        newest[row["instrument_id"], row.get("respondent_id") or i] = row
    by_instrument: dict[str, list[Assessment]] = defaultdict(list)
    for (instrument, _), row in newest.items():
        by_instrument[instrument].append(row)
    return {instrument: _summary(instrument, rows, min_raters) for instrument, rows in by_instrument.items()}


def rated_by_round(
    assessments: Iterable[Assessment], min_raters: int = MIN_RATERS
) -> dict[str, list[tuple[str | None, Rated]]]:
    """Per instrument its rounds, the oldest first: (round, what was rated in it)."""
    rounds: dict[str | None, list[Assessment]] = defaultdict(list)
    for row in sorted(assessments, key=_when):
        rounds[row.get("round_id")].append(row)
    history: dict[str, list[tuple[str | None, Rated]]] = defaultdict(list)
    for round_id, rows in rounds.items():
        for instrument, found in rated(rows, min_raters).items():
            history[instrument].append((round_id, found))
    return dict(history)


def read_assessments(workspace: Any, as_of: date | None = None) -> list[dict[str, Any]]:
    """The rows of the state table up to and including `as_of`, oldest first."""
    sql = (
        "select instrument_id, round_id, assessed_at, respondent_role, respondent_id, score, scale_max, comment"
        " from state.assessments where instrument_id is not null and score is not null"
        " and ($1::date is null or assessed_at is null or assessed_at::date <= $1::date) order by assessed_at, rowid"
    )
    names = (
        "instrument_id", "round_id", "assessed_at", "respondent_role", "respondent_id", "score", "scale_max", "comment"
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in workspace.rows(sql, [as_of])]


def _when(row: Assessment) -> str:
    return str(row.get("assessed_at") or "")


def _summary(instrument: str, rows: list[Assessment], min_raters: int) -> Rated:
    scores = [check_rating(row["score"], row.get("scale_max") or SCALE) for row in rows]
    found = ratings(scores)
    if found is None or found.n < min_raters:
        return Rated(instrument, len(scores), None, None, None)
    counts = tuple(sorted(Counter(float(row["score"]) for row in rows).items()))
    return Rated(instrument, found.n, found.mean, found.median, found.spread, counts)
