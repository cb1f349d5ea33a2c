"""What is held: tables, rows, period covered, completeness, freshness, grade, what stands in which column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpi.quality.grade import Grade, table_grade
from kpi.quality.scan import scans_of
from kpi.workspace import Loaded, inventory
from kpi.workspace.workspace import Workspace

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stock:
    """One loaded table. last: the last day with an event, not after today; age: days from it to today; behind: days
    from it to the newest day of all data; completeness: share of the needed cells that are filled."""

    loaded: Loaded
    last: date | None
    age: int | None
    behind: int | None
    completeness: float | None
    grade: Grade

    @property
    def table(self) -> str:
        return self.loaded.table


def stock(workspace: Workspace) -> list[Stock]:
    """The loaded tables in the order of the model."""
    seen, newest, today = (
        scans_of(workspace, [each.table for each in inventory(workspace)]),
        workspace.as_of(),
        date.today(),
    )
    found = []
    for each in inventory(workspace):
        scan = seen.get(each.table)
        last = scan.last.date() if scan and scan.last else min(each.until - DAY, today) if each.until else None
        grade = table_grade(workspace, each.table)
        found.append(
            Stock(
                each, last, (today - last).days if last else None,
                max((newest - last).days, 0) if newest and last else None, grade.parts.get("completeness"), grade,
            )
        )  # fmt: skip
    return found
