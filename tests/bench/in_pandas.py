"""The board of `board.sql` in pandas, the frames already in memory: the third computation of the benchmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi.workspace import Workspace

YEAR = pd.DateOffset(months=12)
HORIZON = pd.Timedelta(days=365)


@dataclass(frozen=True)
class Frames:
    """The tables that the board needs, amounts as floats."""

    orders: pd.DataFrame
    lines: pd.DataFrame
    customers: pd.DataFrame
    products: pd.DataFrame


def frames(workspace: Workspace) -> Frames:
    """Everything read once."""
    return Frames(
        workspace.frame(
            "select order_id, customer_id, ordered_at, amount::double as amount, status, cancelled_at from orders"
        ),
        workspace.frame(
            "select order_id, product_id, quantity, unit_cost::double as unit_cost, line_amount::double as line_amount, "
            "sale_type from order_lines"
        ),
        workspace.frame(
            "select customer_id, created_at, first_order_at, churned_at, email, phone, _stub from customers"
        ),
        workspace.frame("select product_id, target_margin from products"),
    )


def board(held: Frames, first: pd.Timestamp, now: pd.Timestamp) -> pd.DataFrame:
    """The 27 KPIs of 24 months from `first`, a row per month. now: the day after the last known day."""
    months = pd.date_range(first - YEAR, periods=36, freq="MS")
    bought = _purchases(held)
    flows = _flows(bought, now).reindex(months)
    lines = _lines(held, bought[bought["ordered_at"] >= months[0]]).reindex(months)
    stocks = pd.DataFrame([_stocks(held.customers, since) for since in months], months)
    loyal = pd.Series([_loyal(bought, since) for since in months[12:]], months[12:])
    year = pd.concat([flows[["orders", "revenue"]], lines[["margin", "costed"]]], axis=1).rolling(12).sum()
    clv = year["revenue"] / stocks["active_12"] / (stocks["lost_12"] / stocks["at_start_12"])
    days = pd.Series(months.days_in_month, months)
    found = pd.DataFrame(
        {
            "data_accuracy": _accuracy(held, months, now),
            "repeat_purchases": flows["repeats"],
            "repeat_purchase_frequency": flows["repeats"] / stocks["active"] * 365.25 / days,
            "one_time_to_repeat_rate": flows["again"] / flows["ripe"],
            "new_customer_revenue": flows["of_new"],
            "repeat_customer_revenue": flows["of_old"],
            "clv": clv,
            "clv_margin": clv * year["margin"] / year["costed"],
            "customer_profit": lines["margin"] / stocks["active"],
            "average_revenue_per_customer": flows["revenue"] / stocks["active"],
            "churn_rate": stocks["lost"] / stocks["at_start"],
            "net_customer_change": (stocks["at_start"] - stocks["at_end"]) / stocks["at_start"],
            "retention_rate": stocks["kept"] / stocks["at_start"],
            "customer_loyalty": loyal / stocks["at_end"],
            "cross_sell_rate": lines["cross_sell"] / stocks["at_start"],
            "up_sell_rate": lines["up_sell"] / stocks["at_start"],
            "ancillary_revenue": lines["ancillary"],
            "ancillary_revenue_ratio": lines["ancillary"] / lines["ancillary"].shift(1),
            "total_revenue": flows["revenue"],
            "net_sales": flows["revenue"],
            "product_margin": lines["margin"] / lines["costed"],
            "profitable_sales_share": lines["profitable"] / lines["costed"],
            "average_order_value": flows["revenue"] / flows["orders"],
            "sales_count": flows["orders"],
            "new_revenue": flows["new_revenue"],
            "new_customers": flows["firsts"],
            "retained_customers": stocks["kept"],
        }
    )
    return found.iloc[12:].reset_index(names="since")


def _month(days: pd.Series) -> np.ndarray:
    return days.to_numpy().astype("datetime64[M]").astype("datetime64[ns]")


def _purchases(held: Frames) -> pd.DataFrame:
    orders = held.orders
    orders = orders[(orders["status"].fillna("") != "cancelled") & orders["cancelled_at"].isna()]
    about = held.customers[["customer_id", "first_order_at", "churned_at"]]
    found = orders.merge(about, on="customer_id").sort_values(["customer_id", "ordered_at", "order_id"])
    each = found.groupby("customer_id", sort=False)
    found["nth"] = each.cumcount() + 1
    found["earlier_at"] = each["ordered_at"].shift(1)
    found["next_at"] = each["ordered_at"].shift(-1)
    found["since"] = _month(found["ordered_at"])
    return found


def _flows(p: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    first = p["nth"] == 1
    ripe = first & (p["ordered_at"] <= now - HORIZON)
    of_new = p["first_order_at"] >= p["since"]
    columns = pd.DataFrame(
        {
            "orders": 1,
            "revenue": p["amount"],
            "new_revenue": p["amount"].where(first, 0.0),
            "repeats": ~first,
            "of_new": p["amount"].where(of_new, 0.0),
            "of_old": p["amount"].where(~of_new, 0.0),
            "firsts": first,
            "ripe": ripe,
            "again": ripe & (p["next_at"] <= p["ordered_at"] + HORIZON),
        }
    )
    return columns.groupby(p["since"]).sum()


def _lines(held: Frames, p: pd.DataFrame) -> pd.DataFrame:
    columns = ["order_id", "customer_id", "since", "nth", "first_order_at", "churned_at"]
    both = held.lines.merge(p[columns], on="order_id").merge(held.products, on="product_id", how="left")
    known = both["unit_cost"].notna()
    margin = both["line_amount"] - both["quantity"] * both["unit_cost"]
    good = margin >= both["target_margin"].fillna(0.2) * both["line_amount"]
    kinds = both["sale_type"].isin(["up_sell", "cross_sell"])
    sums = pd.DataFrame(
        {
            "margin": margin.where(known, 0.0),
            "costed": both["line_amount"].where(known, 0.0),
            "profitable": both["line_amount"].where(known & good, 0.0),
            "ancillary": both["line_amount"].where(kinds & (both["nth"] > 1), 0.0),
        }
    )
    found = sums.groupby(both["since"]).sum()
    there = (both["first_order_at"] < both["since"]) & (
        both["churned_at"].isna() | (both["churned_at"] >= both["since"])
    )
    for kind in ("cross_sell", "up_sell"):
        found[kind] = both[there & (both["sale_type"] == kind)].groupby("since")["customer_id"].nunique()
    return found


def _stocks(c: pd.DataFrame, since: pd.Timestamp) -> dict[str, int]:
    until = since + pd.DateOffset(months=1)
    year = until - YEAR
    begun, lost = c["first_order_at"], c["churned_at"]

    def there(day: pd.Timestamp, gone_by: pd.Timestamp) -> pd.Series:
        return (begun < day) & (lost.isna() | (lost >= gone_by))

    return {
        "at_start": int(there(since, since).sum()),
        "at_end": int(there(until, until).sum()),
        "kept": int(there(since, until).sum()),
        "lost": int(((begun < since) & (lost >= since) & (lost < until)).sum()),
        "active": int(there(until, since).sum()),
        "lost_12": int(((begun < year) & (lost >= year) & (lost < until)).sum()),
        "at_start_12": int(there(year, year).sum()),
        "active_12": int(there(until, year).sum()),
    }


def _loyal(p: pd.DataFrame, since: pd.Timestamp) -> int:
    until = since + pd.DateOffset(months=1)
    late = (p["ordered_at"] < until) & (p["earlier_at"] >= until - YEAR)
    return int(p.loc[late & (p["churned_at"].isna() | (p["churned_at"] >= until)), "customer_id"].nunique())


def _accuracy(held: Frames, months: pd.DatetimeIndex, now: pd.Timestamp) -> pd.Series:
    c, o = held.customers, held.orders
    digits = c["phone"].astype("str").str.replace(r"[^0-9]", "", regex=True).str.len()
    good = (
        ~c["_stub"]
        & (c["email"].isna() | c["email"].astype("str").str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"))
        & (c["phone"].isna() | digits.between(5, 15))
        & (
            c["created_at"].isna()
            | ((c["created_at"] < now) & (c["churned_at"].isna() | (c["churned_at"] >= c["created_at"])))
        )
    )
    passed = (
        (o["amount"].isna() | (o["amount"] >= 0))
        & (o["ordered_at"] < now)
        & (o["cancelled_at"].isna() | (o["cancelled_at"] >= o["ordered_at"]))
    )
    records = pd.DataFrame(
        {
            "since": np.concatenate(
                [_month(c["created_at"].fillna(pd.Timestamp(1900, 1, 1))), _month(o["ordered_at"])]
            ),
            "n": 1,
            "good": np.concatenate([good, passed]),
        }
    )
    sums = records.groupby("since").sum().cumsum()
    share = sums["good"] / sums["n"]
    return share.reindex(share.index.union(months)).ffill().reindex(months)
