"""The grade of the data: a score from 0 to 100 whose parts are visible, for everything, a table, a KPI.

Each part is a share of what is good (definitions/quality.toml says of what); the score is their weighted mean over the
parts that can be told. Nothing loaded: no grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kpi import model
from kpi.analysis.lint import unused
from kpi.quality.conditions import Condition
from kpi.quality.rules import PEOPLE, rules
from kpi.quality.scan import Scan, scans, scans_of
from kpi.quality.touched import used_columns
from kpi.workspace import inventory
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace

HELPING = ("customer_aliases", "stages")  # tables that serve others
FAIR = 0.2  # how far below the threshold data are still fair


@dataclass(frozen=True)
class Grade:
    """parts: {part: share of what is good, 0 to 1}, those that can be told; threshold: the score from which it is good."""

    parts: dict[str, float] = field(default_factory=dict)
    threshold: float = 80.0

    @property
    def score(self) -> float | None:
        """0 to 100; None where no part can be told."""
        weights = {part: rules().parts[part].weight for part in self.parts}
        total = sum(weights.values())
        return 100 * sum(weights[part] * share for part, share in self.parts.items()) / total if total else None

    @property
    def state(self) -> str:
        """good, fair, poor; unknown without a score."""
        if self.score is None:
            return "unknown"
        if self.score >= self.threshold:
            return "good"
        return "fair" if self.score >= self.threshold - 100 * FAIR else "poor"

    @property
    def weakest(self) -> str | None:
        """The part that costs most points."""
        lost = {part: rules().parts[part].weight * (1 - share) for part, share in self.parts.items()}
        return max(lost, key=lambda part: lost[part]) if lost and max(lost.values()) > 0 else None


def grade(workspace: Workspace) -> Grade:
    """The grade of everything loaded: of each part the mean over the tables, a table counting once and once more for
    each KPI that rests on it; remembered per revision and day."""
    return workspace.memo(("quality", "grade", date.today()), lambda: grade_of(workspace, scans(workspace)))


def grade_of(workspace: Workspace, seen: Mapping[str, Scan]) -> Grade:
    """The same over scans already made."""
    tables = {name: _parts(workspace, scan) for name, scan in seen.items() if scan.rows and name not in HELPING}
    weights = _weights(workspace, tables)
    parts = {}
    for part in rules().parts:
        told = {name: each[part] for name, each in tables.items() if part in each}
        if told:
            parts[part] = sum(weights[n] * share for n, share in told.items()) / sum(weights[n] for n in told)
    idle = _idle(workspace, tables)
    if idle is not None and tables:
        parts["relevance"] = 1 - len(idle) / len(tables)
    return Grade(parts, _threshold(workspace))


def idle_tables(workspace: Workspace) -> list[str] | None:
    """The loaded tables that no KPI of the board uses, in the order of the model; None while no KPI is chosen."""
    return _idle(workspace, [each.table for each in inventory(workspace) if each.lines and each.table not in HELPING])


def _idle(workspace: Workspace, loaded: Iterable[str]) -> list[str] | None:
    chosen = [each.kpi for each in selected_kpis(workspace)]
    return unused(loaded, chosen, kpis_of(workspace)) if chosen else None


def table_grade(workspace: Workspace, table: str) -> Grade:
    """The grade of one table; without parts where it has no rows of its own."""
    scan = scans_of(workspace, [table]).get(table)
    return Grade(_parts(workspace, scan) if scan and scan.rows else {}, _threshold(workspace))


def kpi_grade(workspace: Workspace, kpi: str) -> Grade:
    """The grade of the data that the KPI uses: only its columns, of its tables; no grade while it cannot be computed.

    Of each part the mean over its tables; what is said of whole tables (repetitions, freshness) counts for all of them.
    """
    return workspace.memo(("quality", "grade", kpi, date.today()), lambda: _kpi_grade(workspace, kpi))


def board_grade(workspace: Workspace, ids: Iterable[str]) -> Grade:
    """The grade of the data behind several KPIs: of each part the mean over those that can be computed."""
    told = [each.parts for id_ in ids if (each := kpi_grade(workspace, id_)).parts]
    known = {part: [parts[part] for parts in told if part in parts] for part in rules().parts}
    parts = {part: sum(shares) / len(shares) for part, shares in known.items() if shares}
    return Grade(parts, _threshold(workspace))


def _kpi_grade(workspace: Workspace, kpi: str) -> Grade:
    columns = used_columns(workspace).get(kpi, frozenset())
    names = dict.fromkeys(column.partition(".")[0] for column in sorted(columns))
    seen = scans_of(workspace, [name for name in names if name in model.tables()])
    told = [_parts(workspace, scan, columns) for scan in seen.values() if scan.rows]
    parts = {}
    for part in rules().parts:
        shares = [each[part] for each in told if part in each]
        if shares:
            parts[part] = sum(shares) / len(shares)
    return Grade(parts, _threshold(workspace))


def _parts(workspace: Workspace, scan: Scan, columns: frozenset[str] | None = None) -> dict[str, float]:
    """The parts of one table that can be told; columns: only what concerns these."""
    table, present = model.table(scan.table), workspace.columns()
    here = present if columns is None else columns

    def ours(condition: Condition) -> bool:
        return columns is None or bool(columns.intersection(condition.columns))

    def clean(part: str) -> float:
        return 1 - scan.hit(lambda c: c.check.part == part and ours(c)) / scan.rows

    parts: dict[str, float] = {}
    cells = [n for group, n in scan.filled.items() if n and any(f"{scan.table}.{c}" in here for c in group)]
    if cells:
        parts["completeness"] = sum(cells) / (len(cells) * scan.rows)
    if any(c.check.part == "validity" and here.intersection(c.columns) for c in scan.conditions):
        parts["validity"] = clean("validity")
    if scan.table in PEOPLE or not table.key or table.line_key:
        parts["uniqueness"] = 1 - min(1.0, (scan.repeated + scan.twice) / scan.rows)
    if _refers(scan, here):
        parts["references"] = clean("references")
    if any(c.check.part == "order" and len(here.intersection(c.columns)) > 1 for c in scan.conditions):
        parts["order"] = clean("order")
    if scan.last:
        parts["freshness"] = fresh((date.today() - scan.last.date()).days)
    return parts


def _refers(scan: Scan, here: Iterable[str]) -> bool:
    """Whether a column of the table names ids of a table that was uploaded."""
    return any(f"{scan.table}.{column}" in here for column in scan.referring)


def fresh(days: float) -> float:
    """1 up to so many days since the last event, 0 from so many, straight between."""
    full, none = rules().freshness["full_days"], rules().freshness["none_days"]
    return min(1.0, max(0.0, (none - days) / (none - full)))


def _weights(workspace: Workspace, names: Iterable[str]) -> dict[str, int]:
    board = {each.kpi for each in selected_kpis(workspace)}
    resting = [columns for id_, columns in used_columns(workspace).items() if not board or id_ in board]
    return {name: 1 + sum(any(c.startswith(f"{name}.") for c in columns) for columns in resting) for name in names}


def _threshold(workspace: Workspace) -> float:
    return 100 * float(workspace.settings.quality_threshold)
