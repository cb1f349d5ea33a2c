"""Ranked bars with their numbers, and the middle half with the median."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts import markup
from pages.parts.markup import esc, percent
from pages.parts.views import Bar, Spread


def bar_rows(rows: Sequence[Bar], heads: Sequence[str] = ()) -> str:
    """Ranked bars. heads: for name, value, share and change, where the columns need saying (all four)."""
    shares, changes = any(row.share for row in rows), any(row.change for row in rows)
    head = ""
    if heads:
        name, value, share, change = (esc(text) for text in heads)
        last = (f'<th class="k-num">{share}</th>' if shares else "") + (
            f'<th class="k-num">{change}</th>' if changes else ""
        )
        head = f'<thead><tr><th>{name}</th><th></th><th class="k-num">{value}</th>{last}</tr></thead>'
    body = "".join(_bar(row, shares, changes) for row in rows)
    return f'<table class="k-bars">{head}<tbody>{body}</tbody></table>'


def _bar(row: Bar, shares: bool, changes: bool) -> str:
    name = esc(row.name)
    if row.pick:
        name = f'<button type="button" class="k-pick" data-pick="{esc(row.pick)}">{name}</button>'
    strong = " strong" if row.strong else ""
    bar = (
        f'<span class="k-bar {row.tone}{strong}" aria-hidden="true"><i style="width:{percent(row.length)}"></i></span>'
    )
    share = f'<td class="k-num k-small">{esc(row.share)}</td>' if shares else ""
    change = f'<td class="k-num">{markup.change(row.change)}</td>' if changes else ""
    return (
        f'<tr><th scope="row">{name}</th><td class="k-track">{bar}</td><td class="k-num">{esc(row.value)}</td>'
        f"{share}{change}</tr>"
    )


def spread_rows(rows: Sequence[Spread]) -> str:
    """The middle half as a bar, the median as a tick, on one scale from the reading side."""
    return f'<table class="k-bars"><tbody>{"".join(_spread(row) for row in rows)}</tbody></table>'


def _spread(row: Spread) -> str:
    box = f"inset-inline-start:{percent(row.low)};width:{percent(row.high - row.low)}"
    return (
        f'<tr><th scope="row">{esc(row.name)}</th><td class="k-track"><span class="k-spread" aria-hidden="true">'
        f'<i style="{box}"></i><u style="inset-inline-start:{percent(row.middle)}"></u></span></td>'
        f'<td class="k-num">{markup.value(row.value)}</td><td class="k-num k-small">{esc(row.range)}</td></tr>'
    )
