"""The conditions that apply to the rows of one table of one workspace: those of the file and those of the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kpi import model
from kpi.quality.checks import Check, checks
from kpi.workspace.storage import quoted


@dataclass(frozen=True)
class Condition:
    """One check as it applies here. id: unique in the workspace; where: SQL over a row `t`; columns: `table.column`;
    said: what its text needs besides {n} and {of}: {"column": …, "target": …}."""

    id: str
    check: Check
    table: str
    where: str
    columns: tuple[str, ...]
    said: dict[str, Any] = field(default_factory=dict)


def conditions(table: model.Table, stubs: dict[str, int], lines: dict[str, int]) -> list[Condition]:
    """What can be looked for in `table`.

    stubs: {table: ids that only others name}; lines: {table: uploaded rows}. A reference is looked up only where its
    table was uploaded: what was never loaded is missing, not broken.
    """
    own = [check for check in checks().values() if check.table == table.name]
    found = [_condition(table, check, check.code, check.where, check.columns) for check in own]
    return [*found, *_ahead(table), *_references(table, stubs, lines)]


def _condition(table: model.Table, check: Check, id_: str, where: str, columns: tuple[str, ...], **said) -> Condition:
    return Condition(f"{table.name}.{id_}", check, table.name, where, tuple(f"{table.name}.{c}" for c in columns), said)


def _ahead(table: model.Table) -> Iterator[Condition]:
    times = [each.name for each in table.fields.values() if each.type == "time" and not each.planned]
    if times:
        tomorrow = date.today() + timedelta(days=1)
        where = " OR ".join(f"t.{quoted(column)} >= DATE '{tomorrow}'" for column in times)
        yield _condition(table, checks()["dated_ahead"], "dated_ahead", where, tuple(times))


def _references(table: model.Table, stubs: dict[str, int], lines: dict[str, int]) -> Iterator[Condition]:
    for column in table.fields.values():
        target = model.tables().get(column.refers or "")
        if target is None or len(target.key) != 1 or not lines.get(target.name):
            continue
        key, name = quoted(target.key[0]), quoted(target.name)
        if target.stub:
            if not stubs.get(target.name):
                continue
            where = f"t.{quoted(column.name)} IN (SELECT {key} FROM main.{name} WHERE _stub)"
        else:
            known = f"SELECT {key} FROM main.{name} WHERE {key} IS NOT NULL"
            where = f"t.{quoted(column.name)} IS NOT NULL AND t.{quoted(column.name)} NOT IN ({known})"
        check = checks()["reference_missing"]
        said = {"column": f"field.{column.name}", "target": f"table.{target.name}"}
        yield _condition(table, check, f"reference_missing.{column.name}", where, (column.name,), **said)
