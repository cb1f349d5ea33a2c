"""Which groups a change comes from: contributions that add up to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi.core import Row

FEW = 30  # below this many rows a group is too small to judge


@dataclass(frozen=True)
class Part:
    """One group now and before. part: its share of the change in the KPI's unit; None where it cannot be told apart."""

    group: str
    now: Row | None
    before: Row | None
    part: float | None
    few: bool


@dataclass(frozen=True)
class Breakdown:
    """Groups, the largest contribution first; `total` and `change` of the whole."""

    parts: tuple[Part, ...]
    total: Row | None
    change: float | None
    adds_up: bool


def breakdown(
    now: Sequence[Row], before: Sequence[Row], whole_now: Row | None, whole_before: Row | None, additive: bool
) -> Breakdown:
    """The change of the whole from `before` to `now`, split by group.

    A sum or count: each group's own difference. A ratio: with w the group's share of the denominator, r its ratio and
    R the whole before, the part is w1 (r1 - R) - w0 (r0 - R); the parts add up to the change of the whole.
    Other kinds (means of means, medians, formulas) do not add up: no parts.
    """
    ours = {r.group or "": r for r in now}
    theirs = {r.group or "": r for r in before}
    change = None
    if whole_now and whole_before and whole_now.value is not None and whole_before.value is not None:
        change = whole_now.value - whole_before.value
    ratio = bool(whole_now and whole_before and whole_now.denominator and whole_before.denominator)
    rows = []
    for group in dict.fromkeys([*ours, *theirs]):
        part = None
        if additive:
            part = _value(ours, group) - _value(theirs, group)
        elif ratio:
            part = _ratio_part(ours.get(group), theirs.get(group), whole_now, whole_before)
        here = ours.get(group)
        rows.append(Part(group, here, theirs.get(group), part, not additive and (here is None or (here.n or 0) < FEW)))
    rows.sort(key=lambda p: (-abs(p.part or 0.0), -(_value(ours, p.group))))
    return Breakdown(tuple(rows), whole_now, change, additive or ratio)


def _value(rows: Mapping[str, Row], group: str) -> float:
    row = rows.get(group)
    return row.value if row and row.value is not None else 0.0


def _ratio_part(now: Row | None, before: Row | None, whole_now: Row | None, whole_before: Row | None) -> float | None:
    if whole_now is None or whole_before is None or whole_before.value is None:
        return None
    base = whole_before.value
    part = 0.0
    for row, whole, sign in ((now, whole_now, 1), (before, whole_before, -1)):
        if row and row.denominator and row.value is not None and whole.denominator:
            part += sign * row.denominator / whole.denominator * (row.value - base)
    return part
