"""The first lines of a file as they would be loaded, beside the cells they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kpi.intake import stages, staging, typed
from kpi.intake.messages import Message
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.stages import Stage

SHOWN = 20
WRONG = 5  # values of a column that do not read


@dataclass(frozen=True)
class Shown:
    """One column of the file in the preview. values: (cell, typed value) of the first lines; rejected: cells of the
    whole file that do not read; reason: why; which: some of them, with the line. words: words of a closed list without
    a meaning in the model, with counts."""

    column: str
    field: str
    values: tuple[tuple[str | None, Any], ...]
    rejected: int
    reason: Message | None
    which: tuple[tuple[int, str], ...] = ()
    words: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Preview:
    """lines: their numbers as a spreadsheet shows them; columns: in the order of the file. rejected: lines of the whole
    file; stages: of opportunities, in their order."""

    lines: tuple[int, ...]
    columns: tuple[Shown, ...]
    rows: int
    rejected: int
    stages: tuple[Stage, ...] = ()


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
        header = plan.headers[column].name
        which = _which(raw, made.checks, column) if count else ()
        words = tuple(made.unmapped.get(header, ()))
        shown.append(Shown(header, path, values, count, reason if count else None, which, words))
    listed_stages = tuple(stages.found(made, plan))
    staging.keep(plan, raw)
    rejected = sum(faults.values()) + len(raw.broken)
    return Preview(tuple(row[0] for row in rows), tuple(shown), plan.rows, rejected, listed_stages)


def _which(raw: Raw, checks: list[tuple[int | None, Message]], column: int) -> tuple[tuple[int, str], ...]:
    """(line, cell) of some cells of a column that do not read, each value once."""
    numbers = ", ".join(str(number) for number, (index, _) in enumerate(checks) if index == column)
    cell = f"coalesce(raw.c{column}, '')"
    rows = raw.query(
        f"SELECT min(typed.line), {cell} FROM typed JOIN raw ON raw.rowid = typed.row WHERE typed.bad IN ({numbers}) "
        f"GROUP BY 2 ORDER BY count(*) DESC, 1 LIMIT {WRONG}"
    )
    return tuple(rows)
