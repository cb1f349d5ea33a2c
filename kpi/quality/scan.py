"""One look at every loaded table: how many rows have which combination of problems, how many needed cells are filled.

One query a table gives {combination of conditions: rows}, so that any question about several conditions at once ("rows
without any wrong date") is answered exactly without asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kpi import model
from kpi.quality.checks import checks
from kpi.quality.conditions import Condition, conditions
from kpi.quality.rules import PEOPLE, needed, rules
from kpi.workspace import merge
from kpi.workspace.sources import Sources, counts
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

Group = tuple[str, ...]
DIGITS = ("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


@dataclass(frozen=True)
class Scan:
    """What one table looks like. rows: records, without the stubs; masks: {combination: rows}, one bit a condition,
    for the conditions over derived rows and for those over given ones; filled: {needed columns: rows with one of them};
    repeated: lines that repeat another; twice: records that share e-mail, or name and phone, with an earlier one;
    last: the last moment of its date, never after today; share: the part of the rows looked at (below 1: a sample);
    referring: the columns with ids of tables that were uploaded."""

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
    referring: tuple[str, ...] = ()

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
    return scans_of(workspace, model.tables())


def scans_of(workspace: Workspace, names: Iterable[str]) -> dict[str, Scan]:
    """The named tables that have rows; each is looked at once per revision and day."""
    sizes = workspace.memo(("quality", "sizes"), lambda: workspace.ask(sizes_of))
    found = {}
    for name in names:
        if sizes.rows.get(name):
            key = ("quality", "scan", name, date.today())
            found[name] = workspace.memo(
                key, lambda name=name: workspace.ask(lambda cur: scan(cur, workspace, name, sizes))
            )
    return found


@dataclass(frozen=True)
class Sizes:
    """Of every table: rows as queries see them, stubs among them, lines as uploaded."""

    rows: dict[str, int]
    stubs: dict[str, int]
    lines: dict[str, int]


def sizes_of(cur: Cursor) -> Sizes:
    """The sizes of all tables, in two queries."""
    parts = [f"SELECT '{name}', count(*) FROM main.{quoted(name)}" for name in model.tables()]
    rows = dict(cur.execute(" UNION ALL ".join(parts)).fetchall())
    stubs = {name: n or 0 for name, n in cur.execute("SELECT table_name, stubs FROM state.derived").fetchall()}
    return Sizes(rows, stubs, counts(cur))


def scan(cur: Cursor, workspace: Workspace, name: str, sizes: Sizes, most: int | None = None) -> Scan:
    """The look at one table. most: rows from which only a sample of about so many is looked at."""
    table = model.table(name)
    given = {name} if any(check.given and check.table == name for check in checks().values()) else set()
    sources = Sources(cur, workspace.settings, workspace.as_of(), given)
    try:
        return _scan(sources, table, sizes, workspace.settings, most)
    finally:
        sources.close()


def _scan(sources: Sources, table: model.Table, sizes: Sizes, settings, most: int | None) -> Scan:
    cur, name = sources.cur, quoted(table.name)
    known = sizes.stubs.get(table.name, 0)
    records = sizes.rows[table.name] - known
    share = 1.0 if not most or records <= most else most / records
    sample = f" TABLESAMPLE system({share * 100:.6f} PERCENT)" if share < 1 else ""
    found = tuple(
        each
        for each in conditions(table, sizes.stubs, sizes.lines)
        if share == 1 or "(select" not in each.check.where  # reading other tables in whole is what a sample is to save
    )
    wanted = needed(table.name, settings)
    main = f"(FROM main.{name}{sample} WHERE NOT _stub)"
    masks, filled, seen, last = _histogram(cur, main, found, False, wanted, rules().dates.get(table.name))
    share = seen / records if sample and records else 1.0
    referring = tuple(c.name for c in table.fields.values() if sizes.lines.get(c.refers or ""))
    asked = ({}, {})
    if any(c.check.given for c in found):
        asked = (_histogram(cur, sources.relation(table.name), found, True, (), None)[0], {})
    return Scan(
        table.name, records, known, found, (masks, asked[0]), {g: round(n / share) for g, n in filled.items()},
        repeated(cur, table) if share == 1 else 0, twice(cur, table), last, share or 1.0, referring,
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
