"""Receivables, books, CRM cost and return, products and production."""

from __future__ import annotations

import pandas as pd

from tests.independent import pieces
from tests.independent.company import DAY, Column, Company, Frame, Span, lookup
from tests.independent.registry import kpi, mean, ratio, total


def bills(company: Company) -> Frame:
    invoices = company.raw("invoices")
    return invoices[invoices.status != "void"]


def receipts(company: Company) -> Frame:
    """Payments with the invoice they pay: their own, else the invoice of their order."""
    payments = company.raw("payments")
    by_order = bills(company).dropna(subset=["order_id"]).drop_duplicates("order_id").set_index("order_id").invoice_id
    return payments.assign(invoice_id=payments.invoice_id.fillna(payments.order_id.map(by_order)))


def paid_before(company: Company, invoices: Frame, moment: pd.Timestamp) -> Column:
    payments = receipts(company)
    sums = payments[payments.paid_at < moment].groupby("invoice_id").amount.sum()
    return lookup(invoices.invoice_id, sums).fillna(0.0)


@kpi
def accounts_receivable(company: Company, span: Span) -> float | None:
    issued = bills(company)
    issued = issued[issued.issued_at < span.until]
    return float((issued.amount - paid_before(company, issued, span.until)).clip(lower=0).sum())


@kpi
def days_sales_outstanding(company: Company, span: Span) -> float | None:
    issued = bills(company)
    open_ = accounts_receivable(company, span)
    share = ratio(open_ or 0.0, total(issued[span.holds(issued.issued_at)].amount))
    return None if share is None else share * company.known_days(span)


@kpi
def invoice_settlement_rate(company: Company, span: Span) -> float | None:
    due = bills(company)
    due = due[span.holds(due.due_at)]
    payments = receipts(company).merge(due[["invoice_id", "due_at"]], on="invoice_id")
    whole_day = payments.due_at == payments.due_at.dt.normalize()
    early = (payments.paid_at <= payments.due_at) | (whole_day & (payments.paid_at.dt.normalize() <= payments.due_at))
    in_time = payments[early].groupby("invoice_id").amount.sum()
    paid = due.invoice_id.map(in_time).fillna(0.0)
    return ratio(pd.concat([paid, due.amount], axis=1).min(axis=1).sum(), total(due.amount))


@kpi
def credit_risk_sales_share(company: Company, span: Span) -> float | None:
    """Poor rating, or an overdue balance at the order's time, or above the limit with this order."""
    sold = pieces.sold_in(company, span)
    people = company.raw("customers").set_index("customer_id")
    poor = lookup(sold.customer_id, people.credit_rating) == "poor"
    invoices = bills(company)
    buyer = invoices.order_id.map(company.raw("orders").set_index("order_id").customer_id)
    invoices = invoices.assign(customer_id=invoices.customer_id.fillna(buyer))
    pairs = sold[["order_id", "customer_id", "ordered_at"]].merge(
        invoices[["invoice_id", "customer_id", "issued_at", "due_at", "amount"]].dropna(subset=["customer_id"]),
        on="customer_id",
    )
    pairs = pairs[pairs.issued_at < pairs.ordered_at]
    payments = receipts(company)[["invoice_id", "paid_at", "amount"]].rename(columns={"amount": "paid"})
    paid = pairs[["order_id", "invoice_id", "ordered_at"]].merge(payments, on="invoice_id")
    paid = paid[paid.paid_at < paid.ordered_at].groupby(["order_id", "invoice_id"]).paid.sum()
    keys = pd.MultiIndex.from_frame(pairs[["order_id", "invoice_id"]])
    left = (pairs.amount - paid.reindex(keys).fillna(0).to_numpy()).clip(lower=0)
    overdue = pairs[(left > 1e-9) & (pairs.due_at < pairs.ordered_at)].order_id
    balance = lookup(sold.order_id, left.groupby(pairs.order_id).sum()).fillna(0)
    above = balance + sold.amount > lookup(sold.customer_id, people.credit_limit)
    return ratio(total(sold[poor | sold.order_id.isin(overdue) | above].amount), total(sold.amount))


@kpi
def commission_on_settled(company: Company, span: Span) -> float | None:
    earned = company.raw("commissions")
    earned = earned[span.holds(earned.earned_at)]
    invoices = company.raw("invoices").set_index("invoice_id")
    amount = lookup(earned.invoice_id, invoices.amount)
    paid = paid_before(company, earned, span.until)
    share = (paid / amount).clip(upper=1)
    return ratio((earned.amount * share).sum(), total(earned.amount))


@kpi
def crm_investment_cost(company: Company, span: Span) -> float:
    return total(pieces.costs_in(company, span, "crm").amount)


@kpi
def crm_roi(company: Company, span: Span) -> float | None:
    """A benefit counts by the share of its days that lie in the period, up to as_of."""
    rows = company.raw("crm_benefits").dropna(subset=["money_value"])
    begin, end = rows.since.clip(lower=span.since), rows.until.clip(upper=span.until)
    days = ((end - begin) / DAY).clip(lower=0)
    gain = (rows.money_value * days / ((rows.until - rows.since) / DAY)).sum()
    cost = crm_investment_cost(company, span)
    return ratio(gain - cost, cost)


def books(company: Company, span: Span) -> Frame:
    rows = company.raw("finance_periods")
    return rows[(rows.period_start >= span.since) & (rows.period_end <= span.until)]


def newest(company: Company, span: Span) -> pd.Series | None:
    rows = company.raw("finance_periods")
    rows = rows[rows.period_end <= span.until].sort_values("period_end")
    return rows.iloc[-1] if len(rows) else None


@kpi
def return_on_investment(company: Company, span: Span) -> float | None:
    rows = books(company, span)
    employed = mean(rows.net_capital_employed.fillna(rows.total_assets - rows.current_liabilities))
    return ratio(total(rows.net_profit), employed or 0)


@kpi
def return_on_assets(company: Company, span: Span) -> float | None:
    rows = books(company, span)
    return ratio(total(rows.net_profit), mean(rows.total_assets) or 0)


@kpi
def net_capital_employed(company: Company, span: Span) -> float | None:
    row = newest(company, span)
    return None if row is None else float(row.net_capital_employed)


@kpi
def shareholder_value(company: Company, span: Span) -> float | None:
    row = newest(company, span)
    return None if row is None else float(row.shareholder_value)


@kpi
def liquidity(company: Company, span: Span) -> float | None:
    row = newest(company, span)
    return None if row is None else ratio(row.current_assets, row.current_liabilities)


@kpi
def net_profit(company: Company, span: Span) -> float | None:
    rows = books(company, span)
    profit = rows.net_profit.fillna(rows.net_sales - rows.cogs - rows.operating_expenses)
    return total(profit) if len(rows) else None


@kpi
def net_sales(company: Company, span: Span) -> float:
    back = company.raw("returns")
    return pieces.revenue(company, span) - total(back[span.holds(back.returned_at)].amount)


@kpi
def product_margin(company: Company, span: Span) -> float | None:
    lines = pieces.lines_in(company, span)
    lines = lines[lines.margin.notna()]
    return ratio(lines.margin.sum(), total(lines.line_amount))


@kpi
def production_efficiency(company: Company, span: Span) -> float | None:
    rows = company.raw("production")
    rows = rows[span.holds(rows.produced_at) & rows.planned_quantity.notna()]
    return ratio(total(rows.output_quantity), total(rows.planned_quantity))


@kpi
def manufacturer_reliability(company: Company, span: Span) -> float | None:
    products = company.raw("products")
    makers = company.raw("manufacturers")
    return mean(
        makers[makers.manufacturer_id.isin(products[products.status == "active"].manufacturer_id)].reliability_score
    )
