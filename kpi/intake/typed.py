"""The lines of a file with their values typed and checked, in a table of the scratch database."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from kpi import model
from kpi.intake.casts import Casts
from kpi.intake.layers import VALUE, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import quote
from kpi.intake.plan import Fill, Plan, Target
from kpi.intake.raw import Raw


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
        rows = self.raw.query(
            f"SELECT typed.line, typed.bad, {cells} FROM typed JOIN raw ON typed.row = raw.rowid "
            "WHERE typed.bad IS NOT NULL ORDER BY typed.line"
        )
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


def make(raw: Raw, plan: Plan, time_zone: str, number: int) -> Typed:
    """Types every line of `raw` as the plan says. number: of the import, for ids that are made from lines."""
    typed, layers = Typed(raw, plan), Layers()
    casts = Casts(raw, layers, time_zone, number, plan.options)
    bad: dict[str, int] = {}
    for place, target in enumerate(plan.targets):
        for fill in target.fills:
            cast = casts.cast(target.table, fill)
            typed.names[place, fill.field] = cast.column
            if cast.bad and cast.reason and cast.bad not in bad:
                bad[cast.bad] = len(typed.checks)
                typed.checks.append((fill.column, cast.reason))
    for condition in _rules(typed, plan):
        bad[condition] = len(bad)
    case = " ".join(f"WHEN {condition} THEN {i}" for condition, i in bad.items())
    filled = " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers)))
    extra = _extra(raw, plan, casts)
    first = f"rowid AS row, {raw.line} AS line"
    columns = ", ".join(dict.fromkeys(typed.names.values()))
    source = f"(SELECT *, rowid FROM raw WHERE {filled})"
    raw.query("DROP TABLE IF EXISTS typed")
    raw.query(
        f"CREATE TABLE typed AS SELECT row, line, {extra} AS extra, {columns}, "
        f"{f'CASE {case} END' if bad else 'NULL'} AS bad FROM ({layers.sql(source, first)})"
    )
    typed.unmapped = casts.unmapped
    return typed


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
    used = {i for t in plan.targets for f in t.fills for i in (f.column, f.clock) if i is not None}
    kept = [i for i in range(len(raw.headers)) if i not in used or i in casts.translated]
    if not kept:
        return "NULL::VARCHAR"
    names = [quote(json.dumps(raw.headers[i], ensure_ascii=False) + ":") for i in kept]
    joined = casts.layers.add(
        VALUE,
        f"concat_ws(',', {', '.join(f'{n} || to_json({casts.text(i)})' for n, i in zip(names, kept, strict=True))})",
    )
    return f"CASE WHEN {joined} <> '' THEN '{{' || {joined} || '}}' END"


def fills(target: Target) -> tuple[Fill, ...]:
    """The fills of a target in the order of the model."""
    order = list(model.table(target.table).fields)
    return tuple(sorted(target.fills, key=lambda each: order.index(each.field)))
