"""The quality report: everything that was found, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from kpi import model
from kpi.errors import Unknown
from kpi.quality.checks import SEVERITIES, checks, judgements
from kpi.quality.conditions import Condition
from kpi.quality.duplicates import duplicates, likely, surplus
from kpi.quality.finding import Finding
from kpi.quality.gaps import gaps
from kpi.quality.outliers import outliers
from kpi.quality.rules import PEOPLE
from kpi.quality.scan import Scan, scans
from kpi.quality.touched import touched
from kpi.workspace.sources import Sources
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

EXAMPLES = 5


def findings(workspace: Workspace) -> list[Finding]:
    """What the quality report has to say, the gravest first; remembered per revision (and day)."""
    return workspace.memo(("quality", "findings", date.today()), lambda: _findings(workspace))


def finding(workspace: Workspace, id_: str) -> Finding:
    """The finding with that id; Unknown with a suggestion where there is none (any more)."""
    known = {each.id: each for each in findings(workspace)}
    if id_ not in known:
        raise Unknown("finding", id_, known)
    return known[id_]


def _findings(workspace: Workspace) -> list[Finding]:
    seen = scans(workspace)
    rows = workspace.ask(lambda cur: list(_of_rows(cur, workspace, seen)))
    every = [*rows, *_entered_twice(workspace, seen)]
    found = [replace(each, kpis=touched(workspace, each.columns)) for each in every]
    return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), not f.kpis, -f.share, f.id))


def _of_rows(cur: Cursor, workspace: Workspace, seen: dict[str, Scan]) -> Iterator[Finding]:
    """The conditions that any row meets, with examples; then what concerns whole tables."""
    given = {c.table for scan in seen.values() for c in scan.conditions if c.check.given}
    sources = Sources(cur, workspace.settings, workspace.as_of(), given)
    try:
        for scan in seen.values():
            counts = scan.counts()
            for condition in scan.conditions:
                if n := counts.get(condition.id):
                    examples = _examples(cur, scan.table, relation(sources, condition), condition.where)
                    yield Finding(
                        condition.id, condition.check, scan.table, n, scan.rows, condition.columns, condition.said,
                        examples=examples, where=condition.where,
                    )  # fmt: skip
            yield from _of_table(cur, scan)
            yield from outliers(cur, model.table(scan.table))
            yield from gaps(cur, scan.table, workspace.as_of())
    finally:
        sources.close()


def relation(sources: Sources, condition: Condition) -> str:
    """What the condition is asked of, as something to stand after FROM."""
    if condition.check.given:
        return sources.relation(condition.table)
    return f"(FROM main.{quoted(condition.table)} WHERE NOT _stub)"


def _of_table(cur: Cursor, scan: Scan) -> Iterator[Finding]:
    table = model.table(scan.table)
    every = tuple(f"{scan.table}.{column}" for column in table.fields)
    if scan.repeated:
        yield Finding(f"{scan.table}.same_lines", checks()["same_lines"], scan.table, scan.repeated, scan.rows, every)
    if scan.stubs:
        examples = _examples(cur, scan.table, f"main.{quoted(scan.table)}", "_stub")
        about = tuple(column for column in every if column.partition(".")[2] not in table.key)
        yield Finding(
            f"{scan.table}.known_by_id_only", checks()["known_by_id_only"], scan.table, scan.stubs,
            scan.rows + scan.stubs, about, examples=examples, where="_stub",
        )  # fmt: skip


def _entered_twice(workspace: Workspace, seen: dict[str, Scan]) -> Iterator[Finding]:
    for table in PEOPLE:
        found = likely(duplicates(workspace, table)) if table in seen else []
        if found:
            key = model.table(table).key[0]
            naming = [c.path for t in model.tables().values() for c in t.fields.values() if c.refers == table]
            yield Finding(
                f"{table}.entered_twice", judgements()["entered_twice"], table, surplus(found), seen[table].rows,
                (f"{table}.{key}", *naming), examples=tuple(each.drop.id for each in found[:EXAMPLES]),
            )  # fmt: skip


def _examples(cur: Cursor, table: str, source: str, where: str) -> tuple[str, ...]:
    key: Iterable[str] = model.table(table).key
    if not key:
        return ()
    text = " || ' · ' || ".join(f"coalesce({quoted(column)}::VARCHAR, '')" for column in key)
    rows = cur.execute(f"SELECT {text} AS k FROM {source} t WHERE {where} ORDER BY k LIMIT {EXAMPLES}").fetchall()
    return tuple(text for (text,) in rows if text)
