"""What a user's own definition names besides its expressions: KPIs, goals, columns, settings, breakdowns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kpi import model
from kpi.catalogue.check import STATE_TABLES
from kpi.catalogue.needs import parse_needs
from kpi.catalogue.own_shape import mistake
from kpi.compile import parse_condition, scope
from kpi.compile.grammar import near
from kpi.compile.mistakes import BadExpression
from kpi.core import ROLES, Kpi
from kpi.errors import BadDefinition, Unknown


def linked(
    made: Kpi, block: Mapping[str, Any], file: str, known: Mapping[str, Kpi], goals: Collection[str],
    settings: Collection[str],
) -> Iterator[BadDefinition]:  # fmt: skip
    """The mistakes in whatever names something else: choices, KPIs, goals, columns, settings."""
    for key in ("serves", "guardrails"):
        for other in getattr(made, key):
            if other not in known:
                yield mistake(file, made.id, key, "name", near(other, known), name=other)
    for n, link in enumerate(block.get("goals", ())):
        if link.get("goal") not in goals:
            yield mistake(
                file, made.id, f"goals[{n}].goal", "goal", near(str(link.get("goal")), goals), name=link.get("goal")
            )
        if link.get("role", ROLES[1]) not in ROLES:
            yield mistake(file, made.id, f"goals[{n}].role", "choice", ", ".join(ROLES), name=link["role"])
    yield from _of_rules(made, file, settings)
    for key, computation in (("needs", made.needs), *(("variants", c.needs) for c in made.computations)):
        try:
            for path in parse_needs(computation, file, f"{made.id}.{key}").columns:
                if path.partition(".")[0] not in STATE_TABLES:
                    model.field(path)
        except BadDefinition as error:
            yield error
        except Unknown as unknown:
            yield mistake(file, made.id, key, "needs", ", ".join(unknown.near), name=unknown.params["name"])


def _of_rules(made: Kpi, file: str, settings: Collection[str]) -> Iterator[BadDefinition]:
    """Splits, breakdowns, cohorts, and when a value is not defined."""
    measured = [m for c in made.computations for _, m in c.parts]
    names = [*(("splits", name) for name in made.splits), *(("over", c.over) for c in made.computations if c.over)]
    for key, name in names:
        tried = [_no_dimension(table, name) for table in {m.table: None for m in measured}]
        if tried and None not in tried:
            yield mistake(file, made.id, key, "field", tried[0] or "", name=name, table=measured[0].table)
    for computation in made.computations:
        if computation.pick not in ("", "max", "min", "median"):
            yield mistake(file, made.id, "pick", "choice", "max, min, median", name=computation.pick)
        if computation.min_n and computation.min_n not in settings:
            yield mistake(file, made.id, "min_n", "setting", near(computation.min_n, settings), name=computation.min_n)
    rule = made.empty.removeprefix("settings.")
    if made.empty not in ("", "null") and (rule == made.empty or rule not in settings):
        yield mistake(file, made.id, "empty", "choice", "null", name=made.empty)
    if made.matures and measured:
        try:
            parse_condition(made.matures, scope(measured[0].table), (file, f"{made.id}.matures"))
        except BadExpression as error:
            yield error


def _no_dimension(table: str, name: str) -> str | None:
    """What may be meant where `table` cannot be split by `name`; None where it can."""
    try:
        scope(table).dimension(name)
    except Unknown as unknown:
        return ", ".join(unknown.near)
    return None
