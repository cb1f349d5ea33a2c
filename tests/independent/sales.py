"""Sales: orders, revenue, deals won and lost, representatives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.independent import pieces
from tests.independent.company import DAY, Company, Span, lookup
from tests.independent.registry import kpi, mean, median, ratio, total


@kpi
def sales_count(company: Company, span: Span) -> float:
    return len(pieces.sold_in(company, span))


@kpi
def total_revenue(company: Company, span: Span) -> float:
    return pieces.revenue(company, span)


@kpi
def new_revenue(company: Company, span: Span) -> float:
    sold = pieces.sold_in(company, span)
    return total(sold[sold["first"]].amount)


@kpi
def new_stream_revenue(company: Company, span: Span) -> float | None:
    stream = company.settings["new_revenue_stream"]
    sold = pieces.sold_in(company, span)
    return total(sold[sold.revenue_stream == stream].amount) if stream else None


@kpi
def average_order_value(company: Company, span: Span) -> float | None:
    return mean(pieces.sold_in(company, span).amount)


@kpi
def average_deal_size(company: Company, span: Span) -> float | None:
    return mean(pieces.won_in(company, span).amount)


@kpi
def deal_closing_time(company: Company, span: Span) -> float | None:
    won = pieces.won_in(company, span)
    return mean((won.closed_at - won.created_at) / DAY)


@kpi
def sale_duration(company: Company, span: Span) -> float | None:
    won = pieces.won_in(company, span)
    stays = company.stays[company.stays.opportunity_id.isin(won.opportunity_id)]
    days = ((stays.left_at - stays.entered_at) / DAY).dropna()
    return mean(days.groupby(stays.opportunity_id).sum())


@kpi
def sales_cycle_length(company: Company, span: Span) -> float | None:
    won = pieces.won_in(company, span)
    leads = company.raw("leads").set_index("lead_id")
    contacted = won.lead_id.map(leads.first_contacted_at).fillna(won.lead_id.map(leads.created_at))
    return mean((won.closed_at - contacted.fillna(won.created_at)) / DAY)


@kpi
def close_rate(company: Company, span: Span) -> float | None:
    deals = company.opportunities
    closed = deals[span.holds(deals.closed_at) & deals.outcome.isin(["won", "lost"])]
    return ratio((closed.outcome == "won").sum(), len(closed))


@kpi
def lost_opportunities(company: Company, span: Span) -> float:
    deals = company.opportunities
    lost = deals[(deals.outcome == "lost") & span.holds(deals.closed_at)]
    leads = company.raw("leads")
    alone = span.holds(leads.lost_at) & ~leads.lead_id.isin(lost.lead_id.dropna())
    return len(lost) + int(alone.sum())


@kpi
def loss_reasons(company: Company, span: Span) -> float | None:
    quotes, deals = company.raw("quotes"), company.opportunities
    quotes = quotes[quotes.status.isin(["rejected", "expired"])]
    deals = deals[(deals.outcome == "lost") & deals.closed_at.notna()]
    alone = quotes[~quotes.opportunity_id.isin(deals.opportunity_id) & span.holds(quotes.sent_at)]
    deals = deals[span.holds(deals.closed_at)]
    lent = quotes.dropna(subset=["lost_reason"]).opportunity_id
    named = (deals.lost_reason.notna() | deals.opportunity_id.isin(lent)).sum() + alone.lost_reason.notna().sum()
    return ratio(named, len(deals) + len(alone))


@kpi
def unmet_demand_requests(company: Company, span: Span) -> float:
    return int(span.holds(company.raw("unmet_requests").requested_at).sum())


@kpi
def discontinued_product_interest(company: Company, span: Span) -> float:
    products = company.raw("products")
    gone = products[products.status == "discontinued"]
    leads, deals, wishes = company.raw("leads"), company.raw("opportunities"), company.raw("unmet_requests")
    leads = leads[leads.product_id.isin(gone.product_id) & span.holds(leads.created_at)]
    deals = deals[deals.product_id.isin(gone.product_id) & span.holds(deals.created_at)]
    deals = deals[deals.lead_id.isna() | ~deals.lead_id.isin(leads.lead_id)]
    wishes = wishes[wishes.requested_item.isin(gone.name) & span.holds(wishes.requested_at)]
    return len(leads) + len(deals) + len(wishes)


@kpi
def average_revenue_per_rep(company: Company, span: Span) -> float | None:
    sold = company.sold.assign(owner=pieces.owners(company))
    sold = sold[span.holds(sold.ordered_at) & sold.owner.notna()]
    return ratio(total(sold.amount), len(pieces.employed(company, span, "sales")))


@kpi
def sales_per_rep(company: Company, span: Span) -> float | None:
    sold = company.sold.assign(owner=pieces.owners(company))
    sold = sold[span.holds(sold.ordered_at)].groupby("owner").amount.sum()
    reps = pieces.employed(company, span, "sales").employee_id
    return median(sold.reindex(reps).fillna(0.0))


@kpi
def sales_roi(company: Company, span: Span) -> float | None:
    cost = total(pieces.costs_in(company, span, "sales", "sales_support").amount)
    return ratio(pieces.gain(company, pieces.sold_in(company, span)) - cost, cost)


@kpi
def sales_service_cost(company: Company, span: Span) -> float | None:
    cost = total(pieces.costs_in(company, span, "sales", "sales_support").amount)
    return ratio(cost, len(pieces.sold_in(company, span)))


@kpi
def new_customers(company: Company, span: Span) -> float:
    return len(pieces.new_customers_in(company, span))


@kpi
def retained_customers(company: Company, span: Span) -> float:
    before, after = pieces.active_at(company, span.since), pieces.active_at(company, span.until)
    return int(before.customer_id.isin(after.customer_id).sum())


@kpi
def contact_rate(company: Company, span: Span) -> float | None:
    calls = company.raw("calls")
    calls = calls[(calls.direction == "out") & span.holds(calls.dialled_at)]
    person = ("customer " + calls.customer_id).fillna("lead " + calls.lead_id)
    return ratio(person[calls.answered_at.notna()].nunique(), person.nunique())


@kpi
def profitable_sales_share(company: Company, span: Span) -> float | None:
    lines = pieces.lines_in(company, span)
    lines = lines[lines.margin.notna()]
    products = company.raw("products").set_index("product_id")
    wanted = lookup(lines.product_id, products.target_margin).fillna(float(company.settings["target_margin"]))
    fine = lines[(lines.line_amount > 0) & (lines.margin / lines.line_amount.replace(0, np.nan) >= wanted)]
    return ratio(total(fine.line_amount), total(lines.line_amount))


@kpi
def new_customer_profitability(company: Company, span: Span) -> float | None:
    fresh = pieces.new_customers_in(company, span).set_index("customer_id").first_order_at
    lines = company.lines[company.lines.customer_id.isin(fresh.index)]
    begun = lookup(lines.customer_id, fresh)
    horizon = pd.Timedelta(days=int(company.settings["new_customer_horizon_days"]))
    young = (lines.ordered_at >= begun) & (lines.ordered_at < begun + horizon) & (lines.ordered_at < company.now)
    return ratio(lines[young].margin.sum() - pieces.acquisition_cost(company, span), len(fresh))


@kpi
def sales_forecast(company: Company, span: Span) -> float | None:
    made = company.raw("forecasts")
    made = made[(made.period_start >= span.since) & (made.period_end <= span.until)]
    newest = made.sort_values("made_at").drop_duplicates(["employee_id", "period_start", "period_end"], keep="last")
    return total(newest.amount)


@kpi
def sales_forecast_accuracy(company: Company, span: Span) -> float | None:
    made = company.raw("forecasts")
    made = made[(made.period_start >= span.since) & (made.period_end <= span.until)]
    made = made[made.made_at < made.period_start]
    newest = made.sort_values("made_at").drop_duplicates(["employee_id", "period_start", "period_end"], keep="last")
    actual = pieces.revenue(company, span)
    error = ratio(abs(total(newest.amount) - actual), actual)
    return None if error is None or newest.empty else 1 - error


@kpi
def revenue_target_attainment(company: Company, span: Span) -> float | None:
    targets = company.state("targets")
    fits = (targets.kpi_id == "total_revenue") & (targets.scope == "all")
    fits &= (targets.since == span.since) & (targets.until == span.until)
    return ratio(pieces.revenue(company, span), total(targets[fits].target_value))
