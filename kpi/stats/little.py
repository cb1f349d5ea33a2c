"""The answer of a method that has too little to go on: what is missing, never a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Why = Literal["few", "constant", "gaps", "past"]


@dataclass(frozen=True)
class TooLittle:
    """why: `few` values (n of `needs`), `constant` ones, `gaps` between them, a horizon that has `past`."""

    why: Why
    n: int
    needs: int = 0


def lacking(values: ArrayLike, needs: int) -> TooLittle | None:
    """What keeps a series without gaps from being judged: blanks in it, fewer than `needs` values, no variation."""
    x = np.asarray(values, dtype=float)
    if not np.isfinite(x).all():
        return TooLittle("gaps", int(np.isfinite(x).sum()), needs)
    if x.size < needs:
        return TooLittle("few", x.size, needs)
    return TooLittle("constant", x.size, needs) if still(x) else None


def still(x: NDArray[np.float64]) -> bool:
    """Whether the values do not vary beyond rounding."""
    return x.size == 0 or bool(np.ptp(x) <= 1e-9 * max(1e-300, float(np.abs(x).max())))


def last_run(*series: Sequence[float | None] | NDArray[np.float64]) -> slice:
    """The last unbroken stretch in which all of these series (same periods) have a value, as a slice."""
    known = np.all([np.isfinite(np.asarray(s, dtype=float)) for s in series], axis=0)
    ends = np.flatnonzero(known)
    if not ends.size:
        return slice(0, 0)
    until = int(ends[-1]) + 1
    breaks = np.flatnonzero(~known[:until])
    return slice(int(breaks[-1]) + 1 if breaks.size else 0, until)
