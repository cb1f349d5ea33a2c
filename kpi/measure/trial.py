"""A definition tried before it is kept: its value, its course, its SQL and the rows behind it, for a limited time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpi.catalogue.own import OwnKpi
from kpi.core import KpiResult, Query, Row
from kpi.errors import KpiError, Refused
from kpi.measure.frame import recent
from kpi.measure.proof import Proof, explain
from kpi.measure.run import run
from kpi.workspace.own_kpis import KEY, checked, own_kpis
from kpi.workspace.timed import rows_within

SECONDS = 5.0  # for each statement of a trial
PERIODS = 13
FAILED = ("note.query_too_long", "note.query_too_big", "note.query_failed")


@dataclass(frozen=True)
class Trial:
    """What a definition gives. mistakes: why it gives nothing; failed: the database's reason, as a note of the result."""

    own: OwnKpi
    mistakes: tuple[KpiError, ...] = ()
    result: KpiResult | None = None
    proof: Proof | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row a period, the oldest first."""
        return self.result.rows if self.result else ()

    @property
    def failed(self) -> tuple[str, Mapping[str, object]] | None:
        """Why the database did not answer: code of a note and its params."""
        notes = self.result.notes if self.result else ()
        return next(((code, dict(params)) for code, params in notes if code in FAILED), None)

    @property
    def sound(self) -> bool:
        """Whether it may be kept: no mistake, and the database can compute it."""
        return not self.mistakes and self.failed is None


class Drafted:
    """A workspace as it would be with a definition in it: read only, every query for a limited time."""

    def __init__(self, workspace: Any, own: Mapping[str, OwnKpi]) -> None:
        self._workspace = workspace
        self._held: dict[object, Any] = {KEY: own}
        self.name, self.revision, self.settings = workspace.name, workspace.revision, workspace.settings

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple]:
        """The rows of a query, if it is done in time."""
        return rows_within(self._workspace, sql, params, SECONDS)

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """Several queries on one cursor."""
        return self._workspace.ask(question)

    def frame(self, sql: str, params: Sequence[object] = ()) -> Any:
        """The rows of a query as a data frame."""
        return self._workspace.frame(sql, params)

    def columns(self) -> frozenset[str]:
        """The columns that hold data."""
        return self._workspace.columns()

    def as_of(self) -> Any:
        """The last day with an event."""
        return self._workspace.as_of()

    def notes(self) -> dict[str, dict[str, object]]:
        """The rules in force."""
        return self._workspace.notes() if hasattr(self._workspace, "notes") else {}

    def memo(self, key: object, make: Callable[[], Any]) -> Any:
        """Remembered as long as the draft lives."""
        if key not in self._held:
            self._held[key] = make()
        return self._held[key]


def trial(
    workspace: Any,
    id_: str,
    block: Mapping[str, Any],
    by: str = "month",
    calendar: str = "",
    beside: Mapping[str, Mapping[str, Any]] | None = None,
    goals: Collection[str] = (),
) -> Trial:
    """The definition tried on the last periods. Nothing is stored; whatever is wrong is told, not raised.

    beside, goals: definitions and goals that would come with it.
    """
    held = {other: each.block for other, each in own_kpis(workspace).items() if not each.mistakes and other != id_}
    every = checked(workspace, {**held, **(beside or {}), id_: block}, goals)
    own = every[id_]
    if own.mistakes:
        return Trial(own, own.mistakes)
    draft = Drafted(workspace, every)
    since, until = recent(workspace, by, calendar, PERIODS)
    try:
        result = run(draft, Query((id_,), since, until, by, calendar))[id_]
        last = last_whole(result.rows)
        about = Query((id_,), last.period.since, last.period.until) if last and not _failed(result) else None
        proof = explain(draft, about) if about else None
    except Refused as refused:
        return Trial(own, (refused,))
    return Trial(own, (), result, proof)


def last_whole(rows: Sequence[Row]) -> Row | None:
    """The row of the last period that is over, else the last one; None without rows."""
    return next((row for row in reversed(rows) if row.period.complete), rows[-1] if rows else None)


def _failed(result: KpiResult) -> bool:
    return any(code in FAILED for code, _ in result.notes)
