"""What several formulas of the catalogue name: active customers, costs, sales calls, representatives, margins."""

from __future__ import annotations

import pandas as pd

from tests.independent.company import DAY, Column, Company, Frame, Span
from tests.independent.registry import total


def active_at(company: Company, moment: pd.Timestamp) -> Frame:
    """customer start < t AND (churned_at IS NULL OR churned_at >= t)."""
    people = company.customers
    return people[(people.start < moment) & (people.churned_at.isna() | (people.churned_at >= moment))]


def active_in(company: Company, span: Span) -> Frame:
    """Active at any time of the period."""
    people = company.customers
    return people[(people.start < span.until) & (people.churned_at.isna() | (people.churned_at >= span.since))]


def existing_in(company: Company, span: Span) -> Frame:
    """Customers from before the period who had not left when it began."""
    people = company.customers
    return people[(people.start < span.since) & (people.churned_at.isna() | (people.churned_at >= span.since))]


def sold_in(company: Company, span: Span) -> Frame:
    return company.sold[span.holds(company.sold.ordered_at)]


def revenue(company: Company, span: Span) -> float:
    return total(sold_in(company, span).amount)


def won_in(company: Company, span: Span) -> Frame:
    deals = company.opportunities
    return deals[(deals.outcome == "won") & span.holds(deals.closed_at)]


def costs_in(company: Company, span: Span, *purposes: str) -> Frame:
    costs = company.raw("costs")
    return costs[costs.purpose.isin(purposes) & span.holds(costs.incurred_at)]


def campaign_costs_in(company: Company, span: Span, *purposes: str, unnamed: bool = False) -> Frame:
    """Costs of the campaigns with one of the purposes; with `unnamed` also of campaigns without a purpose."""
    costs = company.raw("campaign_costs")
    purpose = costs.campaign_id.map(company.raw("campaigns").set_index("campaign_id").purpose)
    fits = purpose.isin(purposes) | (purpose.isna() if unnamed else False)
    return costs[fits & span.holds(costs.incurred_at)]


def acquisition_cost(company: Company, span: Span) -> float:
    """The numerator of cac."""
    own = costs_in(company, span, "acquisition", "lead_generation").amount
    return total(pd.concat([own, campaign_costs_in(company, span, "acquisition", unnamed=True).amount]))


def new_customers_in(company: Company, span: Span) -> Frame:
    return company.customers[span.holds(company.customers.first_order_at)]


def lines_in(company: Company, span: Span) -> Frame:
    return company.lines[span.holds(company.lines.ordered_at)]


def done(company: Company, *kinds: str) -> Frame:
    """Activities that were done, with the date that counts in `day`."""
    acts = company.raw("activities")
    finished = (acts.status == "done") | (acts.status.isna() & acts.completed_at.notna())
    acts = acts[finished & (acts.activity_type.isin(kinds) if kinds else True)]
    return acts.assign(day=acts.completed_at.fillna(acts.occurred_at))


def sales_calls(company: Company, span: Span) -> Frame:
    """Outgoing calls of sales; done call activities for a period that the calls do not cover."""
    calls = company.raw("calls").drop_duplicates("call_id")
    if len(calls) and calls.dialled_at.min() < span.until and calls.dialled_at.max() >= span.since:
        wanted = (calls.direction == "out") & (calls.team.isna() | (calls.team == "sales"))
        return calls[wanted & span.holds(calls.dialled_at)]
    acts = done(company, "call")
    return acts[span.holds(acts.day)]


def employed(company: Company, span: Span, *roles: str) -> Frame:
    """Employees of the roles who were there at any time of the period."""
    people = company.raw("employees")
    there = (people.hired_at.isna() | (people.hired_at < span.until)) & (
        people.left_at.isna() | (people.left_at >= span.since)
    )
    return people[there & (people.role.isin(roles) if roles else True)]


def employed_at(company: Company, moment: pd.Timestamp) -> Frame:
    """hired_at < t (or empty) AND (left_at IS NULL OR left_at >= t)."""
    people = company.raw("employees")
    return people[
        (people.hired_at.isna() | (people.hired_at < moment)) & (people.left_at.isna() | (people.left_at >= moment))
    ]


def rep_weeks(company: Company, span: Span) -> float:
    """Weeks of the period in which the sales representatives were employed."""
    reps = employed(company, span, "sales")
    begin = reps.hired_at.fillna(span.since).clip(lower=span.since)
    end = reps.left_at.fillna(span.until).clip(upper=span.since + company.known_days(span) * DAY)
    return float(((end - begin) / DAY).sum()) / 7


def owners(company: Company) -> Column:
    """Per order: its owner, else that of its opportunity, else that of its customer."""
    orders = company.sold
    deal = orders.opportunity_id.map(company.raw("opportunities").set_index("opportunity_id").owner_employee_id)
    customer = orders.customer_id.map(company.raw("customers").set_index("customer_id").owner_employee_id)
    return orders.owner_employee_id.fillna(deal).fillna(customer)


def gain(company: Company, orders: Frame) -> float:
    """The line margin of orders where the cost is known for enough of their amount, else the amount."""
    lines = company.lines[company.lines.order_id.isin(orders.order_id)]
    known = lines[lines.margin.notna()]
    least = float(company.settings["margin_min_coverage"])
    covered = total(known.line_amount) >= least * total(orders.amount) and len(known)
    return float(known.margin.sum() if covered else total(orders.amount))


def open_deals(company: Company, moment: pd.Timestamp) -> Frame:
    """created_at < t AND (closed_at IS NULL OR closed_at >= t); without closed_at only the open ones."""
    deals = company.opportunities
    undecided = deals.closed_at.isna() & (deals.outcome == "open")
    created = (deals.created_at < moment) | (deals.created_at.isna() & (moment >= company.now))
    return deals[created & (undecided | (deals.closed_at >= moment))]
