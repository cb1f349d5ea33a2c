"""Customer value: churn, renewal, repeat purchases, acquisition and lifetime."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import DAY, Company, Frame, Span
from tests.independent.registry import kpi, ratio, total


@kpi
def repeat_purchases(company: Company, span: Span) -> float:
    sold = pieces.sold_in(company, span)
    return int((sold.customer_id.notna() & ~sold["first"]).sum())


@kpi
def repeat_purchase_frequency(company: Company, span: Span) -> float | None:
    rate = ratio(repeat_purchases(company, span), len(pieces.active_in(company, span)))
    return None if rate is None else rate * 365.25 / company.known_days(span)


@kpi
def one_time_to_repeat_rate(company: Company, span: Span) -> float | None:
    horizon = pd.Timedelta(days=int(company.settings["repeat_horizon_days"]))
    fresh = pieces.new_customers_in(company, span)
    loaded = company.orders[company.orders["first"]].customer_id  # the others' first orders lie before the file
    fresh = fresh[(fresh.first_order_at + horizon <= company.now) & fresh.customer_id.isin(loaded)]
    orders = company.sold[~company.sold["first"]].merge(fresh[["customer_id", "first_order_at"]], on="customer_id")
    again = orders[
        (orders.ordered_at >= orders.first_order_at) & (orders.ordered_at <= orders.first_order_at + horizon)
    ]
    return ratio(again.customer_id.nunique(), len(fresh))


def revenue_by_first(company: Company, span: Span) -> Frame:
    sold = pieces.sold_in(company, span)
    return sold.assign(begun=sold.customer_id.map(company.customers.set_index("customer_id").first_order_at))


@kpi
def new_customer_revenue(company: Company, span: Span) -> float:
    sold = revenue_by_first(company, span)
    return total(sold[span.holds(sold.begun)].amount)


@kpi
def repeat_customer_revenue(company: Company, span: Span) -> float:
    sold = revenue_by_first(company, span)
    return total(sold[sold.begun < span.since].amount)


def twelve_months(company: Company, span: Span) -> Span:
    """The months before until of the setting."""
    months = int(company.settings["clv_window_months"])
    return Span(span.until - pd.DateOffset(months=months), span.until)


@kpi
def clv(company: Company, span: Span) -> float | None:
    """Order value x orders per active customer and year x 1 / yearly churn, over the twelve months before until."""
    year = twelve_months(company, span)
    sold = pieces.sold_in(company, year)
    orders = ratio(sold.customer_id.notna().sum(), len(pieces.active_in(company, year)))
    lost, average = churn_rate(company, year), ratio(total(sold.amount), len(sold))
    if orders is None or not lost or average is None:
        return None
    years = int(company.settings["clv_window_months"]) / 12
    return average * (orders / years) * (years / lost)


@kpi
def clv_margin(company: Company, span: Span) -> float | None:
    lines = pieces.lines_in(company, twelve_months(company, span))
    lines = lines[lines.margin.notna()]
    share, value = ratio(lines.margin.sum(), total(lines.line_amount)), clv(company, span)
    return None if share is None or value is None else value * share


@kpi
def customer_profit(company: Company, span: Span) -> float | None:
    costs = company.raw("costs")
    own = total(costs[costs.customer_id.notna() & span.holds(costs.incurred_at)].amount)
    margin = pieces.lines_in(company, span).margin.sum()
    return ratio(margin - own, len(pieces.active_in(company, span)))


@kpi
def average_revenue_per_customer(company: Company, span: Span) -> float | None:
    return ratio(pieces.revenue(company, span), len(pieces.active_in(company, span)))


@kpi
def cac(company: Company, span: Span) -> float | None:
    return ratio(pieces.acquisition_cost(company, span), len(pieces.new_customers_in(company, span)))


@kpi
def cac_cost_breakdown(company: Company, span: Span) -> float | None:
    own = pieces.costs_in(company, span, "acquisition", "lead_generation")[["category", "amount"]]
    campaigns = pieces.campaign_costs_in(company, span, "acquisition", unnamed=True)
    both = pd.concat([own, campaigns.rename(columns={"cost_category": "category"})[["category", "amount"]]])
    shares = both.groupby(both.category.fillna("other")).amount.sum()
    return ratio(shares.max(), shares.sum()) if len(shares) else None


@kpi
def clv_to_cac(company: Company, span: Span) -> float | None:
    value, cost = clv(company, span), cac(company, twelve_months(company, span))
    return ratio(value, cost) if value is not None and cost else None


@kpi
def cac_payback_period(company: Company, span: Span) -> float | None:
    """cac / monthly margin per new customer, in days of 30.44 to the month."""
    months = int(company.settings["payback_margin_months"])
    year = Span(span.until - pd.DateOffset(months=months), span.until)
    fresh = pieces.new_customers_in(company, year).set_index("customer_id").first_order_at
    lines = company.lines[company.lines.customer_id.isin(fresh.index)]
    end = min(span.until, company.now)
    margin = lines[lines.ordered_at < end].margin.sum()
    observed = ((end - fresh.dt.normalize()) / DAY / 30.44).sum()  # the day of the first order is one of them
    monthly, cost = ratio(margin, observed), cac(company, span)
    if monthly is None or cost is None or monthly <= 0:
        return None
    return cost / monthly * 30.44


@kpi
def customer_retention_cost(company: Company, span: Span) -> float | None:
    costs = pieces.costs_in(company, span, "retention").amount
    cost = total(pd.concat([costs, pieces.campaign_costs_in(company, span, "retention").amount]))
    before, after = pieces.active_at(company, span.since), pieces.active_at(company, span.until)
    return ratio(cost, before.customer_id.isin(after.customer_id).sum())


@kpi
def retention_cost_ratio(company: Company, span: Span) -> float | None:
    cost, earned = customer_retention_cost(company, span), average_revenue_per_customer(company, span)
    return None if cost is None or earned is None else ratio(cost, earned)


@kpi
def churn_rate(company: Company, span: Span) -> float | None:
    there = pieces.active_at(company, span.since)
    return ratio(span.holds(there.churned_at).sum(), len(there))


@kpi
def net_customer_change(company: Company, span: Span) -> float | None:
    start, end = len(pieces.active_at(company, span.since)), len(pieces.active_at(company, span.until))
    return ratio(start - end, start)


@kpi
def retention_rate(company: Company, span: Span) -> float | None:
    lost = churn_rate(company, span)
    return None if lost is None else 1 - lost


def settled(company: Company, contracts: Frame) -> Frame:
    """Without those whose time of grace still runs, also where they are renewed: only the good ones are known early."""
    return contracts[contracts.ends_at + company.grace < company.now]


@kpi
def renewal_rate(company: Company, span: Span) -> float | None:
    due = company.contracts[span.holds(company.contracts.ends_at)]
    due = settled(company, due)
    return ratio(due.groupby("customer_id").renewed.any().sum(), due.customer_id.nunique())


@kpi
def renewal_rate_all(company: Company, span: Span) -> float | None:
    rows = company.contracts
    under = rows[
        (rows.started_at < span.since)
        & (rows.ends_at >= span.since)
        & (rows.cancelled_at.isna() | (rows.cancelled_at >= span.since))
    ]
    people = set(under.customer_id)
    renewed = rows[span.holds(rows.ends_at) & rows.renewed]
    return ratio(len(people & set(renewed.customer_id)), len(people))


@kpi
def retention_offer_success_rate(company: Company, span: Span) -> float | None:
    window = pd.Timedelta(days=int(company.settings["offer_window_days"]))
    offers = company.raw("retention_offers")
    offers = offers[span.holds(offers.offered_at) & (offers.offered_at + window < company.now)]
    people = company.customers.set_index("customer_id")
    then = offers.offered_at + window
    start, left = offers.customer_id.map(people.start), offers.customer_id.map(people.churned_at)
    return ratio(((start < then) & (left.isna() | (left >= then))).sum(), len(offers))


@kpi
def customer_loyalty(company: Company, span: Span) -> float | None:
    months = int(company.settings["loyalty_months"])
    year = Span(span.until - pd.DateOffset(months=months), span.until)
    people = pieces.active_at(company, span.until)
    counts = pieces.sold_in(company, year).groupby("customer_id").size()
    loyal = counts[counts >= int(company.settings["loyalty_min_orders"])].index
    return ratio(people.customer_id.isin(loyal).sum(), len(people))


@kpi
def share_of_wallet(company: Company, span: Span) -> float | None:
    wallets = company.raw("customer_wallet").reset_index()
    wallets = wallets[span.holds(wallets.period_start) & wallets.total_spend.notna()]
    orders = company.sold[["order_id", "customer_id", "ordered_at", "amount"]]
    plain = wallets[wallets.category.isna()].merge(orders, on="customer_id")
    spent = plain[(plain.ordered_at >= plain.period_start) & (plain.ordered_at < plain.period_end)].amount.sum()
    category = company.raw("products").set_index("product_id").category
    lines = company.lines.assign(category=company.lines.product_id.map(category))
    named = wallets[wallets.category.notna()].merge(
        lines[["customer_id", "ordered_at", "category", "line_amount"]], on=["customer_id", "category"]
    )
    spent += named[(named.ordered_at >= named.period_start) & (named.ordered_at < named.period_end)].line_amount.sum()
    return ratio(spent, wallets.total_spend.sum())


def expanded(company: Company, span: Span, kind: str) -> float | None:
    people = pieces.existing_in(company, span)
    lines = pieces.lines_in(company, span)
    return ratio(people.customer_id.isin(lines[lines.sale_type == kind].customer_id).sum(), len(people))


@kpi
def cross_sell_rate(company: Company, span: Span) -> float | None:
    return expanded(company, span, "cross_sell")


@kpi
def up_sell_rate(company: Company, span: Span) -> float | None:
    return expanded(company, span, "up_sell")


@kpi
def ancillary_revenue(company: Company, span: Span) -> float:
    lines = pieces.lines_in(company, span)
    return total(lines[lines.sale_type.isin(["up_sell", "cross_sell"]) & ~lines["first"]].line_amount)


@kpi
def ancillary_revenue_ratio(company: Company, span: Span) -> float | None:
    return ratio(ancillary_revenue(company, span), ancillary_revenue(company, span.before()))


@kpi
def top20_revenue_share(company: Company, span: Span) -> float | None:
    sums = pieces.sold_in(company, span).dropna(subset=["customer_id"]).groupby("customer_id").amount.sum()
    most = -int(-float(company.settings["top_share"]) * len(sums) // 1)
    return ratio(sums.sort_values(ascending=False).iloc[:most].sum(), sums.sum()) if len(sums) else None


@kpi
def customer_engagement(company: Company, span: Span) -> float | None:
    """Call or meeting done, answered call, ticket, survey answered, or a mail opened or clicked."""
    people = pieces.active_in(company, span)
    acts = pieces.done(company, "call", "meeting")
    calls, tickets = company.raw("calls"), company.tickets
    surveys, mails = company.raw("surveys"), company.raw("email_events")
    mails = mails[span.holds(mails.occurred_at) & mails.event_type.isin(["opened", "clicked"])]
    seen = set(acts[span.holds(acts.day)].customer_id)
    seen |= set(calls[span.holds(calls.dialled_at) & calls.answered_at.notna()].customer_id)
    seen |= set(tickets[span.holds(tickets.opened_at)].customer_id)
    seen |= set(surveys[span.holds(surveys.responded_at)].customer_id)
    by_mail = people.email.str.strip().str.lower().isin(mails.contact_email.dropna().str.strip().str.lower())
    return ratio((people.customer_id.isin(seen) | by_mail).sum(), len(people))
