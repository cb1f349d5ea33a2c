"""Whose target it is: the company's, a team's, a person's, a customer segment's. Who there is, and the rows that are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpi.compile.scope import SEGMENT
from kpi.errors import Refused, Unknown
from kpi.workspace.segments import saved_segments

WHOLE = "all"
# The dimension that the rows of each kind of member are found by; other names that a filter may know it by.
DIMENSIONS = {"team": "employees.team", "employee": "employees.employee_id", "segment": SEGMENT}
SCOPES = (WHOLE, *DIMENSIONS)
_ALSO = {"owner_employee_id": "employee", "team": "team"}

Filters = tuple[tuple[str, str], ...]


def staff(workspace: Any, scope: str, gone: bool = False) -> dict[str, str]:
    """id → name of the teams or people who can have a target of their own; gone: also those who left."""
    stays = "" if gone else " and left_at is null"
    if scope == "team":
        sql = f"select distinct team, team from employees where team is not null{stays} order by 1"
    elif scope == "employee":
        sql = f"select employee_id, coalesce(name, employee_id) from employees where true{stays} order by 2"
    else:
        return {}
    return dict(workspace.memo(("members", scope, gone), lambda: workspace.rows(sql)))


def scope_filter(workspace: Any, scope: str, member: str | None) -> Filters:
    """The filter of a query that speaks of that scope alone; empty for the whole company, and for "each of them"."""
    if scope not in DIMENSIONS or not member:
        return ()
    held = saved_segments(workspace).get(member) if scope == "segment" else None
    return held.filters if held else ((DIMENSIONS[scope], member),)


def scope_of(workspace: Any, filters: Filters) -> tuple[str, str | None] | None:
    """Whose targets the filters speak of: (all, None), (kind, member); None for a part that has none."""
    if not filters:
        return WHOLE, None
    kinds = {dimension: scope for scope, dimension in DIMENSIONS.items()} | _ALSO
    if len(filters) == 1 and filters[0][0] in kinds:
        return kinds[filters[0][0]], filters[0][1]
    saved = (each.id for each in saved_segments(workspace).values() if set(each.filters) == set(filters))
    return next((("segment", id_) for id_ in saved), None)


def read_scope(text: str, known: Mapping[str, Mapping[str, str]]) -> tuple[str, str | None]:
    """The scope written `all`, `team:North`, `employee:E1`, `segment:champions`; a kind alone means each of its members.

    known: {kind: {id: name}}; a member may be called by either. Unknown with a suggestion for any other word.
    Refused("scope_empty") for a kind of which nobody is known.
    """
    kind, colon, member = (part.strip() for part in text.partition(":"))
    if kind not in SCOPES:
        raise Unknown("scope", kind, SCOPES)
    if kind == WHOLE:
        if colon:
            raise Unknown("scope", text, SCOPES)
        return WHOLE, None
    people = known.get(kind, {})
    if not people:
        raise Refused("scope_empty", scope=kind)
    if not member:
        return kind, None
    if member in people:
        return kind, member
    called = [id_ for id_, name in people.items() if name.casefold() == member.casefold()]
    if len(called) == 1:
        return kind, called[0]
    raise Unknown(kind, member, dict.fromkeys([*people, *people.values()]))
