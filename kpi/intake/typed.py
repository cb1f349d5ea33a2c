"""The lines of a file with their values typed and checked, in a table of the scratch database."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

from kpi import model
from kpi.intake.casts import Casts
from kpi.intake.facts import MOST, Facts
from kpi.intake.layers import CELL, VALUE, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import quote
from kpi.intake.plan import Fill, Plan, Target
from kpi.intake.raw import Raw, cell, spared
from kpi.intake.swift import ODD, strict, swift


@dataclass(frozen=True)
class Rejected:
    """A line that was not loaded. row: as a spreadsheet shows it; line: its cells."""

    row: int
    column: str | None
    value: str | None
    reason: Message
    line: dict[str, Any] | str | None = None


@dataclass
class Typed:
    """Table `typed`: line, extra (JSON), v0, v1 … and bad (number of the check that failed, NULL for a good line).

    names: (target number, field) → v column. checks: (column index, reason) by number.
    """

    raw: Raw
    plan: Plan
    names: dict[tuple[int, str], str] = field(default_factory=dict)
    checks: list[tuple[int | None, Message]] = field(default_factory=list)
    unmapped: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def name(self, target: int, field: str) -> str | None:
        """The column of `typed` that holds a field of a target."""
        return self.names.get((target, field))

    def rejected(self) -> list[Rejected]:
        """All lines that are not loaded, in the order of the file."""
        cells = ", ".join(f"raw.c{i}" for i in range(len(self.raw.headers)))
        rows: list[tuple] = []
        if self.raw.query("SELECT 1 FROM typed WHERE bad IS NOT NULL LIMIT 1"):  # all cells are read again for it
            rows = self.raw.query(
                f"SELECT typed.line, typed.bad, {cells} FROM typed JOIN raw ON typed.row = raw.rowid "
                "WHERE typed.bad IS NOT NULL ORDER BY typed.line"
            )
        return self.told(rows)

    def told(self, rows: list[tuple]) -> list[Rejected]:
        """(line, bad, cells …) of lines that are not loaded, and the broken ones, in the order of the file."""
        found = [Rejected(each.line, None, each.text, each.reason, each.text) for each in self.raw.broken]
        for line, bad, *values in rows:
            index, reason = self.checks[bad]
            column = None if index is None else self.raw.headers[index]
            value = None if index is None else values[index]
            whole = {name: cell for name, cell in zip(self.raw.headers, values, strict=True) if cell is not None}
            found.append(Rejected(line, column, value, reason, whole))
        return sorted(found, key=lambda each: each.row)

    def good(self) -> int:
        """Lines that are loaded."""
        return self.raw.query("SELECT count(*) FROM typed WHERE bad IS NULL")[0][0]


@dataclass
class Typing:
    """How lines are typed: the SQL that does it, and the `Typed` that its result will be."""

    typed: Typed
    layers: Layers
    selected: str
    bad: str  # SQL: the number of the check that fails, as the last of `selected`

    def sql(self, source: str, line: str, fast: bool = False) -> str:
        """SELECT of the typed lines. source: a relation with rowid and the cells; line: SQL of the number of a line.
        fast: see swift.py."""
        lines = self.layers.sql(source, f"rowid AS row, {line} AS line")
        return self._over(f"SELECT {self.selected} FROM ({lines})", fast)

    def bad_sql(self, fast: bool = False) -> str:
        """SELECT of bad, whether any cell is filled, and the cells of the lines of `raw` that are no good rows."""
        cells = ", ".join(f"c{i}" for i in range(len(self.typed.raw.headers)))
        every = f"(SELECT 0 AS rowid, {cells}, {filled(self.typed.raw)} AS filled FROM raw)"
        lines = self.layers.sql(every, f"rowid AS row, NULL AS line, filled, {cells}")
        typed = f"SELECT {self.bad} AS bad, filled, {cells} FROM ({lines})"
        return self._over(f"SELECT * FROM ({typed}) WHERE bad IS NOT NULL OR NOT filled", fast)

    def _over(self, sql: str, fast: bool) -> str:
        raw = self.typed.raw
        return swift(sql, raw, self.layers.names(CELL), strict(self.typed.plan)) if fast else spared(sql, raw)


FEW = 30  # words of a column whose JSON is written down beforehand
UNSURE = -1  # in place of the number of a check


def typing(raw: Raw, plan: Plan, time_zone: str, number: int, facts: Facts | None = None) -> Typing:
    """How the lines of `raw` are typed as the plan says. number: of the import, for ids that are made from lines.

    facts: what is asked about values, instead of `raw` itself. A line they do not account for is UNSURE.
    """
    typed, layers = Typed(raw, plan), Layers()
    casts = Casts(cast(Raw, facts or raw), layers, time_zone, number, plan.options)
    bad: dict[str, int] = {}
    for place, target in enumerate(plan.targets):
        for fill in target.fills:
            made = casts.cast(target.table, fill)
            typed.names[place, fill.field] = made.column
            if made.bad and made.reason and made.bad not in bad:
                bad[made.bad] = len(typed.checks)
                typed.checks.append((fill.column, made.reason))
    for condition in _rules(typed, plan):
        bad[condition] = len(bad)
    case = " ".join(f"WHEN {condition} THEN {i}" for condition, i in bad.items())
    unsure = facts.unsure(plan) if facts else ()
    if unsure:
        case = f"WHEN {layers.add(CELL, ' OR '.join(unsure))} THEN {UNSURE} {case}"
    columns = ", ".join(dict.fromkeys(typed.names.values()))
    extra = _extra(raw, plan, casts)
    typed.unmapped = casts.unmapped
    if facts:
        case = f"WHEN {layers.add(CELL, ODD)} THEN {UNSURE} {case}"
        # a filter on what is volatile stays where it is: DuckDB would compute the layers twice for it
        case = f"{case} WHEN random() < 0 THEN {UNSURE}"
    bad_sql = f"CASE {case} END" if case else "NULL::INTEGER"
    return Typing(typed, layers, f"row, line, {extra} AS extra, {columns}, {bad_sql} AS bad", bad_sql)


def source(raw: Raw, table: str = "raw") -> str:
    """The relation of the lines with a filled cell, as `Typing.sql` wants it."""
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    line = ", line" if raw.line == "line" else ""
    return f"(SELECT rowid, {cells}{line} FROM {table} WHERE {filled(raw)})"


def filled(raw: Raw) -> str:
    """SQL: whether any cell of a line is filled."""
    return "(" + " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers))) + ")"


def make(raw: Raw, plan: Plan, time_zone: str, number: int) -> Typed:
    """Types every line of `raw` into its table `typed`. number: of the import, for ids that are made from lines."""
    if raw.large and not raw.sampled:
        return _make_large(raw, plan, time_zone, number)
    found = typing(raw, plan, time_zone, number)
    _create(raw, found)
    return found.typed


def _create(raw: Raw, found: Typing) -> None:
    raw.query("DROP TABLE IF EXISTS typed")
    raw.query(f"CREATE TABLE typed AS {found.sql(source(raw), raw.line)}")


def _make_large(raw: Raw, plan: Plan, time_zone: str, number: int) -> Typed:
    """As `make`: typed by what the sample shows, and again where the other lines show more."""
    facts = Facts(raw)
    found = typing(raw, plan, time_zone, number, facts)
    cells = ", ".join(f"raw.c{i}" for i in range(len(raw.headers)))
    while True:
        _create(raw, found)
        rows: list[tuple] = []
        if raw.query("SELECT 1 FROM typed WHERE bad IS NOT NULL LIMIT 1"):
            rows = raw.query(
                f"SELECT typed.bad, {cells} FROM typed JOIN raw ON typed.row = raw.rowid WHERE typed.bad IS NOT NULL "
                f"ORDER BY typed.bad LIMIT {MOST}"
            )
        again = learned(found, facts, rows, plan, time_zone, number)
        if again is None:
            found.typed.unmapped = facts.counted(found.typed.unmapped)
            return found.typed
        found = again


def learned(found: Typing, facts: Facts, rows: list[tuple], plan: Plan, time_zone: str, number: int) -> Typing | None:
    """How the lines are typed with what `rows` (bad, cells …) show besides; None where that changes nothing."""
    if not rows:
        return None
    facts.add(row[1:] for row in rows)
    again = typing(found.typed.raw, plan, time_zone, number, facts)
    unsure = any(row[0] == UNSURE for row in rows)
    return (
        again
        if unsure or again.selected != found.selected or again.layers.sql("", "") != found.layers.sql("", "")
        else None
    )


def _rules(typed: Typed, plan: Plan) -> list[str]:
    """Conditions that reject a line although its cells can be read; adds their reasons to the checks."""
    found = []
    for place, target in enumerate(plan.targets):
        table = model.table(target.table)
        if target.kind == "main" and not table.line_key:
            for key in table.key:
                fill = target.fill(key)
                if fill and fill.column is not None and table.fields[key].type != "text":
                    found.append(f"{typed.name(place, key)} IS NULL")
                    typed.checks.append((fill.column, say("bad_key", field=f"{table.name}.{key}")))
        score = target.fill("score") if target.table == "surveys" else None
        low, high = _limits(target)
        if score and high is not None:
            name = typed.name(place, "score")
            found.append(f"{name} NOT BETWEEN {low!r} AND {high!r}")
            typed.checks.append((score.column, say("bad_scale", low=low, high=high)))
        elif score and _is_nps(target):
            found.append(f"{typed.name(place, 'score')} NOT BETWEEN 0 AND 10")
            typed.checks.append((score.column, say("bad_scale", low=0.0, high=10.0)))
    return found


def _is_nps(target: Target) -> bool:
    kind = target.fill("survey_type")
    return kind is not None and kind.value == "nps"


def _limits(target: Target) -> tuple[float, float | None]:
    low, high = target.fill("scale_min"), target.fill("scale_max")
    if not high or high.value is None:
        return 0.0, None
    return float(low.value) if low and low.value is not None else 0.0, float(high.value)


def _extra(raw: Raw, plan: Plan, casts: Casts) -> str:
    """SQL of the JSON object with the columns outside the model, and the words that were translated."""
    used = {i for t in plan.targets for f in t.fills for i in (f.column, f.clock, f.more) if i is not None}
    kept = [i for i in range(len(raw.headers)) if i not in used or i in casts.translated]
    if not kept:
        return "NULL::VARCHAR"
    if len(kept) == 1:
        return casts.layers.add(VALUE, _member(raw, kept[0], casts, "{", "}"))
    parts = [_member(raw, i, casts) for i in kept]
    joined = casts.layers.add(VALUE, f"concat_ws(',', {', '.join(parts)})")
    return f"CASE WHEN {joined} <> '' THEN '{{' || {joined} || '}}' END"


def _member(raw: Raw, index: int, casts: Casts, before: str = "", after: str = "") -> str:
    """SQL of `"name":"cell"`, NULL for an empty cell; of a column with few words without work for each line."""
    name, text = before + json.dumps(raw.headers[index], ensure_ascii=False) + ":", casts.text(index)
    made = f"{quote(name)} || to_json({text})" + (f" || {quote(after)}" if after else "")
    if index not in casts.translated:
        return made
    words = casts.raw.query(f"SELECT DISTINCT {cell(index)} AS word FROM raw ORDER BY 1 LIMIT {FEW}")
    known = [
        (word, quote(name + json.dumps(word, ensure_ascii=False) + after)) for (word,) in words if word is not None
    ]
    cases = " ".join(f"WHEN {quote(word)} THEN {json_}" for word, json_ in known)
    return f"CASE {text} {cases} ELSE {made} END" if known else made


def fills(target: Target) -> tuple[Fill, ...]:
    """The fills of a target in the order of the model."""
    order = list(model.table(target.table).fields)
    return tuple(sorted(target.fills, key=lambda each: order.index(each.field)))
