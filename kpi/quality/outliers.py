"""Values far from the usual ones, listed and never left out: distance to the median in robust standard deviations.

Modified z-score of Iglewicz and Hoaglin 1993 (median and median absolute deviation), on the log scale where the column
is positive by nature. A column of which one value in twenty lies that far is skewed, not wrong: nothing is said of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from kpi import model
from kpi.quality.checks import judgements
from kpi.quality.finding import Finding
from kpi.quality.rules import rules
from kpi.workspace.storage import Cursor, quoted

NUMBERS = ("money", "number", "integer")
NORMAL = 1.4826  # the standard deviation of normal data over its median absolute deviation
POSITIVE = 0.9  # share of values above zero from which a column is read on the log scale
SKEWED = 0.05  # share of values out of bounds from which it is the shape of the data


@dataclass(frozen=True)
class Bounds:
    """The usual values of a column; logs: whether only values above zero were judged."""

    low: float
    high: float
    logs: bool

    def where(self, column: str) -> str:
        """SQL: the values outside."""
        below = f"t.{column} < {self.low!r}" + (f" AND t.{column} > 0" if self.logs else "")
        return f"t.{column} > {self.high!r} OR ({below})"


def outliers(cur: Cursor, table: model.Table) -> Iterator[Finding]:
    """One finding for each column of numbers with values far from the usual ones."""
    settings = rules().outliers
    names = [f.name for f in table.fields.values() if f.type in NUMBERS and f.name not in settings["left_out"]]
    if not names:
        return
    usual = _bounds(cur, table.name, names)
    if not usual:
        return
    counted = ", ".join(
        f"count(*) FILTER ({bounds.where(quoted(c))}), count({quoted(c)})" for c, bounds in usual.items()
    )
    row = cur.execute(f"SELECT {counted} FROM main.{quoted(table.name)} t").fetchall()[0]
    for i, (column, bounds) in enumerate(usual.items()):
        n, of = row[2 * i], row[2 * i + 1]
        if n and n < of * SKEWED:
            said = {"column": f"field.{column}", "low": _round(bounds.low), "high": _round(bounds.high)}
            yield Finding(
                f"{table.name}.far_from_usual.{column}", judgements()["far_from_usual"], table.name, n, of,
                (f"{table.name}.{column}",), said, where=bounds.where(quoted(column)),
            )  # fmt: skip


def _bounds(cur: Cursor, name: str, names: list[str]) -> dict[str, Bounds]:
    """The usual values of each column that has enough of them and varies."""
    settings, source = rules().outliers, f"main.{quoted(name)}"
    asked = ", ".join(f"count({q}), count(*) FILTER ({q} > 0)" for q in map(quoted, names))
    sizes = cur.execute(f"SELECT {asked} FROM {source}").fetchall()[0]
    logs = {c: sizes[2 * i + 1] >= POSITIVE * sizes[2 * i] for i, c in enumerate(names)}
    kept = [c for i, c in enumerate(names) if sizes[2 * i] >= settings["least"]]
    if not kept:
        return {}
    middle = ", ".join(f"median({_scaled(c, logs[c])})" for c in kept)
    medians = dict(zip(kept, cur.execute(f"SELECT {middle} FROM {source}").fetchall()[0], strict=True))
    spread = ", ".join(f"median(abs({_scaled(c, logs[c])} - {medians[c]!r}))" for c in kept)
    found = {}
    for column, deviation in zip(kept, cur.execute(f"SELECT {spread} FROM {source}").fetchall()[0], strict=True):
        reach = settings["distance"] * NORMAL * deviation
        if reach:
            low, high = medians[column] - reach, medians[column] + reach
            found[column] = Bounds(math.exp(low), math.exp(high), True) if logs[column] else Bounds(low, high, False)
    return found


def _scaled(column: str, logs: bool) -> str:
    name = quoted(column)
    return f"CASE WHEN {name} > 0 THEN ln({name}::DOUBLE) END" if logs else f"{name}::DOUBLE"


def _round(value: float) -> float:
    """Three figures, as people say it."""
    return float(f"{value:.3g}")
