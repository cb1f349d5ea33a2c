"""A plan as JSON and back: what the import log keeps, so that a file can be loaded again exactly as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from kpi.intake.date_style import DateStyle
from kpi.intake.messages import Message
from kpi.intake.numbers import NumberStyle
from kpi.intake.options import Options
from kpi.intake.plan import Fill, Header, Plan, Target
from kpi.intake.raw import Format

KINDS = {each.__name__: each for each in (Plan, Target, Fill, Header, Message, DateStyle, NumberStyle, Options, Format)}
KIND = "is"


def kept(plan: Plan) -> dict[str, Any]:
    """The plan as JSON-ready values, without the cells it shows (they are in the original) and what it says."""
    headers = tuple(replace(each, samples=()) for each in plan.headers)
    return _plain(replace(plan, path=plan.file, headers=headers, questions=(), warnings=(), others=()))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value).__name__
        if kind not in KINDS:
            raise TypeError(f"{kind} stands in a plan: add it to kept.KINDS")
        return {KIND: kind} | {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def plan_of(made: Mapping[str, Any]) -> Plan | None:
    """The plan that `kept` wrote; None where nothing was kept (an import of an older version)."""
    found = _back(made) if made else None
    return found if isinstance(found, Plan) else None


def _back(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_back(each) for each in value)
    if not isinstance(value, dict):
        return value
    kind = KINDS[value[KIND]]
    known = {each.name for each in fields(kind)}  # a field that a newer version has dropped is of no use
    return kind(**{name: _back(each) for name, each in value.items() if name in known})
