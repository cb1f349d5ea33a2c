"""Deliveries and stock."""

from __future__ import annotations

import pandas as pd

from tests.independent.company import DAY, Column, Company, Frame, Span
from tests.independent.registry import kpi, mean, ratio


def late_days(rows: Frame) -> Column:
    """Days after the promise, never negative; whole days where either has no time of day."""
    dated = (rows.promised_at == rows.promised_at.dt.normalize()) | (
        rows.delivered_at == rows.delivered_at.dt.normalize()
    )
    exact = (rows.delivered_at - rows.promised_at) / DAY
    whole = (rows.delivered_at.dt.normalize() - rows.promised_at.dt.normalize()) / DAY
    return whole.where(dated, exact).clip(lower=0)


def promised(company: Company, span: Span) -> Frame:
    rows = company.raw("deliveries")
    return rows[span.holds(rows.promised_at) & (rows.status != "cancelled")]


@kpi
def on_time_delivery_rate(company: Company, span: Span) -> float | None:
    """What is promised for after as_of and not delivered yet is neither late nor on time."""
    rows = promised(company, span)
    rows = rows[rows.delivered_at.notna() | (rows.promised_at < company.now)]
    return ratio((late_days(rows) == 0).sum(), len(rows))


@kpi
def delivery_rate(company: Company, span: Span) -> float | None:
    rows = promised(company, span)
    return ratio((rows.delivered_at < span.until).sum(), len(rows))


@kpi
def delivery_as_promised_rate(company: Company, span: Span) -> float | None:
    rows = company.raw("deliveries")
    rows = rows[span.holds(rows.delivered_at) & rows.as_promised.notna()]
    return ratio(rows.as_promised.eq(True).sum(), len(rows))


@kpi
def delivery_delay(company: Company, span: Span) -> float | None:
    rows = company.raw("deliveries")
    return mean(late_days(rows[span.holds(rows.delivered_at) & (rows.status != "cancelled")]))


@kpi
def fulfilment_time(company: Company, span: Span) -> float | None:
    rows = company.raw("deliveries")
    last = rows[rows.status != "cancelled"].groupby("order_id").delivered_at.max()
    orders = company.sold.set_index("order_id").ordered_at
    last = last[span.holds(last) & last.index.isin(orders.index)]
    return mean((last - orders.reindex(last.index)) / DAY)


@kpi
def stockout_rate(company: Company, span: Span) -> float | None:
    """Each count holds for its day and the days after it, up to the next count or 31 days."""
    counts = company.raw("inventory").sort_values(["product_id", "counted_at"])
    carry = int(company.settings["stock_carry_days"])
    counts = counts.assign(day=counts.counted_at.dt.normalize()).drop_duplicates(["product_id", "day"], keep="last")
    following = counts.groupby("product_id").day.shift(-1)
    end = pd.concat([following, counts.day + carry * DAY], axis=1).min(axis=1)
    end = end.clip(upper=min(span.until, company.now))
    days = ((end - counts.day.clip(lower=span.since)) / DAY).clip(lower=0)
    return ratio(days[counts.on_hand <= 0].sum(), days.sum())


@kpi
def product_sales_trend(company: Company, span: Span) -> float | None:
    """Median over the active products of the Theil-Sen slope of twelve months, as share of their mean."""
    from scipy.stats import theilslopes

    end = min(span.until, company.now)
    last = end.to_period("M").start_time
    months = pd.period_range(end=last.to_period("M") - 1, periods=int(company.settings["trend_months"]), freq="M")
    lines = company.lines
    inside = lines[(lines.ordered_at >= months[0].start_time) & (lines.ordered_at < last)]
    table = inside.pivot_table(
        index="product_id", columns=inside.ordered_at.dt.to_period("M"), values="line_amount", aggfunc="sum"
    ).reindex(columns=months)
    products = company.raw("products")
    table = table[table.index.isin(products[products.status == "active"].product_id)]
    table = table[(table.notna() & (table != 0)).sum(axis=1) >= 6].fillna(0.0)
    slopes = [theilslopes(row.to_numpy())[0] / row.mean() for _, row in table.iterrows()]
    return float(pd.Series(slopes).median()) if slopes else None
