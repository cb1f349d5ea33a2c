"""Two dimensions at once: the heat map of recency and frequency, the migration between segments."""

from __future__ import annotations

from pages.parts.markup import esc
from pages.parts.views import HeatCell, HeatMap, Migration, Move

_ARROW = {
    "up": '<i class="k-arrow up" aria-hidden="true"></i>',
    "down": '<i class="k-arrow down" aria-hidden="true"></i>',
}


def heat_map(heat: HeatMap) -> str:
    """Count big, share small, six steps of shade; a cell with a pick is a button."""
    columns = "".join(f'<th scope="col">{esc(label)}</th>' for label in heat.columns)
    body = "".join(
        f'<tr><th scope="row">{esc(label)}</th>{"".join(f"<td>{_cell(cell)}</td>" for cell in cells)}</tr>'
        for label, cells in heat.rows
    )
    span = len(heat.columns)
    return (
        f'<div class="k-heat"><table><thead><tr><th class="k-row-title"></th><th colspan="{span}">{esc(heat.row_title)}'
        f"</th></tr></thead><tbody>{body}</tbody><tfoot><tr><td></td>{columns}</tr>"
        f'<tr><td></td><th colspan="{span}">{esc(heat.column_title)}</th></tr></tfoot></table></div>'
    )


def _cell(cell: HeatCell) -> str:
    inside = f"<b>{esc(cell.text)}</b><span>{esc(cell.note)}</span>"
    kind = f"k-cell s{min(max(cell.step, 0), 5)}"
    if not cell.pick:
        return f'<div class="{kind}">{inside}</div>'
    label = f' aria-label="{esc(cell.label)}"' if cell.label else ""
    return f'<button type="button" class="{kind}" data-pick="{esc(cell.pick)}"{label}>{inside}</button>'


def migration(matrix: Migration) -> str:
    """From rows to columns: the diagonal grey, better blue with an arrow up, worse orange with an arrow down."""
    heads = "".join(f'<th scope="col">{esc(label)}</th>' for label in matrix.columns)
    body = "".join(
        f'<tr><th scope="row">{esc(label)}</th>{"".join(f"<td>{_move(move)}</td>" for move in moves)}'
        f'<td class="k-num k-strong">{esc(total)}</td></tr>'
        for label, moves, total in matrix.rows
    )
    return (
        f'<div class="k-moves" tabindex="0" role="group"><table><thead><tr><th scope="col">{esc(matrix.corner)}</th>{heads}'
        f'<th scope="col" class="k-num">{esc(matrix.total)}</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _move(move: Move) -> str:
    kind = f"k-move {move.way} t{min(max(move.step, 0), 2)}"
    inside = f"{_ARROW.get(move.way, '')}{esc(move.text)}"
    if not move.pick:
        return f'<span class="{kind}">{inside}</span>'
    return f'<button type="button" class="{kind}" data-pick="{esc(move.pick)}">{inside}</button>'
