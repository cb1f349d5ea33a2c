"""One look at every loaded table: how many rows have which combination of problems, how many needed cells are filled.

One query a table gives {combination of conditions: rows}, so that any question about several conditions at once ("rows
without any wrong date") is answered exactly without asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kpi import model
from kpi.quality.conditions import Condition, conditions
from kpi.quality.rules import needed, rules
from kpi.workspace import merge
from kpi.workspace.sources import Sources
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

Group = tuple[str, ...]
DIGITS = ("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
PEOPLE = ("customers", "contacts", "leads")


@dataclass(frozen=True)
class Scan:
    """What one table looks like. rows: records, without the stubs; masks: {combination: rows}, one bit a condition,
    for the conditions over derived rows and for those over given ones; filled: {needed columns: rows with one of them};
    repeated: lines that repeat another; twice: records that share e-mail, or name and phone, with an earlier one;
    last: the last moment of its date, never after today; share: the part of the rows looked at (below 1: a sample)."""

    table: str
    rows: int
    stubs: int
    conditions: tuple[Condition, ...] = ()
    masks: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))
    filled: dict[Group, int] = field(default_factory=dict)
    repeated: int = 0
    twice: int = 0
    last: datetime | None = None
    share: float = 1.0

    def hit(self, wanted: Callable[[Condition], bool]) -> int:
        """Rows that meet any of the conditions wanted; a row that meets several counts once (per kind of rows)."""
        total = 0
        for given, masks in zip((False, True), self.masks, strict=True):
            bits = sum(1 << i for i, c in enumerate(self.conditions) if c.check.given == given and wanted(c))
            total += sum(n for mask, n in masks.items() if mask & bits)
        return min(self.rows, round(total / self.share))

    def counts(self) -> dict[str, int]:
        """{id of a condition: rows that meet it}, those that none meets left out."""
        found = {c.id: self.hit(lambda each, c=c: each is c) for c in self.conditions}
        return {id_: n for id_, n in found.items() if n}


def scans(workspace: Workspace) -> dict[str, Scan]:
    """Every table with rows, by name in the order of the model; remembered per revision and day."""
    return workspace.memo(("quality", "scans", date.today()), lambda: workspace.ask(lambda cur: scan(cur, workspace)))


def scan(
    cur: Cursor, workspace: Workspace, most: int | None = None, only: Iterable[str] | None = None
) -> dict[str, Scan]:
    """The look itself. most: rows of a table from which a sample of about so many is looked at; only: these tables."""
    given = {c.table for c in _all_given()}
    sources = Sources(cur, workspace.settings, workspace.as_of(), given)
    stubs = {name: n or 0 for name, n in cur.execute("SELECT table_name, stubs FROM state.derived").fetchall()}
    lines = {name: sources.loaded(name) for name in model.tables()}
    rows = _rows(cur)
    try:
        names = [n for n in model.tables() if rows[n] and (only is None or n in only)]
        return {n: _scan(sources, model.table(n), rows[n], stubs, lines, workspace.settings, most) for n in names}
    finally:
        sources.close()


def _all_given():
    from kpi.quality.checks import checks

    return [check for check in checks().values() if check.given]


def _rows(cur: Cursor) -> dict[str, int]:
    parts = [f"SELECT '{name}', count(*) FROM main.{quoted(name)}" for name in model.tables()]
    return dict(cur.execute(" UNION ALL ".join(parts)).fetchall())


def _scan(sources: Sources, table: model.Table, rows: int, stubs, lines, settings, most: int | None) -> Scan:
    cur, name = sources.cur, quoted(table.name)
    known = stubs.get(table.name, 0)
    records = rows - known
    share = 1.0 if not most or records <= most else most / records
    sample = f" TABLESAMPLE system({share * 100:.6f} PERCENT)" if share < 1 else ""
    found = tuple(conditions(cur, table, stubs, lines))
    wanted = needed(table.name, settings)
    main = f"(FROM main.{name}{sample} WHERE NOT _stub)"
    masks, filled, seen, last = _histogram(cur, main, found, False, wanted, rules().dates.get(table.name))
    share = seen / records if sample and records else 1.0
    asked = ({}, {})
    if any(c.check.given for c in found):
        asked = (_histogram(cur, sources.relation(table.name), found, True, (), None)[0], {})
    return Scan(
        table.name, records, known, found, (masks, asked[0]), {g: round(n / share) for g, n in filled.items()},
        repeated(cur, table) if share == 1 else 0, twice(cur, table), last, share or 1.0,
    )  # fmt: skip


def _histogram(cur: Cursor, relation: str, found: tuple[Condition, ...], given: bool, wanted, dated: str | None):
    """({combination: rows}, {needed columns: rows}, rows, last moment)"""
    bits = [
        f"CASE WHEN {c.where} THEN {1 << i}::UBIGINT ELSE 0::UBIGINT END"
        for i, c in enumerate(found)
        if c.check.given == given
    ]
    mask = " | ".join(bits) or "0::UBIGINT"
    cells = [f"count(coalesce({', '.join(f'{quoted(c)}::VARCHAR' for c in group)}))" for group in wanted]
    tomorrow = date.today() + timedelta(days=1)
    last = f"max({quoted(dated)}) FILTER ({quoted(dated)} < DATE '{tomorrow}')" if dated else "NULL::TIMESTAMP"
    counted = ", ".join(["count(*)", last, *cells])
    found_rows = cur.execute(f"SELECT {mask} AS mask, {counted} FROM {relation} t GROUP BY mask").fetchall()
    masks = {row[0]: row[1] for row in found_rows}
    filled = {group: sum(row[3 + i] for row in found_rows) for i, group in enumerate(wanted)}
    return masks, filled, sum(masks.values()), max((row[2] for row in found_rows if row[2]), default=None)


def repeated(cur: Cursor, table: model.Table) -> int:
    """Lines that repeat another exactly. Rows with a key cannot; without one each line stays a row."""
    columns = ", ".join([*map(quoted, table.fields), "_extra::VARCHAR"])
    keyless = f"NOT coalesce({merge.keyed(table)}, false)"
    sql = (
        f"SELECT count(*), count(DISTINCT hash({columns})) FROM main.{quoted(table.name)} WHERE {keyless} AND NOT _stub"
    )
    lines, different = cur.execute(sql).fetchall()[0]
    return lines - different


def twice(cur: Cursor, table: model.Table) -> int:
    """Records of people and companies that share their e-mail address, or name and phone, with an earlier one."""
    if table.name not in PEOPLE:
        return 0
    letters = rules().names["letters"]
    single = {a: b for a, b in letters.items() if len(b) == 1}
    same = f"translate(regexp_replace(lower(trim(name)), '\\s+', ' ', 'g'), '{''.join(single)}', '{''.join(single.values())}')"
    digits = f"right(regexp_replace(translate(phone, '{DIGITS[0]}', '{DIGITS[1]}'), '[^0-9]', '', 'g'), 9)"
    sql = f"""
    SELECT count(*) FROM (
      SELECT row_number() OVER (PARTITION BY email ORDER BY id) > 1 AND email IS NOT NULL AS by_email,
             row_number() OVER (PARTITION BY name, phone ORDER BY id) > 1 AND name IS NOT NULL AND phone IS NOT NULL AS by_phone
      FROM (SELECT {quoted(table.key[0])} AS id, nullif(lower(trim(email)), '') AS email, nullif({same}, '') AS name,
                   nullif({digits}, '') AS phone
            FROM main.{quoted(table.name)} WHERE NOT _stub)
    ) WHERE by_email OR by_phone"""
    return cur.execute(sql).fetchall()[0][0]
