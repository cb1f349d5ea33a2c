"""Asking for one KPI in tests."""

from __future__ import annotations

from datetime import date

from kpi.core import Query, Row
from kpi.measure import run
from tests.support import MemoryWorkspace

START, END = date(2026, 1, 1), date(2027, 1, 1)


def answer(workspace: MemoryWorkspace, kpi: str, since: date = START, until: date = END, **query):
    """The result of one KPI, which must be computable."""
    result = run(workspace, Query((kpi,), since, until, **query))[kpi]
    assert not result.missing, result.missing
    return result


def first(workspace: MemoryWorkspace, kpi: str, since: date = START, until: date = END, **query) -> Row:
    """Its first row."""
    return answer(workspace, kpi, since, until, **query).rows[0]


def value(workspace: MemoryWorkspace, kpi: str, since: date = START, until: date = END, **query) -> float | None:
    """The value of its first row."""
    return first(workspace, kpi, since, until, **query).value


def noted(workspace: MemoryWorkspace, kpi: str, since: date = START, until: date = END) -> list[str]:
    """What is said with the number, the settings in force left aside."""
    return [code for code, _ in answer(workspace, kpi, since, until).notes if code != "rule.setting"]
