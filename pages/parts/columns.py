"""One column of a file in the import: what is in it, what becomes of it, how surely and why, what does not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pages.parts.markup import esc, percent


@dataclass(frozen=True)
class ColumnRead:
    """A column of a file. pairs: a cell and what it becomes; samples: cells where it goes nowhere."""

    name: str
    pairs: tuple[tuple[str, str], ...] = ()
    samples: str = ""
    filled: str = ""


@dataclass(frozen=True)
class ColumnSure:
    """How surely a column goes where it goes. share 0–1, None where nothing is proposed; tone: "" or weak."""

    share: float | None = None
    word: str = ""
    number: str = ""
    why: str = ""
    wrong: str = ""
    tone: Literal["", "weak"] = ""


def column_heads(heads: Sequence[str]) -> str:
    """What stands in the three places of every column below."""
    return '<div class="k-col-heads">' + "".join(f"<span>{esc(each)}</span>" for each in heads) + "</div>"


def column_read(shown: ColumnRead) -> str:
    """The name, and cells beside what they become; cells alone where they go nowhere."""
    pairs = "".join(
        f'<li><span class="k-cell-in">{esc(cell)}</span><span class="k-cell-out">{esc(value)}</span></li>'
        for cell, value in shown.pairs
    )
    alone = f'<p class="k-cell-in">{esc(shown.samples)}</p>' if shown.samples else ""
    filled = f' <span class="k-aside">{esc(shown.filled)}</span>' if shown.filled else ""
    listed = f'<ul class="k-pairs">{pairs}</ul>' if pairs else alone
    return f'<div class="k-col"><p class="k-col-name"><b>{esc(shown.name)}</b>{filled}</p>{listed}</div>'


def column_sure(shown: ColumnSure) -> str:
    """How surely as a bar, a word and a number; why; which cells would be rejected."""
    bar = ""
    if shown.share is not None:
        bar = (
            f'<p class="k-sure {esc(shown.tone)}"><span class="k-bar strong" aria-hidden="true">'
            f'<i style="width:{percent(shown.share)}"></i></span><b>{esc(shown.word)}</b> {esc(shown.number)}</p>'
        )
    why = f'<p class="k-small">{esc(shown.why)}</p>' if shown.why else ""
    wrong = f'<p class="k-wrong">{esc(shown.wrong)}</p>' if shown.wrong else ""
    return f'<div class="k-col">{bar}{why}{wrong}</div>'
