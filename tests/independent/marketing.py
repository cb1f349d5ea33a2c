"""Leads, campaigns, website and e-mail."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import DAY, Column, Company, Frame, Span
from tests.independent.registry import kpi, mean, median, ratio, total


def leads_of(company: Company, span: Span) -> Frame:
    return company.leads[span.holds(company.leads.created_at)]


@kpi
def leads_generated(company: Company, span: Span) -> float:
    return len(leads_of(company, span))


@kpi
def leads_generated_by_crm(company: Company, span: Span) -> float:
    return int((leads_of(company, span).captured_via == "crm").sum())


@kpi
def leads_per_channel(company: Company, span: Span) -> float:
    return len(leads_of(company, span))  # the headline is the total of the channels, "not recorded" included


@kpi
def sales_qualified_leads(company: Company, span: Span) -> float:
    leads = company.leads
    return int((leads.qualified_at.notna() & span.holds(leads.handed_to_sales_at)).sum())


def up_to_now(company: Company, moments: Column) -> Column:
    return moments < company.now


@kpi
def lead_qualification_rate(company: Company, span: Span) -> float | None:
    leads = leads_of(company, span)
    done = up_to_now(company, leads.qualified_at) & up_to_now(company, leads.handed_to_sales_at)
    return ratio(done.sum(), len(leads))


def lead_cost(company: Company, span: Span) -> float:
    campaigns = pieces.campaign_costs_in(company, span, "acquisition", unnamed=True).amount
    return total(pd.concat([campaigns, pieces.costs_in(company, span, "lead_generation").amount]))


@kpi
def cost_per_lead(company: Company, span: Span) -> float | None:
    return ratio(lead_cost(company, span), len(leads_of(company, span)))


@kpi
def revenue_per_lead(company: Company, span: Span) -> float | None:
    leads = leads_of(company, span)
    everyone = company.leads.dropna(subset=["customer_id"]).sort_values(["created_at", "lead_id"])
    earliest = everyone.drop_duplicates("customer_id")
    own = earliest[span.holds(earliest.created_at)]
    bought = company.sold[["customer_id", "ordered_at", "amount"]].merge(
        own[["customer_id", "created_at"]], on="customer_id"
    )
    counted = bought[(bought.ordered_at >= bought.created_at) & up_to_now(company, bought.ordered_at)]
    return ratio(total(counted.amount), len(leads))


@kpi
def lead_channel_effectiveness(company: Company, span: Span) -> float | None:
    leads = leads_of(company, span)
    leads = leads.assign(converted=up_to_now(company, leads.converted_at))
    channels = leads.groupby("source_channel").converted.agg(["mean", "size"])
    channels = channels[channels["size"] >= int(company.settings["min_n_channel"])]
    return float(channels["mean"].max()) if len(channels) else None


@kpi
def lead_score(company: Company, span: Span) -> float | None:
    leads = company.leads
    gone = (leads.converted_at < span.until) | (leads.lost_at < span.until)
    leads = leads[(leads.created_at < span.until) & ~gone]
    stages = company.raw("stages")
    stages = stages[stages.entity == "lead"].set_index("stage").position
    level = {"low": 1, "medium": 2, "high": 3}
    got = {c: leads[c].map(level) for c in ("interest_level", "contact_influence", "need_level")}
    got["sales_stage"] = leads.sales_stage.map(stages)
    most = dict.fromkeys(got, 3.0) | {"sales_stage": float(stages.max())}
    weights: dict[str, float] = company.settings["lead_score_weights"]
    above = pd.Series(0.0, leads.index)
    below = pd.Series(0.0, leads.index)
    for criterion, found in got.items():
        values = found.astype(float)
        above += weights[criterion] * values.fillna(0)
        below += weights[criterion] * most[criterion] * values.notna()
    return median((100 * above / below)[below > 0])


@kpi
def campaigns_count(company: Company, span: Span) -> float:
    return int(span.holds(company.raw("campaigns").started_at).sum())


@kpi
def campaign_responses(company: Company, span: Span) -> float:
    return int(span.holds(company.raw("campaign_responses").responded_at).sum())


@kpi
def response_rate(company: Company, span: Span) -> float | None:
    campaigns = company.raw("campaigns")
    campaigns = campaigns[span.holds(campaigns.started_at) & campaigns.audience_size.notna()]
    answers = company.raw("campaign_responses").reset_index()
    answers = answers[answers.campaign_id.isin(campaigns.campaign_id) & up_to_now(company, answers.responded_at)]
    who = ("c" + answers.customer_id).fillna("l" + answers.lead_id).fillna("row" + answers["index"].astype(str))
    responders = pd.DataFrame({"campaign": answers.campaign_id, "who": who}).drop_duplicates()
    return ratio(len(responders), total(campaigns.audience_size))


def campaign_sales(company: Company, span: Span) -> Frame:
    sold = pieces.sold_in(company, span)
    return sold[sold.campaign_id.notna()]


@kpi
def campaign_orders(company: Company, span: Span) -> float:
    return len(campaign_sales(company, span))


@kpi
def campaign_revenue(company: Company, span: Span) -> float:
    return total(campaign_sales(company, span).amount)


@kpi
def campaign_new_customers(company: Company, span: Span) -> float:
    fresh = pieces.new_customers_in(company, span)
    first = company.orders[company.orders["first"]].set_index("customer_id").campaign_id
    return int(fresh.acquisition_campaign_id.fillna(fresh.customer_id.map(first)).notna().sum())


@kpi
def leads_per_campaign(company: Company, span: Span) -> float:
    return int(leads_of(company, span).campaign_id.notna().sum())


@kpi
def campaign_relative_efficiency(company: Company, span: Span) -> float | None:
    costs = company.raw("campaign_costs")
    costs = costs[span.holds(costs.incurred_at)].groupby("campaign_id").amount.sum()
    costs = costs[costs > 0]
    earned = campaign_sales(company, span).groupby("campaign_id").amount.sum().reindex(costs.index).fillna(0)
    pool = ratio(earned.sum(), costs.sum())
    return float((earned / costs).max() / pool) if pool else None


@kpi
def campaign_roi(company: Company, span: Span) -> float | None:
    costs = company.raw("campaign_costs")
    cost = total(costs[span.holds(costs.incurred_at)].amount)
    return ratio(pieces.gain(company, campaign_sales(company, span)) - cost, cost)


@kpi
def referral_customers(company: Company, span: Span) -> float:
    return int(pieces.new_customers_in(company, span).referred_by_customer_id.notna().sum())


def visits(company: Company, span: Span) -> Frame:
    found = company.raw("web_visits")
    return found[span.holds(found.started_at)]


@kpi
def web_page_visits(company: Company, span: Span) -> float:
    return total(visits(company, span).page_views)


@kpi
def website_visits(company: Company, span: Span) -> float:
    return len(visits(company, span))


@kpi
def time_per_website_visit(company: Company, span: Span) -> float | None:
    return mean(visits(company, span).duration_seconds / 60)


@kpi
def email_list_growth_rate(company: Company, span: Span) -> float | None:
    """The last event before a moment decides who is on the list; joined: on it at the end, not at the start."""
    events = company.raw("email_events")
    events = events[events.event_type.isin(["subscribed", "unsubscribed", "bounced"])]
    events = events.sort_values(["occurred_at", "event_id"])

    def listed(moment: pd.Timestamp) -> set[str]:
        last = events[events.occurred_at < moment].drop_duplicates("contact_email", keep="last")
        return set(last[last.event_type == "subscribed"].contact_email)

    start, end = listed(span.since), listed(span.until)
    return ratio(len(end - start) - len(start - end), len(start))


@kpi
def email_engagement_rate(company: Company, span: Span) -> float | None:
    events = company.raw("email_events")
    events = events[span.holds(events.occurred_at)]
    acted = events[events.event_type.isin(["opened", "clicked"])].contact_email.nunique()
    return ratio(acted, events[events.event_type == "delivered"].contact_email.nunique())


@kpi
def prospects_count(company: Company, span: Span) -> float:
    leads = company.leads
    gone = (leads.converted_at < span.until) | (leads.lost_at < span.until)
    return int(((leads.qualified_at < span.until) & ~gone).sum())


@kpi
def lead_to_prospect_rate(company: Company, span: Span) -> float | None:
    leads = leads_of(company, span)
    return ratio(up_to_now(company, leads.qualified_at).sum(), len(leads))


@kpi
def prospect_to_customer_rate(company: Company, span: Span) -> float | None:
    leads = company.leads[span.holds(company.leads.qualified_at)]
    return ratio(up_to_now(company, leads.converted_at).sum(), len(leads))


@kpi
def lead_conversion_rate(company: Company, span: Span) -> float | None:
    leads = leads_of(company, span)
    return ratio(up_to_now(company, leads.converted_at).sum(), len(leads))


@kpi
def lead_conversion_time(company: Company, span: Span) -> float | None:
    leads = company.leads[span.holds(company.leads.converted_at)]
    days = (leads.converted_at - leads.created_at) / DAY
    return mean(days[days >= 0])


@kpi
def leads_reaching_invoice(company: Company, span: Span) -> float:
    bills = company.raw("invoices")
    bills = bills[bills.status != "void"]
    buyer = bills.order_id.map(company.raw("orders").set_index("order_id").customer_id)
    bills = bills.assign(customer_id=bills.customer_id.fillna(buyer))
    pairs = company.leads[["lead_id", "customer_id", "created_at"]].merge(
        bills[["customer_id", "issued_at"]].dropna(), on="customer_id"
    )
    first = pairs[pairs.issued_at >= pairs.created_at].groupby("lead_id").issued_at.min()
    return int(span.holds(first).sum())
