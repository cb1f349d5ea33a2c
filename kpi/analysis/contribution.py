"""Which groups a change comes from, and why: parts that add up to it exactly.

A mean or share V = sum(w * v), with w the group's share of the denominator and v its own value, changes because values
change (rate) and because groups grow at each other's cost (mix): Kitagawa (1955), "Components of a difference between
two rates", JASA 50:1168-1194, with the average of both periods as weights, so that nothing is left over and the order
of the periods only turns the signs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kpi.core import Row

FEW = 30  # below this many rows a group is too small to judge
EXACT = 1e-9  # how far sums may differ by rounding, as a share of what is added


@dataclass(frozen=True)
class Part:
    """One group now and before. part: its share of the change in the KPI's unit, of a mean rate + mix; None where it
    cannot be told apart. few: too small to be judged by itself."""

    group: str
    now: Row | None
    before: Row | None
    part: float | None
    few: bool
    rate: float | None = None
    mix: float | None = None


@dataclass(frozen=True)
class Breakdown:
    """Groups, the largest contribution first; `total` and `change` of the whole.

    kind: `sum`: the groups add up; `mean`: they average to the whole by their denominators; "" neither (medians, counts
    of distinct things that stand in several groups, no value before): no parts.
    """

    parts: tuple[Part, ...]
    total: Row | None
    change: float | None
    kind: Literal["sum", "mean", ""]

    @property
    def adds_up(self) -> bool:
        return bool(self.kind)

    @property
    def rate(self) -> float | None:
        """What of the change comes from the groups' own values."""
        return math.fsum(p.rate or 0.0 for p in self.parts) if self.kind == "mean" else None

    @property
    def mix(self) -> float | None:
        """What of the change comes from the groups' weights."""
        return math.fsum(p.mix or 0.0 for p in self.parts) if self.kind == "mean" else None


def breakdown(
    now: Sequence[Row], before: Sequence[Row], whole_now: Row | None, whole_before: Row | None, additive: bool = False
) -> Breakdown:
    """The change of the whole from `before` to `now`, split by group; rows: one per group, wholes: over all groups.

    additive: the KPI is known to be a sum or count. Otherwise it is looked at: the groups average to the whole by
    their denominators (or n), or add up to it, in both periods, or there are no parts. A group that is new or gone has
    no change of its own: all it brings is mix.
    """
    ours, theirs = ({r.group or "": r for r in rows} for rows in (now, before))
    change = None
    if whole_now and whole_before and whole_now.value is not None and whole_before.value is not None:
        change = whole_now.value - whole_before.value
    kind = _kind(ours, theirs, whole_now, whole_before, additive) if change is not None else ""
    rows = []
    for group in dict.fromkeys([*ours, *theirs]):
        here, there = ours.get(group), theirs.get(group)
        part = rate = mix = None
        if kind == "sum":
            part = _value(here) - _value(there)
        elif kind == "mean" and whole_now and whole_before:
            rate, mix = _effects(here, there, whole_now, whole_before)
            part = rate + mix
        few = not additive and (here is None or (here.n or 0) < FEW)
        rows.append(Part(group, here, there, part, few, rate, mix))
    rows.sort(key=lambda p: (-abs(p.part or 0.0), -_value(p.now), p.group))
    return Breakdown(tuple(rows), whole_now, change, kind)


def _kind(ours: Mapping[str, Row], theirs: Mapping[str, Row], now: Row | None, before: Row | None, additive: bool):
    if additive:
        return "sum"
    sides = [(ours.values(), now), (theirs.values(), before)]
    if all(whole and _averages(rows, whole) for rows, whole in sides):
        return "mean"
    if all(whole and whole.denominator is None and _adds(rows, whole) for rows, whole in sides):
        return "sum"
    return ""


def _weight(row: Row) -> float:
    return float((row.denominator if row.denominator is not None else row.n) or 0.0)


def _averages(rows, whole: Row) -> bool:
    """Whether the groups' values, weighted by their denominators, are the value of the whole."""
    held = [row for row in rows if _weight(row)]
    weight, value = _weight(whole), whole.value
    if not weight or value is None or any(row.value is None for row in held):
        return False
    products = [_weight(row) * row.value for row in held]
    return _same(math.fsum(map(_weight, held)), weight, weight) and _same(
        math.fsum(products), weight * value, math.fsum(map(abs, products))
    )


def _adds(rows, whole: Row) -> bool:
    values = [row.value for row in rows if row.value is not None]
    return whole.value is not None and _same(math.fsum(values), whole.value, math.fsum(map(abs, values)))


def _same(one: float, other: float, size: float) -> bool:
    return abs(one - other) <= EXACT * max(abs(size), abs(other))


def _value(row: Row | None) -> float:
    return row.value if row and row.value is not None else 0.0


def _effects(now: Row | None, before: Row | None, whole_now: Row, whole_before: Row) -> tuple[float, float]:
    """Rate and mix effect of one group. Mix is told against the average of the whole: a group that is like the whole
    moves nothing by growing."""
    middle = (_value(whole_now) + _value(whole_before)) / 2
    w1, w0 = (
        _weight(row) / _weight(whole) if row else 0.0 for row, whole in ((now, whole_now), (before, whole_before))
    )
    r1 = _value(now) if w1 else _value(before)
    r0 = _value(before) if w0 else r1
    return (w1 + w0) / 2 * (r1 - r0), (w1 - w0) * ((r1 + r0) / 2 - middle)
