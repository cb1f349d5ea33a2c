"""The weakest step of the sales process."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.funnel import by_group, times_of
from kpi.analysis.question import filled, source
from kpi.analysis.stages import opportunity_journeys
from kpi.analysis.steps import DAY, Journeys, first_entries
from kpi.core import Period, Row
from kpi.stats import wilson

STAGE = "stage"
LEADS = ("created", "qualified", "converted")


def weakest_stage(context: Context) -> list[Row]:
    """The lowest share of those that entered a stage in the period and have reached a later one by now.

    Only stages that at least min_n_stage entered; n: those. Skipped stages count as reached, moving back does not undo
    it. Without a history of stages: the levels of leads (noted). Split by stage: every stage, whatever its size.
    """
    by_stage = context.split == STAGE
    parts = _journeys(context)
    least = 1 if by_stage else int(context.settings.get("min_n_stage"))
    found = []
    for i, period in enumerate(context.periods):
        for group, journeys in parts.items():
            steps = [step for step in conversions(journeys, period, context.now) if step["n"] >= least]
            if by_stage:
                found += [{"i": i, **step, "g": step["stage"]} for step in steps]
            elif steps:
                found.append({"i": i, **min(steps, key=lambda step: step["value"]), "g": group})
    if not by_stage:
        for stage in dict.fromkeys(step["stage"] for step in found if step["i"] == len(context.periods) - 1):
            context.note("weakest_stage", stage=stage)
    columns = ["i", "g", "value", "n", "low", "high", "numerator", "denominator", "mature"]
    return filled(context, pd.DataFrame(found, columns=columns))


def conversions(journeys: Journeys, period: Period, now: date) -> list[dict]:
    """Per stage but the last: how many entered it in the period, the share that went on by `now`, its interval.

    mature: since the period ended, as much time has passed as nine of ten that went on from this stage needed.
    """
    times = first_entries(journeys.times)
    since, until = np.datetime64(period.since, "us"), np.datetime64(period.until, "us")
    found = []
    for place, stage in enumerate(journeys.levels[:-1]):
        on = journeys.reached > place
        entered = (journeys.reached >= place) & (times[:, place] >= since) & (times[:, place] < until)
        n, went = int(entered.sum()), int((entered & on).sum())
        if not n:
            continue
        waited = (times[on, place + 1] - times[on, place]) / DAY
        waited = waited[waited >= 0]
        needed = float(np.quantile(waited, 0.9)) if waited.size else 0.0
        low, high = wilson(went, n) or (0.0, 1.0)
        share = {
            "stage": stage,
            "value": went / n,
            "n": n,
            "low": low,
            "high": high,
            "numerator": went,
            "denominator": n,
        }
        found.append(share | {"mature": until + np.timedelta64(int(needed * 86400), "s") <= np.datetime64(now, "us")})
    return found


def _journeys(context: Context) -> dict[str | None, Journeys]:
    """The journeys of each group; of all together where the question is about stages."""
    here = replace(context, split=None) if context.split == STAGE else context
    if context.workspace.columns() >= {"opportunity_stage_history.stage", "opportunity_stage_history.entered_at"}:
        return _of_deals(here)
    context.note("levels_of_leads")
    return _of_leads(here)


def _of_deals(context: Context) -> dict[str | None, Journeys]:
    asked = source(context, "opportunities")
    deals = context.frame(
        f"select f.opportunity_id, {asked.group} as g, f.pipeline, f.stage, f.outcome, f.created_at, f.closed_at"
        f" from {asked.relation} where f._stub is not true and {asked.where} order by f.opportunity_id",
        asked.params,
    )
    context.prove("select opportunity_id, stage, entered_at from opportunity_stage_history")
    return opportunity_journeys(context.workspace, deals, context.split == "pipeline")[0]


def _of_leads(context: Context) -> dict[str | None, Journeys]:
    asked = source(context, "leads")
    leads = context.frame(
        f"select {asked.group} as g, f.created_at, f.qualified_at, f.converted_at, f.lost_at, f.status"
        f" from {asked.relation} where f._stub is not true and {asked.where}",
        asked.params,
    )
    converted = leads["converted_at"].notna() | (leads["status"] == "converted")
    qualified = leads["qualified_at"].notna() | (leads["status"] == "qualified")
    reached = np.where(converted, 2, np.where(qualified, 1, 0))
    lost = (leads["lost_at"].notna() | (leads["status"] == "lost")).to_numpy()
    times = times_of(leads, [f"{level}_at" for level in LEADS])
    ended = leads["lost_at"].to_numpy(dtype="datetime64[us]")
    return by_group(leads["g"], Journeys(LEADS, reached, reached, lost, times, ended))
