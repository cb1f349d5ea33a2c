"""A large file whose lines are rows of one table goes straight into the workspace: read, typed and written in one pass.

What is written is what `typed.make` and `rows.made` would make of it: the same SQL types the cells. Lines that cannot
be loaded are looked for in a second pass where there are any. The checks run over the rows as they were written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kpi import model
from kpi.intake import checks, identity, job, sales
from kpi.intake.facts import MOST, Facts, Unsuitable
from kpi.intake.messages import Message
from kpi.intake.names import identifier
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.rows import Rows, of_stages
from kpi.intake.standing import Standing
from kpi.intake.typed import Rejected, Typed, Typing, learned, source, typing

MOST_ODD = 0.01  # share of lines with something odd about them up to which they are set aside
BATCH = 245_760  # rows: two row groups of DuckDB
PLACES = 8  # attempts after which all of the file is held


class Again(Exception):
    """The lines showed more about the values than the sample: to be rolled back and typed again."""


def possible(standing: Standing | None, raw: Raw, plan: Plan) -> bool:
    """Whether the file may go straight in: large, one row of one keyed table a line, and no names to be compared."""
    main = plan.main
    if not raw.sampled or main is None or len(plan.targets) != 1 or standing is None:
        return False
    key = model.table(main.table).key
    return bool(key) and all(main.fill(field) for field in key) and not identity.meets(standing, plan)


@dataclass(frozen=True)
class Written:
    """rows: how many were inserted; rejected: the other lines; odd: what the checks say; more: rows of other tables that
    are still to be inserted."""

    rows: int
    rejected: list[Rejected]
    odd: list[Message]
    more: list[Rows]


class Direct:
    """One file on its way; kept from attempt to attempt, so that each knows what the ones before have seen."""

    def __init__(self, raw: Raw, plan: Plan, time_zone: str) -> None:
        self.raw, self.plan, self.time_zone = raw.whole(), plan, time_zone
        self.facts = Facts(self.raw)
        self.attempts = 0

    def write(self, cur: Any, number: int, work: job.Job) -> Written:
        """Inserts the good lines and checks them.

        Raises Again, or Unsuitable where this file cannot go this way; in both cases nothing may be committed.
        """
        self.attempts += 1
        if self.attempts > PLACES:
            raise Unsuitable
        found = typing(self.raw, self.plan, self.time_zone, number, self.facts)
        fast = self._is_regular(found)
        inserted = self._stream(cur, found, number, work, fast)
        work.tell("check", 0.7)
        bad: list[tuple] = []
        if inserted < self.raw.rows:
            more, bad = self._others(cur, found, number, fast)
            inserted += more
        self.raw.large.same() if self.raw.large else None
        unknown = sorted((row[1:] for row in bad), key=lambda row: row[0])[:MOST]
        if learned(found, self.facts, unknown, self.plan, self.time_zone, number):
            raise Again
        found.typed.unmapped = self.facts.counted(found.typed.unmapped)
        live = self._live(cur, found, number)
        if sales.mixed(live, self.plan):
            raise Unsuitable
        odd, rows = checks.of_lines(live, self.plan, False), of_stages(live, self.plan)
        cur.execute("DROP VIEW temp.typed").fetchall()
        return Written(inserted, found.typed.told(bad), odd, rows)

    def _is_regular(self, found: Typing) -> bool:
        """Whether nearly all lines of the sample have nothing odd about them."""
        odd = self.facts.sample.query(f"SELECT count(*) FROM ({found.bad_sql(fast=True)})")[0][0]
        return odd <= MOST_ODD * self.facts.sample.query("SELECT count(*) FROM raw")[0][0]

    def _stream(self, cur: Any, found: Typing, number: int, work: job.Job, fast: bool) -> int:
        """Reads, types and inserts; how many rows. The numbers of the lines are given while the file is read."""
        reading = self.raw.cursor()
        with work.interruptible(reading):
            lines = reading.sql(f"SELECT rowid, {self._cells()} FROM raw").to_arrow_reader(BATCH)
            told = pa.RecordBatchReader.from_batches(lines.schema, self._told(lines, work))
            typed = found.sql(source(self.raw, "incoming"), self.raw.line, fast)
            return self._insert(cur, told, found, number, f"({typed}) WHERE bad IS NULL")

    def _insert(self, cur: Any, incoming: Any, found: Typing, number: int, lines: str) -> int:
        """Inserts good lines; how many. incoming: what `lines` (SQL after FROM) reads under this name."""
        main = self.plan.targets[0]
        columns = {fill.field: found.typed.names[0, fill.field] for fill in main.fills}
        cur.register("incoming", incoming)
        try:
            return cur.execute(
                f"INSERT INTO rows.{identifier(main.table)} ({', '.join(map(identifier, columns))}, _import, _line, "
                f"_extra) SELECT {', '.join(columns.values())}, {number}, line, extra FROM {lines}"
            ).fetchall()[0][0]
        finally:
            cur.unregister("incoming")

    def _cells(self, alias: str = "") -> str:
        return ", ".join(f"{alias}c{i}" for i in range(len(self.raw.headers)))

    def _told(self, batches: Iterator[pa.RecordBatch], work: job.Job) -> Iterator[pa.RecordBatch]:
        """The batches, with word of how far they are."""
        done = 0
        for batch in batches:
            work.tell("read", 0.05 + 0.65 * min(1.0, done / max(1, self.raw.rows)))
            done += batch.num_rows
            yield batch

    def _others(self, cur: Any, found: Typing, number: int, fast: bool) -> tuple[int, list[tuple]]:
        """The lines that were not inserted, with a closer look: how many rows they still make, and (line, bad, cells …)
        of those that make none."""
        rows = self.raw.query(found.bad_sql(fast))
        lines = self._missing(cur, number, len(rows))
        kept = [(line, *cells) for line, (_, any_cell, *cells) in zip(lines, rows, strict=True) if any_cell]
        columns = list(zip(*kept, strict=True)) or [()] * (len(self.raw.headers) + 1)
        names = ["rowid", *(f"c{i}" for i in range(len(self.raw.headers)))]
        types = [pa.int64(), *(pa.string() for _ in self.raw.headers)]
        cursor = self.raw.cursor()
        cursor.register("odd", pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names))
        cursor.execute("CREATE OR REPLACE TABLE others AS SELECT * FROM odd").fetchall()
        cursor.unregister("odd")
        typed = found.sql(f"(SELECT rowid, {self._cells()} FROM others)", "rowid")
        good = self.raw.cursor().sql(f"SELECT * FROM ({typed}) WHERE bad IS NULL").to_arrow_table()
        bad = self.raw.query(
            f"SELECT t.line, t.bad, {self._cells('o.')} FROM ({typed}) t JOIN others o ON o.rowid = t.row "
            "WHERE t.bad IS NOT NULL ORDER BY t.line"
        )
        return self._insert(cur, good, found, number, "incoming") if good.num_rows else 0, bad

    def _missing(self, cur: Any, number: int, n: int) -> list[int]:
        """The numbers of n lines that were not inserted: those that lack between the others, and those after them."""
        import numpy as np

        table = identifier(self.plan.targets[0].table)
        there = cur.execute(f"SELECT _line FROM rows.{table} WHERE _import = {number}").fetchnumpy()["_line"]
        lines = np.sort(np.asarray(there, dtype=np.int64))
        first = self.raw.query(f"SELECT {self.raw.line} FROM (SELECT 0 AS rowid)")[0][0]
        every = np.arange(first, first + len(lines) + n, dtype=np.int64)
        missing = np.setdiff1d(every, lines, assume_unique=True).tolist()
        if len(missing) != n:
            raise Unsuitable
        return missing

    def _live(self, cur: Any, found: Typing, number: int) -> Typed:
        """The rows just written under the names of typed lines, for the checks."""
        main = self.plan.targets[0]
        names = {(0, fill.field): f"v{place}" for place, fill in enumerate(main.fills)}
        listed = ", ".join(f"{identifier(fill.field)} AS {names[0, fill.field]}" for fill in main.fills)
        cur.execute(
            f"CREATE OR REPLACE TEMP VIEW typed AS SELECT _line AS row, _line AS line, _extra AS extra, {listed}, "
            f"NULL::INTEGER AS bad FROM rows.{identifier(main.table)} WHERE _import = {number}"
        ).fetchall()
        live = _Live(cur, self.raw.headers, self.raw.format, "line")
        return Typed(live, self.plan, names, found.typed.checks, found.typed.unmapped)


class _Live(Raw):
    """Queries on the cursor of the running transaction."""

    def query(self, sql: str, params: Any = ()) -> list[tuple]:
        return self.con.execute(sql, list(params)).fetchall()

    def arrays(self, sql: str) -> dict[str, Any]:
        return self.con.execute(sql).fetchnumpy()
