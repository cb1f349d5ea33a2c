"""The rows of the sample company as data frames, and plain statistics for the tests of its stories."""

from __future__ import annotations

import functools
from math import sqrt

import numpy as np
import pandas as pd

from kpi.sample import SEED, generate

OTHER_SEED = 7
SEEDS = (SEED, OTHER_SEED)


@functools.cache
def rows(seed: int = SEED) -> dict[str, list[dict]]:
    """The sample as it is generated, once per test run."""
    return generate(seed)


@functools.cache
def frames(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """{table: data frame}."""
    return {name: pd.DataFrame(found) for name, found in rows(seed).items()}


def orders(seed: int) -> pd.DataFrame:
    """Orders that count, with region and industry of their customer."""
    t = frames(seed)
    live = t["orders"][t["orders"]["status"] != "cancelled"]
    return live.merge(t["customers"][["customer_id", "region", "industry"]], on="customer_id", how="left")


def z_of_shares(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """How many standard errors the second share lies below (-) or above (+) the first."""
    pooled = (hits + other_hits) / (of + other_of)
    return (other_hits / other_of - hits / of) / sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))


def z_of_means(first: pd.Series, second: pd.Series) -> float:
    """Welch's statistic: how many standard errors the second mean lies above the first."""
    return (second.mean() - first.mean()) / sqrt(first.var() / len(first) + second.var() / len(second))


def z_before_after(hit: pd.Series, late: pd.Series) -> float:
    """z of the share of `hit` where late against the share before."""
    return z_of_shares(hit[~late].sum(), (~late).sum(), hit[late].sum(), late.sum())


def unexplained(series: np.ndarray) -> np.ndarray:
    """A monthly series without its season (means of the months) and its straight trend."""
    months = np.eye(12)[np.arange(len(series)) % 12]
    known = np.column_stack([months, np.arange(len(series))])
    return series - known @ np.linalg.lstsq(known, series, rcond=None)[0]


def lagged(first: np.ndarray, second: np.ndarray, lag: int) -> float:
    """Correlation of first at t with second at t + lag."""
    if lag < 0:
        return float(np.corrcoef(first[-lag:], second[:lag])[0, 1])
    return float(np.corrcoef(first[: len(first) - lag], second[lag:])[0, 1])


def prewhitened(first: np.ndarray, second: np.ndarray, order: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Both series through the autoregressive filter that makes the first white (Box and Jenkins)."""

    def past(series: np.ndarray) -> np.ndarray:
        return np.column_stack([series[order - i - 1 : len(series) - i - 1] for i in range(order)])

    weights = np.linalg.lstsq(past(first), first[order:], rcond=None)[0]
    return first[order:] - past(first) @ weights, second[order:] - past(second) @ weights
