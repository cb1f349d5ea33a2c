"""The scorecard: data against judgement on one scale from 0 to 10."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.text import Texts
from pages.parts import markup, plots
from pages.parts.markup import esc
from pages.parts.views import Factor, Perspective

SCALE = plots.Scale(0.0, 10.0)
_ENDS = (0.0, 5.0, 10.0)


def score_legend(texts: Texts) -> str:
    """The two marks; stands in the head of the section."""
    data, people = esc(texts.t("parts.from_data")), esc(texts.t("parts.from_people"))
    return (
        f'<div class="k-legend"><span><i class="k-key"></i>{data}</span>'
        f'<span><i class="k-key people"></i>{people}</span></div>'
    )


def score_rows(texts: Texts, perspectives: Sequence[Perspective]) -> str:
    """Perspectives with their factors. What is missing says so in words and has no dot."""
    t = texts.t
    scale = "".join(f"<span>{esc(texts.number(end, decimals=0))}</span>" for end in _ENDS)
    heads = (
        f'<th scope="col">{esc(t("parts.factor"))}</th><th class="k-track"><span class="k-scale">{scale}</span></th>'
    )
    heads += "".join(
        f'<th scope="col" class="k-num{more}">{esc(t(f"parts.{name}"))}</th>'
        for name, more in (("data", ""), ("people", ""), ("gap", ""), ("weight", " secondary"))
    )
    body = "".join(_perspective(each) + "".join(_factor(texts, row) for row in each.factors) for each in perspectives)
    return f'<table class="k-score"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _perspective(row: Perspective) -> str:
    tone = " worse" if row.weak else ""
    bar = "" if row.score is None else plots.plot(plots.span(SCALE, 0.0, row.score, f"bar{tone}"))
    return (
        f'<tr class="perspective"><th scope="rowgroup">{esc(row.name)}<small>{esc(row.measured)}</small></th>'
        f'<td class="k-track">{bar}</td><td class="k-num"></td>'
        f'<td class="k-num total-score">{esc(row.score_text)}</td>'
        f'<td class="k-num">{markup.change(row.change)}<small>{esc(row.change_note)}</small></td>'
        f'<td class="k-num k-strong secondary">{esc(row.weight)}</td></tr>'
    )


def _factor(texts: Texts, row: Factor) -> str:
    heads = [f' data-head="{esc(texts.t(f"parts.{each}"))}"' for each in ("data", "people", "gap")]
    name = esc(row.name)
    if row.pick:
        unfolded = "true" if row.detail else "false"
        name = f'<button type="button" class="k-pick" aria-expanded="{unfolded}" data-pick="{esc(row.pick)}">{name}</button>'
    gap = f'<b class="k-worse">{esc(row.gap)}</b>' if row.apart else esc(row.gap)
    data = "k-num" if row.data is not None else "k-num k-grey"
    people = "k-num" if row.people is not None else "k-num k-grey"
    return (
        f'<tr><th scope="row">{name}</th><td class="k-track">{_line(row)}</td>'
        f'<td class="{data}"{heads[0]}>{esc(row.data_text)}</td><td class="{people}"{heads[1]}>{esc(row.people_text)}</td>'
        f'<td class="k-num"{heads[2]}>{gap}</td><td class="k-num k-small secondary">{esc(row.weight)}</td></tr>'
        + (f'<tr class="detail"><td colspan="6">{row.detail}</td></tr>' if row.detail else "")
    )


def _line(row: Factor) -> str:
    pieces = ['<i class="axis"></i>', *(plots.rule(SCALE, end) for end in _ENDS)]
    if row.low is not None and row.high is not None:
        pieces.append(plots.span(SCALE, row.low, row.high))
    if row.apart and row.data is not None and row.people is not None:
        pieces.append(plots.span(SCALE, row.data, row.people, "joint"))
    if row.people is not None:
        pieces.append(plots.dot(SCALE, row.people, "k-person"))
    if row.data is not None:
        pieces.append(plots.dot(SCALE, row.data))
    return plots.plot(*pieces)
