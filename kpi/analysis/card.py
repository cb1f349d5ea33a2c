"""The definition of the scorecard: perspectives, factors and the instruments that measure them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from typing import Any

from kpi.core import Text
from kpi.errors import BadDefinition
from kpi.model import DEFINITIONS

FILE = "scorecard.toml"
OBJECTIVE, SUBJECTIVE = "objective", "subjective"
SLOTS = {"perspectives": 4, "factors": 19, SUBJECTIVE: 19, OBJECTIVE: 38}


@dataclass(frozen=True)
class Factor:
    """One factor of the definition with the ids of its instruments."""

    id: str
    perspective: str
    name: Text
    objective: tuple[str, ...]
    subjective: tuple[str, ...]
    remark: Text | None


@dataclass(frozen=True)
class Card:
    """The definition: perspectives and factors in their order."""

    perspectives: dict[str, Text]
    factors: dict[str, Factor]


@functools.cache
def read_card() -> Card:
    """The card of the product, read once from definitions/scorecard.toml and checked.

    BadDefinition: a factor of no perspective, or not 4 perspectives, 19 factors, 19 subjective and 38 objective slots.
    """
    return build_card(tomllib.loads((DEFINITIONS / FILE).read_text(encoding="utf-8")))


def build_card(blocks: dict[str, Any], file: str = FILE) -> Card:
    """Check and build a card from its blocks."""
    perspectives = {id_: Text(**block["name"]) for id_, block in blocks["perspectives"].items()}
    factors = {}
    for id_, block in blocks["factors"].items():
        if block["perspective"] not in perspectives:
            raise BadDefinition(file, f"factors.{id_}.perspective", f"there is no {block['perspective']!r}")
        remark = Text(**block["remark"]) if "remark" in block else None
        sides = tuple(block[OBJECTIVE]), tuple(block[SUBJECTIVE])
        factors[id_] = Factor(id_, block["perspective"], Text(**block["name"]), *sides, remark)
    found = {
        "perspectives": len(perspectives),
        "factors": len(factors),
        SUBJECTIVE: sum(len(f.subjective) for f in factors.values()),
        OBJECTIVE: sum(len(f.objective) for f in factors.values()),
    }
    for what, n in SLOTS.items():
        if found[what] != n:
            raise BadDefinition(file, what, f"there must be {n}, there are {found[what]}")
    for factor in factors.values():
        if not factor.objective and not factor.subjective:
            raise BadDefinition(file, f"factors.{factor.id}", "a factor needs an instrument")
    return Card(perspectives, factors)
