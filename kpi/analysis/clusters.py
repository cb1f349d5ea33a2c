"""Clusters of customers by recency, frequency and money: the second view beside the segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from kpi.analysis.notes import Note, note
from kpi.analysis.rfm import MIN_CUSTOMERS, rfm, rfm_part
from kpi.errors import Refused
from kpi.stats import Profile, Quality, cluster, default_k, features, profiles, quality

MAX_K = 8
TRIED = (2, 3, 4, 5)
WEAK = 0.5  # silhouette below it: no clear groups (Kaufman & Rousseeuw)


@dataclass(frozen=True)
class Clusters:
    """customers: customer_id and cluster (1 = highest mean money), sorted by id. tried: what each number of clusters
    is worth; only the chosen one where k was given."""

    as_of: date | None
    k: int
    customers: pd.DataFrame
    profiles: tuple[Profile, ...]
    tried: tuple[Quality, ...]
    notes: tuple[Note, ...] = ()


def clusters(
    workspace: Any,
    k: int | None = None,
    as_of: date | None = None,
    winsorise: bool = False,
    filters: Sequence[tuple[str, str]] = (),
) -> Clusters:
    """k-means on z-scores of log1p of recency, frequency and total money, repeatable to the last customer.

    k: 2 to 8; None: the largest k up to 5 that is stable and has no tiny cluster, else 2. winsorise: fit without the
    outermost half per cent on each side. filters: clusters of the customers that pass them. Refused under 25 customers, without amounts, for k outside 2 to 8, or where
    fewer than k customers differ.
    """
    if k is not None and not 2 <= k <= MAX_K:
        raise Refused("clusters_number", k=k, most=MAX_K)
    key = ("clusters", k, as_of or workspace.as_of(), winsorise, tuple(filters))
    return workspace.memo(key, lambda: _clusters(workspace, k, as_of, winsorise, filters))


def _clusters(
    workspace: Any, k: int | None, as_of: date | None, winsorise: bool, filters: Sequence[tuple[str, str]]
) -> Clusters:
    base = rfm_part(workspace, rfm(workspace, as_of), filters)
    customers = base.customers
    if len(customers) < MIN_CUSTOMERS:
        raise Refused("too_few_customers", n=len(customers), day=base.as_of)
    if customers["total"].isna().any():
        raise Refused("needs_columns", columns="orders.amount")
    raw = [customers[column].to_numpy(dtype=float) for column in ("recency_days", "frequency", "total")]
    x = features(*raw)
    try:
        found = {each: cluster(x, each, raw[2], winsorise) for each in (TRIED if k is None else (k,))}
    except ValueError as error:
        raise Refused("customers_alike", k=k or max(TRIED)) from error
    tried = tuple(quality(x, each) for each in found.values())
    chosen = k if k is not None else default_k(list(tried), len(customers))
    notes = [note("clusters_choice")]
    if next(q for q in tried if q.k == chosen).silhouette < WEAK:
        notes.append(note("clusters_weak"))
    table = pd.DataFrame({"customer_id": customers["customer_id"], "cluster": found[chosen].labels})
    return Clusters(base.as_of, chosen, table, tuple(profiles(found[chosen], *raw)), tried, tuple(notes))
