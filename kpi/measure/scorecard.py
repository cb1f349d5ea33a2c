"""The scorecard of a workspace: objective instruments from the KPIs of the last twelve months, ratings from people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from kpi.analysis.card import Card, read_card
from kpi.analysis.progress import target_for, targets_of
from kpi.analysis.ratings import rated, read_assessments
from kpi.analysis.scorecard import Scorecard, scorecard
from kpi.core import Kpi, Query
from kpi.measure.board import so_far
from kpi.measure.frame import months_before
from kpi.measure.run import adds_up, run
from kpi.workspace.own_kpis import kpis_of

MONTHS = 12


def card_of(workspace, as_of: date | None = None) -> Scorecard:
    """The scorecard as of the end of `as_of` (default: the last day of the data).

    An objective instrument is its KPI over the twelve months up to that day, judged by the target that runs then; a
    sum or count with a target is judged by what has added up since the target began against what is due by then.
    Ratings up to `as_of` count; without one all of them, also those given after the last day of the data.
    """
    day = as_of or workspace.as_of() or date.today()
    return workspace.memo(("scorecard", day, as_of), lambda: _card(workspace, day, as_of))


def _card(workspace, day: date, rated_until: date | None) -> Scorecard:
    until = day + timedelta(days=1)
    card = with_own(read_card(), kpis_of(workspace))
    ids = list(dict.fromkeys(i for factor in card.factors.values() for i in factor.objective))
    result = run(workspace, Query(tuple(ids), months_before(until, MONTHS), until))
    targets = targets_of(workspace)

    def value_of(kpi_id: str):
        rows = result[kpi_id].rows
        value = rows[-1].value if rows else None
        if value is None:
            return None
        target = target_for(targets, kpi_id, day)
        if target is None:
            return (value,)
        kpi = kpis_of(workspace)[kpi_id]
        if adds_up(workspace, kpi) and target.aim is not None:
            done = so_far(workspace, kpi_id, target, until)
            gone = (min(until, target.until) - target.since).days / max((target.until - target.since).days, 1)
            due = (None if x is None else x * gone for x in (target.value, target.low, target.high))
            return (done, (target.baseline or 0.0) * gone, *due, kpi.better)
        return (value, target.baseline, target.value, target.low, target.high, kpi.better)

    ratings = rated(read_assessments(workspace, rated_until), int(workspace.settings.min_raters))
    return scorecard(value_of, ratings, card=card)


def with_own(card: Card, kpis: Mapping[str, Kpi]) -> Card:
    """The card with a workspace's own KPIs as further instruments of the factors that they name."""
    more: dict[str, list[str]] = {}
    for id_, kpi in kpis.items():
        if kpi.origin == "own" and kpi.factor in card.factors:
            more.setdefault(kpi.factor, []).append(id_)
    if not more:
        return card
    factors = {
        id_: replace(each, objective=(*each.objective, *more.get(id_, ()))) for id_, each in card.factors.items()
    }
    return replace(card, factors=factors)
