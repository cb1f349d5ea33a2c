"""A breakdown by one dimension: who is where, how sure that is, and what each contributed to the change."""

from __future__ import annotations

from kpi.text import Texts
from pages.parts import markup, plots
from pages.parts.markup import esc
from pages.parts.views_kpi import Leader, Leaderboard


def leaderboard(texts: Texts, board: Leaderboard) -> str:
    """Name, n, value, dot with interval against the target, part of the change as bar and number, total row.

    Rows come sorted by their part of the change; a group that is too small is grey and has no part.
    """
    ends = [end for row in board.rows for end in (row.low, row.point, row.high)]
    dots = plots.Scale.over(*ends, board.target) if any(end is not None for end in ends) else None
    parts = plots.Scale.over(0.0, *(row.part for row in board.rows))
    parts = parts if any(row.part is not None for row in board.rows) else None
    dimension, n, value, part = (esc(head) for head in board.heads)
    heads = f'<th scope="col">{dimension}</th><th scope="col" class="k-num">{n}</th><th scope="col" class="k-num">{value}</th>'
    if dots:
        heads += f'<th scope="col" class="secondary">{_plot_head(texts, board)}</th>'
    if parts:
        heads += f'<th class="secondary"></th><th scope="col" class="k-num wrap">{part}</th>'
    effects = bool(parts and board.effects)
    if effects:
        heads += "".join(f'<th scope="col" class="k-num wrap secondary">{esc(head)}</th>' for head in board.effects)
    rows = "".join(_row(texts, row, board.target, dots, parts, effects) for row in board.rows)
    total = _total(board.total, dots is not None, parts is not None, effects)
    return f'<table class="k-leaders"><thead><tr>{heads}</tr></thead><tbody>{rows}{total}</tbody></table>'


def _plot_head(texts: Texts, board: Leaderboard) -> str:
    """What the dots, their lines and the dotted rule are; nothing where none is drawn."""
    names = [texts.t("parts.interval")] if any(row.low is not None for row in board.rows) else []
    names += [f"{texts.t('parts.target')} ┊"] if board.target is not None else []
    return esc(" · ".join(names))


def _row(
    texts: Texts, row: Leader, target: float | None, dots: plots.Scale | None, parts: plots.Scale | None, effects: bool
) -> str:
    """One group; without interval or part of the change in any row, that column is left out."""
    name = esc(row.name)
    if row.pick:
        name = f'<button type="button" class="k-pick" data-pick="{esc(row.pick)}">{name}</button>'
    few = f"<small>{esc(texts.t('parts.too_few'))}</small>" if row.few else ""
    few += f"<small>{esc(row.note)}</small>" if row.note else ""
    cells = f'<td class="k-num">{esc(row.n)}</td><td class="k-num">{esc(row.value)}</td>'
    if dots:
        cells += f'<td class="secondary">{_dot(row, target, dots)}</td>'
    if parts:
        part = "" if row.few else markup.change(row.part_shown)
        cells += f'<td class="secondary">{_part(row, parts)}</td><td class="k-num">{part}</td>'
    if effects:
        cells += _effects(row)
    return f'<tr{" class=few" if row.few else ""}><th scope="row">{name}{few}</th>{cells}</tr>'


def _dot(row: Leader, target: float | None, scale: plots.Scale) -> str:
    pieces = []
    if row.low is not None and row.high is not None:
        pieces.append(plots.span(scale, row.low, row.high))
    if target is not None:
        pieces.append(plots.rule(scale, target, "target"))
    if row.point is not None:
        pieces.append(plots.dot(scale, row.point))
    return plots.plot(*pieces)


def _part(row: Leader, scale: plots.Scale) -> str:
    zero = plots.rule(scale, 0.0)
    if row.few or row.part is None:
        return plots.plot(zero)
    tone = row.part_shown.tone if row.part_shown else ""
    return plots.plot(plots.span(scale, 0.0, row.part, f"bar {tone}"), zero)


def _effects(row: Leader) -> str:
    return "".join(f'<td class="k-num k-small secondary">{esc(each)}</td>' for each in row.effects)


def _total(row: Leader, dots: bool, parts: bool, effects: bool) -> str:
    cells = f'<td class="k-num">{esc(row.n)}</td><td class="k-num k-strong">{esc(row.value)}</td>'
    if dots:
        cells += '<td class="secondary"></td>'
    if parts:
        shown = esc(row.part_shown.text) if row.part_shown else ""
        cells += f'<td class="secondary"></td><td class="k-num k-strong">{shown}</td>'
    if effects:
        cells += _effects(row)
    return f'<tr class="total"><th scope="row">{esc(row.name)}</th>{cells}</tr>'
