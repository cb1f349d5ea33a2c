"""The value of every KPI in the last whole month, filled a few at a time: for the catalogue, which shows them all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from kpi.catalogue import needs_of
from kpi.core import Kpi, Period, Query, Row
from kpi.errors import KpiError
from kpi.measure.frame import frame_of, recent
from kpi.measure.run import chosen, run
from kpi.workspace import imports
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.storage import state_tables

FEW = 24  # KPIs asked at once: together they are cheaper than one by one


@dataclass
class _Kept:
    """The values of a workspace as long as its data, settings and definitions stay as they are."""

    stamp: object
    rows: dict[str, Row | None] = field(default_factory=dict)


_kept: WeakKeyDictionary[object, dict[str, _Kept]] = WeakKeyDictionary()


def last_month(workspace, calendar: str = "") -> Period | None:
    """The last whole month of the data; None without data."""
    if workspace.as_of() is None:
        return None
    since, until = recent(workspace, "month", calendar, whole=1)
    query = Query((), since, until, "month", calendar)
    return next((p for p in frame_of(workspace, query).buckets(since, until, clip=False) if p.complete), None)


def values(
    workspace, kpis: Iterable[str], calendar: str = "", seconds: float = 0.0
) -> tuple[dict[str, Row | None], int]:
    """The rows of those of `kpis` that are known (None: no value), and how many computable ones still are to come.

    At most about `seconds` are spent on computing more of them, in the order given: ask again for the rest. A value is
    kept until something that it may rest on changes: what is put on the board or planned does not change a sale.
    """
    month = last_month(workspace, calendar)
    known = kpis_of(workspace)
    wanted = [id_ for id_ in dict.fromkeys(kpis) if id_ in known and chosen(workspace, known[id_])[0]]
    if month is None:
        return {}, 0
    rows = _rows(workspace, calendar, month)
    todo = [id_ for id_ in wanted if id_ not in rows]
    began = time.monotonic()
    while todo and time.monotonic() - began < seconds:
        some, todo = todo[:FEW], todo[FEW:]
        rows.update(_ask(workspace, some, month, calendar))
    return {id_: rows[id_] for id_ in wanted if id_ in rows}, len(todo)


def _rows(workspace, calendar: str, month: Period) -> dict[str, Row | None]:
    """The values known so far. After a change that no import and no setting made, all but those of people's own words."""
    stamp = (
        month,
        tuple((each.id, each.undone_at) for each in imports(workspace)),
        tuple(sorted(workspace.settings.given.items())),
        tuple(kpi for kpi in kpis_of(workspace).values() if kpi.origin),
    )
    held = _kept.setdefault(workspace, {})
    kept = held.get(calendar)
    if kept is None or kept.stamp != stamp:
        kept = held[calendar] = _Kept(stamp)
    return workspace.memo(("live", calendar, stamp), lambda: _fresh(workspace, kept))


def _fresh(workspace, kept: _Kept) -> dict[str, Row | None]:
    """Of the rows of an earlier revision those that rest on data alone; the dict stays the one that is filled."""
    known = kpis_of(workspace)
    for id_ in [id_ for id_ in list(kept.rows) if id_ not in known or _of_state(workspace, known[id_])]:
        del kept.rows[id_]
    return kept.rows


def _of_state(workspace, kpi: Kpi) -> bool:
    """Whether the KPI is computed from what people rated, planned or chose."""
    computation, _ = chosen(workspace, kpi)
    tables = {column.partition(".")[0] for column in needs_of(kpi, computation).columns}
    return bool(tables & set(state_tables()))


def _ask(workspace, kpis: Sequence[str], month: Period, calendar: str) -> dict[str, Row | None]:
    try:
        found = run(workspace, Query(tuple(kpis), month.since, month.until, "month", calendar))
    except KpiError:  # one that cannot be answered (its own page says why) must not take the others with it
        if len(kpis) == 1:
            return {kpis[0]: None}
        return {id_: row for each in kpis for id_, row in _ask(workspace, [each], month, calendar).items()}
    return {each.kpi.id: next((r for r in each.rows if r.period == month), None) for each in found.results}
