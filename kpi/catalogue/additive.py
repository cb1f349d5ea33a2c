"""Whether what a KPI says of parts adds up to what it says of the whole."""

from __future__ import annotations

from kpi.compile.batch import is_additive
from kpi.core import Computation, Kpi


def adds_up(kpi: Kpi, computation: Computation | None) -> bool:
    """Whether groups and periods of the KPI add up: one sum or count of something that happened."""
    parts = [m for _, m in computation.parts] if computation else []
    plain = len(parts) == 1 and not kpi.stock and computation is not None and not computation.over
    return plain and "distinct" not in parts[0].value and is_additive(parts[0])
