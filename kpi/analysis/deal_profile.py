"""What won deals have in common: win rates by trait, against the win rate of all (F18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.core import Period, Row
from kpi.stats import wilson

# Traits by name: a column of the query below.
TRAITS = ("deal_type", "product_id", "size", "source_channel", "region", "industry", "owner_employee_id", "meetings")
_MEETINGS = ((0, 0), (1, 1), (2, 2), (3, 4), (5, None))


@dataclass(frozen=True)
class Trait:
    """One value of one trait. lift: rate / rate of all; ranked: enough deals to compare (min_n_profile)."""

    trait: str
    value: str
    n: int
    won: int
    rate: float
    low: float
    high: float
    lift: float | None
    ranked: bool


def best_lift(context: Context) -> list[Row]:
    """The highest lift of any trait with at least min_n_profile deals closed in the period; n: its deals.

    Split: the lift of each group of that dimension, whatever its size. Not defined where no deal was won.
    """
    deals = _deals(context)
    if context.split:
        return filled(context, _lifts(deals))
    least = int(context.settings.get("min_n_profile"))
    rows = []
    for i, period in enumerate(context.periods):
        ranked = [t for t in profile(deals[deals["i"] == i], least) if t.ranked and t.lift is not None]
        best = max(ranked, key=lambda t: t.lift or 0.0, default=None)
        rows.append(Row(period, best.lift, best.n) if best else Row(period, None, 0))
    return rows


def _lifts(deals: pd.DataFrame) -> pd.DataFrame:
    rates = deals.groupby(["i", "g"], as_index=False).agg(rate=("won", "mean"), n=("won", "size"))
    whole = rates["i"].map(deals.groupby("i")["won"].mean())
    return rates.assign(value=rates["rate"] / whole.where(whole > 0))


def profile(deals: pd.DataFrame, least: int) -> list[Trait]:
    """Every value of every trait of `deals` (columns of `closed_deals`), the highest lift first, ranked ones before."""
    overall = float(deals["won"].mean()) if len(deals) else 0.0
    table = deals.assign(size=_sizes(deals["amount"]), meetings=_meetings(deals["meetings"]))
    found = []
    for trait in TRAITS:
        for value, won in table.dropna(subset=[trait]).groupby(trait)["won"]:
            n, wins = len(won), int(won.sum())
            low, high = wilson(wins, n) or (0.0, 1.0)
            lift = wins / n / overall if overall else None
            found.append(Trait(trait, str(value), n, wins, wins / n, low, high, lift, n >= least))
    return sorted(found, key=lambda t: (not t.ranked, -(t.lift or 0.0), t.trait, t.value))


def closed_deals(workspace: Any, period: Period) -> pd.DataFrame:
    """The deals won or lost in the period, one row each: won and the traits as loaded."""
    where = f"f.closed_at >= timestamp '{period.since}' and f.closed_at < timestamp '{period.until}'"
    return workspace.frame(f"select {_COLUMNS} from {_FROM} where {where} and {_DECIDED} order by f.opportunity_id")


def _deals(context: Context) -> pd.DataFrame:
    asked = source(context, "opportunities")
    _, _, joins = asked.relation.partition("\n")
    sql = f"""
with {asked.ctes}
select p.i, {asked.group} as g, {_COLUMNS}
from {_FROM} {joins}
join p on f.closed_at >= p.since and f.closed_at < p.until
where {asked.where} and {_DECIDED} order by f.opportunity_id
"""
    return context.frame(sql, asked.params)


_DECIDED = "f.outcome in ('won', 'lost')"
_COLUMNS = """f.outcome = 'won' as won, f.deal_type, f.product_id, f.amount::double as amount,
       coalesce(f.source_channel, x.source_channel) as source_channel, c.region, c.industry, f.owner_employee_id,
       coalesce(m.meetings, 0) as meetings"""
_FROM = """opportunities f
left join leads x on x.lead_id = f.lead_id
left join customers c on c.customer_id = f.customer_id
left join (select opportunity_id, count(*) as meetings from activities
           where activity_type = 'meeting' and coalesce(status, 'done') = 'done' group by 1) m
  on m.opportunity_id = f.opportunity_id"""


def _sizes(amounts: pd.Series) -> pd.Series:
    """Quarters of the deals by amount as "10–20"; null without an amount, or where the amounts do not differ."""
    known = amounts.dropna()
    cuts = np.unique(np.quantile(known, [0.25, 0.5, 0.75])) if len(known) else np.array([])
    cuts = cuts[cuts < known.max()] if len(known) else cuts
    names = _ranges([float(known.min()), *cuts, float(known.max())]) if len(cuts) else ["all"]
    places = np.searchsorted(cuts, amounts.to_numpy(dtype=float), side="left")
    found = pd.Series([names[min(p, len(names) - 1)] for p in places], index=amounts.index, dtype=object)
    return found.where(amounts.notna() & bool(len(cuts)))


def _ranges(bounds: list[float]) -> list[str]:
    return [f"{low:g}–{high:g}" for low, high in zip(bounds, bounds[1:], strict=False)]


def _meetings(counts: pd.Series) -> pd.Series:
    """Numbers of meetings as 0, 1, 2, 3–4, 5+; null for all where no deal has one (none are recorded)."""
    if not counts.any():
        return pd.Series(None, index=counts.index, dtype=object)

    def name(n: int) -> str:
        low, high = next((low, high) for low, high in _MEETINGS if high is None or n <= high)
        return f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"

    return counts.map(name)
