"""Whether what a KPI says of parts adds up to what it says of the whole."""

from __future__ import annotations

import re

from kpi.catalogue.kpis import kpis, measures
from kpi.compile.batch import is_additive
from kpi.core import Computation, Kpi, Measure

_SUMS = re.compile(r"\w+(\s*[+-]\s*\w+)*")


def adds_up(kpi: Kpi, computation: Computation | None) -> bool:
    """Whether groups and periods of the KPI add up: a sum or count of something that happened, or a sum or difference
    of such. Whatever is divided, by whom or by days, does not."""
    if computation is None or kpi.stock or computation.over or not _SUMS.fullmatch(computation.formula.strip()):
        return False
    own = dict(computation.parts)
    return all(_flow(own.get(name), name) for name in re.findall(r"\w+", computation.formula))


def _flow(part: Measure | None, name: str) -> bool:
    if part is None and name in kpis():
        return any(adds_up(kpis()[name], computation) for computation in kpis()[name].computations[:1])
    known = part or measures().get(name)
    if not isinstance(known, Measure) or not known.date:
        return False
    told = f"{known.value} {known.where}"
    bound = "distinct" in known.value or "period.since" in told or "period.until" in told  # other rows in other periods
    return not bound and is_additive(known)
