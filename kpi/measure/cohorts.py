"""Spans of a cohort and of the one before it; what a cohort was lost for."""

from __future__ import annotations

from datetime import date, timedelta

from kpi.analysis.tables import part_of, within
from kpi.measure.frame import months_before

MONTHS = {"year": 12, "half": 6}


def spans(workspace, column: str, code: str) -> tuple[date | None, date | None, date | None, date | None]:
    """since, until and the same of the span before, for cohorts by `column` ("table.column"); all None for "all".

    A span ends a month before the data end, so that its cases have had some time.
    """
    if code not in MONTHS or column not in workspace.columns():
        return None, None, None, None
    end = (workspace.as_of() or date.today()) + timedelta(days=1)
    until = date(end.year, end.month, 1)
    since = months_before(until, MONTHS[code])
    return since, until, months_before(since, MONTHS[code]), since


def spans_between(
    workspace, since: date | None, until: date | None
) -> tuple[date | None, date | None, date | None, date | None]:
    """The same for days that were chosen: as many days before them; None for an open beginning."""
    end = min(until or date.max, (workspace.as_of() or date.today()) + timedelta(days=1))
    if since is None or since >= end:
        return since, end, None, None
    return since, end, since - (end - since), since


def losses(
    workspace, kind: str, since: date | None, until: date | None, filters: tuple[tuple[str, str], ...] = ()
) -> list[tuple[str | None, int]]:
    """Reasons of what came in during the span and was lost, the most frequent first; None: no reason recorded."""
    table, entry, lost = {
        "leads": ("leads", "created_at", "f.lost_at is not null or f.status = 'lost'"),
        "opportunities": ("opportunities", "created_at", "f.outcome = 'lost'"),
        "quotes": ("quotes", "sent_at", "f.status in ('rejected', 'expired')"),
    }[kind]
    part = part_of(table, None, filters)
    when, days = within(f"f.{entry}", since, until)
    sql = (
        f"select nullif(trim(f.lost_reason), ''), count(*) from {table} f {part.joins} "
        f"where ({lost}) and {part.where} and {when} group by 1 order by 2 desc, 1"
    )
    key = ("losses", kind, since, until, filters)
    return workspace.memo(key, lambda: workspace.rows(sql, [*part.params, *days]))
