"""Computed columns in layers, each built on the ones below, so that no expression is written or computed twice."""

from __future__ import annotations

CELL, FAST, CLEAN, PARTS, RAW_VALUE, VALUE, CHECK = range(7)


class Layers:
    """Adds expressions layer by layer; `sql` nests them into one SELECT."""

    def __init__(self) -> None:
        self._layers: list[dict[str, str]] = [{} for _ in range(CHECK + 1)]

    def add(self, layer: int, sql: str) -> str:
        """The name of the column that holds `sql` (which may use names of lower layers)."""
        found = self._layers[layer]
        if sql not in found:
            found[sql] = f"x{layer}_{len(found)}"
        return found[sql]

    def names(self, layer: int) -> dict[str, str]:
        """The SQL of the columns of a layer by their names."""
        return {name: sql for sql, name in self._layers[layer].items()}

    def sql(self, source: str, first: str) -> str:
        """SELECT of all layers from `source`; first: what the innermost SELECT takes besides the cells."""
        inner = f"SELECT {first}{self._listed(0)} FROM {source}"
        for layer in range(1, CHECK + 1):
            if self._layers[layer]:
                inner = f"SELECT *{self._listed(layer)} FROM ({inner})"
        return inner

    def _listed(self, layer: int) -> str:
        return "".join(f", {sql} AS {name}" for sql, name in self._layers[layer].items())
