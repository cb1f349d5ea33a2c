"""KPI values entered as such: used where a KPI cannot be computed, always marked, never mixed in silence."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.analysis.matching import match
from kpi.catalogue import goals, kpi
from kpi.core import Query
from kpi.measure import available, board, run
from kpi.workspace import create
from tests.support import memory_workspace
from tests.workspaces import load


def sheet(kpi_id: str, *values: float, year: int = 2025, **more: str) -> list[dict]:
    """One value a month from January on."""
    return [
        {"kpi_id": kpi_id, "period_start": f"{year}-{m:02d}-01", "value": v, "source": "old sheet", **more}
        for m, v in enumerate(values, 1)
    ]


def ask(workspace, kpi_id: str, since: str, until: str, by: str | None = "month", **more):
    return run(workspace, Query((kpi_id,), date.fromisoformat(since), date.fromisoformat(until), by, **more))[kpi_id]


def test_a_kpi_without_data_takes_what_was_entered_and_says_so() -> None:
    workspace = memory_workspace({"kpi_values": sheet("nps", 24, 26, 25)}, None, date(2025, 3, 31))
    assert available(workspace, kpi("nps")) and not available(workspace, kpi("csat"))
    result = ask(workspace, "nps", "2025-01-01", "2025-05-01")
    assert [row.value for row in result.rows] == [24, 26, 25, None]
    assert [row.entered for row in result.rows] == ["old sheet"] * 3 + [""]
    assert result.missing == ()
    assert [code for code, _ in result.notes if code == "note.entered"] == ["note.entered"]
    assert any("3 of 4" in warning and "old sheet" in warning for warning in result.warnings)
    assert all((row.n, row.low, row.high) == (None, None, None) for row in result.rows)


def test_the_goal_counts_it_as_answered() -> None:
    workspace = memory_workspace({"kpi_values": sheet("nps", 24)}, None, date(2025, 1, 31))
    goal = next(g.id for g in goals().values() if any(k.kpi == "nps" for k in g.kpis))
    found = {m.kpi.id: m.computable for m in match([goal], workspace.columns())}
    assert found["nps"]


@pytest.mark.parametrize(
    ("kpi_id", "expected"),
    [
        ("total_revenue", 60.0),  # a sum: three months fill the quarter
        ("open_opportunities", 30.0),  # a state: what stands at the end
        ("close_rate", None),  # an average of shares would need their weights
    ],
)
def test_a_quarter_of_monthly_values(kpi_id: str, expected: float | None) -> None:
    workspace = memory_workspace({"kpi_values": sheet(kpi_id, 10, 20, 30)}, None, date(2025, 3, 31))
    result = ask(workspace, kpi_id, "2025-01-01", "2025-04-01", "quarter")
    assert [row.value for row in result.rows] == [expected]


def test_a_gap_is_not_filled_up() -> None:
    rows = sheet("total_revenue", 10, 20, 30)
    workspace = memory_workspace({"kpi_values": [rows[0], rows[2]]}, None, date(2025, 3, 31))
    assert [row.value for row in ask(workspace, "total_revenue", "2025-01-01", "2025-04-01", "quarter").rows] == [None]


@pytest.mark.parametrize("end", ["2025-01-31", "2025-02-01", None])
def test_the_end_may_be_the_last_day_or_the_day_after(end: str | None) -> None:
    row = sheet("nps", 24)[0] | ({"period_end": end} if end else {})
    workspace = memory_workspace({"kpi_values": [row]}, None, date(2025, 1, 31))
    assert [r.value for r in ask(workspace, "nps", "2025-01-01", "2025-02-01").rows] == [24]


def test_computed_values_stand_and_entered_ones_fill_what_lies_before() -> None:
    tables = {
        "kpi_values": sheet("total_revenue", 500, 999),
        "orders": [
            {"order_id": "1", "ordered_at": "2025-02-10", "amount": 700.0, "customer_id": "a"},
            {"order_id": "2", "ordered_at": "2025-04-10", "amount": 800.0, "customer_id": "a"},
        ],
    }
    workspace = memory_workspace(tables, None, date(2025, 4, 30))
    rows = ask(workspace, "total_revenue", "2025-01-01", "2025-05-01").rows
    assert [(r.value, r.entered) for r in rows] == [(500, "old sheet"), (700, ""), (0, ""), (800, "")]


def test_members_of_a_split() -> None:
    tables = {
        "kpi_values": [
            *sheet("nps", 24),
            *sheet("nps", 30, split="channel", member="web"),
            *sheet("nps", 10, split="channel", member="shop"),
        ]
    }
    workspace = memory_workspace(tables, None, date(2025, 1, 31))
    rows = ask(workspace, "nps", "2025-01-01", "2025-02-01", split="channel").rows
    assert {r.group: r.value for r in rows} == {"web": 30, "shop": 10}
    rows = ask(workspace, "nps", "2025-01-01", "2025-02-01", filters=(("channel", "web"),)).rows
    assert [r.value for r in rows] == [30]
    assert [r.value for r in ask(workspace, "nps", "2025-01-01", "2025-02-01").rows] == [24]


def test_without_dates_the_span_of_the_entered_values() -> None:
    workspace = memory_workspace({"kpi_values": sheet("nps", 24, 26)}, None, date(2025, 2, 28))
    result = run(workspace, Query(("nps",), by="month"))["nps"]
    assert [(r.period.since.isoformat(), r.value) for r in result.rows] == [("2025-01-01", 24), ("2025-02-01", 26)]


def test_a_board_for_those_who_have_only_a_monthly_sheet(tmp_path) -> None:
    months = [20.0 + i for i in range(12)]
    workspace = create(tmp_path, "sheet")
    load(workspace, {"kpi_values": sheet("nps", *months)})
    assert workspace.as_of() == date(2025, 12, 31)
    item = board(workspace, ["nps"])[0]
    assert item.reading.value == 31 and item.reading.before is not None
