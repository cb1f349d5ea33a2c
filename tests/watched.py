"""Workspaces for early warning: one order a month with the amount that a test wants, calls and answers for F10."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from kpi.workspace import Workspace
from kpi.workspace.choices import Selection, select_kpis
from tests.workspaces import load

CALM = [1000.0 + 10 * step for step in [0, 1.5, -1, 0.5, -1.5, 1, -0.5] * 9]
START = 2018


def last_day(month: int) -> date:
    """The last day of the month so many after January 2018."""
    year, number = START + month // 12, month % 12 + 1
    return date(year, number, calendar.monthrange(year, number)[1])


def first_day(month: int) -> date:
    return last_day(month).replace(day=1)


def orders(amounts: Sequence[float], since: int = 0) -> list[dict[str, object]]:
    """One order on the last day of each month, from month `since` on; the same ids for the same months."""
    return [
        {"order_id": f"o{month}", "customer_id": "c1", "ordered_at": last_day(month).isoformat(), "amount": amount}
        for month, amount in enumerate(amounts, since)
    ]


def add(workspace: Workspace, amounts: Sequence[float], since: int = 0) -> None:
    """Loads orders; months that were loaded before get the new amount."""
    load(workspace, {"orders": orders(amounts, since)}, f"orders-{since}-{len(amounts)}-{sum(amounts)}.csv")


def watching(workspace: Workspace, *kpis: str) -> None:
    select_kpis(workspace, [Selection(id_) for id_ in kpis or ("total_revenue",)])


def call_centre(volume: int, minutes: float, happy: float, months: int = 18, late: int = 6) -> dict[str, list[dict]]:
    """Two operators with some 40 calls of some 6 minutes a month each and some 80 % of 200 satisfied; in the last months
    so many more calls, calls so much longer, so many satisfied more."""
    wobble = [0, 1, -1, 1, 0, -1]
    calls, surveys = [], []
    for month in range(months):
        shift, step = month >= months - late, wobble[month % 6]
        day = first_day(month).isoformat()[:8]
        length = (6 + 0.1 * wobble[(month + 2) % 6] + minutes * shift) * 60
        for operator in ("E1", "E2"):
            for k in range(40 + step + volume * shift):
                at = f"{day}{k % 28 + 1:02d} 10:00"
                calls.append(
                    {"call_id": f"{month}-{operator}-{k}", "direction": "in", "employee_id": operator, "dialled_at": at}
                    | {"answered_at": at, "handle_seconds": length}
                )
        satisfied = 160 + 2 * wobble[(month + 4) % 6] + round(200 * happy) * shift
        for k in range(200):
            surveys.append(
                {"survey_id": f"{month}-{k}", "survey_type": "csat", "responded_at": f"{day}15", "scale_min": 1}
                | {"scale_max": 5, "score": 5 if k < satisfied else 2}
            )
        surveys.append({"survey_id": f"end-{month}", "survey_type": "ces", "responded_at": last_day(month).isoformat()})
    return {"calls": calls, "surveys": surveys}
