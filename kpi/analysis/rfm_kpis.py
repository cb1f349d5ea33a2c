"""The RFM KPIs: medians of recency, frequency and money, of the score, and the share of loyal customers.

Each period is scored with all customers and all data up to its last known day; splits and filters choose among the
customers afterwards, so that a score does not depend on them.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, shares, source
from kpi.analysis.rfm import customers_sql, rfm
from kpi.core import Row

LOYAL = "loyal"


def recency(context: Context) -> list[Row]:
    """Median days from the last order to the last known day of the period."""
    return _medians(context, lambda customers: customers["recency_days"])


def frequency(context: Context) -> list[Row]:
    """Median number of orders per customer up to the end of the period."""
    return _medians(context, lambda customers: customers["frequency"])


def monetary(context: Context) -> list[Row]:
    """Median of orders less returns per customer up to the end of the period."""
    return _medians(context, lambda customers: customers["total"])


def monetary_mean(context: Context) -> list[Row]:
    """Median of the money per order of a customer up to the end of the period."""
    return _medians(context, lambda customers: customers["mean"])


def score(context: Context) -> list[Row]:
    """Median of R + F + M, 3 to 15; not defined with fewer than 25 customers. About 9 by construction."""
    context.note("rfm_not_comparable")
    return _medians(context, lambda customers: customers[["r", "f", "m"]].sum(axis=1, skipna=False))


def loyal_share(context: Context) -> list[Row]:
    """Share of the customers in the loyal segments at the end of the period; not defined with fewer than 25."""

    def count(customers: pd.DataFrame) -> dict[str, float]:
        known = customers["group"].dropna()
        return {"numerator": int((known == LOYAL).sum()), "denominator": len(known)}

    return shares(context, _cells(context, count))


def _medians(context: Context, of: Callable[[pd.DataFrame], pd.Series]) -> list[Row]:
    def middle(customers: pd.DataFrame) -> dict[str, float | None]:
        values = of(customers).dropna()
        return {"value": float(values.median()) if len(values) else None, "n": len(values)}

    return filled(context, _cells(context, middle))


def _cells(context: Context, answer: Callable[[pd.DataFrame], dict]) -> pd.DataFrame:
    """`answer` per period and group, as columns beside i and g."""
    groups = _groups(context) if context.split or context.filters else None
    found = []
    for i, period in enumerate(context.periods):
        day = context.last_day(period)
        context.prove(customers_sql(context.workspace), [day])
        customers = rfm(context.workspace, day).customers
        if groups is not None:
            customers = customers.merge(groups, on="customer_id")
        parts = customers.groupby("g") if context.split else [(None, customers)]
        found += [{"i": i, "g": group, **answer(part)} for group, part in parts]
    return pd.DataFrame(found, columns=["i", "g", *answer(_NOBODY)])


def _groups(context: Context) -> pd.DataFrame:
    """customer_id and g of the customers that pass the filters."""
    asked = source(context, "customers")
    return context.frame(
        f"select f.customer_id, {asked.group} as g from {asked.relation} where {asked.where}", asked.params
    )


_NOBODY = pd.DataFrame(
    columns=["customer_id", "recency_days", "frequency", "total", "mean", "r", "f", "m", "group"], dtype=object
)
