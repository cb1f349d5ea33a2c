"""The records of one KPI's page: the breakdown and the proof."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.views import Change


@dataclass(frozen=True)
class Leader:
    """One group of a breakdown. point, low, high in the unit of the value; part: its share of the change, signed."""

    name: str
    n: str
    value: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    part: float | None = None
    part_shown: Change | None = None
    few: bool = False
    pick: str = ""
    effects: tuple[str, str] = ("", "")
    note: str = ""


@dataclass(frozen=True)
class Leaderboard:
    """A breakdown that adds up. heads: dimension, n, value, part of the change; target in the unit of the points.

    effects: heads of what a part is made of, by the groups' own values and by their weights; () where it is one thing.
    """

    heads: tuple[str, str, str, str]
    rows: tuple[Leader, ...]
    total: Leader
    target: float | None = None
    effects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProofPart:
    """The rows behind one measure of a formula: read = used + left out, by reason. period: where it is another one."""

    name: str
    value: str
    read: str
    used: str
    left_out: str
    reasons: tuple[tuple[str, str], ...] = ()
    period: str = ""


@dataclass(frozen=True)
class Proof:
    """Where a number comes from. facts: further lines, name and text: period, filters, data; parts: the measures behind
    it, each with its rows; said: sentences below: rules in force."""

    formula: str
    value: str
    definition: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[ProofPart, ...] = ()
    said: tuple[str, ...] = ()
