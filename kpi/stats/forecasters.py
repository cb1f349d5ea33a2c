"""Simple ways to continue a series, each from many origins at once: what it would have said at every past moment.

A forecaster takes the series x, the origins (it may look at x[:origin] only), how many periods ahead and the length of
the season, and gives origins x ahead. Hyndman & Athanasopoulos 2021, ch. 5; seasonal figures as R's decompose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kpi.stats.season import season_p

Array = NDArray[np.float64]
Origins = NDArray[np.int64]

CHANCE = 0.05
WEIGHTS = np.arange(0.02, 1.0, 0.02)  # of the newest value in simple smoothing


def naive(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The last value goes on."""
    return np.repeat(x[origins - 1][:, None], ahead, axis=1)


def average(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The mean of the last season goes on (of all values where there are fewer)."""
    sums = np.concatenate([[0.0], np.cumsum(x)])
    back = np.minimum(origins, max(season, 6))
    return np.repeat(((sums[origins] - sums[origins - back]) / back)[:, None], ahead, axis=1)


def drift(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The line from the first value through the last goes on."""
    slope = (x[origins - 1] - x[0]) / np.maximum(origins - 1, 1)
    return x[origins - 1][:, None] + slope[:, None] * np.arange(1, ahead + 1)


def seasonal_naive(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The same period of the last season comes again."""
    return x[(origins - season)[:, None] + np.arange(ahead) % season]


def run_rate(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The last season comes again, times how the newest periods stand to the same ones a season before.

    What is reached so far, spread by each period's share of the season; at most one season is compared.
    """
    sums = np.concatenate([[0.0], np.cumsum(x)])
    back = np.minimum(season, origins - season)
    now = sums[origins] - sums[origins - back]
    then = sums[origins - season] - sums[origins - season - back]
    # Without anything to compare with, the last season as it was.
    growth = np.where((now > 0) & (then > 0), now / np.where(then > 0, then, 1.0), 1.0)
    return seasonal_naive(x, origins, ahead, season) * growth[:, None]


def theta(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """The theta method (Assimakopoulos & Nikolopoulos 2000), as simple smoothing with half the slope of the line
    (Hyndman & Billah 2003), after a season where there is one."""
    length = int(origins.max())
    rows = np.empty((origins.size, length))
    figures = np.empty((origins.size, season))
    positive = bool((x > 0).all())
    for i, origin in enumerate(origins):
        figures[i] = figure = seasonal_figure(x[:origin], season, positive)
        place = np.arange(length) % season
        rows[i] = x[:length] / figure[place] if positive else x[:length] - figure[place]
    level, weight = _smoothed(rows, origins)
    slope = np.array([np.polyfit(np.arange(o), row[:o], 1)[0] for o, row in zip(origins, rows, strict=True)])
    reach = (1 - (1 - weight) ** origins) / weight
    found = level[:, None] + slope[:, None] / 2 * (np.arange(ahead) + reach[:, None])
    place = (origins[:, None] + np.arange(ahead)) % season
    figure = np.take_along_axis(figures, place, axis=1)
    return found * figure if positive else found + figure


def _smoothed(rows: Array, origins: Origins) -> tuple[Array, Array]:
    """Simple exponential smoothing of each row up to its origin: the level there, and the weight that fits best.

    The first level enters every error linearly, so its best value for each weight follows by least squares.
    """
    shape = (len(rows), WEIGHTS.size)
    level, errors, reach, both = (np.zeros(shape) for _ in range(4))
    echo = np.ones(WEIGHTS.size)
    for t in range(rows.shape[1]):
        going = (t < origins)[:, None]
        error = np.where(going, rows[:, t : t + 1] - level, 0.0)
        errors += error**2
        reach += np.where(going, echo**2, 0.0)
        both += error * echo
        level += WEIGHTS * error
        echo = echo * (1 - WEIGHTS)
    first = both / np.maximum(reach, 1e-300)
    best = np.argmin(errors - first * both, axis=1)
    at = np.arange(len(rows))
    weight = WEIGHTS[best]
    return level[at, best] + (1 - weight) ** origins * first[at, best], weight


def has_season(x: Array, season: int) -> bool:
    """Whether two seasons or more show one beyond chance (5 %)."""
    return season > 1 and x.size >= 2 * season and float(season_p(x[None], season)[0]) < CHANCE


def seasonal_figure(x: Array, season: int, times: bool) -> Array:
    """`figure_of` the series; neutral where it has no season."""
    return figure_of(x, season, times) if has_season(x, season) else np.full(season, float(times))


def figure_of(x: Array, season: int, times: bool) -> Array:
    """What each place of the season is above or below the rest, by a centred moving average (R's decompose).

    times: factors around 1, else amounts around 0. x: two seasons at least.
    """
    width = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        width[[0, -1]] = 0.5
    half = width.size // 2
    trend = np.convolve(x, width / season, "valid")
    middle = x[half : x.size - half]
    raw = middle / trend if times else middle - trend
    place = np.arange(half, x.size - half) % season
    figure = np.bincount(place, raw, season) / np.maximum(np.bincount(place, minlength=season), 1)
    return figure / figure.mean() if times else figure - figure.mean()
