"""The score of leads: how promising each is by interest, influence, need and stage."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.core import Row

LEVELS = ("interest_level", "contact_influence", "need_level")
STAGE = "sales_stage"
_OPEN = """
f.created_at < {until} and (f.converted_at >= {until} or (f.converted_at is null and coalesce(f.status, '') <> 'converted'))
and (f.lost_at >= {until} or (f.lost_at is null and coalesce(f.status, '') <> 'lost'))
"""
# The place of each stage among the open ones of leads (of all, where none is marked as theirs), and the last place.
# A won stage stands at the last place.
_PLACES = """
listed as (
  select pipeline, lower(trim(stage)) as stage, position, coalesce(kind, 'open') as kind from stages
  where position is not null and (lower(entity) in ('lead', 'leads')
    or not exists (select 1 from stages where lower(entity) in ('lead', 'leads') and position is not null))
),
ranked as (select *, dense_rank() over (partition by pipeline order by position) as place from listed where kind = 'open'),
places as (
  select stage, arg_min(place, place / last) as place, arg_min(last, place / last) as last from (
    select l.stage, coalesce(r.place, m.last) as place, m.last
    from listed l
    join (select pipeline, max(place) as last from ranked group by 1) m on m.pipeline is not distinct from l.pipeline
    left join ranked r on r.pipeline is not distinct from l.pipeline and r.stage = l.stage
    where l.kind <> 'lost'
  ) group by 1
)"""


def median(context: Context) -> list[Row]:
    """Median score (0 to 100) of the leads open at the end of the period; n: those with a score."""
    asked = source(context, "leads")
    score = points(context.workspace)
    sql = f"""
with {asked.ctes},
{_PLACES.strip()},
scored as (
  select p.i, {asked.group} as g, {score} as score
  from {asked.relation} join p on {_OPEN.format(until="p.until")}
  left join places s on s.stage = lower(trim(f.sales_stage)) where {asked.where}
)
select i, g, median(score) as value, count(score) as n from scored group by 1, 2
"""
    return filled(context, context.frame(sql, asked.params))


def scores(workspace: Any, until: date) -> pd.DataFrame:
    """Every lead open at the end of the day before `until`, the best first: lead_id, score (ours, null where no
    criterion is filled), given (the score of another system, never mixed in), the four criteria."""
    sql = f"""
with {_PLACES.strip()}
select f.lead_id, {points(workspace)} as score, f.score as given, {", ".join(f"f.{c}" for c in (*LEVELS, STAGE))}
from leads f left join places s on s.stage = lower(trim(f.sales_stage))
where {_OPEN.format(until="$1")} order by 2 desc nulls last, 1
"""
    return workspace.frame(sql, [until])


def points(workspace: Any) -> str:
    """The score as SQL over `f` (leads) and `s` (places): 100 * sum(weight * level) / sum(weight * highest level).

    Only criteria that are filled count. Levels: low 1, medium 2, high 3; stage: its place, at most the last place.
    Setting lead_score_weights.
    """
    weights = workspace.settings.get("lead_score_weights")
    levels = {c: f"(case f.{c} when 'low' then 1 when 'medium' then 2 when 'high' then 3 end)" for c in LEVELS}
    levels[STAGE] = "s.place"
    most = dict.fromkeys(LEVELS, "3") | {STAGE: "s.last"}
    above = " + ".join(f"coalesce({weights[c]} * {level}, 0)" for c, level in levels.items())
    below = " + ".join(
        f"case when {level} is null then 0 else {weights[c]} * {most[c]} end" for c, level in levels.items()
    )
    return f"100.0 * ({above}) / nullif({below}, 0)"
