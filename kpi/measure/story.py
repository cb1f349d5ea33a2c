"""One KPI told in full: its trend with what is usual, the target, what changed it, the proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kpi.analysis.contribution import Breakdown, breakdown
from kpi.analysis.history import History, Tone, history
from kpi.core import Kpi, KpiResult, Query, Row
from kpi.measure.board import Item, board
from kpi.measure.frame import recent
from kpi.measure.proof import Proof, explain
from kpi.measure.run import adds_up, run
from kpi.stats import Process, TooLittle
from kpi.stats.signals import Signal

PERIODS = 24


@dataclass(frozen=True)
class Story:
    """rows: up to 24 whole periods and the running one; past: the whole history, whose row `start` is the first of them.
    current: the period that is spoken of: the last whole one, the running one where no other has a value.

    split: the breakdown as it was answered, with what it must say; parts: what each group brought to the change.
    """

    item: Item
    rows: tuple[Row, ...]
    past: History
    start: int
    current: Row | None = None
    parts: Breakdown | None = None
    split: KpiResult | None = None
    proof: Proof | None = None

    @property
    def process(self) -> Process | TooLittle:
        """What is usual, and where it was left; or what keeps that from being told."""
        return self.past.process

    @property
    def signals(self) -> dict[int, Tone]:
        """Index into `rows` → whether the signal there is for the better or the worse."""
        return {i - self.start: tone for i, tone in self.past.signals.items() if i >= self.start}

    def usual(self, index: int) -> tuple[float, float, float] | None:
        """Low, middle and high of what is usual in the period `rows[index]`."""
        found, at = self.past.process, index + self.start
        if isinstance(found, TooLittle) or at >= len(self.past.rows):
            return None
        low, middle, high = (float(ends[at]) for ends in (found.low, found.center, found.high))
        return (low, middle, high) if low == low and high == high else None

    def why(self, index: int) -> tuple[Signal, ...]:
        """The rules by which `rows[index]` is a signal."""
        found = self.past.process
        return () if isinstance(found, TooLittle) else found.at(index + self.start)


def story(
    workspace,
    kpi: Kpi,
    by: str,
    calendar: str = "",
    split: str | None = None,
    goals: tuple[str, ...] = (),
    filters: tuple[tuple[str, str], ...] = (),
    since: date | None = None,
    until: date | None = None,
) -> Story:
    """The story of `kpi` by `by`; split: the dimension that the last change is broken down by; since, until: only whole
    periods between these days, as `board` takes them."""
    item = board(workspace, [kpi.id], goals, by, calendar, filters=filters, since=since, until=until)[0]
    # Without a whole period between the days they are one period by themselves, and nothing is usual yet.
    past = item.history or history(kpi, item.result.rows, by)
    if item.result.missing or not item.result.rows:
        return Story(item, (), past, 0)
    start = max(len(past.rows) - PERIODS, 0)
    if since:
        start = next((i for i, row in enumerate(past.rows) if row.period.since >= since), start)
    running = () if until or item.history is None else _running(workspace, kpi, by, calendar, filters)
    rows = (*past.rows[start:], *running)
    parts, answered, proof = None, None, None
    current, before = item.reading.current, item.reading.before
    if item.begun and running:
        current, before = running[0], None
    if current:
        span = Query((kpi.id,), current.period.since, current.period.until, filters=filters)
        proof = explain(workspace, span)
        if split:
            answered, parts = _breakdown(workspace, kpi, replace(span, split=split), current, before)
    return Story(item, rows, past, start, current, parts, answered, proof)


def _running(workspace, kpi: Kpi, by: str, calendar: str, filters: tuple[tuple[str, str], ...]) -> list[Row]:
    """The period that is still running, where one is."""
    since, until = recent(workspace, by, calendar, 1)
    rows = run(workspace, Query((kpi.id,), since, until, by, calendar, filters=filters))[kpi.id].rows
    return [row for row in rows if not row.period.complete][:1]


def _breakdown(
    workspace, kpi: Kpi, query: Query, current: Row, before: Row | None
) -> tuple[KpiResult, Breakdown | None]:
    """The groups of the current period, and what each brought to the change from the one before."""
    answered = run(workspace, query)[kpi.id]
    if not answered.rows:
        return answered, None
    then = replace(query, since=before.period.since, until=before.period.until) if before else None
    earlier = run(workspace, then)[kpi.id].rows if then else ()
    return answered, breakdown(answered.rows, earlier, current, before, adds_up(workspace, kpi))
