"""RFM summed up: the 25 cells, the segments, how groups moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kpi.analysis.migration import Migration
from kpi.analysis.rfm import Rfm
from kpi.analysis.segments import segment_map

QUIET = ("at_risk", "cant_lose")  # bought often or for much, and not lately
GROUPS = ("loyal", "newcomer", "other", "churned")  # from best to worst, for the direction of a move


@dataclass(frozen=True)
class CellSum:
    """One R × F cell: customers and their share of all money (0–1, null without money)."""

    r: int
    f: int
    n: int
    share: float | None


@dataclass(frozen=True)
class SegmentSum:
    """One segment: customers, share of customers and of money, change in customers against the earlier day."""

    segment: str
    n: int
    share: float
    money: float
    money_share: float | None
    change: int | None


def cells(found: Rfm) -> dict[tuple[int, int], CellSum]:
    """All 25 cells, empty ones with 0 customers."""
    customers = found.customers
    money = customers["total"].clip(lower=0).sum()
    sums = customers.assign(paid=customers["total"].clip(lower=0)).groupby(["r", "f"])["paid"].agg(["size", "sum"])
    result = {}
    for r in range(1, 6):
        for f in range(1, 6):
            n, paid = (
                (int(sums.loc[(r, f), "size"]), float(sums.loc[(r, f), "sum"])) if (r, f) in sums.index else (0, 0.0)
            )
            result[r, f] = CellSum(r, f, n, paid / money if money else None)
    return result


def segments(found: Rfm, moved: Migration | None = None) -> list[SegmentSum]:
    """The ten segments in the order of the definition, best first."""
    customers = found.customers
    money = float(customers["total"].clip(lower=0).sum())
    before = _before(moved)
    result = []
    for id_ in segment_map().segments:
        mine = customers[customers["segment"] == id_]
        paid = float(mine["total"].clip(lower=0).sum())
        change = len(mine) - before.get(id_, 0) if moved else None
        result.append(
            SegmentSum(
                id_, len(mine), len(mine) / max(len(customers), 1), paid, paid / money if money else None, change
            )
        )
    return result


def _before(moved: Migration | None) -> dict[str, int]:
    counts: dict[str, int] = {}
    for move in moved.moves if moved else ():
        counts[move.before] = counts.get(move.before, 0) + move.n
    return counts


def group_moves(moved: Migration) -> dict[tuple[str, str], int]:
    """(group before, group now) → customers present on both days."""
    named = segment_map()
    counts: dict[tuple[str, str], int] = {}
    for move in moved.moves:
        key = named.group(move.before), named.group(move.after)
        counts[key] = counts.get(key, 0) + move.n
    return counts


def quiet(found: Rfm) -> pd.DataFrame:
    """Customers who used to buy often and have gone quiet."""
    return found.customers[found.customers["segment"].isin(QUIET)]


def ranges(points: Sequence[float], count: int = 5) -> list[tuple[float | None, float | None]]:
    """(above, up to) of each bin of right-closed cut points; None: open end."""
    ends: list[float | None] = [None, *points, None]
    return [(ends[i], ends[i + 1]) for i in range(count)]
