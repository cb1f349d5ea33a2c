"""The worked example of the goal process (F98): 10 % more from a new revenue stream, by selling packages."""

from __future__ import annotations

from datetime import date

from kpi.analysis.progress import Target
from kpi.calendars import bucket
from kpi.core import Query
from kpi.errors import Refused
from kpi.measure.run import run
from kpi.workspace.choices import Selection, choose_goals, chosen_goals, select_kpis, selected_kpis
from kpi.workspace.plans import Plan, save_plan
from kpi.workspace.targets import set_target
from kpi.workspace.workspace import Workspace

GOAL = "grow_new_revenue_stream"
KPI = "new_stream_revenue"
MEASURES = ("average_deal_size", "average_revenue_per_rep")
GROWTH = 1.10


def load_example(workspace: Workspace, strategy: str, tactic: str, calendar: str = "") -> Target:
    """Chooses the goal beside what is chosen, plans it, puts its two measures on the board and sets its target.

    The target is 1.10 × what the stream brought in the year before this one, reached within this year. strategy,
    tactic: the words for them. Refused("example_no_baseline") where the data do not tell what the stream brings.
    """
    settings = workspace.settings
    day = workspace.as_of() or date.today()
    year = bucket(day, "year", calendar or settings.calendar, settings.week_start, settings.fiscal_year_start)
    before = run(workspace, Query((KPI,), year.since - (year.until - year.since), year.since))[KPI].rows
    base = before[0].value if before else None
    if not base:
        raise Refused("example_no_baseline", kpi=KPI)
    target = Target(KPI, GOAL, year.since, year.until, base, round(base * GROWTH, 2), source=strategy)
    choose_goals(workspace, [*chosen_goals(workspace), GOAL])
    save_plan(workspace, Plan(GOAL, strategy, {"sales": tactic}, "month"))
    held = [each for each in selected_kpis(workspace) if each.kpi not in (*MEASURES, KPI)]
    added = [Selection(id_, GOAL, function="sales") for id_ in (KPI, *MEASURES)]
    select_kpis(workspace, [*held, *added])
    set_target(workspace, target)
    return target
