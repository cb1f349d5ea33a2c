"""Box & Jenkins' prewhitening of many pairs of series at once: trend, season and memory out, then cross-correlation.

Arrays are pairs x time; every row is treated by itself. Box & Jenkins 1976, ch. 11; Levinson 1947, Durbin 1960.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpi.stats.season import basis, season_p, without

Array = NDArray[np.float64]

SEASONS = 3  # whole seasons that must be there before one is taken out
WANDERING = 0.7  # lag-1 autocorrelation around the straight line above which a series is differenced instead
DOUBT = 0.2  # a season is taken out unless chance explains it with at least this probability
ALIKE = 0.2  # of the mean distance from the mean: values so near to each other rank as equal
PER_TERM = 12  # values per term of an autoregression, at least


@dataclass(frozen=True)
class Cleaned:
    """Two series per row without trend and season. spent: values of each row that their estimation took up."""

    x: Array
    y: Array
    spent: NDArray[np.int64]
    flat: NDArray[np.bool_]  # rows of which nothing is left


@dataclass(frozen=True)
class Crossed:
    """lags: -L to L, positive where x precedes y; r and its degrees of freedom: pairs x lags, r nan for a row that
    does not vary."""

    lags: NDArray[np.int64]
    r: Array
    df: Array

    def p(self) -> Array:
        """Two-sided p of each correlation alone (Student's t); 1 where there is none."""
        from scipy.special import stdtr  # here, because few pages need it

        room = np.maximum(1 - self.r**2, 1e-15)
        return np.where(np.isnan(self.r), 1.0, 2 * stdtr(self.df, -np.abs(self.r) * np.sqrt(self.df / room)))


def clean(x: Array, y: Array, season: int) -> list[tuple[NDArray[np.int64], Cleaned]]:
    """Both series of each row without trend and season, in groups of rows that were treated alike.

    Trend: a straight line; first differences where either wanders off it (lag-1 autocorrelation above .7), or random
    walks would correlate. Season: the mean of each place (month of the year) of a series that has one, from three
    whole seasons on.
    """
    lines = _detrended(x, season), _detrended(y, season)
    wanders = np.maximum(_lag_one(lines[0][0]), _lag_one(lines[1][0])) > WANDERING
    found = []
    for differenced in (False, True):
        rows = np.flatnonzero(wanders == differenced)
        if not rows.size:
            continue
        if differenced:
            (u, season_u), (v, season_v) = (_differenced(s[rows], season) for s in (x, y))
        else:
            (u, season_u), (v, season_v) = ((s[rows], seasonal[rows]) for s, seasonal in lines)
        spent = np.where(season_u & season_v, season - 1, 0) + (not differenced)
        flat = _flat(u, x[rows]) | _flat(v, y[rows])
        found.append((rows, Cleaned(u, v, spent.astype(np.int64), flat)))
    return found


def cross_many(x: Array, y: Array, most: int, season: int) -> Crossed:
    """Row by row: trend and season out of both, the autoregression of x out of both, correlation at lags -L … L.

    Rows are gapless series of the same periods. L: `most`, at most a quarter of the series.
    """
    most = max(1, min(most, (x.shape[1] - 1 - x.shape[1] // PER_TERM) // 4))
    lags = np.arange(-most, most + 1)
    r, df = np.full((len(x), lags.size), np.nan), np.ones((len(x), lags.size))
    for rows, found in clean(x, y, season):
        u = np.where(found.flat[:, None], np.arange(found.x.shape[1]) % 2, found.x)
        phi, order = autoregressions(u)
        for p in np.unique(order):  # the first values, which have no past, are left out
            same = np.flatnonzero(order == p)
            a, b = (scores(filtered_rows(s[same], phi[same], p)) for s in (u, found.y))
            left = a.shape[1] - np.abs(lags)
            # R's ccf shrinks with the lag because fewer products stand in its sum: each is put back to its own number.
            here = np.clip(crossed(a, b, most) * a.shape[1] / left, -1, 1)
            here[found.flat[same]] = np.nan
            r[rows[same]], df[rows[same]] = here, np.maximum(left - 2 - found.spent[same, None], 1)
    return Crossed(lags, r, df)


def left_over(x: Array, y: Array, season: int) -> tuple[Array, Array]:
    """What `cross_many` correlates of one pair: two series as scores, without trend, season and the memory of x.

    Shorter than x and y by what differencing and the autoregression took from the beginning.
    """
    ((_, found),) = clean(x[None], y[None], season)
    u = np.where(found.flat[:, None], np.arange(found.x.shape[1]) % 2, found.x)
    phi, order = autoregressions(u)
    a, b = (scores(filtered_rows(s, phi, int(order[0])))[0] for s in (u, found.y))
    return a, b


def scores(x: Array) -> Array:
    """Each row's values by rank on the scale of the normal distribution (Blom 1958), neighbours in size together: of a
    count that is mostly 0 the trend taken out would otherwise order the zeros.

    One campaign or one strike must not make a correlation: with two spikes in sixty months the plain coefficient finds a
    lag between unrelated series in one of five pairs.
    """
    from scipy.special import ndtri  # here, because few pages need it

    near = ALIKE * np.abs(x - x.mean(axis=1, keepdims=True)).mean(axis=1, keepdims=True)
    ordered = np.sort(x, axis=1)
    low, high = x - near, x + near
    ranks = [
        np.searchsorted(row, a, "left") + np.searchsorted(row, b, "right")
        for row, a, b in zip(ordered, low, high, strict=True)
    ]
    return ndtri((np.array(ranks) / 2 + 1 / 8) / (x.shape[1] + 1 / 4))


def crossed(a: Array, b: Array, most: int) -> Array:
    """cor(a[t], b[t + k]) per row for k = -most … most, with the means and variances of the whole rows (as R's ccf);
    nan for a row that does not vary."""
    a, b = (s - s.mean(axis=1, keepdims=True) for s in (a, b))
    scale = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    n = a.shape[1]
    products = [
        (a[:, max(0, -k) : n - max(0, k)] * b[:, max(0, k) : n - max(0, -k)]).sum(axis=1)
        for k in range(-most, most + 1)
    ]
    return np.stack(products, axis=1) / np.where(scale > 0, scale, np.nan)[:, None]


def autoregressions(x: Array) -> tuple[Array, NDArray[np.int64]]:
    """Per row the coefficients of the autoregression with the lowest AIC (Yule-Walker), and its order (0: none).

    At most one term per 12 values; coefficients beyond the order are 0.
    """
    d = x - x.mean(axis=1, keepdims=True)
    rows, n = d.shape
    top = n // PER_TERM
    cov = np.stack([(d[:, : n - k] * d[:, k:]).sum(axis=1) / n for k in range(top + 1)], axis=1)
    phi = np.zeros((rows, top))
    best, order = phi.copy(), np.zeros(rows, dtype=np.int64)
    variance = cov[:, 0].copy()
    lowest = n * np.log(variance)
    for k in range(1, top + 1):
        past = (phi[:, : k - 1] * cov[:, k - 1 : 0 : -1]).sum(axis=1)
        reflection = (cov[:, k] - past) / variance
        phi[:, : k - 1] -= reflection[:, None] * phi[:, : k - 1][:, ::-1].copy()
        phi[:, k - 1] = reflection
        variance = variance * np.maximum(1 - reflection**2, 1e-12)
        aic = n * np.log(variance) + 2 * k
        better = aic < lowest
        lowest = np.where(better, aic, lowest)
        best[better], order[better] = phi[better], k
    return best, order


def filtered_rows(x: Array, phi: Array, order: int) -> Array:
    """What is left of each row after its autoregression of this order; the first values, which have no past, left out."""
    d = x - x.mean(axis=1, keepdims=True)
    left = d[:, order:].copy()
    for k in range(1, order + 1):
        left -= phi[:, k - 1 : k] * d[:, order - k : d.shape[1] - k]
    return left


def _detrended(x: Array, season: int) -> tuple[Array, NDArray[np.bool_]]:
    n = x.shape[1]
    seasonal = _seasonal(x, season, trend=True)
    left = without(x, basis(n, 0, trend=True))
    if seasonal.any():
        left[seasonal] = without(x[seasonal], basis(n, season, trend=True))
    return left, seasonal


def _differenced(x: Array, season: int) -> tuple[Array, NDArray[np.bool_]]:
    d = np.diff(x, axis=1)
    seasonal = _seasonal(x, season, trend=True) | _seasonal(d, season, trend=False)
    left = d - d.mean(axis=1, keepdims=True)
    if seasonal.any():
        left[seasonal] = without(d[seasonal], basis(d.shape[1], season, trend=False))
    return left, seasonal


def _seasonal(x: Array, season: int, trend: bool) -> NDArray[np.bool_]:
    if x.shape[1] + 1 < SEASONS * season:
        return np.zeros(len(x), dtype=bool)
    return season_p(x, season, trend) < DOUBT


def _lag_one(x: Array) -> Array:
    d = x - x.mean(axis=1, keepdims=True)
    return (d[:, 1:] * d[:, :-1]).sum(axis=1) / np.maximum((d * d).sum(axis=1), 1e-300)


def _flat(x: Array, original: Array) -> NDArray[np.bool_]:
    return np.ptp(x, axis=1) <= 1e-9 * np.maximum(np.abs(original).max(axis=1), 1e-300)


def effective(x: Array, y: Array) -> Array:
    """Share of the values of two series with memory that count as independent for their correlation (Bartlett 1946)."""
    n = x.shape[1]
    a, b = (s - s.mean(axis=1, keepdims=True) for s in (x, y))
    scale = np.maximum((a * a).sum(axis=1) * (b * b).sum(axis=1), 1e-300)
    both = np.zeros(len(x))
    for k in range(1, int(10 * math.log10(n))):
        both += (a[:, k:] * a[:, :-k]).sum(axis=1) * (b[:, k:] * b[:, :-k]).sum(axis=1) / scale
    return 1 / np.maximum(1 + 2 * both, 1.0)
