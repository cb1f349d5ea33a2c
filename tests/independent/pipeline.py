"""Quotes, opportunities and the pipeline."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import Column, Company, Frame, Span
from tests.independent.registry import kpi, mean, ratio, total


def sent(company: Company, span: Span) -> Frame:
    quotes = company.raw("quotes")
    return quotes[span.holds(quotes.sent_at) & (quotes.status != "draft")]


@kpi
def quotes_sent(company: Company, span: Span) -> float:
    quotes = sent(company, span)
    return int((quotes.quote_kind.isna() | (quotes.quote_kind == "quote")).sum())


@kpi
def proposals_given(company: Company, span: Span) -> float:
    return int((sent(company, span).quote_kind == "proposal").sum())


@kpi
def quote_to_order_rate(company: Company, span: Span) -> float | None:
    quotes = sent(company, span)
    return ratio(quotes.order_id.isin(company.sold.order_id).sum(), len(quotes))


def invoiced(company: Company) -> Column:
    """Per quote id the date of its first invoice: linked by quote, else by order."""
    bills = company.raw("invoices")
    bills = bills[bills.status != "void"]
    quotes = company.raw("quotes")
    own = bills.dropna(subset=["quote_id"])[["quote_id", "issued_at"]]
    rest = bills[bills.quote_id.isna()].dropna(subset=["order_id"])[["order_id", "issued_at"]]
    linked = rest.merge(quotes[["quote_id", "order_id"]].dropna(), on="order_id")[["quote_id", "issued_at"]]
    return pd.concat([own, linked]).groupby("quote_id").issued_at.min()


@kpi
def quotes_invoiced(company: Company, span: Span) -> float:
    return int(span.holds(invoiced(company)).sum())


@kpi
def quote_to_invoice_rate(company: Company, span: Span) -> float | None:
    quotes = sent(company, span)
    dates = invoiced(company)
    return ratio(quotes.quote_id.isin(dates[dates < company.now].index).sum(), len(quotes))


def created(company: Company, span: Span) -> Frame:
    deals = company.opportunities
    return deals[span.holds(deals.created_at)]


@kpi
def opportunity_creation_growth_rate(company: Company, span: Span) -> float | None:
    earlier = len(created(company, span.before()))
    return ratio(len(created(company, span)) - earlier, earlier)


@kpi
def opportunity_conversion_rate(company: Company, span: Span) -> float | None:
    deals = created(company, span)
    return ratio((deals.outcome == "won").sum(), len(deals))


@kpi
def cost_per_opportunity(company: Company, span: Span) -> float | None:
    return ratio(pieces.acquisition_cost(company, span), len(created(company, span)))


def amounts_at(company: Company, deals: Frame, moment: pd.Timestamp) -> Column:
    """The amount a deal had just before the moment: the old value of the first later change, else today's."""
    changes = company.raw("field_changes")
    changes = changes[(changes.entity == "opportunity") & (changes.field == "amount") & (changes.changed_at >= moment)]
    next_ = changes.sort_values("changed_at").drop_duplicates("record_id").set_index("record_id").old_value
    then = pd.to_numeric(deals.opportunity_id.map(next_))
    return then.where(deals.opportunity_id.isin(next_.index), deals.amount)


@kpi
def pipeline_value(company: Company, span: Span) -> float:
    deals = pieces.open_deals(company, span.until)
    return total(amounts_at(company, deals, span.until))


def chances(company: Company, deals: Frame) -> Column:
    """opportunities.probability, else stages.probability, else the win rate of the stage (n >= 30), else overall."""
    stages = company.raw("stages")
    stages = stages[stages.entity == "opportunity"].set_index(["pipeline", "stage"]).probability
    by_stage = pd.Series(stages.reindex(pd.MultiIndex.from_frame(deals[["pipeline", "stage"]])).to_numpy(), deals.index)
    decided = company.opportunities[company.opportunities.outcome.isin(["won", "lost"])]
    overall = (decided.outcome == "won").mean()
    reached = company.stays.merge(decided[["opportunity_id", "outcome"]], on="opportunity_id")
    reached = reached.drop_duplicates(["opportunity_id", "stage"])
    seen = reached.assign(won=reached.outcome == "won").groupby("stage").won.agg(["mean", "size"])
    history = deals.stage.map(seen[seen["size"] >= 30]["mean"])
    return deals.probability.fillna(by_stage).fillna(history).fillna(overall)


@kpi
def weighted_pipeline_value(company: Company, span: Span) -> float:
    deals = pieces.open_deals(company, span.until)
    return total(amounts_at(company, deals, span.until) * chances(company, deals))


@kpi
def pipeline_realization_rate(company: Company, span: Span) -> float | None:
    deals = created(company, span)
    return ratio(total(deals[deals.outcome == "won"].amount), total(deals.amount))


@kpi
def pipeline_coverage(company: Company, span: Span) -> float | None:
    targets = company.state("targets")
    fits = (targets.kpi_id == "total_revenue") & (targets.scope == "all")
    target = total(targets[fits & (targets.since == span.since) & (targets.until == span.until)].target_value)
    left = target - pieces.revenue(company, span)
    deals = pieces.open_deals(company, span.until)
    in_time = deals[deals.expected_close_at.isna() | (deals.expected_close_at < span.until)]
    return ratio(amounts_at(company, in_time, span.until).sum(), left) if left > 0 else None


@kpi
def open_opportunities(company: Company, span: Span) -> float:
    return len(pieces.open_deals(company, span.until))


@kpi
def pipeline_quality(company: Company, span: Span) -> float | None:
    deals = pieces.open_deals(company, span.until)
    return ratio((deals.quality_rating == "high").sum(), deals.quality_rating.notna().sum())


@kpi
def open_opportunity_size(company: Company, span: Span) -> float | None:
    return mean(amounts_at(company, pieces.open_deals(company, span.until), span.until))


@kpi
def right_deal_share(company: Company, span: Span) -> float | None:
    right = company.settings["right_deal_types"]
    if not right:
        return None
    deals = pieces.open_deals(company, span.until)
    amounts = amounts_at(company, deals, span.until)
    return ratio(amounts[deals.deal_type.isin(list(right))].sum(), amounts.sum())


@kpi
def stage_conversion_rate(company: Company, span: Span) -> float | None:
    stages = company.raw("stages")
    place = stages[stages.entity == "opportunity"].set_index("stage")
    history = company.stays
    history = history[history.entered_at < company.now]
    history = history.assign(place=history.stage.map(place.position), kind=history.stage.map(place.kind))
    history = history[history.kind != "lost"]
    rates = []
    for _, row in place[place.kind == "open"].iterrows():
        here = history[history.place >= row.position].groupby("opportunity_id").entered_at.min()
        cohort = here[span.holds(here)].index
        later = history[history.place > row.position].opportunity_id
        if len(cohort) >= int(company.settings["min_n_stage"]):
            rates.append(cohort.isin(later).sum() / len(cohort))
    return float(min(rates)) if rates else None
