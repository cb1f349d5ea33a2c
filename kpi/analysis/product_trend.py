"""Which products sell more or less from month to month (Theil 1950, Sen 1968)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.months import months_before, months_cte
from kpi.analysis.question import filled, source
from kpi.analysis.tables import counted
from kpi.core import Row

LEAST = 6  # months with sales


def median_slope(context: Context) -> list[Row]:
    """Median over active products of slope / mean of their monthly sales; n: the products with a trend.

    The trend_months whole months before the end of the period; months without a sale are 0; products with sales in
    fewer than 6 of them have no trend. A product without a status counts as active.
    """
    settings = context.workspace.settings
    count = int(settings.get("trend_months"))
    spans = [months_before(settings, context.end(period), count) for period in context.periods]
    months = sorted({month for span in spans for month in span})
    asked = source(context, "sale_lines")
    sql = f"""
with {asked.ctes},
{months_cte(months)}
select m.k, {asked.group} as g, f.product_id, sum(f.line_amount)::double as amount
from {asked.relation} join m on f.ordered_at >= m.since and f.ordered_at < m.until
left join products d on d.product_id = f.product_id
where {asked.where} and f.product_id is not null and coalesce(d.status, 'active') = 'active' group by 1, 2, 3
"""
    sales = context.frame(sql, asked.params)
    found = []
    for i, span in enumerate(spans):
        places = [months.index(month) for month in span]
        for group, part in sales.groupby("g") if context.split else [(None, sales)]:
            slopes = relative_slopes(monthly(part, places)[0])
            found.append(
                {"i": i, "g": group, "value": float(np.median(slopes)) if slopes.size else None, "n": slopes.size}
            )
    return filled(context, pd.DataFrame(found, columns=["i", "g", "value", "n"]))


def monthly(sales: pd.DataFrame, places: list[int]) -> tuple[np.ndarray, list[str]]:
    """Products x months (0 where nothing was sold) of the products with enough of them, and their ids."""
    table = sales[sales["k"].isin(places)].pivot_table(index="product_id", columns="k", values="amount", aggfunc="sum")
    table = table.reindex(columns=places)
    enough = (table.fillna(0) != 0).sum(axis=1) >= LEAST
    table = table[enough].fillna(0.0)
    table = table[table.mean(axis=1) > 0]
    return table.to_numpy(dtype=float), [str(product) for product in table.index]


def relative_slopes(series: np.ndarray) -> np.ndarray:
    """Median of the slopes between all pairs of months, per mean month: one number per row."""
    if not series.size:
        return np.array([])
    first, second = np.triu_indices(series.shape[1], k=1)
    slopes = (series[:, second] - series[:, first]) / (second - first)
    return np.median(slopes, axis=1) / series.mean(axis=1)


def trends(workspace: Any, until: date) -> pd.DataFrame:
    """Every product with a trend before `until`, the steepest decline first.

    product_id, name, status, slope (share of the mean month, per month), low, high (95 % by Sen's method), decline
    (the interval lies below 0), amount, quantity (of all those months).
    """
    from scipy.stats import theilslopes  # here, because it takes half a second that few pages need

    months = months_before(workspace.settings, until, int(workspace.settings.get("trend_months")))
    sql = f"""
with {months_cte(months)}
select m.k, l.product_id, sum(l.line_amount)::double as amount, sum(l.quantity) as quantity
from order_lines l join {counted("orders")} o on o.order_id = l.order_id
join m on o.ordered_at >= m.since and o.ordered_at < m.until where l.product_id is not null group by 1, 2
"""
    sales = workspace.frame(sql)
    series, ids = monthly(sales, list(range(len(months))))
    found = []
    for product, row in zip(ids, series, strict=True):
        slope, _, low, high = (float(x) / row.mean() for x in theilslopes(row, alpha=0.95))
        found.append({"product_id": product, "slope": slope, "low": low, "high": high, "decline": high < 0})
    totals = sales.groupby("product_id", as_index=False)[["amount", "quantity"]].sum()
    names = workspace.frame("select product_id, name, status from products")
    table = pd.DataFrame(found, columns=["product_id", "slope", "low", "high", "decline"])
    table = table.merge(names, on="product_id", how="left").merge(totals, on="product_id")
    return table.sort_values(["slope", "product_id"]).reset_index(drop=True)
