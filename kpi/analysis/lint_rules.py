"""The numbers and lists behind the hints about a set of KPIs, from `definitions/lint.toml`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kpi.catalogue import kpi
from kpi.catalogue.blocks import names, read
from kpi.errors import BadDefinition, Unknown

FILE = "lint.toml"


@dataclass(frozen=True)
class Rules:
    """The keys of lint.toml. goals: most at once; same: pairs that say the same by definition; cases: fewest cases where no setting speaks;
    settings: {table: name of the setting with the fewest cases}; fresh: share of freshness below which data are old."""

    losses: tuple[str, ...]
    perspectives: tuple[str, ...]
    most: int
    source: str
    goals: int
    same: frozenset[frozenset[str]]
    cases: int
    settings: dict[str, str]
    fresh: float

    def least(self, tables: Iterable[str], settings: Mapping[str, Any]) -> int:
        """The fewest cases that a value over these tables should rest on, by the settings of the workspace."""
        held = set(tables)
        name = next((setting for table, setting in self.settings.items() if table in held), None)
        return int(settings[name]) if name else self.cases


@functools.cache
def rules() -> Rules:
    """The rules in force; BadDefinition names what is wrong with them."""
    return rules_of(read(FILE))


def rules_of(block: dict[str, Any]) -> Rules:
    """Checked rules from the blocks of the file."""
    pairs = [names(each, FILE, "same.pairs") for each in block.get("same", {}).get("pairs", [])]
    if any(len(set(pair)) != 2 for pair in pairs):
        raise BadDefinition(FILE, "same.pairs", "must hold two KPIs each")
    losses = names(block.get("losses"), FILE, "losses")
    for id_ in (*losses, *(id_ for pair in pairs for id_ in pair)):
        try:
            kpi(id_)
        except Unknown as error:
            raise BadDefinition(FILE, "losses" if id_ in losses else "same.pairs", str(error)) from error
    too_many, small = block.get("too_many", {}), block.get("small", {})
    if not too_many.get("source"):
        raise BadDefinition(FILE, "too_many.source", "must say where the number comes from")
    return Rules(
        losses,
        names(block.get("perspectives"), FILE, "perspectives"),
        int(_number(too_many, "too_many.most", 3, 100)),
        too_many["source"],
        int(_number(block.get("too_many_goals", {}), "too_many_goals.most", 1, 100)),
        frozenset(frozenset(pair) for pair in pairs),
        int(_number(small, "small.cases", 1, 10_000)),
        dict(small.get("settings", {})),
        _number(block.get("stale", {}), "stale.fresh", 0, 1),
    )


def _number(block: dict[str, Any], key: str, low: float, high: float) -> float:
    value = block.get(key.partition(".")[2])
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise BadDefinition(FILE, key, f"must be a number from {low} to {high}")
    return float(value)
