"""The rules by which data are judged, from definitions/quality.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from kpi import model
from kpi.core import Text
from kpi.errors import BadDefinition

FILE = "quality.toml"
PEOPLE = ("customers", "contacts", "leads")  # tables whose rows can stand for one and the same


@dataclass(frozen=True)
class Part:
    """One part of the grade: its weight, its name, what it is a share of."""

    code: str
    weight: float
    name: Text
    about: Text


@dataclass(frozen=True)
class Rules:
    """All of the file. needed: {table: groups of columns, one of each group is needed}; dates: {table: its date}."""

    parts: dict[str, Part]
    needed: dict[str, tuple[tuple[str, ...], ...]]
    dates: dict[str, str]
    owners: tuple[str, ...]
    effects: dict[str, Text]
    findings: dict[str, dict[str, Any]]
    freshness: dict[str, float]
    outliers: dict[str, Any]
    gaps: dict[str, float]
    duplicates: dict[str, Any]
    names: dict[str, Any]
    cost: dict[str, Any]


@functools.cache
def rules() -> Rules:
    """The rules, checked against the model. BadDefinition names the key that does not fit."""
    block = tomllib.loads((model.DEFINITIONS / FILE).read_text(encoding="utf-8"))
    needed = {name: groups(name, listed) for name, listed in block["needed"].items()}
    for name, column in block["dates"].items():
        if model.field(f"{name}.{column}").type != "time":
            raise BadDefinition(FILE, f"dates.{name}", f"{column!r} is no time")
    parts = {
        code: Part(code, each["weight"], Text(**each["name"]), Text(**each["about"]))
        for code, each in block["parts"].items()
    }
    effects = {code: Text(**each) for code, each in block["effects"].items()}
    rest = {key: block[key] for key in ("freshness", "outliers", "gaps", "duplicates", "names", "cost", "findings")}
    return Rules(parts, needed, block["dates"], tuple(block["owners"]["columns"]), effects, **rest)


def groups(table: str, listed: list[str] | tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """`["a", "b or c"]` as (("a",), ("b", "c")). BadDefinition for a name that is no column of `table`."""
    found = tuple(tuple(re.split(r"\s+or\s+", each.strip())) for each in listed)
    for column in (column for group in found for column in group):
        if column not in model.table(table).fields:
            raise BadDefinition(FILE, f"needed.{table}", f"{column!r} is no column of it")
    return found


def needed(table: str, settings: Any) -> tuple[tuple[str, ...], ...]:
    """The groups of columns that a row of `table` needs; of customers those of the setting required_customer_fields."""
    if table != "customers":
        return rules().needed.get(table, ())
    fields = model.table(table).fields
    listed = [re.split(r"\s+or\s+", each.strip()) for each in settings.required_customer_fields or ()]
    return tuple(kept for each in listed if (kept := tuple(column for column in each if column in fields)))
