"""Does one monthly series precede another? Cross-correlation after taking out trend, season and memory.

Box & Jenkins' prewhitening: the same autoregression is taken out of both series, or two unrelated series with memory
would correlate at some lag. Every lag looked at counts as a test (Sidak 1967).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

YEAR = 12
LEAST = 20  # months below which nothing is reported
FIRM = 36  # months below which a finding is exploratory


@dataclass(frozen=True)
class Lagged:
    """lags: -L to L, positive where x precedes y; r: correlation at each; bound: what |r| must exceed; best: the lag of
    the strongest r if that passes, else None; p: of the strongest, for all lags looked at together; n: months."""

    lags: NDArray[np.int64]
    r: NDArray[np.float64]
    bound: float
    best: int | None
    p: float
    n: int

    def at(self, lag: int) -> float:
        """The correlation at `lag`."""
        return float(self.r[int(np.flatnonzero(self.lags == lag)[0])])


def lagged(x: ArrayLike, y: ArrayLike, most: int, level: float = 0.05) -> Lagged | None:
    """Correlation of x with y `most` months back and forth; None under 20 months or where a series does not vary.

    x, y: monthly values of the same months without gaps. Trend: first differences. Season: means per month of the
    year, from 36 months on. Lags reach at most a quarter of the series.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if a.shape != b.shape or np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("two series of the same months without gaps are needed")
    if a.size < LEAST:
        return None
    season = a.size >= FIRM
    u, v = (_deseasoned(np.diff(series), season) for series in (a, b))
    if not _varies(u, a) or not _varies(v, b):
        return None
    phi = autoregression(u)
    u, v = filtered(u, phi), filtered(v, phi)
    if not _varies(u, a) or not _varies(v, b):
        return None
    most = max(1, min(most, u.size // 4))
    lags = np.arange(-most, most + 1)
    r = cross_correlation(u, v, most)
    strongest = int(np.argmax(np.abs(r)))
    free = math.sqrt(u.size - (YEAR - 1 if season else 0))  # each month's mean takes up a value
    single = 2 * (1 - NormalDist().cdf(abs(float(r[strongest])) * free))
    bound = NormalDist().inv_cdf(1 - (1 - (1 - level) ** (1 / lags.size)) / 2) / free
    best = int(lags[strongest]) if abs(r[strongest]) > bound else None
    return Lagged(lags, r, bound, best, 1 - (1 - single) ** lags.size, a.size)


def cross_correlation(x: NDArray[np.float64], y: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """cor(x[t], y[t + k]) for k = -most … most, with the means and variances of the whole series (as R's ccf)."""
    a, b = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    n = a.size
    return np.array(
        [(a[max(0, -k) : n - max(0, k)] @ b[max(0, k) : n - max(0, -k)]) / scale for k in range(-most, most + 1)]
    )


def autoregression(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of the autoregression with the lowest AIC (Yule-Walker by Levinson-Durbin), maybe none."""
    d = x - x.mean()
    n, top = d.size, int(min(d.size // 4, 10 * math.log10(d.size)))
    cov = np.array([d[: n - k] @ d[k:] / n for k in range(top + 1)])
    phi, variance = np.array([]), float(cov[0])
    best, lowest = phi, n * math.log(variance)
    for k in range(1, top + 1):
        reflection = (cov[k] - phi @ cov[k - 1 : 0 : -1]) / variance if k > 1 else cov[1] / variance
        phi = np.append(phi - reflection * phi[::-1], reflection)
        variance *= 1 - reflection**2
        if variance <= 0:
            break
        aic = n * math.log(variance) + 2 * k
        if aic < lowest:
            best, lowest = phi, aic
    return best


def filtered(x: NDArray[np.float64], phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of x after its autoregression; the first values, which have no past, are left out."""
    d = x - x.mean()
    return d[phi.size :] - sum(
        (c * d[phi.size - k : d.size - k] for k, c in enumerate(phi, 1)), np.zeros(d.size - phi.size)
    )


def _deseasoned(x: NDArray[np.float64], season: bool) -> NDArray[np.float64]:
    if not season:
        return x
    month = np.arange(x.size) % YEAR
    means = np.bincount(month, x) / np.bincount(month)
    return x - means[month]


def _varies(x: NDArray[np.float64], original: NDArray[np.float64]) -> bool:
    return bool(x.size > 2 and np.ptp(x) > 1e-9 * max(1.0, float(np.abs(original).max())))
