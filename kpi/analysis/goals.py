"""Do strategy, goals and KPIs hang together? Both KPIs speak of what is chosen now, whatever the period."""

from __future__ import annotations

from typing import Any

from kpi.analysis.context import Context
from kpi.analysis.question import whole_only
from kpi.core import Row
from kpi.stats import wilson
from kpi.workspace.own_goals import goals_of

_PLANS = "select goal_id, max(nullif(trim(strategy), '')) as strategy from state.goal_plans where goal_id is not null group by 1"
_SELECTIONS = (
    "select goal_id, kpi_id, nullif(trim(reason), '') as reason from state.kpi_selections where kpi_id is not null"
)


def business_alignment(context: Context) -> list[Row]:
    """Chosen goals with a strategy and at least one selected KPI, of all chosen goals."""
    plans, selections = context.frame(_PLANS), context.frame(_SELECTIONS)
    measured = set(selections["goal_id"].dropna())
    aligned = plans["strategy"].notna() & plans["goal_id"].isin(measured)
    return _now(context, int(aligned.sum()), len(chosen_goals(context)))


def kpi_relevance(context: Context) -> list[Row]:
    """Selected KPIs that serve a chosen goal, by the catalogue or by a reason stated for that goal, of all selected."""
    selections = context.frame(_SELECTIONS)
    chosen = chosen_goals(context)
    known = goals_of(context.workspace)
    served = {each.kpi for goal in chosen if goal in known for each in known[goal].kpis}
    told = selections[selections["reason"].notna() & selections["goal_id"].isin(chosen)]
    selected = set(selections["kpi_id"])
    return _now(context, len(selected & (served | set(told["kpi_id"]))), len(selected))


def chosen_goals(data: Any) -> set[str]:
    """The goals that are planned, or that a selected KPI is linked to. data: a workspace or a Context."""
    plans, selections = data.frame(_PLANS), data.frame(_SELECTIONS)
    return set(plans["goal_id"]) | set(selections["goal_id"].dropna())


def _now(context: Context, above: int, below: int) -> list[Row]:
    """The value for the last period; the earlier ones are not known."""
    whole_only(context)
    low, high = wilson(above, below) or (None, None)
    earlier = [Row(period, None, 0) for period in context.periods[:-1]]
    value = above / below if below else None
    return [*earlier, Row(context.periods[-1], value, below, low, high, None, above, below)]
