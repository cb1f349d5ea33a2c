"""How the row values behind a KPI are spread: of a sum, mean or median of something that each row has.

Classes by Freedman & Diaconis (1981): 2 · interquartile range / n^(1/3) wide, rounded to the nearest of 1, 2, 5 · 10^k. What lies
further out than three interquartile ranges (Tukey 1977, the outer fences) is counted but not drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kpi.compile.row_value import row_value
from kpi.core import Computation
from kpi.measure.behind import USED
from kpi.measure.evaluate import formula_of
from kpi.measure.frame import SettingValues
from kpi.measure.proof import PartBehind

FENCE = 3.0
MOST_BINS = 40
LEAST = 5  # rows below which a spread is no picture but a list


@dataclass(frozen=True)
class Spread:
    """n values with their quartiles; bins: (low, high, rows) from low to high; below, above: values that are not drawn;
    unfit: values of 0 or less, which have no place on a logarithmic scale."""

    n: int
    least: float
    lower: float
    median: float
    upper: float
    most: float
    bins: tuple[tuple[float, float, int], ...]
    below: int = 0
    above: int = 0
    unfit: int = 0
    log: bool = False


def spread_part(workspace, computation: Computation | None, parts: list[PartBehind]) -> PartBehind | None:
    """The measure whose rows have a value worth a picture: the only one of the KPI, or what is averaged per row of the
    same table; None for shares, counts, and formulas in which a row's value is not in the KPI's unit."""
    if computation is None or computation.function:
        return None
    formula = formula_of(computation)
    if formula.ratio is None and len(parts) > 1:
        return None
    valued = [part for part in parts if _value(workspace, part)]
    others = [part for part in parts if part not in valued]
    counted = all(part.rows.table == valued[0].rows.table for part in others) if valued else False
    return valued[0] if len(valued) == 1 and counted else None


def _value(workspace, part: PartBehind) -> str:
    return row_value(part.leaf.measure, SettingValues(workspace.settings))


def spread(workspace, part: PartBehind, log: bool = False) -> Spread | None:
    """The spread of the values of the rows that are used, remembered; None with too few or where they do not vary."""
    value = _value(workspace, part)
    if not value:
        return None
    key = ("spread", part.rows, part.leaf, log)
    return workspace.memo(key, lambda: _spread(workspace, part, value, log))


def _spread(workspace, part: PartBehind, value: str, log: bool) -> Spread | None:
    rows = part.rows
    source = (
        f"with {rows.ctes},\nr as (select {rows.reason} as reason, cast({value} as double) as v\n"
        f"from {rows.relation}),\nv as (select v from r where reason = '{USED}' and isfinite(v))\n"
    )
    fit = "v > 0" if log else "true"
    head = (
        f"select count(*), count(*) filter (where {fit}), min(v) filter (where {fit}), max(v) filter (where {fit}), "
        f"quantile_cont(v, [0.25, 0.5, 0.75]) filter (where {fit}) from v"
    )
    ((everything, n, least, most, quartiles),) = workspace.rows(source + head, rows.params)
    if n < LEAST or least == most:
        return None
    scale = math.log10 if log else float
    low, high, step = _classes(n, scale(least), scale(most), *(scale(q) for q in quartiles))
    place = "log10(v)" if log else "v"
    counted = workspace.rows(
        f"{source}select cast(floor(({place} - {low!r}) / {step!r}) as integer) as k, count(*) from v where {fit} group by 1",
        rows.params,
    )
    last = max(round((high - low) / step), 1)
    held: dict[int, int] = dict(counted)
    # The upper end belongs to the last class.
    held[last - 1] = held.get(last - 1, 0) + (held.pop(last, 0) if scale(most) <= high else 0)
    back = (lambda x: 10**x) if log else float
    bins = tuple((back(low + k * step), back(low + (k + 1) * step), held.get(k, 0)) for k in range(last))
    return Spread(
        n, least, quartiles[0], quartiles[1], quartiles[2], most, bins,
        sum(c for k, c in held.items() if k < 0), sum(c for k, c in held.items() if k >= last), everything - n, log,
    )  # fmt: skip


def _classes(
    n: int, least: float, most: float, lower: float, median: float, upper: float
) -> tuple[float, float, float]:
    """First and last end and width of the classes."""
    half = upper - lower
    room = FENCE * half if half > 0 else most - least
    low, high = max(least, lower - room), min(most, upper + room)
    width = 2 * half / n ** (1 / 3) if half > 0 else (high - low) / 10
    step = max(_round(width), _round((high - low) / MOST_BINS, up=True))
    start = math.floor(low / step) * step
    return start, start + max(math.ceil((high - start) / step), 1) * step, step


def _round(width: float, up: bool = False) -> float:
    """1, 2 or 5 times a power of ten: the nearest, or (up) the next that is not smaller."""
    power = 10.0 ** math.floor(math.log10(width))
    steps = [step * power for step in (1, 2, 5, 10)]
    if up:
        return next(step for step in steps if step >= width * (1 - 1e-9))
    return min(steps, key=lambda step: abs(math.log(step / width)))
