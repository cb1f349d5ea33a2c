"""Targets against what is reached: revenue, pipeline, and all goals together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from kpi.analysis.context import Context
from kpi.analysis.goals import chosen_goals
from kpi.analysis.parts import parts
from kpi.analysis.progress import Target, targets_of
from kpi.analysis.question import whole_only
from kpi.analysis.scopes import WHOLE, scope_filter
from kpi.core import NOT_RECORDED, Measure, Period, Row
from kpi.errors import Refused, Unknown
from kpi.stats import attainment, band_attainment
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of

REVENUE = "total_revenue"
# The dimension of orders and deals that each scope of a target speaks of, and how a question may name it.
SCOPES = {"employee": "owner_employee_id", "team": "employees.team"}
_NAMES = {
    "owner_employee_id": "employee",
    "employees.employee_id": "employee",
    "employees.team": "team",
    "team": "team",
}
_OPEN = (
    "(created_at < period.until or (created_at is null and period.until >= period.now)) and "
    "(closed_at >= period.until or (closed_at is null and coalesce(outcome, 'open') = 'open')) and "
    "(amount_since is null or amount_since < period.until) and (amount_until is null or amount_until >= period.until) and "
    "(expected_close_at is null or expected_close_at < period.until)"
)


def revenue_attainment(context: Context) -> list[Row]:
    """total_revenue / its target for the same period and scope; n: the orders. Not defined without such a target."""
    scope, member = _scope(context)
    revenue = context.ask(REVENUE, split=_split(context))
    rows = []
    for period in context.periods:
        for group in _groups(context, scope, [g for _, g in revenue]):
            aim = revenue_target(context, period, scope, group or member)
            row = revenue.get((period, group))
            value = row.value if row else 0.0
            share = value / aim if aim and value is not None else None
            rows.append(Row(period, share, row.n if row else 0, None, None, group, value, aim))
    return rows


def pipeline_coverage(context: Context) -> list[Row]:
    """Open deals that may close before the end of the target / what is missing to it; n: the deals.

    Not defined without a revenue target for the period, nor once it is reached (noted).
    """
    scope, member = _scope(context)
    split = _split(context)
    revenue = context.ask(REVENUE, split=split)
    deals = parts(context, {"open": Measure("open_deals", "sum(amount)", where=_OPEN)}, split=split)
    rows = []
    for i, period in enumerate(context.periods):
        for group in _groups(context, scope, [*deals.groups, *(g for _, g in revenue)]):
            aim = revenue_target(context, period, scope, group or member)
            booked = revenue.get((period, group))
            sold = booked.value if booked else 0.0
            missing = None if aim is None or sold is None else aim - sold
            if missing is not None and missing <= 0:
                context.note("target_reached")
            value = deals.value("open", i, group)
            share = value / missing if missing and missing > 0 and value is not None else None
            rows.append(Row(period, share, deals.n("open", i, group), None, None, group, value, missing))
    return rows


def revenue_target(context: Context, period: Period, scope: str, member: str | None) -> float | None:
    """The revenue target set for exactly this period, else the sum of those that fill it without gap or overlap."""
    mine = [
        t
        for t in targets_of(context.workspace)
        if t.kpi == REVENUE and t.scope == scope and (scope == "all" or t.scope_id == member) and t.aim is not None
    ]
    same = [t for t in mine if (t.since, t.until) == (period.since, period.until)]
    if same:
        return same[-1].aim
    newest = {(t.since, t.until): t for t in mine if period.since <= t.since and t.until <= period.until}
    return _tiled(sorted(newest.values(), key=lambda t: t.since), period)


def _tiled(found: Sequence[Target], period: Period) -> float | None:
    reached, total = period.since, 0.0
    for target in found:
        if target.since != reached:
            return None
        reached, total = target.until, total + (target.aim or 0.0)
    return total if found and reached == period.until else None


def _scope(context: Context) -> tuple[str, str | None]:
    """Whose target the question is about: (all, None), or a kind of member and the one that is filtered by."""
    if context.split and context.split not in _NAMES:
        raise Refused("no_split", kpi=context.kpi.id)
    named = [(_NAMES.get(name, ""), wanted) for name, wanted in context.filters]
    if len(named) > 1 or any(not kind for kind, _ in named) or (named and context.split):
        raise Refused("no_filter", kpi=context.kpi.id)
    if named:
        return named[0]
    return (_NAMES[context.split], None) if context.split else ("all", None)


def _split(context: Context) -> str | None:
    return SCOPES[_NAMES[context.split]] if context.split else None


def _groups(context: Context, scope: str, seen: Sequence[str | None]) -> list[str | None]:
    if not context.split:
        return [None]
    aimed = {t.scope_id for t in targets_of(context.workspace) if t.kpi == REVENUE and t.scope == scope}
    return [*sorted({g for g in [*seen, *aimed] if g and g != NOT_RECORDED})]


def goal_attainment(context: Context) -> list[Row]:
    """Median attainment (0 to 1) over the running targets of the chosen goals; n: those that could be judged.

    Running: since <= last known day of the period < until. The actual value is the KPI's from the start of the target
    to that day. Without chosen goals all targets count; a target without a goal counts when its KPI serves one.
    """
    whole_only(context)
    chosen = chosen_goals(context)
    known = goals_of(context.workspace)
    served = {each.kpi for goal in chosen if goal in known for each in known[goal].kpis}
    mine = [
        t
        for t in targets_of(context.workspace)
        if t.kpi in kpis_of(context.workspace)
        and t.kpi != context.kpi.id
        and (not chosen or t.goal in chosen or (t.goal is None and t.kpi in served))
    ]
    rows = []
    for period in context.periods:
        today = context.last_day(period)
        reached = [attained(context, t, today) for t in mine if t.since <= today < t.until]
        judged = [share for share in reached if share is not None]
        if len(judged) < len(reached):
            context.note("targets_not_judged", n=len(reached) - len(judged))
        rows.append(Row(period, median(judged) if judged else None, len(judged)))
    return rows


def attained(context: Context, target: Target, today: date) -> float | None:
    """How far a target is reached with the data up to and including `today`, 0 to 1; None where it cannot be told."""
    if target.scope != WHOLE and target.scope_id is None:  # set for each of them: there is no one to judge
        return None
    period = Period(target.since, min(today + timedelta(days=1), target.until))
    filters = scope_filter(context.workspace, target.scope, target.scope_id)
    try:
        row = context.ask(target.kpi, [period], None, filters).get((period, None))
    except (Unknown, Refused):  # the KPI knows no such scope
        return None
    if row is None or row.value is None:
        return None
    return judge(target, row.value, kpis_of(context.workspace)[target.kpi].better)


def judge(target: Target, actual: float, better: str) -> float | None:
    """The attainment of `target` by `actual`, 0 to 1. A band is met inside it; without a baseline met or not met."""
    if target.low is not None and target.high is not None:
        base = target.baseline
        if base is None:
            return float(target.low <= actual <= target.high)
        return band_attainment(actual, base, target.low, target.high).score / 100
    if target.value is None:
        return None
    base = target.value if target.baseline is None else target.baseline
    return attainment(actual, base, target.value, better).score / 100
