"""The bounds that people set on a KPI: told when it is above or below them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kpi.errors import Refused
from kpi.workspace.workspace import Workspace

Side = Literal["above", "below"]
SIDES: tuple[Side, ...] = ("above", "below")


@dataclass(frozen=True)
class Rule:
    """side: on which side of `value` (in the KPI's unit) it is to be told; None: not on this side, whatever the
    catalogue proposes."""

    kpi: str
    side: Side
    value: float | None


def rules(workspace: Workspace) -> list[Rule]:
    """All rules that were set, at most one for each KPI and side."""
    sql = "select kpi_id, side, value from state.alert_rules order by kpi_id, side"
    return [Rule(*row) for row in workspace.rows(sql)]


def set_rules(workspace: Workspace, *made: Rule) -> None:
    """Sets rules in place of those of the same KPI and side. Refused("rule_side"), Refused("rule_number"), and
    Refused("rule_order") where a KPI would have to be below and above at once."""
    for rule in made:
        if rule.side not in SIDES:
            raise Refused("rule_side", value=rule.side)
        if rule.value is not None and not math.isfinite(rule.value):
            raise Refused("rule_number", value=str(rule.value))
    held = {(r.kpi, r.side): r.value for r in [*rules(workspace), *made]}
    for rule in made:
        low, high = held.get((rule.kpi, "below")), held.get((rule.kpi, "above"))
        if low is not None and high is not None and low > high:
            raise Refused("rule_order", low=low, high=high)
    with workspace.write() as cur:
        for rule in made:
            cur.execute("delete from state.alert_rules where kpi_id = ? and side = ?", [rule.kpi, rule.side]).fetchall()
            values = [rule.kpi, rule.side, rule.value, datetime.now()]
            sql = "insert into state.alert_rules (kpi_id, side, value, set_at) values (?, ?, ?, ?)"
            cur.execute(sql, values).fetchall()
