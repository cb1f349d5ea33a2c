"""Derived columns of tickets: moments, durations and service-level flags from one another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpi.workspace.layers import Layer
from kpi.workspace.sources import Sources

OPEN = "coalesce(t.status IN ('open', 'pending'), false)"


def _minutes(until: str) -> str:
    """Minutes since the ticket was opened; none where the moment lies before."""
    return f"CASE WHEN {until} >= t.opened_at THEN date_diff('microsecond', t.opened_at, {until}) / 60e6 END"


def _moment(minutes: str) -> str:
    """The moment so many minutes after the opening; none where no calendar reaches that far."""
    return f"TRY(t.opened_at + to_microseconds((({minutes}) * 60e6)::BIGINT))"


def tickets(sources: Sources) -> Iterable[Layer]:
    """Moments from durations and durations from moments; resolved_at absent: closed_at. A ticket that is open has no
    resolution, whatever a column says. Flags: in time or not; overdue and not done is not in time."""
    yield Layer(
        {
            "first_response_at": f"coalesce(t.first_response_at, {_moment('t.first_response_minutes')})",
            "resolved_at": f"CASE WHEN NOT {OPEN} THEN coalesce(t.resolved_at, {_moment('t.resolution_minutes')}, t.closed_at) END",
        }
    )
    yield Layer(
        {
            "first_response_minutes": f"coalesce(t.first_response_minutes, {_minutes('t.first_response_at')})",
            "resolution_minutes": f"CASE WHEN NOT {OPEN} THEN coalesce(t.resolution_minutes, {_minutes('t.resolved_at')}) END",
        }
    )
    now = f"TIMESTAMP '{sources.as_of or date.min} 23:59:59.999999'"
    kept = f"CASE WHEN NOT ({OPEN} AND t.resolution_sla_met) THEN t.resolution_sla_met END"
    yield Layer(
        {
            "response_sla_met": f"coalesce(t.response_sla_met, {_in_time('first_response_at', 'response_due_at', now)})",
            "resolution_sla_met": f"coalesce({kept}, {_in_time('resolved_at', 'resolution_due_at', now)})",
        }
    )


def _in_time(done: str, due: str, now: str) -> str:
    return f"CASE WHEN t.{done} IS NOT NULL THEN t.{done} <= t.{due} WHEN t.{due} <= {now} THEN false END"
