"""A table that people read; thousands of raw rows go to `st.dataframe` instead."""

from __future__ import annotations

from pages.parts import markup
from pages.parts.markup import esc
from pages.parts.views import Cell, Column, Table


def table(shown: Table) -> str:
    """Numbers at the end with even digits, hairlines between rows, the total last."""
    heads = "".join(f'<th scope="col"{_kind(column)}>{esc(column.head)}</th>' for column in shown.columns)
    body = "".join(f"<tr>{_cells(shown.columns, row)}</tr>" for row in shown.rows)
    total = f'<tr class="total">{_cells(shown.columns, shown.total)}</tr>' if shown.total else ""
    caption = f"<caption>{esc(shown.caption)}</caption>" if shown.caption else ""
    return f'<table class="k-table">{caption}<thead><tr>{heads}</tr></thead><tbody>{body}{total}</tbody></table>'


def _kind(column: Column, *more: str) -> str:
    names = [*(["k-num"] if column.number else []), *(["secondary"] if column.secondary else []), *more]
    return f' class="{" ".join(names)}"' if names else ""


def _cells(columns: tuple[Column, ...], row: tuple[str | Cell, ...]) -> str:
    parts = []
    for index, (column, given) in enumerate(zip(columns, row, strict=True)):
        cell = given if isinstance(given, Cell) else Cell(given)
        more = [*(["k-strong"] if cell.strong else []), *(["k-grey"] if cell.grey else [])]
        tag = 'th scope="row"' if index == 0 else "td"
        parts.append(f"<{tag}{_kind(column, *more)}>{_inside(cell)}</{tag[:2]}>")
    return "".join(parts)


def _inside(cell: Cell) -> str:
    text = markup.action(cell.action) if cell.action else esc(cell.text)
    note = f"<small>{esc(cell.note)}</small>" if cell.note else ""
    return f"{text}{markup.change(cell.change)}{note}"
