"""The first lines of a file as they would be loaded, beside the cells they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kpi.intake import staging, typed
from kpi.intake.messages import Message
from kpi.intake.plan import Plan

SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """One column of the file in the preview. values: (cell, typed value) of the first lines; rejected: cells of the
    whole file that do not read; reason: why."""

    column: str
    field: str
    values: tuple[tuple[str | None, Any], ...]
    rejected: int
    reason: Message | None


@dataclass(frozen=True)
class Preview:
    """lines: their numbers as a spreadsheet shows them; columns: in the order of the file."""

    lines: tuple[int, ...]
    columns: tuple[Shown, ...]
    rows: int
    rejected: int


def preview(workspace: Any, plan: Plan, most: int = SHOWN) -> Preview:
    """Types the file as planned, without writing. Works for plans with questions too, so that an answer can be seen."""
    if not plan.targets:
        return Preview((), (), plan.rows, 0)
    raw = staging.take(plan)
    zone = str(workspace.settings.time_zone) if workspace is not None else "UTC"
    made = typed.make(raw, plan, zone, 0)
    faults = dict(raw.query("SELECT bad, count(*) FROM typed WHERE bad IS NOT NULL GROUP BY 1"))
    by_column: dict[int | None, tuple[int, Message]] = {}
    for number, (column, reason) in enumerate(made.checks):
        count = faults.get(number, 0) + by_column.get(column, (0, reason))[0]
        by_column[column] = (count, reason if faults.get(number) else by_column.get(column, (0, reason))[1])
    pairs = sorted(
        {(f.column, place, f.field) for place, t in enumerate(plan.targets) for f in t.fills if f.column is not None}
    )
    listed = ", ".join(f"raw.c{column}, typed.{made.names[place, field]}" for column, place, field in pairs)
    rows = raw.query(
        f"SELECT typed.line, {listed} FROM typed JOIN raw ON raw.rowid = typed.row ORDER BY typed.row LIMIT {most}"
    )
    shown = []
    for i, (column, place, field) in enumerate(pairs):
        count, reason = by_column.get(column, (0, None))
        values = tuple((row[1 + 2 * i], row[2 + 2 * i]) for row in rows)
        path = f"{plan.targets[place].table}.{field}"
        shown.append(Shown(plan.headers[column].name, path, values, count, reason if count else None))
    staging.keep(plan, raw)
    rejected = sum(faults.values()) + len(raw.broken)
    return Preview(tuple(row[0] for row in rows), tuple(shown), plan.rows, rejected)
