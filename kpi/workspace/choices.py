"""What a workspace has chosen: goals, and the KPIs of its board. Kept in the state tables `goal_plans`, `kpi_selections`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kpi.workspace.choice_history import remembered
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Selection:
    """A KPI on the board: the goal it serves (None: linked to no goal, `reason` says why), its owner, and the function
    (marketing, sales, service) whose tactic it measures."""

    kpi: str
    goal: str | None = None
    reason: str | None = None
    owner: str | None = None
    function: str | None = None


def chosen_goals(workspace: Workspace) -> tuple[str, ...]:
    """The ids of the chosen goals in their order."""
    rows = workspace.rows("select goal_id, min(position) from state.goal_plans group by 1 order by 2, 1")
    return tuple(row[0] for row in rows)


def choose_goals(workspace: Workspace, goal_ids: Sequence[str], first: Iterable[Selection] = ()) -> None:
    """Make these the chosen goals, in this order; plans of goals that stay are kept. `choice_history.undo` takes it back.

    first: the KPIs of the board where it is empty afterwards.
    """
    held = set(chosen_goals(workspace))
    wanted = list(dict.fromkeys(goal_ids))
    with workspace.write() as cur, remembered(cur, "goals"):
        for gone in held - set(wanted):
            cur.execute("delete from state.goal_plans where goal_id = ?", [gone]).fetchall()
            cur.execute("delete from state.kpi_selections where goal_id = ?", [gone]).fetchall()
        for position, goal_id in enumerate(wanted):
            if goal_id in held:
                cur.execute(
                    "update state.goal_plans set position = ? where goal_id = ?", [position, goal_id]
                ).fetchall()
            else:
                sql = "insert into state.goal_plans (goal_id, position, chosen_at) values (?, ?, ?)"
                cur.execute(sql, [goal_id, position, datetime.now()]).fetchall()
        if not cur.execute("select count(*) from state.kpi_selections").fetchall()[0][0]:
            _write(cur, list(first))


def selected_kpis(workspace: Workspace) -> tuple[Selection, ...]:
    """The KPIs of the board in their order, each once."""
    columns = "kpi_id, goal_id, reason, owner, function"
    sql = f"select {columns} from state.kpi_selections order by position, selected_at, kpi_id"
    found: dict[str, Selection] = {}
    for row in workspace.rows(sql):
        found.setdefault(row[0], Selection(*row))
    return tuple(found.values())


def select_kpis(workspace: Workspace, selections: Iterable[Selection]) -> None:
    """Make these the KPIs of the board, in this order. `choice_history.undo` takes it back."""
    wanted = list({s.kpi: s for s in selections}.values())
    with workspace.write() as cur, remembered(cur, "kpis"):
        cur.execute("delete from state.kpi_selections").fetchall()
        _write(cur, wanted)


def _write(cur: Cursor, selections: Sequence[Selection]) -> None:
    now = datetime.now()
    for position, s in enumerate(selections):
        columns = "goal_id, kpi_id, owner, reason, function, position, selected_at"
        values = [s.goal, s.kpi, s.owner, s.reason, s.function, position, now]
        cur.execute(f"insert into state.kpi_selections ({columns}) values (?, ?, ?, ?, ?, ?, ?)", values).fetchall()


def add_kpi(workspace: Workspace, selection: Selection) -> None:
    """One more KPI on the board, the last in the order; one that is there already stays as it is."""
    held = selected_kpis(workspace)
    if selection.kpi not in {each.kpi for each in held}:
        select_kpis(workspace, [*held, selection])


def drop_kpi(workspace: Workspace, kpi: str) -> None:
    """The board without this KPI."""
    held = selected_kpis(workspace)
    if kpi in {each.kpi for each in held}:
        select_kpis(workspace, [each for each in held if each.kpi != kpi])


def add_rating(
    workspace: Workspace,
    instrument: str,
    score: float,
    role: str | None = None,
    rater: str | None = None,
    round_id: str | None = None,
    comment: str | None = None,
    scale_max: float = 5,
) -> None:
    """Store one rating of a subjective instrument (1 to `scale_max`)."""
    columns = "instrument_id, round_id, assessed_at, respondent_role, respondent_id, score, scale_max, comment"
    values = [instrument, round_id, datetime.now(), role, rater, score, scale_max, comment]
    with workspace.write() as cur:
        cur.execute(f"insert into state.assessments ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", values).fetchall()
