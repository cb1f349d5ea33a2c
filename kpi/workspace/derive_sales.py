"""Derived columns of leads, opportunities and their stage history."""

from __future__ import annotations

from collections.abc import Iterable

from kpi import model
from kpi.workspace.layers import Layer
from kpi.workspace.sources import Sources

# The kind of each stage: of its own pipeline where stages name pipelines, else of any.
KINDS = """LEFT JOIN (
    SELECT lower(trim(stage)) AS stage, lower(trim(pipeline)) AS pipeline, min(kind) AS kind FROM main.stages
    WHERE kind IS NOT NULL AND lower(coalesce(entity, 'opportunity')) NOT IN ('lead', 'leads', 'quote', 'quotes') GROUP BY ALL
) own ON own.stage = lower(trim(t.stage)) AND own.pipeline = lower(trim(t.pipeline))
LEFT JOIN (
    SELECT lower(trim(stage)) AS stage, min(kind) AS kind, count(DISTINCT kind) AS kinds, bool_or(pipeline IS NULL) AS common
    FROM main.stages
    WHERE kind IS NOT NULL AND lower(coalesce(entity, 'opportunity')) NOT IN ('lead', 'leads', 'quote', 'quotes')
    GROUP BY 1
) shared ON shared.stage = lower(trim(t.stage)) AND shared.kinds = 1 AND (shared.common OR t.pipeline IS NULL)"""


def opportunities(sources: Sources) -> Iterable[Layer]:
    """outcome: given, else the kind of the stage."""
    yield Layer(
        {"outcome": "coalesce(t.outcome, own.kind, shared.kind)"},
        joins=KINDS,
        where="t.outcome IS NULL AND t.stage IS NOT NULL AND EXISTS (SELECT 1 FROM main.stages WHERE kind IS NOT NULL)",
    )


def opportunity_stage_history(sources: Sources) -> Iterable[Layer]:
    """left_at: given, else when the next stage was entered (at the same moment: in the order of the stages)."""
    order = "ORDER BY t.entered_at, s.position NULLS FIRST, t.stage"
    yield Layer(
        {"left_at": f"coalesce(t.left_at, lead(t.entered_at) OVER (PARTITION BY t.opportunity_id {order}))"},
        joins="LEFT JOIN (SELECT lower(trim(stage)) AS stage, min(position) AS position FROM main.stages GROUP BY 1) s "
        "ON s.stage = lower(trim(t.stage))",
        where="t.left_at IS NULL AND t.opportunity_id IS NOT NULL AND t.entered_at IS NOT NULL",
    )


def leads(sources: Sources) -> Iterable[Layer]:
    """converted_at: given, else the lead's first won opportunity, else its customer's first order after its creation.
    A conversion dated before the creation is kept."""
    won = "SELECT lead_id, min(closed_at) AS won_at FROM main.opportunities WHERE outcome = 'won' GROUP BY lead_id"
    first = (
        f"SELECT l.lead_id, min(o.ordered_at) AS ordered_at FROM {sources.relation('leads')} l "
        f"JOIN (SELECT customer_id, ordered_at FROM main.orders WHERE {model.table('orders').live}) o "
        "ON o.customer_id = l.customer_id AND o.ordered_at >= l.created_at GROUP BY l.lead_id"
    )
    yield Layer(
        {"converted_at": "coalesce(t.converted_at, w.won_at, o.ordered_at)"},
        joins=f"LEFT JOIN ({won}) w ON w.lead_id = t.lead_id LEFT JOIN ({first}) o ON o.lead_id = t.lead_id",
        where="t.converted_at IS NULL",
    )
