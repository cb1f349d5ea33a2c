"""What a rule of thumb says about the value of a KPI, where there is one."""

from __future__ import annotations

from kpi.analysis.bands import JUDGED_BY, band
from kpi.core import Kpi, Query, Row
from kpi.measure.run import run


def judgement(workspace, kpi: Kpi, row: Row | None) -> str:
    """The band (`band.<code>` of the locales) of this row of `kpi`; "" without a rule or a value."""
    if row is None:
        return ""
    judge = JUDGED_BY.get(kpi.id)
    if judge is None:
        return band(kpi.id, row.value)
    rows = run(workspace, Query((judge,), row.period.since, row.period.until))[judge].rows
    return band(judge, rows[0].value if rows else None)
