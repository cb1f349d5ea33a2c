"""Exponential smoothing with damped trend and season (Holt-Winters; Gardner & McKenzie 1985).

All weights of a grid run side by side through the series once, so that the forecast from every past origin costs no
more than the last one; at each origin the smoothing with the lowest AICc of what was known there speaks.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from kpi.stats.forecasters import Array, Origins, figure_of, has_season

LEVEL = (0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
TREND = (0.03, 0.1, 0.25)
DAMPED = (0.85, 0.98)
SEASON = (0.0, 0.1, 0.3)
FIRST = 6  # values from which a smoothing without season starts


def ets(x: Array, origins: Origins, ahead: int, season: int) -> Array:
    """Level; level and damped trend; where there is a season, one that adds or (positive values) one that multiplies.

    Origins lie at two seasons or later, in rising order. Origins of one season share their start, which is taken from
    what was known at the first of them.
    """
    found = np.empty((origins.size, ahead))
    turn = (origins - origins[0]) // max(season, FIRST)
    for block in np.unique(turn):
        here = turn == block
        kinds = _kinds(x[: int(origins[here][0])], season)
        runs = [_run(x, origins[here], ahead, season if kind else 1, kind) for kind in kinds]
        best = np.argmin(np.stack([score for _, score in runs]), axis=0)
        found[here] = np.stack([forecast for forecast, _ in runs])[best, np.arange(best.size)]
    return found


def _kinds(x: Array, season: int) -> tuple[str, ...]:
    if not has_season(x, season):
        return ("",)
    return ("add", "times") if (x > 0).all() else ("add",)


def _grid(seasonal: bool) -> NDArray[np.float64]:
    trends = [(0.0, 0.0), *itertools.product(TREND, DAMPED)]
    weights = [(a, b, d, s) for a in LEVEL for b, d in trends for s in (SEASON if seasonal else (0.0,))]
    return np.array(weights).T


def _run(x: Array, origins: Origins, ahead: int, season: int, kind: str) -> tuple[Array, Array]:
    alpha, beta, damping, gamma = _grid(bool(kind))
    # Free values: the weights, the first level, the trend's weight, damping and start.
    free = 2.0 + np.where(damping > 0, 3, 0) + (gamma > 0)
    level0, slope0, figure = _start(x[: int(origins[0])], season, kind)
    level = np.full(alpha.size, level0)
    slope = np.where(damping > 0, slope0, 0.0)
    seasons = np.tile(figure, (alpha.size, 1))
    squares, sizes = np.zeros(alpha.size), np.zeros(alpha.size)
    relative = bool((x > 0).all())
    wanted = {int(origin): i for i, origin in enumerate(origins)}
    found, scores = np.empty((origins.size, ahead)), np.empty(origins.size)
    steps = np.arange(1, ahead + 1)
    for t in range(int(origins.max())):
        place = t % season
        base, was = level + damping * slope, seasons[:, place]
        said = base * was if kind == "times" else base + was
        if relative:
            said = np.maximum(said, 1e-3 * x[t])  # a forecast below zero is a very bad one, not an endless error
            squares, sizes = squares + (x[t] / said - 1) ** 2, sizes + 2 * np.log(said)
        else:
            squares = squares + (x[t] - said) ** 2
        bare = x[t] / np.maximum(was, 1e-9) if kind == "times" else x[t] - was
        new = alpha * bare + (1 - alpha) * base
        slope = beta * (new - level) + (1 - beta) * damping * slope
        if kind:
            own = x[t] / np.maximum(base, 1e-9) if kind == "times" else x[t] - base
            seasons[:, place] = gamma * own + (1 - gamma) * was
        level = new
        if (i := wanted.get(t + 1)) is not None:
            score = _aicc(squares, t + 1, free) + sizes
            best = int(np.argmin(score))
            scores[i] = score[best]
            reach = np.cumsum(damping[best] ** steps)
            ahead_figure = seasons[best, (t + steps) % season]
            base = level[best] + reach * slope[best]
            found[i] = base * ahead_figure if kind == "times" else base + ahead_figure
    return found, scores


def _aicc(squares: Array, n: int, free: Array) -> Array:
    room = n - free - 1
    with np.errstate(divide="ignore"):
        score = n * np.log(squares / n) + 2 * free + 2 * free * (free + 1) / np.maximum(room, 1e-9)
    return np.where(room > 0, score, np.inf)


def _start(x: Array, season: int, kind: str) -> tuple[float, float, Array]:
    """Level before the first value and slope of its beginning, the season's figure from all of it."""
    if not kind:
        first = x[:FIRST]
        slope, level = np.polyfit(np.arange(1, first.size + 1), first, 1)
        return float(level), float(slope), np.zeros(1)
    first = x[: 2 * season]
    slope = float(first[season:].mean() - first[:season].mean()) / season
    return float(first.mean()) - slope * (season + 0.5), slope, figure_of(x, season, kind == "times")
