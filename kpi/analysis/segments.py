"""The names of RFM segments: a grid of 25 cells (R x F) and the groups above it, as data."""

from __future__ import annotations

import functools
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpi.core import Text
from kpi.errors import BadDefinition
from kpi.model import DEFINITIONS

FILE = "segments.toml"
CELLS = frozenset(f"{r}{f}" for r in range(1, 6) for f in range(1, 6))
GROUPS = ("churned", "loyal", "newcomer", "other")
# Gate: the newest buyers count as new only with a single order, which then lies in the window of R = 5.
NEW, NOT_NEW = "new_customers", "promising"
HIGH_VALUE = 4


@dataclass(frozen=True)
class Segment:
    """One named part of the grid. cells: "RF" codes, e.g. "54"."""

    id: str
    group: str
    name: Text
    about: Text
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SegmentMap:
    """Segments by id, group names by id, and the segment of each of the 25 cells."""

    segments: dict[str, Segment]
    groups: dict[str, Text]
    grid: dict[str, str]

    def names(self, r: ArrayLike, f: ArrayLike, orders: ArrayLike) -> NDArray[np.object_]:
        """Segment id per customer from the scores R and F (1 to 5). orders: number of orders ever."""
        table = np.array([[self.grid[f"{i}{j}"] for j in range(1, 6)] for i in range(1, 6)], dtype=object)
        found = table[np.asarray(r, dtype=int) - 1, np.asarray(f, dtype=int) - 1]
        return np.where((found == NEW) & (np.asarray(orders) > 1), NOT_NEW, found)

    def group(self, segment: str) -> str:
        """The group of a segment."""
        return self.segments[segment].group


def read_segments(blocks: dict[str, Any], file: str = FILE) -> SegmentMap:
    """Check and build a map; also for a map edited by a user.

    BadDefinition: a cell without a segment or in two of them, a segment without a known group.
    """
    groups = {id_: Text(**block["name"]) for id_, block in blocks["groups"].items()}
    segments = {id_: _segment(id_, block) for id_, block in blocks["segments"].items()}
    owners: dict[str, list[str]] = defaultdict(list)
    for segment in segments.values():
        if segment.group not in groups:
            raise BadDefinition(file, f"segments.{segment.id}.group", f"there is no group {segment.group!r}")
        for cell in segment.cells:
            if cell not in CELLS:
                raise BadDefinition(file, f"segments.{segment.id}.cells", f"{cell!r} is not a cell of the grid")
            owners[cell].append(segment.id)
    for cell in sorted(CELLS):
        if len(owners[cell]) != 1:
            found = " and ".join(owners[cell]) or "no segment"
            raise BadDefinition(file, "segments", f"cell {cell} must stand in exactly one segment, it is in {found}")
    for gate in (NEW, NOT_NEW):
        if gate not in segments:
            raise BadDefinition(file, "segments", f"the segment {gate} is missing")
    return SegmentMap(segments, groups, {cell: owners[cell][0] for cell in sorted(CELLS)})


def _segment(id_: str, block: dict[str, Any]) -> Segment:
    return Segment(id_, block["group"], Text(**block["name"]), Text(**block["about"]), tuple(block["cells"]))


@functools.cache
def segment_map() -> SegmentMap:
    """The map of the product, read once from definitions/segments.toml."""
    return read_segments(tomllib.loads((DEFINITIONS / FILE).read_text(encoding="utf-8")))
