"""One KPI told in full: its trend with the usual range, the target, what changed it, the proof."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kpi.analysis.contribution import Breakdown, breakdown
from kpi.analysis.reading import bounds, from_first
from kpi.core import Kpi, Query, Row
from kpi.measure.board import Item, board
from kpi.measure.frame import recent
from kpi.measure.proof import Proof, explain
from kpi.measure.run import adds_up, run
from kpi.stats.signals import MINIMUM, Limits, xmr_limits, xmr_signals

PERIODS = 24


@dataclass(frozen=True)
class Story:
    """rows: up to 24 whole periods and the running one; limits of the whole ones; signals: indexes into rows."""

    item: Item
    rows: tuple[Row, ...]
    limits: Limits | None
    signals: frozenset[int]
    parts: Breakdown | None
    proof: Proof | None


def story(
    workspace,
    kpi: Kpi,
    by: str,
    calendar: str = "",
    split: str | None = None,
    goals: tuple[str, ...] = (),
    filters: tuple[tuple[str, str], ...] = (),
) -> Story:
    """The story of `kpi` by `by`; split: the dimension that the last change is broken down by."""
    item = board(workspace, [kpi.id], goals, by, calendar, filters=filters)[0]
    if item.result.missing or not item.result.rows:
        return Story(item, (), None, frozenset(), None, None)
    since, until = recent(workspace, by, calendar, PERIODS)
    rows = from_first(run(workspace, Query((kpi.id,), since, until, by, calendar, filters=filters))[kpi.id].rows)
    whole = [(i, r.value) for i, r in enumerate(rows) if r.period.complete and r.mature and r.value is not None]
    limits = None
    signals: frozenset[int] = frozenset()
    if len(whole) >= MINIMUM:
        limits = xmr_limits([v for _, v in whole], *bounds(kpi))
        signals = frozenset(whole[s.index][0] for s in xmr_signals([v for _, v in whole], limits))
    proof = parts = None
    current, before = item.reading.current, item.reading.before
    if current:
        span = Query((kpi.id,), current.period.since, current.period.until, filters=filters)
        proof = explain(workspace, span)
        if split and before:
            now = replace(span, split=split)
            then = replace(now, since=before.period.since, until=before.period.until)
            parts = breakdown(
                run(workspace, now)[kpi.id].rows,
                run(workspace, then)[kpi.id].rows,
                current,
                before,
                adds_up(workspace, kpi),
            )
    return Story(item, rows, limits, signals, parts, proof)
