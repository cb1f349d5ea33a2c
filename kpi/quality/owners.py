"""The list of what to put right, for each of those who own the rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from kpi import model
from kpi.quality.finding import Finding
from kpi.quality.findings import findings
from kpi.quality.rows import BadRow, behind, has_rows, owner_of, rows
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace

MOST = 20_000  # rows of a finding in a list


@dataclass(frozen=True)
class Owner:
    """Who owns rows that need work. id: "" for rows that nobody owns; found: (finding, rows of theirs), gravest first."""

    id: str
    name: str
    found: tuple[tuple[Finding, int], ...]

    @property
    def n(self) -> int:
        """Rows to look at; a row with two problems counts twice."""
        return sum(n for _, n in self.found)


def owners(workspace: Workspace) -> list[Owner]:
    """Everybody with rows to put right, most rows first, those of nobody last; remembered per revision and day."""
    return workspace.memo(("quality", "owners", date.today()), lambda: _owners(workspace))


def _owners(workspace: Workspace) -> list[Owner]:
    work: dict[str, list[tuple[Finding, int]]] = defaultdict(list)
    for finding in findings(workspace):
        if has_rows(finding) and finding.code != "known_by_id_only":
            for id_, n in workspace.ask(lambda cur, f=finding: _counts(cur, workspace, f)):
                work[id_ or ""].append((finding, n))
    names = dict(workspace.rows("SELECT employee_id, name FROM main.employees WHERE name IS NOT NULL"))
    found = [Owner(id_, names.get(id_, id_), tuple(each)) for id_, each in work.items()]
    return sorted(found, key=lambda owner: (owner.id == "", -owner.n, owner.id))


def _counts(cur: Cursor, workspace: Workspace, finding: Finding) -> list[tuple[str | None, int]]:
    with behind(cur, workspace, finding) as source:
        sql = f"SELECT {owner_of(model.table(finding.table))} AS owner, count(*) FROM {source.relation} GROUP BY 1"
        return cur.execute(sql).fetchall()


def work_of(workspace: Workspace, owner: str | None = None, unmasked: bool = False) -> list[tuple[Finding, BadRow]]:
    """The rows to put right of one owner ("" for those of nobody), or of all (None)."""
    found = []
    for finding in findings(workspace):
        if has_rows(finding) and finding.code != "known_by_id_only":
            each = rows(workspace, finding, MOST, unmasked)
            found += [(finding, row) for row in each if owner is None or row.owner == owner]
    return found
