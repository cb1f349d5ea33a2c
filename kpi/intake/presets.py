"""Exports known by their columns: what a header means there, where the name alone would mislead.

A file is an export of a preset when it has all columns of `needs` and at least `least` of `signature` (all of them where
`least` is not given). Languages stand side by side in one preset; further columns and custom fields do not matter.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpi import model
from kpi.errors import BadDefinition
from kpi.intake.lexicon import FOLDER
from kpi.intake.names import plain
from kpi.intake.profile import Column

KEYS = {"name", "table", "needs", "signature", "least", "nothing", "columns"}


@dataclass(frozen=True)
class Preset:
    """An export: the plain headers that tell it, the table of a line, and (plain header, table, field) of its columns.

    needs: headers that must all be there; least: how many of the signature. nothing: headers that look like a field
    and are none.
    """

    name: str
    table: str
    signature: frozenset[str]
    columns: tuple[tuple[str, str, str], ...]
    needs: frozenset[str] = frozenset()
    least: int = 0
    nothing: frozenset[str] = frozenset()

    def fits(self, headers: set[str]) -> bool:
        """Whether a file with these plain headers is such an export."""
        return self.needs <= headers and len(self.signature & headers) >= (self.least or len(self.signature))


@functools.cache
def presets() -> tuple[Preset, ...]:
    """All presets, one TOML file each in definitions/intake/presets. BadDefinition names a mistake and its file."""
    return tuple(preset_of(path) for path in sorted((FOLDER / "presets").glob("*.toml")))


def preset_of(path: Path) -> Preset:
    """The preset of one file; BadDefinition where it says what is not so."""
    block: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    file = f"intake/presets/{path.name}"
    for key in block.keys() - KEYS:
        raise BadDefinition(file, key, f"no such key; known: {', '.join(sorted(KEYS))}")
    columns = []
    for header, place in block["columns"].items():
        table, _, field = place.partition(".")
        if table not in model.tables() or field not in model.table(table).fields:
            raise BadDefinition(file, header, f"no column {place!r} in the model")
        columns.append((plain(header), table, field))
    needs, signature = (frozenset(map(plain, block.get(key, ()))) for key in ("needs", "signature"))
    least = block.get("least", 0)
    if not needs and not signature or least > len(signature):
        raise BadDefinition(file, "signature", "nothing tells such an export, or more is asked for than there is")
    return Preset(
        block["name"],
        block["table"],
        signature,
        tuple(columns),
        needs,
        least,
        frozenset(map(plain, block.get("nothing", ()))),
    )


def recognise(columns: tuple[Column, ...]) -> Preset | None:
    """The preset that a file's columns fit; where several do, the one that knows most of them."""
    headers = {column.plain for column in columns}
    fit = [each for each in presets() if each.fits(headers)]
    return max(fit, key=lambda each: (_known(each, headers), len(each.needs | each.signature)), default=None)


def _known(preset: Preset, headers: set[str]) -> int:
    """How many columns of a file a preset knows."""
    return len(headers & ({header for header, _, _ in preset.columns} | preset.nothing))
