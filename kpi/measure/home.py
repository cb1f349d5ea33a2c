"""What the first page asks: how each goal stands, what needs action now, what is loaded and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpi.analysis.matching import match
from kpi.analysis.progress import NEEDS_ACTION, target_for, targets_of
from kpi.core import Query
from kpi.measure.alerts import BY, watched_kpis
from kpi.measure.board import Item, board
from kpi.measure.frame import frame_of
from kpi.measure.history import pasts
from kpi.measure.running import running_of
from kpi.model import tables
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of

# Tables that grow from day to day: only these can be behind.
DAILY = {"leads", "opportunities", "orders", "order_lines", "activities", "tickets", "calls", "surveys", "payments"}
OLD_AFTER = 7  # days behind the newest data, after which a table is called old


@dataclass(frozen=True)
class Standing:
    """A goal and the KPI that speaks for it: the one with a target, else its first that can be computed."""

    goal: str
    item: Item | None


@dataclass(frozen=True)
class Loaded:
    """A loaded table: rows, last day with an event, days behind the newest."""

    table: str
    rows: int
    until: date | None
    behind: int


def read_ahead(workspace, kpis: Sequence[str], goals: Sequence[str], by: str = "month", calendar: str = "") -> None:
    """One question for what the parts of Home show one after the other: these KPIs, those that speak for the goals, and
    those that are watched where the months are the workspace's own, by which they are watched."""
    shown = list(dict.fromkeys([*kpis, *filter(None, (speaker(workspace, goal) for goal in goals))]))
    frame = frame_of(workspace, Query((), by=by, calendar=calendar))
    own = (by, frame.calendar) == (BY, frame_of(workspace, Query((), by=BY)).calendar)
    pasts(workspace, list(dict.fromkeys([*shown, *(watched_kpis(workspace) if own else ())])), by, frame.calendar)
    running_of(workspace, shown, frame, frame.now, "previous", ())


def standings(workspace, goals: Sequence[str], by: str = "month", calendar: str = "") -> list[Standing]:
    """How each chosen goal stands."""
    speakers = {goal: speaker(workspace, goal) for goal in goals}
    wanted = list(dict.fromkeys(k for k in speakers.values() if k))
    items = {i.result.kpi.id: i for i in board(workspace, wanted, goals, by, calendar)}
    found = []
    for goal, spoken in speakers.items():
        item = items.get(spoken or "")
        if item and not _speaks(workspace, item, goal):
            item = board(workspace, [item.result.kpi.id], [goal], by, calendar)[0]
        found.append(Standing(goal, item))
    return found


def _speaks(workspace, item: Item, goal: str) -> bool:
    """Whether the item carries the target of this goal already."""
    day = workspace.as_of() or date.today()
    return target_for(targets_of(workspace), item.result.kpi.id, day, goal) == item.target


def speaker(workspace, goal: str) -> str | None:
    """The KPI that speaks for a goal: the one with a target, else its first that can be computed."""
    ready = [
        m.kpi.id for m in match([goal], workspace.columns(), goals_of(workspace), kpis_of(workspace)) if m.computable
    ]
    aimed = [t.kpi for t in targets_of(workspace) if t.goal == goal and t.scope == "all"]
    return next((id_ for id_ in ready if id_ in aimed), ready[0] if ready else None)


def needing_action(items: Sequence[Item]) -> list[Item]:
    """Off target or worse beyond the usual range, the most urgent first."""
    off = [i for i in items if i.state in NEEDS_ACTION]
    worse = [i for i in items if i not in off and i.reading.tone == "worse"]
    return [*sorted(off, key=lambda i: i.state != "corrective_action_needed"), *worse]


def loaded(workspace) -> list[Loaded]:
    """Loaded core tables with rows of their own, the largest first."""
    names = [name for name in tables() if any(c.startswith(f"{name}.") for c in workspace.columns())]
    if not names:
        return []
    parts = []
    for name in names:
        times = [f.name for f in tables()[name].fields.values() if f.type == "time" and not f.planned and not f.derived]
        last = f"cast(greatest({', '.join(f'max({t})' for t in times)}) as date)" if times else "cast(null as date)"
        parts.append(f"select '{name}', count(*), {last} from {name}")
    sql = " union all ".join(parts)
    newest = workspace.as_of()
    found = []
    for name, rows, until in workspace.memo(("loaded", sql), lambda: workspace.rows(sql)):
        behind = (newest - until).days if newest and until and name in DAILY else 0
        found.append(Loaded(name, rows, until, max(behind, 0)))
    return sorted(found, key=lambda each: -each.rows)
