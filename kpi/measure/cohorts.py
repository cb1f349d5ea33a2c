"""Spans of a cohort and of the one before it; what a cohort was lost for."""

from __future__ import annotations

from datetime import date, timedelta

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


def losses(workspace, kind: str, since: date | None, until: date | None) -> list[tuple[str | None, int]]:
    """Reasons of what came in during the span and was lost, the most frequent first; None: no reason recorded."""
    table, entry, lost = {
        "leads": ("leads", "created_at", "lost_at is not null or status = 'lost'"),
        "opportunities": ("opportunities", "created_at", "outcome = 'lost'"),
        "quotes": ("quotes", "sent_at", "status in ('rejected', 'expired')"),
    }[kind]
    sql = (
        f"select nullif(trim(lost_reason), ''), count(*) from {table} where ({lost}) "
        f"and ($1::date is null or {entry} >= $1) and ($2::date is null or {entry} < $2) group by 1 order by 2 desc, 1"
    )
    return workspace.memo(("losses", kind, since, until), lambda: workspace.rows(sql, [since, until]))
