"""Tickets and support calls."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import Column, Company, Frame, Span
from tests.independent.registry import kpi, mean, ratio, total


def resolved(company: Company, span: Span) -> Frame:
    return company.tickets[span.holds(company.tickets.resolved_at)]


def opened(company: Company, span: Span) -> Frame:
    return company.tickets[span.holds(company.tickets.opened_at)]


@kpi
def complaints_count(company: Company, span: Span) -> float:
    return int((opened(company, span).ticket_type == "complaint").sum())


@kpi
def instant_complaint_resolution_rate(company: Company, span: Span) -> float | None:
    found = resolved(company, span)
    found = found[found.ticket_type == "complaint"]
    recorded = found.contact_count.notna() | found.follow_up_count.notna()
    once = recorded & found.contact_count.fillna(0).le(1) & found.follow_up_count.fillna(0).eq(0)
    minutes = (found.resolved_at - found.opened_at).dt.total_seconds() / 60
    quick = minutes <= float(company.settings["instant_minutes"])
    return ratio((once | quick).sum(), len(found))


@kpi
def complaint_resolution_time(company: Company, span: Span) -> float | None:
    found = resolved(company, span)
    return mean(found[found.ticket_type == "complaint"].resolution_minutes / 60)


@kpi
def issue_resolution_time(company: Company, span: Span) -> float | None:
    return mean(resolved(company, span).resolution_minutes / 60)


@kpi
def average_wait_time(company: Company, span: Span) -> float | None:
    calls = company.raw("calls")
    calls = calls[(calls.direction == "in") & span.holds(calls.dialled_at)]
    return mean(calls.wait_seconds.fillna((calls.answered_at - calls.dialled_at).dt.total_seconds()) / 60)


@kpi
def support_response_time(company: Company, span: Span) -> float | None:
    tickets = company.tickets
    return mean(tickets[span.holds(tickets.first_response_at)].first_response_minutes / 60)


def solved_at_once(tickets: Frame) -> tuple[Column, Column]:
    """Recorded at all; and at the first contact by all that is recorded."""
    recorded = tickets[["contact_count", "follow_up_count", "reopened"]].notna().any(axis=1)
    fine = tickets.contact_count.fillna(0).le(1) & tickets.follow_up_count.fillna(0).eq(0)
    return recorded, recorded & fine & ~tickets.reopened.eq(True)


@kpi
def fcr(company: Company, span: Span) -> float | None:
    recorded, solved = solved_at_once(resolved(company, span))
    return ratio(solved.sum(), recorded.sum())


@kpi
def tickets_handled(company: Company, span: Span) -> float:
    return len(resolved(company, span))


@kpi
def same_day_tickets(company: Company, span: Span) -> float:
    found = resolved(company, span)
    return int((found.resolved_at.dt.normalize() == found.opened_at.dt.normalize()).sum())


@kpi
def support_requests_received(company: Company, span: Span) -> float | None:
    return ratio(len(opened(company, span)), company.known_days(span))


@kpi
def ticket_backlog(company: Company, span: Span) -> float:
    tickets = company.tickets
    end = tickets.resolved_at.fillna(tickets.closed_at)
    waiting = end.isna() & ~tickets.status.isin(["resolved", "closed"])
    return int(((tickets.opened_at < span.until) & (waiting | (end >= span.until))).sum())


@kpi
def recurring_issue_rate(company: Company, span: Span) -> float | None:
    known = company.tickets.dropna(subset=["customer_id", "category"])
    known = known.sort_values(["opened_at", "ticket_id"], kind="stable")
    earlier = known.groupby(["customer_id", "category"]).opened_at.shift(1)
    window = pd.Timedelta(days=int(company.settings["recurring_days"]))
    again = (known.opened_at - earlier) <= window
    inside = span.holds(known.opened_at)
    return ratio((again & inside).sum(), inside.sum())


@kpi
def sla_compliance_rate(company: Company, span: Span) -> float | None:
    """Resolved in the period, or fell due in it while unresolved at its end."""
    tickets = company.tickets
    due = tickets[tickets.resolution_sla_met.notna()]
    done = span.holds(due.resolved_at)
    overdue = span.holds(due.resolution_due_at) & (due.resolution_due_at < company.now)
    overdue &= due.resolved_at.isna() | (due.resolved_at >= span.until)
    return ratio((done & due.resolution_sla_met.eq(True)).sum(), (done | overdue).sum())


@kpi
def average_handling_time(company: Company, span: Span) -> float | None:
    calls = company.raw("calls")
    teams = list(company.settings["handling_teams"])
    calls = calls[
        calls.answered_at.notna() & span.holds(calls.dialled_at) & (calls.team.isna() | calls.team.isin(teams))
    ]
    return mean(calls.handle_seconds.fillna((calls.ended_at - calls.answered_at).dt.total_seconds()) / 60)


@kpi
def average_calls_per_day(company: Company, span: Span) -> float | None:
    calls = company.raw("calls")
    days = pd.date_range(span.since, min(span.until, company.now), inclusive="left")
    names = days.day_name().str.lower()
    working = len(days) - names.isin(list(company.settings["weekend"] or ())).sum()
    return ratio(span.holds(calls.dialled_at).sum(), working)


@kpi
def calls_answered(company: Company, span: Span) -> float:
    calls = company.raw("calls")
    return int(((calls.direction == "in") & span.holds(calls.answered_at)).sum())


@kpi
def calls_dialled(company: Company, span: Span) -> float:
    calls = company.raw("calls")
    return int(((calls.direction == "out") & span.holds(calls.dialled_at)).sum())


@kpi
def support_calls_made(company: Company, span: Span) -> float:
    calls = company.raw("calls")
    return int(((calls.direction == "out") & (calls.team == "support") & span.holds(calls.dialled_at)).sum())


@kpi
def follow_ups_before_resolution(company: Company, span: Span) -> float | None:
    found = resolved(company, span)
    return mean(found.follow_up_count.fillna(found.contact_count - 1))


@kpi
def customer_call_supporters(company: Company, span: Span) -> float:
    calls = company.raw("calls")
    wanted = (calls.direction == "in") & calls.answered_at.notna() & (calls.team == "support")
    return int(calls[wanted & span.holds(calls.dialled_at)].employee_id.nunique())


@kpi
def customer_service_cost(company: Company, span: Span) -> float:
    return total(pieces.costs_in(company, span, "service").amount)
