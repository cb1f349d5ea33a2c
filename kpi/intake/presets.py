"""Exports known by their columns: what a header means there, where the name alone would mislead."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

from kpi import model
from kpi.errors import BadDefinition
from kpi.intake.lexicon import FOLDER
from kpi.intake.names import plain
from kpi.intake.profile import Column


@dataclass(frozen=True)
class Preset:
    """An export: the plain headers that tell it, the table of a line, and (plain header, table, field) of its columns."""

    name: str
    table: str
    signature: frozenset[str]
    columns: tuple[tuple[str, str, str], ...]


@functools.cache
def presets() -> tuple[Preset, ...]:
    """All presets, one TOML file each in definitions/intake/presets."""
    found = []
    for path in sorted((FOLDER / "presets").glob("*.toml")):
        block = tomllib.loads(path.read_text(encoding="utf-8"))
        columns = []
        for header, place in block["columns"].items():
            table, _, field = place.partition(".")
            if field not in model.table(table).fields:
                raise BadDefinition(f"intake/presets/{path.name}", header, f"no column {place!r} in the model")
            columns.append((plain(header), table, field))
        signature = frozenset(map(plain, block["signature"]))
        found.append(Preset(block["name"], block["table"], signature, tuple(columns)))
    return tuple(found)


def recognise(columns: tuple[Column, ...]) -> Preset | None:
    """The preset whose signature the columns hold; the one with the longest, where several do."""
    headers = {column.plain for column in columns}
    fit = [each for each in presets() if each.signature <= headers]
    return max(fit, key=lambda each: len(each.signature), default=None)
