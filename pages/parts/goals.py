"""Goals with their progress, and what needs doing now."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.text import Texts
from pages.parts import markup
from pages.parts.markup import esc, percent
from pages.parts.views import ActionRow, GoalRow

_TONE = {"reached": "better", "on_track": "better", "at_risk": "worse", "corrective_action_needed": "worse"}


def goal_rows(texts: Texts, rows: Sequence[GoalRow]) -> str:
    """The table of goals: now and target, way and time gone, state and date, chance with its interval."""
    chances = any(row.chance for row in rows)
    names = ("goal_and_kpi", "now", "progress", "state", *(("chance",) if chances else ()))
    numbers = ("now", "chance")
    heads = "".join(
        f'<th scope="col"{" class=k-num" if name in numbers else ""}>{esc(texts.t(f"parts.{name}"))}</th>'
        for name in names
    )
    return (
        f'<table class="k-goals"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(_goal(row, chances) for row in rows)}</tbody></table>"
    )


def _goal(row: GoalRow, chances: bool) -> str:
    name = f'<span class="k-goal-name">{esc(row.goal)}</span>'
    if row.pick:
        name = f'<button type="button" class="k-goal-name" data-pick="{esc(row.pick)}">{esc(row.goal)}</button>'
    chance = f'<td class="k-num">{esc(row.chance)}<small>{esc(row.chance_range)}</small></td>' if chances else ""
    return (
        f"<tr><td>{name}<small>{esc(row.kpi)}</small></td>"
        f'<td class="k-num">{markup.value(row.now)}<small>{esc(row.target)}</small></td>'
        f'<td class="k-way">{_progress(row)}<small>{esc(row.progress_text)}</small></td>'
        f"<td>{markup.state(row.state)}<small>{esc(row.by)}</small></td>{chance}</tr>"
    )


def _progress(row: GoalRow) -> str:
    if row.progress is None:
        return ""
    tick = "" if row.elapsed is None else f'<u style="inset-inline-start:{percent(row.elapsed)}"></u>'
    tone = _TONE.get(row.state.code, "")
    return (
        f'<div class="k-progress" aria-hidden="true"><i class="{tone}" style="width:{percent(row.progress)}"></i>'
        f"{tick}</div>"
    )


def action_rows(rows: Sequence[ActionRow]) -> str:
    """What needs doing, most urgent first: what and why, what is at stake, where to go."""
    return f'<ul class="k-actions">{"".join(_action(row) for row in rows)}</ul>'


def _action(row: ActionRow) -> str:
    return (
        f'<li class="k-action"><div><b>{esc(row.title)}</b><div class="k-small">{esc(row.detail)}</div></div>'
        f'<b class="k-num">{esc(row.stake)}</b>{markup.action(row.action) or "<span></span>"}</li>'
    )
