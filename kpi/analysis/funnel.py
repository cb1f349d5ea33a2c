"""The funnel: of all that came in, how many went on, were lost, moved back or are still open, level by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kpi.analysis.notes import Note, note
from kpi.analysis.stages import opportunity_journeys
from kpi.analysis.steps import Journeys, Step, by_group, steps, went_backwards
from kpi.analysis.tables import Part, counted, live, part_of, require, within
from kpi.errors import Unknown

Split = pd.Series  # the group of each case
Filters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """Which cases, and by what they are told apart."""

    split: str | None
    since: date | None
    until: date | None
    filters: tuple[tuple[str, str], ...]

    def of(self, table: str, entered: str) -> tuple[Part, str, list[object]]:
        """The part of `table` (as `f`), the whole condition of its cases, and the values of its marks in order."""
        part = part_of(table, self.split, self.filters)
        when, days = within(entered, self.since, self.until)
        return part, f"{part.where} and {when}", [*part.params, *days]


@dataclass(frozen=True)
class Funnel:
    """steps: per group its levels in order; one group, null, without a split."""

    kind: str
    steps: tuple[Step, ...]
    notes: tuple[Note, ...] = ()

    @property
    def groups(self) -> list[str | None]:
        return list(dict.fromkeys(step.group for step in self.steps))


def funnel(
    workspace: Any,
    kind: str = "leads",
    split: str | None = None,
    since: date | None = None,
    until: date | None = None,
    filters: Filters = (),
) -> Funnel:
    """The cohort that came in with since <= day < until, and how far it has come by now.

    kind: leads (created, qualified, converted), opportunities (their stages, then won) or quotes (sent, accepted,
    invoiced). split: a column of that table or of one it leads to, as are the names of filters. Without dates all rows
    count, undated ones too. Unknown for another kind or dimension, Refused where nothing of the kind is loaded.
    """
    if kind not in KINDS:
        raise Unknown("funnel", kind, KINDS)
    asked = Asked(split, since, until, tuple(filters))
    return workspace.memo(("funnel", kind, asked), lambda: _funnel(workspace, kind, asked))


def _funnel(workspace: Any, kind: str, asked: Asked) -> Funnel:
    groups, parts, notes = KINDS[kind](workspace, asked)
    found: list[Step] = []
    for group, journeys in parts.items():
        found += steps(journeys, group, workspace.as_of())
    notes = list(notes)
    if backwards := sum(went_backwards(journeys) for journeys in parts.values()):
        notes.append(note("funnel_dates_reversed", n=backwards))
    if not len(groups):
        notes.append(note("funnel_empty"))
    return Funnel(kind, tuple(found), tuple(notes))


Answer = tuple[Split, dict[str | None, Journeys], list[Note]]


def times_of(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Some date columns as one n x L array of datetime64."""
    return np.column_stack([frame[c].to_numpy(dtype="datetime64[us]") for c in columns])


def _leads(workspace: Any, asked: Asked) -> Answer:
    require(workspace, "leads.lead_id")
    part, where, params = asked.of("leads", "f.created_at")
    sql = (
        f"select {part.group} as g, f.created_at, f.qualified_at, f.converted_at, f.lost_at, f.first_contacted_at, f.status"
        f" from leads f {part.joins} where f._stub is not true and {where}"
    )
    frame = workspace.frame(sql, params)
    status = frame["status"].fillna("")
    converted = (frame["converted_at"].notna() | (status == "converted")).to_numpy()
    qualified = (frame["qualified_at"].notna() | (status == "qualified")).to_numpy()
    notes = []
    early = frame["converted_at"] < frame["first_contacted_at"]
    if early.any():
        notes.append(note("funnel_converted_before_contact", n=int(early.sum())))
    if (undated := converted & frame["converted_at"].isna().to_numpy()).any():
        notes.append(note("funnel_converted_without_date", n=int(undated.sum())))
    known = {"leads.qualified_at"} & workspace.columns() or qualified.any()
    levels = ("created", "qualified", "converted") if known else ("created", "converted")
    if not known:
        notes.append(note("funnel_no_qualification"))
    top = len(levels) - 1
    reached = np.where(converted, top, np.where(qualified, 1, 0))
    went_back = status.isin(["new", "working"]).to_numpy() & (reached == 1) & ~converted
    lost = (frame["lost_at"].notna() | (status == "lost")).to_numpy() & ~converted
    times = times_of(frame, [f"{level}_at" for level in levels])
    ended = frame["lost_at"].to_numpy(dtype="datetime64[us]")
    journeys = Journeys(levels, reached, np.where(went_back, 0, reached), lost, times, ended)
    return frame["g"], by_group(frame["g"], journeys), notes


def _opportunities(workspace: Any, asked: Asked) -> Answer:
    require(workspace, "opportunities.opportunity_id")
    part, where, params = asked.of("opportunities", "f.created_at")
    sql = (
        f"select f.opportunity_id, {part.group} as g, f.pipeline, f.stage, f.outcome, f.created_at, f.closed_at"
        f" from opportunities f {part.joins} where f._stub is not true and {where}"
    )
    frame = workspace.frame(sql, params)
    parts, notes = opportunity_journeys(workspace, frame, asked.split == "pipeline")
    return frame["g"], parts, notes


def _quotes(workspace: Any, asked: Asked) -> Answer:
    require(workspace, "quotes.quote_id")
    part, where, params = asked.of("quotes", "f.sent_at")
    sql = f"""
with invoiced as (
  select quote_id, order_id, issued_at from {counted("invoices")}
),
by_quote as (select quote_id, count(*) as n, min(issued_at) as at from invoiced where quote_id is not null group by 1),
by_order as (select order_id, count(*) as n, min(issued_at) as at from invoiced where order_id is not null group by 1),
ordered as (select order_id, ordered_at, ({live("orders")}) as lives from orders where order_id is not null)
select {part.group} as g, f.status, f.sent_at, f.order_id is not null as has_order, coalesce(d.lives, true) as lives,
       d.ordered_at, least(q.at, o.at) as invoiced_at, coalesce(q.n, 0) + coalesce(o.n, 0) > 0 as invoiced
from {counted("quotes")} f {part.joins}
left join ordered d on d.order_id = f.order_id
left join by_quote q on q.quote_id = f.quote_id
left join by_order o on o.order_id = f.order_id
where {where}
"""
    frame = workspace.frame(sql, params)
    status = frame["status"].fillna("")
    has_order, lives = frame["has_order"].to_numpy(dtype=bool), frame["lives"].to_numpy(dtype=bool)
    accepted = np.where(has_order, lives, (status == "accepted").to_numpy())
    reached = np.where(frame["invoiced"].to_numpy(dtype=bool), 2, np.where(accepted, 1, 0))
    refused = status.isin(["rejected", "expired"]).to_numpy() | (has_order & ~lives)
    times = times_of(frame, ["sent_at", "ordered_at", "invoiced_at"])
    nowhere = np.full(len(frame), np.datetime64("NaT", "us"))
    journeys = Journeys(("sent", "accepted", "invoiced"), reached, reached, refused & (reached < 2), times, nowhere)
    notes = [] if {"invoices.quote_id", "invoices.order_id"} & workspace.columns() else [note("funnel_no_invoices")]
    return frame["g"], by_group(frame["g"], journeys), notes


KINDS: dict[str, Callable[[Any, Asked], Answer]] = {
    "leads": _leads,
    "opportunities": _opportunities,
    "quotes": _quotes,
}
