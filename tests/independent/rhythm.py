"""RFM, the time between orders and who is due next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.independent.company import DAY, Column, Company, Frame, Span
from tests.independent.registry import kpi, median, ratio


def last_day(company: Company, span: Span) -> pd.Timestamp:
    """The last known day of the period."""
    return min(span.until - DAY, company.as_of)


def rfm(company: Company, span: Span) -> Frame:
    """Per customer with an order: days since the last one, number, money less returns, all up to the last known day."""
    day = last_day(company, span)
    sold = company.sold[company.sold.customer_id.notna() & (company.sold.ordered_at < day + DAY)]
    back = company.raw("returns")
    buyer = back.order_id.map(company.raw("orders").set_index("order_id").customer_id)
    back = back.assign(customer_id=back.customer_id.fillna(buyer))
    back = back[back.returned_at < day + DAY].groupby("customer_id").amount.sum()
    found = sold.groupby("customer_id").agg(
        last=("ordered_at", "max"), frequency=("order_id", "nunique"), money=("amount", "sum")
    )
    found["recency"] = (day - found["last"].dt.normalize()) / DAY
    found["money"] = (found.money - back.reindex(found.index).fillna(0)).round(2)
    return found


@kpi
def rfm_recency(company: Company, span: Span) -> float | None:
    return median(rfm(company, span).recency)


@kpi
def rfm_frequency(company: Company, span: Span) -> float | None:
    return median(rfm(company, span).frequency)


@kpi
def rfm_monetary(company: Company, span: Span) -> float | None:
    return median(rfm(company, span).money)


@kpi
def rfm_monetary_mean(company: Company, span: Span) -> float | None:
    found = rfm(company, span)
    return median(found.money / found.frequency)


def place(values: Column) -> Column:
    """1 + the number of quintile cut points below the value: right-closed bins, ties together."""
    if values.nunique() == 1:
        return pd.Series(3, index=values.index)
    cuts = np.percentile(values.to_numpy(dtype=float), [20, 40, 60, 80])
    return 1 + sum((values > cut).astype(int) for cut in cuts)


def scored(company: Company, span: Span) -> Frame | None:
    found = rfm(company, span)
    if len(found) < 25:
        return None
    m = place(found.money).where(found.money > 0, 1)
    return pd.DataFrame({"r": 6 - place(found.recency), "f": place(found.frequency), "m": m})


@kpi
def rfm_score(company: Company, span: Span) -> float | None:
    found = scored(company, span)
    return None if found is None else median(found.sum(axis=1))


@kpi
def rfm_segment_share(company: Company, span: Span) -> float | None:
    """Champions (R 5, F 4-5) and loyal (R 3-4, F 4-5) of the 25 cells."""
    found = scored(company, span)
    return None if found is None else ratio(((found.r >= 3) & (found.f >= 4)).sum(), len(found))


def order_days(company: Company, last: pd.Timestamp) -> Frame:
    """The days on which each customer ordered, with the days to the next one."""
    sold = company.sold.dropna(subset=["customer_id"])
    days = sold.assign(day=sold.ordered_at.dt.normalize())[["customer_id", "day"]].drop_duplicates()
    days = days[days.day <= last].sort_values(["customer_id", "day"])
    return days.assign(gap=(days.groupby("customer_id").day.shift(-1) - days.day) / DAY)


def survival_median(completed: list[float], waiting: list[float]) -> float | None:
    """The first day on which the product-limit curve (Kaplan & Meier 1958) is at or below one half."""
    share = 1.0
    everyone = np.array([*completed, *waiting])
    done = np.array(completed)
    for day in np.unique(done):
        share *= 1 - (done == day).sum() / (everyone >= day).sum()
        if share <= 0.5 + 1e-12:
            return float(day)
    return None


def base_median(company: Company, span: Span) -> float | None:
    last = last_day(company, span)
    days = order_days(company, last)
    waiting = (last - days[days.gap.isna()].day) / DAY
    return survival_median(list(days.gap.dropna()), list(waiting[waiting > 0]))


@kpi
def time_between_orders(company: Company, span: Span) -> float | None:
    return base_median(company, span)


@kpi
def predicted_repeat_customers(company: Company, span: Span) -> float:
    """Own gaps count n, the pool's median 3, on the log scale, from four order days on; else the pool's median."""
    days = order_days(company, last_day(company, span))
    pool = base_median(company, span)
    window = Span(span.until, span.until + int(company.settings["reorder_window_days"]) * DAY)
    log = np.log(days.gap).groupby(days.customer_id)
    n, middle = log.count(), log.median()
    weight = n / (n + 3)
    own = np.exp(weight * middle + (1 - weight) * np.log(pool)) if pool is not None else np.exp(middle)
    interval = own.where(n >= 3, np.nan if pool is None else pool).dropna().round()
    return int(window.holds(days.groupby("customer_id").day.max() + interval * DAY).sum())
