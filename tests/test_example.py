"""F98: the worked example of the goal process can be loaded."""

from __future__ import annotations

import pytest

from kpi.analysis.chain import chain
from kpi.analysis.progress import targets_of
from kpi.errors import Refused
from kpi.measure.example import GOAL, load_example
from kpi.workspace import create
from kpi.workspace.choices import choose_goals, chosen_goals, selected_kpis
from kpi.workspace.plans import plans
from tests.workspaces import load

ORDERS = [
    {"order_id": "1", "ordered_at": "2025-03-01", "amount": "600", "revenue_stream": "packages"},
    {"order_id": "2", "ordered_at": "2025-09-01", "amount": "400", "revenue_stream": "packages"},
    {"order_id": "3", "ordered_at": "2025-09-02", "amount": "9000", "revenue_stream": "single"},
    {"order_id": "4", "ordered_at": "2026-04-01", "amount": "500", "revenue_stream": "packages"},
]


def test_loading_gives_goal_target_and_measures(tmp_path):
    ws = create(tmp_path, "example")
    load(ws, {"orders": ORDERS})
    ws.change_settings({"new_revenue_stream": "packages"})
    choose_goals(ws, ["increase_sales"])
    target = load_example(ws, "sell packages", "offer sets instead of single items")
    assert target.baseline == 1000 and target.value == pytest.approx(1100)
    assert chosen_goals(ws) == ("increase_sales", GOAL)
    assert [(t.kpi, t.goal, t.value) for t in targets_of(ws)] == [("new_stream_revenue", GOAL, 1100.0)]
    assert {s.kpi for s in selected_kpis(ws)} == {"new_stream_revenue", "average_deal_size", "average_revenue_per_rep"}
    plan = plans(ws)[GOAL]
    assert chain(GOAL, plan.strategy, plan.tactics, [(s.kpi, s.function) for s in selected_kpis(ws)]).whole


def test_without_a_new_stream_nothing_is_planned(tmp_path):
    ws = create(tmp_path, "example")
    load(ws, {"orders": ORDERS[2:3]})
    with pytest.raises(Refused):
        load_example(ws, "sell packages", "offer sets")
    assert chosen_goals(ws) == () and selected_kpis(ws) == ()
