"""How often what the forecast says comes true, over kinds of series."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpi.stats import Outlook, outlook
from tests.bench.companies import remembering

KINDS = ("noise", "memory", "long memory", "walk", "season", "trend and season", "growth", "skewed")
STATED = (0.1, 0.25, 0.5, 0.75, 0.9)


def drawn(rng: np.random.Generator, kind: str, n: int) -> NDArray[np.float64]:
    """A series of one kind, all of them far above 0."""
    t = np.arange(n)
    season = np.sin(2 * np.pi * t / 12 + rng.uniform(0, 2 * np.pi))
    noise = remembering(rng, n, {"memory": 0.5, "long memory": 0.8, "trend and season": 0.4}.get(kind, 0.0))
    if kind == "walk":
        return 200 + 5 * np.cumsum(noise)
    if kind == "season":
        return 100 + 20 * season + 6 * noise
    if kind == "trend and season":
        return 100 + t + 15 * season + 6 * noise
    if kind == "growth":
        return np.exp(4.6 + 0.01 * t + 0.3 * season + 0.15 * noise)
    if kind == "skewed":
        return np.exp(4.6 + 0.4 * noise)
    return 100 + 10 * noise


@dataclass(frozen=True)
class Ranges:
    """inside: share of outcomes in the 80 % range; reached: how often numbers of the STATED chances were; said_right:
    what the check on the series itself said on average; best: the two methods chosen most."""

    inside: float
    reached: tuple[float, ...]
    said_right: float | None
    best: tuple[str, ...]


def ranges(seed: int, runs: int, kind: str, n: int, ahead: int, total: bool) -> Ranges:
    """`runs` series of n months, told `ahead` months on."""
    rng = np.random.default_rng(seed)
    inside, places, checked = 0, [], []
    methods: Counter[str] = Counter()
    for _ in range(runs):
        x = drawn(rng, kind, n + ahead)
        found = outlook(x[:n], ahead, total)
        if not isinstance(found, Outlook):
            raise ValueError(f"no outlook for {kind}")
        came = float(x[n:].sum() if total else x[-1])
        inside += found.low <= came <= found.high
        places.append(found.spread.below(came))
        methods[found.method] += 1
        if found.checked:
            checked.append(found.checked.inside / found.checked.of)
    reached = tuple(float(np.mean(np.array(places) >= 1 - chance)) for chance in STATED)
    best = tuple(name for name, _ in methods.most_common(2))
    return Ranges(inside / runs, reached, float(np.mean(checked)) if checked else None, best)
