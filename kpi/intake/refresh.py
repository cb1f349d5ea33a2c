"""Next month's export of the same source: what it will change against the workspace, and what it may replace."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kpi import model
from kpi.intake import remembered
from kpi.intake.loading import BATCH, Progress, load, rehearsed
from kpi.intake.names import identifier
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.remap import follow
from kpi.intake.report import ImportReport
from kpi.intake.rows import Rows
from kpi.workspace import Import, imports, merge

EXAMPLES = 5
SHOWN = 20  # keys of new and gone rows
ASIDE = ("customer_aliases",)  # made by the import itself, not by the file


@dataclass(frozen=True)
class FieldChange:
    """A field whose value changes in `rows` records. examples: (key, value now, value after)."""

    field: str
    rows: int
    examples: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class Changes:
    """What a file changes in one table. keys = new + updated + unchanged, the keys in the file.

    gone: keys that the earlier imports of the source had and this file lacks. lines: rows without a key; each is new
    (`new_lines`) or stands so in an earlier import of the source (`same_lines`); gone_lines: those that only stand there.
    """

    table: str
    keys: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0
    fields: tuple[FieldChange, ...] = ()
    new_keys: tuple[str, ...] = ()
    gone_keys: tuple[str, ...] = ()
    lines: int = 0
    new_lines: int = 0
    same_lines: int = 0
    gone_lines: int = 0

    def plain(self) -> dict[str, Any]:
        """As the command line answers it."""
        fields = [
            {
                "field": f"{self.table}.{each.field}",
                "rows": each.rows,
                "examples": [{"key": key, "before": old, "after": new} for key, old, new in each.examples],
            }
            for each in self.fields
        ]
        return vars(self) | {"fields": fields, "new_keys": list(self.new_keys), "gone_keys": list(self.gone_keys)}


def earlier(workspace: Any, plan: Plan) -> tuple[Import, ...]:
    """The imports of the same source that stand, the latest first: same columns, same table, same sheet if any."""
    wanted = remembered.signature(each.name for each in plan.headers)
    found = [
        each
        for each in imports(workspace)
        if each.undone_at is None
        and (each.table, each.sheet or "") == (plan.table, plan.sheet or "")
        and remembered.signature(remembered.headers_of(each)) == wanted
    ]
    return tuple(reversed(found))


def changes(workspace: Any, plan: Plan, before: Sequence[Import] = ()) -> list[Changes]:
    """What loading the file would change, table by table; the table of its lines first. Nothing is written.

    before: the earlier imports of the source (`earlier`). A cell that is blank in the file changes nothing. Compared
    are the fields of the model; columns outside it are not.
    """
    if plan.questions or plan.table is None:
        return []
    with rehearsed(workspace, plan) as (raw, _, rows):
        tables = dict.fromkeys(each.table for each in rows if each.table not in ASIDE)
        numbers = [each.id for each in before]
        found = []
        for name in tables:
            made = [each for each in rows if each.table == name]
            keyed = not any(_by_line(plan, name, field) for field in model.table(name).key)
            found.append(workspace.ask(lambda cur, n=name, m=made, k=keyed: _changes(cur, raw, n, m, numbers, k)))
    return [each for each in found if each.keys or each.lines or each.gone or each.gone_lines]


def refresh(
    workspace: Any,
    plan: Plan,
    replaced: Iterable[Import],
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> ImportReport:
    """Loads the file in place of these imports, which are taken back in the same transaction."""
    old = list(replaced)
    report = load(workspace, plan, progress, stop, taking_back=[each.id for each in old])
    if report.id is not None and old:
        follow(workspace, min(old, key=lambda each: each.id), [], sparing=report.id)
    return report


def _by_line(plan: Plan, table: str, field: str) -> bool:
    """Whether the key is made from the line, so that no other file has it."""
    return any(t.table == table and (fill := t.fill(field)) and fill.form == "line" for t in plan.targets)


def _changes(cur: Any, raw: Raw, name: str, made: list[Rows], numbers: list[int], by_key: bool) -> Changes:
    table = model.table(name)
    columns = _incoming(cur, raw, name, made)
    has_key = merge.keyed(table) if by_key else "false"
    mine = f"_import IN ({', '.join(map(str, numbers)) or -1})"
    key = [identifier(field) for field in table.key]
    try:
        told = _lines(cur, name, columns, has_key, mine)
        if not key or not by_key:
            return Changes(name, **told)
        cur.execute(
            f"CREATE TEMP TABLE file AS SELECT * FROM "
            f"({merge.merged(table, '(SELECT *, rowid FROM temp.incoming)')}) WHERE {has_key}"
        ).fetchall()
        same = " AND ".join(f"r.{each} IS NOT DISTINCT FROM f.{each}" for each in key)
        source = f"(SELECT r.*, r.rowid FROM rows.{identifier(name)} r WHERE EXISTS (SELECT 1 FROM temp.file f WHERE {same}))"
        cur.execute(f"CREATE TEMP TABLE there AS SELECT * FROM ({merge.merged(table, source)})").fetchall()
        return Changes(name, **_keyed(cur, table, columns, same), **_gone(cur, table, same, has_key, mine), **told)
    finally:
        for each in ("incoming", "file", "there"):
            cur.execute(f"DROP TABLE IF EXISTS temp.{each}").fetchall()


def _incoming(cur: Any, raw: Raw, name: str, made: list[Rows]) -> list[str]:
    """Temporary table `incoming`: the rows of the file as they would stand in rows.<table>; the columns it fills."""
    cur.execute(f"CREATE TEMP TABLE incoming AS SELECT * FROM rows.{identifier(name)} LIMIT 0").fetchall()
    for each in made:
        reader = raw.cursor().sql(each.sql).to_arrow_reader(BATCH)
        listed = ", ".join(identifier(column) for column in each.columns)
        cur.register("arriving", reader)
        cur.execute(
            f"INSERT INTO temp.incoming ({listed}, _import, _line) SELECT {listed}, 0, line FROM arriving"
        ).fetchall()
        cur.unregister("arriving")
    return list(dict.fromkeys(column for each in made for column in each.columns))


def _keyed(cur: Any, table: model.Table, columns: list[str], same: str) -> dict[str, Any]:
    """New, updated and unchanged keys, with the fields that change."""
    fields = [column for column in columns if column not in table.key]
    differs = {
        column: f"(f.{identifier(column)} IS NOT NULL AND f.{identifier(column)} IS DISTINCT FROM r.{identifier(column)})"
        for column in fields
    }
    any_ = " OR ".join(differs.values()) or "false"
    joined = f"temp.file f LEFT JOIN (SELECT *, true AS there FROM temp.there) r ON {same}"
    each = "".join(f", count(*) FILTER (r.there AND {sql})" for sql in differs.values())
    keys, new, updated, *counts = cur.execute(
        f"SELECT count(*), count(*) FILTER (r.there IS NULL), count(*) FILTER (r.there AND ({any_})){each} FROM {joined}"
    ).fetchall()[0]
    shown = _shown(table, "f")
    found = []
    for (column, sql), n in sorted(zip(differs.items(), counts, strict=True), key=lambda pair: -pair[1]):
        if n:
            name = identifier(column)
            rows = cur.execute(
                f"SELECT {shown}, r.{name}, f.{name} FROM {joined} WHERE r.there AND {sql} ORDER BY 1 LIMIT {EXAMPLES}"
            ).fetchall()
            found.append(FieldChange(column, n, tuple(rows)))
    first = cur.execute(f"SELECT {shown} FROM {joined} WHERE r.there IS NULL ORDER BY 1 LIMIT {SHOWN}").fetchall()
    unchanged = keys - new - updated
    return {
        "keys": keys,
        "new": new,
        "updated": updated,
        "unchanged": unchanged,
        "fields": tuple(found),
        "new_keys": tuple(value for (value,) in first),
    }


def _gone(cur: Any, table: model.Table, same: str, has_key: str, mine: str) -> dict[str, Any]:
    """Keys of the earlier imports that the file lacks."""
    listed = ", ".join(identifier(field) for field in table.key)
    source = f"(SELECT DISTINCT {listed} FROM rows.{identifier(table.name)} WHERE {mine} AND {has_key}) r"
    where = f"NOT EXISTS (SELECT 1 FROM temp.file f WHERE {same})"
    n = cur.execute(f"SELECT count(*) FROM {source} WHERE {where}").fetchall()[0][0]
    rows = cur.execute(f"SELECT {_shown(table, 'r')} FROM {source} WHERE {where} ORDER BY 1 LIMIT {SHOWN}").fetchall()
    return {"gone": n, "gone_keys": tuple(value for (value,) in rows)}


def _lines(cur: Any, name: str, columns: list[str], has_key: str, mine: str) -> dict[str, Any]:
    """Rows without a key, matched by all that they say: the same row three times is three rows."""
    listed = ", ".join(identifier(column) for column in columns)
    lacks = f"NOT coalesce({has_key}, false)"
    lines, new, same, gone = cur.execute(
        f"WITH f AS (SELECT hash({listed}) AS h, count(*) AS n FROM temp.incoming WHERE {lacks} GROUP BY 1), "
        f"r AS (SELECT hash({listed}) AS h, count(*) AS n FROM rows.{identifier(name)} WHERE {mine} AND {lacks} GROUP BY 1) "
        "SELECT coalesce(sum(f.n), 0)::BIGINT, coalesce(sum(greatest(coalesce(f.n, 0) - coalesce(r.n, 0), 0)), 0)::BIGINT, "
        "coalesce(sum(least(coalesce(f.n, 0), coalesce(r.n, 0))), 0)::BIGINT, "
        "coalesce(sum(greatest(coalesce(r.n, 0) - coalesce(f.n, 0), 0)), 0)::BIGINT FROM f FULL JOIN r ON f.h = r.h"
    ).fetchall()[0]
    return {"lines": lines, "new_lines": new, "same_lines": same, "gone_lines": gone}


def _shown(table: model.Table, alias: str) -> str:
    """SQL: the key as one text."""
    return "concat_ws(' · ', " + ", ".join(f"{alias}.{identifier(field)}" for field in table.key) + ")"
