"""Opportunities on their way through the stages: which order the stages have, who ever reached which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpi.analysis.notes import Note, note
from kpi.analysis.steps import Journeys, by_group

WON = "won"
CREATED = "created"
OF_OPPORTUNITIES = "lower(coalesce(entity, 'opportunity')) not in ('lead', 'leads', 'quote', 'quotes')"


@dataclass(frozen=True)
class Levels:
    """Open stages in order, and the stages that end a deal. inferred: taken from the data, not from a list."""

    order: tuple[str, ...]
    ends: dict[str, str]
    inferred: bool

    def index(self, stages: pd.Series) -> NDArray[np.int64]:
        """Position per stage name; -1 for one that is no open stage."""
        return _looked_up(stages, {same(stage): i for i, stage in enumerate(self.order)})

    def won(self, stages: pd.Series) -> NDArray[np.bool_]:
        """Which stage names end a deal as won."""
        return _looked_up(stages, {same(stage): int(kind == WON) for stage, kind in self.ends.items()}) == 1

    def known(self, stages: pd.Series) -> NDArray[np.bool_]:
        """Which stage names are open stages or end a deal."""
        return _looked_up(stages, dict.fromkeys(map(same, (*self.order, *self.ends)), 1)) == 1


def _looked_up(stages: pd.Series, places: dict[str, int]) -> NDArray[np.int64]:
    """`places` of each name, -1 for others: looked up once per distinct name, however long the series."""
    codes, names = pd.factorize(stages)
    return np.array([*(places.get(same(name), -1) for name in names), -1])[codes]


def same(stage: str) -> str:
    """Stage names are compared without regard to case and outer blanks, as outcomes are derived."""
    return stage.strip().lower()


def stage_levels(workspace: Any, pipeline: str | None = None) -> Levels:
    """The stages by `stages.position`, of one pipeline or of all (a name shared by several counts once, at its first
    place). Without positions: the order in which deals pass them on average (mean rank in their histories); what only
    won or only lost deals stand in ends a deal.
    """
    listed = workspace.frame(
        f"select pipeline, stage, position, kind from stages where stage is not null and {OF_OPPORTUNITIES}"
    )
    if pipeline is not None:
        own = listed["pipeline"].isna() | (listed["pipeline"].map(same, na_action="ignore") == same(pipeline))
        listed = listed[own] if own.any() else listed
    if not len(listed) or listed["position"].isna().all():
        return _inferred(workspace, listed)
    ends = listed[listed["kind"].isin(["won", "lost"])]
    ways = listed[~listed["stage"].map(same).isin(ends["stage"].map(same))]
    order = ways.assign(key=ways["stage"].map(same)).sort_values(["position", "stage"]).drop_duplicates("key")
    return Levels(tuple(order["stage"]), dict(zip(ends["stage"], ends["kind"], strict=True)), False)


def _inferred(workspace: Any, listed: pd.DataFrame) -> Levels:
    kinds = workspace.frame(
        "select min(trim(stage)) as stage, min(outcome) as outcome from opportunities where stage is not null"
        " group by lower(trim(stage)) having count(distinct coalesce(outcome, 'open')) = 1 and min(outcome) in ('won', 'lost')"
    )
    ends = dict(zip(kinds["stage"], kinds["outcome"], strict=True))
    known = listed[listed["kind"].isin(["won", "lost"])]
    ends |= dict(zip(known["stage"], known["kind"], strict=True))
    order = workspace.frame(
        "select max(trim(stage)) as stage, avg(place) as place from ("
        "  select stage, row_number() over (partition by opportunity_id order by entered_at)"
        "         / count(*) over (partition by opportunity_id) as place"
        "  from opportunity_stage_history where stage is not null and entered_at is not null"
        ") group by lower(trim(stage)) order by 2, 1"
    )
    ways = order["stage"][~Levels((), ends, True).known(order["stage"])]
    return Levels(tuple(ways), ends, True)


def opportunity_journeys(
    workspace: Any, deals: pd.DataFrame, by_pipeline: bool
) -> tuple[dict[str | None, Journeys], list[Note]]:
    """The journeys of `deals` per group (column g): stage by stage where histories are loaded, else created and won.

    deals: opportunity_id, g, pipeline, stage, outcome, created_at, closed_at. by_pipeline: the groups are pipelines,
    each with its own stages.
    """
    history = workspace.frame(
        "select opportunity_id, stage, entered_at from opportunity_stage_history"
        " where stage is not null and entered_at is not null"
    )
    deals = deals.assign(outcome=deals["outcome"].fillna("open"))
    if not len(history):
        return by_group(deals["g"], _two_levels(deals)), [note("funnel_no_history")]
    levels = stage_levels(workspace)
    notes = _notes(history, deals, levels, by_pipeline)
    history["row"] = pd.Index(deals["opportunity_id"]).get_indexer(history["opportunity_id"])
    history = history[history["row"] >= 0]
    if not by_pipeline:
        return by_group(deals["g"], _through_stages(deals, history, levels)), notes
    found: dict[str | None, Journeys] = {}
    for group in sorted(deals["g"].unique()):
        mine = (deals["g"] == group).to_numpy()
        place = np.where(mine, np.cumsum(mine) - 1, -1)
        part = history.assign(row=place[history["row"]])
        found[group] = _through_stages(deals[mine], part[part["row"] >= 0], stage_levels(workspace, group))
    return found, notes


def _notes(history: pd.DataFrame, deals: pd.DataFrame, levels: Levels, by_pipeline: bool) -> list[Note]:
    notes = [note("funnel_order_inferred")] if levels.inferred else []
    if not by_pipeline and deals["pipeline"].nunique() > 1:
        notes.append(note("funnel_several_pipelines", n=int(deals["pipeline"].nunique())))
    if strange := int((~levels.known(history["stage"])).sum()):
        notes.append(note("funnel_unknown_stages", n=strange))
    return notes


def _two_levels(deals: pd.DataFrame) -> Journeys:
    """Without histories nobody knows where a lost deal had got to: only created and won can be told."""
    reached = (deals["outcome"] == WON).to_numpy(dtype=np.int64)
    closed = deals["closed_at"].to_numpy(dtype="datetime64[us]")
    times = np.column_stack([deals["created_at"].to_numpy(dtype="datetime64[us]"), closed])
    times[reached == 0, 1] = np.datetime64("NaT")
    return Journeys((CREATED, WON), reached, reached, (deals["outcome"] == "lost").to_numpy(), times, closed)


def _through_stages(deals: pd.DataFrame, history: pd.DataFrame, levels: Levels) -> Journeys:
    """Levels are the open stages, then won. A deal enters the first one when it is created.

    history: with the row of the deal in `deals`; stages entered at one moment were entered in their order.
    """
    names = (*levels.order, WON) if levels.order else (CREATED, WON)
    top = len(names) - 1
    place, at = levels.index(history["stage"]), history["entered_at"].to_numpy(dtype="datetime64[us]")
    order = np.lexsort((place, at))
    row, place, at = history["row"].to_numpy()[order], place[order], at[order]
    closed = deals["closed_at"].to_numpy(dtype="datetime64[us]")
    won = (deals["outcome"] == WON).to_numpy()
    times = np.full((len(deals), top + 1), np.datetime64("NaT", "us"))
    reached = np.zeros(len(deals), dtype=np.int64)
    latest = np.full(len(deals), -1, dtype=np.int64)
    on_way = place >= 0
    backwards = np.flatnonzero(on_way)[::-1]  # of several values for one place the last stays: the earliest entry
    times[row[backwards], place[backwards]] = at[backwards]
    latest[row[on_way]] = place[on_way]
    np.maximum.at(reached, row[on_way], place[on_way])
    current = levels.index(deals["stage"])
    now = np.where(current >= 0, current, np.where(latest >= 0, latest, 0))
    reached = np.where(won, top, np.maximum(reached, current))
    ends = levels.won(history["stage"])[order]
    entered_won = pd.Series(at[ends], index=row[ends]).groupby(level=0).min()
    times[entered_won.index.to_numpy(dtype=np.int64), top] = entered_won.to_numpy()
    times[:, top] = np.where(won, np.where(np.isnat(times[:, top]), closed, times[:, top]), np.datetime64("NaT", "us"))
    times[:, 0] = np.fmin(times[:, 0], deals["created_at"].to_numpy(dtype="datetime64[us]"))
    now = np.where(won, top, np.minimum(now, reached))
    return Journeys(names, reached, now, (deals["outcome"] == "lost").to_numpy(), times, closed)
