"""Who moved from which RFM segment to which, between two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpi.analysis.notes import Note
from kpi.analysis.rfm import rfm, rfm_part
from kpi.errors import Refused
from kpi.stats import wilson


@dataclass(frozen=True)
class Move:
    """Customers who went from one segment to another. share: of all in `before`, with its 95 % interval."""

    before: str
    after: str
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Migration:
    """moves: customers present on both days, adding up to `present`; joined: first order since, by segment now."""

    since: date
    until: date
    moves: tuple[Move, ...]
    present: int
    joined: dict[str, int]
    frozen: bool
    notes: tuple[Note, ...] = ()


def migration(
    workspace: Any, since: date, until: date, frozen: bool = False, filters: Sequence[tuple[str, str]] = ()
) -> Migration:
    """Segments at the end of day `since` against the end of day `until`, each with the data up to that day.

    frozen: score the later day with the cut points of the earlier one (absolute: "did we improve"); else each day
    has its own quintiles (relative: the shares of segments hardly change by construction).
    filters: only the customers that pass them, with the scores they have among all.
    Refused unless since < until and both days have enough customers for scores.
    """
    if since >= until:
        raise Refused("days_in_wrong_order", since=since, until=until)
    first = rfm(workspace, since)
    second = rfm(workspace, until, first.scales if frozen and first.scored else None)
    for each in (first, second):
        if not each.scored:
            raise Refused("too_few_customers", n=len(each.customers), day=each.as_of)
    earlier, later = (
        rfm_part(workspace, each, filters).customers.set_index("customer_id")["segment"] for each in (first, second)
    )
    both = later.index.isin(earlier.index)
    then, now = earlier.loc[later.index[both]], later[both]
    pairs, totals = Counter(zip(then, now, strict=True)), Counter(then)
    moves = []
    for (before, after), n in sorted(pairs.items()):
        of = totals[before]
        low, high = wilson(n, of) or (0.0, 1.0)
        moves.append(Move(before, after, n, n / of, low, high))
    joined = {str(name): int(n) for name, n in later[~both].value_counts().sort_index().items()}
    return Migration(since, until, tuple(moves), len(now), joined, frozen, second.notes)
