"""What the steps of the generator share: the facts of the company, the people in it, and the rows made so far."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpi.sample.dice import Dice

FACTS = Path(__file__).parent / "facts"
Row = dict[str, Any]
EUR = "EUR"


@functools.cache
def facts() -> dict[str, Any]:
    """All facts of `facts/*.toml` in one dictionary."""
    found: dict[str, Any] = {}
    for path in sorted(FACTS.glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@dataclass
class Customer:
    """A customer while the sample is made. Days count from the start; `died`: the first day without interest."""

    id: str
    name: str
    slug: str
    region: str
    country: str
    city: str
    language: str
    industry: str
    person: bool
    source: str
    born: int
    died: int
    weight: float  # how often it orders, against others
    size: float  # how much it orders at a time, against others
    email: str
    phone: str
    tax: int
    credit: str = "good"
    mood: float = 0.0  # how it answers surveys
    once: bool = False
    rhythm: int = 0  # days between its orders, 0: none of its own
    campaign: str | None = None
    lead: Row | None = None
    owner: str | None = None
    referred_by: str | None = None
    web: float = 0.5  # share of its orders through the web shop
    prospect: bool = False  # never bought
    subscribed: int | None = None
    closing: bool = False
    contacts: list[Row] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


@dataclass
class Order:
    """An order while the sample is made."""

    id: str
    customer: Customer | None
    minute: int
    row: Row
    lines: list[Row]
    net: int  # cents, after discount
    cancelled: bool
    delivered: int | None = None  # minute of the last delivery
    late: int = 0  # days


@dataclass
class World:
    """One run of the generator."""

    seed: int
    tables: dict[str, list[Row]] = field(default_factory=dict)
    customers: list[Customer] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    deals: list[Any] = field(default_factory=list)
    quality: list[float] = field(default_factory=list)  # of service, by month
    things: dict[str, Any] = field(default_factory=dict)

    def dice(self, subject: str) -> Dice:
        """A stream of draws for one subject."""
        return Dice(self.seed, subject)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Appends rows to a table."""
        self.tables.setdefault(table, []).extend(rows)


def money(cents: int) -> float:
    """Cents as money."""
    return cents / 100
