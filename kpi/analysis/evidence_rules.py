"""The numbers behind the evidence, from `definitions/evidence.toml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kpi.catalogue.blocks import read
from kpi.errors import BadDefinition

FILE = "evidence.toml"
ORDER = ("role", "computable", "evidence")
BARS = ("leads", "distinct", "signal", "data", "quality")
OPTIONAL = "quality"  # a bar that counts only where a weight is named


@dataclass(frozen=True)
class Rules:
    """The keys of evidence.toml; weights by bar."""

    order: tuple[str, ...]
    weights: dict[str, float]
    most_lag: int
    level: float
    full: float
    recent: int
    alike: float
    periods: int


@functools.cache
def rules() -> Rules:
    """The rules in force; BadDefinition names what is wrong with them."""
    return rules_of(read(FILE))


def weighted(weights: Mapping[str, float] | None) -> Rules:
    """The rules with the weights that a workspace has set; None or all 0: those of the file."""
    return replace(rules(), weights=dict(weights)) if weights and sum(weights.values()) else rules()


def rules_of(block: dict[str, Any]) -> Rules:
    """Checked rules from the blocks of the file."""
    order = tuple(block.get("order", ()))
    if sorted(order) != sorted(ORDER):
        raise BadDefinition(FILE, "order", f"must hold each of {', '.join(ORDER)} once")
    given = {"weights": {OPTIONAL: 0.0} | block.get("weights", {})}
    weights = {bar: _number(given, "weights", bar, 0, 1000) for bar in BARS}
    if not sum(weights.values()):
        raise BadDefinition(FILE, "weights", "one of them must be above 0")
    return Rules(
        order,
        weights,
        int(_number(block, "leads", "most_lag", 1, 24)),
        _number(block, "leads", "level", 0.001, 0.2),
        _number(block, "leads", "full", 1e-12, 0.01),
        int(_number(block, "signal", "recent", 1, 120)),
        _number(block, "distinct", "alike", 0.1, 0.99),
        int(_number(block, "data", "periods", 6, 240)),
    )


def _number(block: dict[str, Any], section: str, key: str, low: float, high: float) -> float:
    value = block.get(section, {}).get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise BadDefinition(FILE, f"{section}.{key}", f"must be a number from {low} to {high}")
    return float(value)
