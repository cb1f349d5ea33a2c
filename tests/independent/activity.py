"""What people do: calls, meetings, mails, tasks; and the CRM's users."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import DAY, Company, Frame, Span, lookup
from tests.independent.registry import kpi, ratio, total


def done_in(company: Company, span: Span, *kinds: str) -> Frame:
    acts = pieces.done(company, *kinds)
    return acts[span.holds(acts.day)]


@kpi
def sales_calls_made(company: Company, span: Span) -> float:
    return len(pieces.sales_calls(company, span))


@kpi
def weekly_calls_per_rep(company: Company, span: Span) -> float | None:
    calls = pieces.sales_calls(company, span)
    return ratio(calls.employee_id.notna().sum(), pieces.rep_weeks(company, span))


@kpi
def sales_calls_per_opportunity(company: Company, span: Span) -> float | None:
    deals = company.opportunities
    alive = (deals.created_at < span.until) & (deals.closed_at.isna() | (deals.closed_at >= span.since))
    return ratio(pieces.sales_calls(company, span).opportunity_id.notna().sum(), alive.sum())


@kpi
def emails_sent(company: Company, span: Span) -> float:
    return len(done_in(company, span, "email"))


@kpi
def notes_added(company: Company, span: Span) -> float:
    return len(done_in(company, span, "note"))


@kpi
def meetings_attended(company: Company, span: Span) -> float:
    return len(done_in(company, span, "meeting"))


@kpi
def weekly_meetings_per_rep(company: Company, span: Span) -> float | None:
    meetings = done_in(company, span, "meeting")
    return ratio(meetings.employee_id.notna().sum(), pieces.rep_weeks(company, span))


@kpi
def tasks_completed(company: Company, span: Span) -> float:
    acts = company.raw("activities")
    acts = acts[(acts.activity_type == "task") & (acts.status.isna() | (acts.status == "done"))]
    return int(span.holds(acts.completed_at.fillna(acts.occurred_at)).sum())


@kpi
def customer_contacts(company: Company, span: Span) -> float:
    acts = done_in(company, span, "call", "email", "meeting")
    return int(acts[["customer_id", "lead_id", "contact_id", "opportunity_id"]].notna().any(axis=1).sum())


@kpi
def cycle_advancing_activities(company: Company, span: Span) -> float | None:
    """Followed within the window by an entry into a stage above the one the deal was in, or by its win."""
    acts = done_in(company, span)
    acts = acts[acts.opportunity_id.notna()]
    window = pd.Timedelta(days=int(company.settings["advance_days"]))
    acts = acts[acts.day + window <= company.now]
    stages = company.raw("stages")
    place = stages[stages.entity == "opportunity"].set_index("stage")
    stays = company.stays
    stays = stays.assign(place=stays.stage.map(place.position), kind=stays.stage.map(place.kind))
    stays["place"] = stays.place.where(stays.kind != "lost", 0)
    entries = stays[["opportunity_id", "entered_at", "place"]].dropna().sort_values("entered_at")
    acts = acts[["activity_id", "opportunity_id", "day"]].sort_values("day")
    acts = pd.merge_asof(
        acts, entries, left_on="day", right_on="entered_at", by="opportunity_id", allow_exact_matches=False
    )
    first = entries.drop_duplicates("opportunity_id").set_index("opportunity_id").place
    acts["place"] = acts.place.fillna(acts.opportunity_id.map(first))
    pairs = acts[["activity_id", "opportunity_id", "day", "place"]].merge(
        entries, on="opportunity_id", suffixes=("", "_next")
    )
    within = (pairs.entered_at >= pairs.day) & (pairs.entered_at <= pairs.day + window)
    near = pairs[within & (pairs.place_next > pairs.place)]
    return ratio(acts.activity_id.isin(near.activity_id).sum(), len(acts))


@kpi
def team_productivity(company: Company, span: Span) -> float | None:
    roles = list(company.settings["productivity_roles"])
    return ratio(pieces.revenue(company, span), len(pieces.employed(company, span, *roles)))


@kpi
def crm_records(company: Company, span: Span) -> float:
    total = 0
    for table, dates in (
        ("customers", ["created_at"]),
        ("leads", ["created_at"]),
        ("opportunities", ["created_at"]),
        ("activities", ["occurred_at"]),
        ("tickets", ["opened_at"]),
    ):
        moment = company.raw(table)[dates[0]]
        total += int((moment.isna() | (moment < span.until)).sum())
    return total


def logins(company: Company, span: Span) -> Frame:
    found = company.raw("crm_logins")
    found = found[span.holds(found.logged_in_at)]
    return found.assign(day=found.logged_in_at.dt.normalize())


def users_in(company: Company, span: Span) -> Frame:
    people = pieces.employed(company, span)
    return people[people.crm_user.eq(True)]


@kpi
def crm_usage_frequency(company: Company, span: Span) -> float | None:
    people = pieces.employed_at(company, span.until)
    users = people[people.crm_user.eq(True)]
    days = logins(company, span).drop_duplicates(["employee_id", "day"])
    return ratio(len(days), len(users) * company.known_days(span) / 7)


@kpi
def crm_user_training(company: Company, span: Span) -> float | None:
    people = pieces.employed_at(company, span.until)
    users = people[people.crm_user.eq(True)]
    done = company.raw("trainings")
    done = done[done.completed.eq(True) & (done.trained_at < span.until) & done.topic.str.contains("crm", case=False)]
    return ratio(users.employee_id.isin(done.employee_id).sum(), len(users))


def active_users(company: Company, span: Span) -> set[str]:
    """At least 4 days with a login per 30 days of the period."""
    days = logins(company, span).drop_duplicates(["employee_id", "day"]).groupby("employee_id").size()
    least = int(company.settings["active_user_days"]) * company.known_days(span) / 30
    return set(days[days >= least].index)


@kpi
def active_crm_users(company: Company, span: Span) -> float:
    return len(active_users(company, span))


@kpi
def management_adoption(company: Company, span: Span) -> float | None:
    people = pieces.employed_at(company, span.until)
    heads = people[people.is_manager.eq(True) & people.crm_user.fillna(True).eq(True)]
    return ratio(heads.employee_id.isin(active_users(company, span)).sum(), len(heads))


@kpi
def crm_usage_pattern(company: Company, span: Span) -> float | None:
    users = users_in(company, span)
    found = logins(company, span)
    modules = found.dropna(subset=["module"]).groupby("employee_id").module.nunique()
    broad = modules[modules >= int(company.settings["usage_min_modules"])].index
    return ratio(users.employee_id.isin(broad).sum(), len(users))


@kpi
def system_stability(company: Company, span: Span) -> float:
    """Minutes covered by at least one incident, counted once where incidents overlap."""
    incidents = company.raw("system_incidents").sort_values("started_at")
    end = min(span.until, company.now)
    begin = incidents.started_at.clip(lower=span.since)
    stop = incidents.ended_at.fillna(company.now).clip(upper=end)
    down, reached = pd.Timedelta(0), span.since
    for a, b in zip(begin, stop, strict=True):
        a = max(a, reached)
        if b > a:
            down += b - a
            reached = b
    return 1 - down / (company.known_days(span) * DAY)


@kpi
def training_days(company: Company, span: Span) -> float:
    done = company.raw("trainings")
    return total(done[span.holds(done.trained_at)].days)


@kpi
def key_employee_turnover(company: Company, span: Span) -> float | None:
    people = company.raw("employees")
    left = (people.is_key.eq(True) & span.holds(people.left_at)).sum()
    keys = [pieces.employed_at(company, t).is_key.eq(True).sum() for t in (span.since, span.until)]
    return ratio(left, sum(keys) / 2)


@kpi
def reward_system_usage(company: Company, span: Span) -> float | None:
    people = pieces.employed_at(company, span.until)
    roles = list(company.settings["reward_roles"])
    eligible = people[people.role.isin(roles)]
    earned = company.raw("commissions")
    earned = earned[span.holds(earned.earned_at)]
    return ratio(eligible.employee_id.isin(earned.employee_id).sum(), len(eligible))


@kpi
def time_per_job_title(company: Company, span: Span) -> float:
    entries = company.raw("time_entries")
    return total(entries[span.holds(entries.worked_at)].hours)


def bad_hours(company: Company, span: Span) -> Frame:
    entries = company.raw("time_entries")
    wanted = list(company.settings["bad_data_categories"])
    return entries[span.holds(entries.worked_at) & entries.category.isin(wanted)]


@kpi
def bad_data_hours(company: Company, span: Span) -> float:
    return total(bad_hours(company, span).hours)


@kpi
def bad_data_cost_per_rep(company: Company, span: Span) -> float | None:
    entries = bad_hours(company, span)
    hourly = lookup(entries.employee_id, company.raw("employees").set_index("employee_id").hourly_cost)
    default = company.settings["hourly_cost"]
    if default is not None:
        hourly = hourly.fillna(float(default))
    return ratio(total(entries.hours * hourly), len(pieces.employed(company, span, "sales")))
