"""k-means clusters of recency, frequency and money, made repeatable, with a rule for the number of clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20_260_101
STARTS = 50
REFIT_STARTS = 10
REFITS = 20
FIT_ROWS = 10_000  # more customers: centres and quality come from a fixed draw of this many, everyone is assigned
SILHOUETTE_ROWS = 5_000
NOTABLE = 0.1  # a median less than 10 % off the base's is not worth a word
STABLE = 0.85
MAX_K = 5


@dataclass(frozen=True)
class Clustering:
    """labels: 1 to k per row, 1 has the highest mean money; centres in z-scores, row i belongs to label i + 1."""

    k: int
    labels: NDArray[np.int64]
    centres: NDArray[np.float64]
    inertia: float

    @property
    def sizes(self) -> list[int]:
        return [int((self.labels == i).sum()) for i in range(1, self.k + 1)]


@dataclass(frozen=True)
class Quality:
    """How good a number of clusters is. stability: bootstrap ARI, mean and 5th percentile of the refits."""

    k: int
    inertia: float
    silhouette: float
    davies_bouldin: float
    stability: float
    stability_low: float
    smallest: int


@dataclass(frozen=True)
class Profile:
    """One cluster in raw units. name: codes of what sets it apart from the base, e.g. ("recent", "high_value")."""

    cluster: int
    n: int
    recency_days: float
    frequency: float
    monetary: float
    name: tuple[str, ...]


def features(recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> NDArray[np.float64]:
    """log1p, then z-score with the sample standard deviation (ddof = 1): one row per customer, three columns.

    Negative money (more returned than bought) counts as 0 here; a column without spread becomes 0.
    """
    raw = np.column_stack([np.asarray(v, dtype=float) for v in (recency_days, frequency, monetary)])
    logs = np.log1p(np.clip(raw, 0, None))
    spread = logs.std(axis=0, ddof=1) if len(logs) > 1 else np.zeros(3)
    flat = spread < 1e-12  # rounding leaves a trace of spread where all values are equal
    return np.where(flat, 0.0, (logs - logs.mean(axis=0)) / np.where(flat, 1.0, spread))


def cluster(x: NDArray[np.float64], k: int, money: ArrayLike, winsorise: bool = False) -> Clustering:
    """k-means++ with 50 starts and a fixed seed (MacQueen 1967; Arthur & Vassilvitskii 2007).

    x: rows sorted by customer id by the caller, so that the same customers give the same clusters whatever the
    order they came in. money: raw money per row, decides the numbering. winsorise: pull the features in to their
    0.5 and 99.5 % quantiles for the fit; everyone is assigned all the same.
    Raises ValueError where there are fewer distinct rows than clusters.
    """
    sample = _draw(x, FIT_ROWS)
    if len(np.unique(sample, axis=0)) < k:
        raise ValueError(f"{k} clusters need at least {k} different customers")
    if winsorise:
        sample = np.clip(sample, *np.quantile(sample, [0.005, 0.995], axis=0))
    centres = _centres(sample, k, STARTS, SEED)
    labels = _nearest(x, centres)
    amounts = np.asarray(money, dtype=float)
    means = [(-amounts[labels == i].mean(), -centres[i, 1]) if (labels == i).any() else (np.inf, 0.0) for i in range(k)]
    order = sorted(range(k), key=lambda i: means[i])
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(1, k + 1)
    inertia = float(((x - centres[labels]) ** 2).sum())
    return Clustering(k, place[labels], centres[order], inertia)


def stability(x: NDArray[np.float64], found: Clustering, refits: int = REFITS) -> NDArray[np.float64]:
    """Adjusted Rand index (Hubert & Arabie 1985) between `found` and each of `refits` bootstrap refits.

    Each refit draws rows with replacement, clusters them, and assigns all rows to the nearest centre.
    """
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(SEED)
    sample = _draw(x, FIT_ROWS)
    labels = _nearest(sample, found.centres)
    scores = []
    for i in range(refits):
        drawn = sample[rng.integers(0, len(sample), len(sample))]
        refit = _centres(drawn, found.k, REFIT_STARTS, SEED + i)
        scores.append(adjusted_rand_score(labels, _nearest(sample, refit)))
    return np.asarray(scores)


def quality(x: NDArray[np.float64], found: Clustering, refits: int = REFITS) -> Quality:
    """Silhouette (Rousseeuw 1987, higher is better), Davies-Bouldin (1979, lower is better), bootstrap stability.

    Silhouettes compare numbers of clusters within one transform only. Above 5 000 rows it is taken on a fixed draw.
    """
    from sklearn.metrics import davies_bouldin_score, silhouette_score

    sample = _draw(x, FIT_ROWS)
    labels = _nearest(sample, found.centres)
    drawn = SILHOUETTE_ROWS if len(sample) > SILHOUETTE_ROWS else None
    again = stability(x, found, refits)
    return Quality(
        found.k,
        found.inertia,
        float(silhouette_score(sample, labels, sample_size=drawn, random_state=SEED)),
        float(davies_bouldin_score(sample, labels)),
        float(again.mean()),
        float(np.quantile(again, 0.05)),
        min(found.sizes),
    )


def default_k(candidates: list[Quality], n: int) -> int:
    """The largest k up to 5 that is stable (5th percentile of the bootstrap ARI at least .85) and whose smallest
    cluster holds max(30, 2 %) of the customers; else 2. A choice, not a discovery."""
    smallest = max(30.0, 0.02 * n)
    fit = [q.k for q in candidates if q.k <= MAX_K and q.stability_low >= STABLE and q.smallest >= smallest]
    return max(fit, default=2)


def profiles(found: Clustering, recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> list[Profile]:
    """Medians in raw units per cluster and a name from how they lie to the medians of all customers."""
    raw = np.column_stack([np.asarray(v, dtype=float) for v in (recency_days, frequency, monetary)])
    base = np.median(raw, axis=0)
    rows = []
    for label in range(1, found.k + 1):
        mine = raw[found.labels == label]
        middle = np.median(mine, axis=0)
        recency, frequency, monetary = (float(each) for each in middle)
        rows.append(Profile(label, len(mine), recency, frequency, monetary, _name(middle, base)))
    return rows


def _name(middle: NDArray[np.float64], base: NDArray[np.float64]) -> tuple[str, ...]:
    words = (("recent", "quiet"), ("infrequent", "frequent"), ("low_value", "high_value"))
    pairs = zip(words, middle, base, strict=True)
    named = (below if m < b else above for (below, above), m, b in pairs if abs(m - b) > NOTABLE * abs(b))
    return tuple(named) or ("typical",)


def _centres(x: NDArray[np.float64], k: int, starts: int, seed: int) -> NDArray[np.float64]:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # on a busy machine waiting threads cost ten times what they save
        return KMeans(k, n_init=starts, random_state=seed).fit(x).cluster_centers_


def _draw(x: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    if len(x) <= rows:
        return x
    chosen = np.random.default_rng(SEED).choice(len(x), rows, replace=False)
    return x[np.sort(chosen)]


def _nearest(x: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    distances = np.stack([((x - centre) ** 2).sum(axis=1) for centre in centres])
    return distances.argmin(axis=0)
