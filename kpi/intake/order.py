"""In which order files that belong together are loaded: what others refer to comes first.

A list of products loaded before the lines of orders gives the names in the lines their real ids; the other way round
the names would stand beside the ids.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from kpi import model
from kpi.intake.plan import Plan


def in_order(plans: Sequence[Plan]) -> list[Plan]:
    """The plans in the order in which they are to be loaded; equals stay as they were, unknown tables come last."""
    last = len(model.tables())
    return sorted(plans, key=lambda plan: depth(plan.table) if plan.table else last)


@functools.cache
def depth(table: str) -> int:
    """How many references lead on from a table at most; a reference that leads back counts as none."""
    return _depth(table, frozenset())


def _depth(table: str, above: frozenset[str]) -> int:
    seen = above | {table}
    targets = {field.refers for field in model.table(table).fields.values() if field.refers} - seen
    return max((1 + _depth(target, seen) for target in targets if target), default=0)
