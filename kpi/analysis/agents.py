"""Support agents against their team: who keeps up on speed, first contact, promises kept and ratings."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.core import Row
from kpi.stats import wilson
from kpi.stats.student import mean_half

MINUTES = "issue_resolution_time"
RATES = ("fcr", "sla_compliance_rate", "csat")


def within_band(context: Context) -> list[Row]:
    """100 * agents within the band / agents compared (min_n_agent tickets resolved in the period); n: those compared.

    Within the band: on no measure worse than the team by more than the own 95 % interval. The team: all agents of the
    period and group.
    """
    table = agents(context)
    table = table[table["compared"]]
    found = table.groupby(["i", "g"], dropna=False, as_index=False).agg(
        numerator=("within", "sum"), n=("agent", "size")
    )
    found["value"] = 100.0 * found["numerator"] / found["n"]
    return filled(context, found.assign(denominator=found["n"]))


def agents(context: Context) -> pd.DataFrame:
    """Every agent with tickets resolved per period and group: i, g, agent, n (tickets), compared, within, and for each
    measure its value, <measure>_low, _high, _team (the value of all agents) and _worse."""
    found = context.frame(*_sql(context))
    team = found.groupby(["i", "g"], dropna=False)[["minutes", "timed", *_COUNTS]].transform("sum")
    worse = []
    times = _times(found)
    found = found.assign(**times, **{f"{MINUTES}_team": team["minutes"] / team["timed"].where(team["timed"] > 0) / 60})
    worse.append(found[f"{MINUTES}_low"] > found[f"{MINUTES}_team"])
    for rate in RATES:
        found = found.assign(**_rates(found, rate))
        whole = team[f"{rate}_n"]
        found[f"{rate}_team"] = team[f"{rate}_yes"] / whole.where(whole > 0)
        worse.append(found[f"{rate}_high"] < found[f"{rate}_team"])
    for name, flag in zip((MINUTES, *RATES), worse, strict=True):
        found[f"{name}_worse"] = flag
    least = int(context.settings.get("min_n_agent"))
    return found.assign(compared=found["n"] >= least, within=~np.logical_or.reduce(worse))


def _times(found: pd.DataFrame) -> dict[str, list[float]]:
    """Mean hours to resolution with Student's interval."""
    means, lows, highs = [], [], []
    for n, total, squares in zip(found["timed"], found["minutes"], found["squares"], strict=True):
        mean = total / n / 60 if n else math.nan
        spread = math.sqrt(max(squares - total * total / n, 0) / (n - 1)) / 60 if n > 1 else math.nan
        half = mean_half(n, spread)
        means, lows, highs = [*means, mean], [*lows, mean - half], [*highs, mean + half]
    return {MINUTES: means, f"{MINUTES}_low": lows, f"{MINUTES}_high": highs}


def _rates(found: pd.DataFrame, rate: str) -> dict[str, list[float]]:
    pairs = list(zip(found[f"{rate}_yes"], found[f"{rate}_n"], strict=True))
    bounds = [wilson(yes, n) or (math.nan, math.nan) for yes, n in pairs]
    return {
        rate: [yes / n if n else math.nan for yes, n in pairs],
        f"{rate}_low": [low for low, _ in bounds],
        f"{rate}_high": [high for _, high in bounds],
    }


_COUNTS = [f"{rate}_{part}" for rate in RATES for part in ("yes", "n")]
_FIRST = "coalesce(f.contact_count, 0) <= 1 and coalesce(f.follow_up_count, 0) = 0 and not coalesce(f.reopened, false)"
_RECORDED = "f.contact_count is not null or f.follow_up_count is not null or f.reopened is not null"


def _sql(context: Context) -> tuple[str, tuple[object, ...]]:
    """One row per period, group and agent: counts, and sums of the minutes to resolution."""
    asked = source(context, "tickets", uses=["sla_tickets", "csat_answers"])
    agent = "f.agent_employee_id"
    # Answers about calls have no ticket, so they cannot be split or filtered like tickets.
    calls = (
        ""
        if context.split or context.filters
        else """
  union all
  select p.i, cast(null as varchar), c.employee_id, a.satisfied from csat_answers a join calls c on c.call_id = a.call_id
  join p on a.responded_at >= p.since and a.responded_at < p.until where a.ticket_id is null"""
    )
    sql = f"""
with {asked.ctes},
resolved as (
  select p.i, {asked.group} as g, {agent} as agent, count(*) as n, count(f.resolution_minutes) as timed,
         coalesce(sum(f.resolution_minutes), 0) as minutes, coalesce(sum(f.resolution_minutes * f.resolution_minutes), 0) as squares,
         count(*) filter (where {_RECORDED}) as fcr_n, count(*) filter (where ({_RECORDED}) and {_FIRST}) as fcr_yes
  from {asked.relation} join p on f.resolved_at >= p.since and f.resolved_at < p.until
  where {asked.where} and {agent} is not null group by 1, 2, 3
),
promised as (
  select p.i, {asked.group} as g, {agent} as agent, count(distinct s.ticket_id) as n,
         count(distinct s.ticket_id) filter (where s.met) as yes
  from {asked.relation} join sla_tickets s on s.ticket_id = f.ticket_id
  join p on s.judged_at >= p.since and s.judged_at < p.until
  where {asked.where} group by 1, 2, 3
),
answers as (
  select p.i, {asked.group} as g, {agent} as agent, a.satisfied
  from {asked.relation} join csat_answers a on a.ticket_id = f.ticket_id
  join p on a.responded_at >= p.since and a.responded_at < p.until
  where {asked.where}{calls}
),
rated as (select i, g, agent, count(*) as n, count(*) filter (where satisfied) as yes from answers group by 1, 2, 3)
select r.*, coalesce(s.n, 0) as sla_compliance_rate_n, coalesce(s.yes, 0) as sla_compliance_rate_yes,
       coalesce(c.n, 0) as csat_n, coalesce(c.yes, 0) as csat_yes
from resolved r
left join promised s on s.i = r.i and s.agent = r.agent and s.g is not distinct from r.g
left join rated c on c.i = r.i and c.agent = r.agent and c.g is not distinct from r.g
order by 1, 2, 3
"""
    return sql, asked.params * 3
