"""A funnel that adds up: one bar per step on one scale, where everybody went who entered."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.text import Texts
from pages.parts import markup
from pages.parts.markup import esc, percent
from pages.parts.views import FunnelStep

_COUNTS = ("lost", "back", "open", "median_time")


def funnel_legend(texts: Texts, before: bool = True) -> str:
    """What the parts of a bar mean; stands in the head of the section."""
    names = [("advanced", "advanced"), ("lost", "lost"), ("other", "open_or_back")]
    names += [("before", "advanced_before")] if before else []
    items = "".join(
        f'<span><i class="k-swatch {kind}"></i>{esc(texts.t(f"parts.{key}"))}</span>' for kind, key in names
    )
    return f'<div class="k-legend">{items}</div>'


def funnel_rows(texts: Texts, steps: Sequence[FunnelStep]) -> str:
    """The steps as a table. Entered = advanced + lost + moved back + open, in every row."""
    t = texts.t
    numbers = ("advanced", "change", *_COUNTS)
    heads = (
        f'<th scope="col">{esc(t("parts.step"))}</th><th scope="col" class="k-num">{esc(t("parts.entered"))}</th>'
        '<th scope="col"></th>'
        + "".join(f'<th scope="col" class="k-num">{esc(t(f"parts.{name}"))}</th>' for name in numbers)
    )
    rows = "".join(_step(texts, step) for step in steps)
    return f'<table class="k-funnel"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _step(texts: Texts, step: FunnelStep) -> str:
    days = "" if step.days is None else markup.value(step.days)
    shown = (esc(step.lost_text), esc(step.back_text), esc(step.open_text), days)
    counts = "".join(
        f'<td class="k-num count" data-head="{esc(texts.t(f"parts.{head}"))}">{text}</td>'
        for head, text in zip(_COUNTS, shown, strict=True)
    )
    return (
        f'<tr{" class=strong" if step.strong else ""}><th scope="row">{esc(step.name)}</th>'
        f'<td class="k-num entered">{esc(step.entered)}</td><td class="k-track">{_bar(step)}</td>'
        f'<td class="k-num rate"><b>{esc(step.rate)}</b><small>{esc(step.rate_note)}</small></td>'
        f'<td class="k-num change">{markup.change(step.change)}<small>{esc(step.change_note)}</small></td>{counts}</tr>'
    )


def _bar(step: FunnelStep) -> str:
    pieces = "".join(
        f'<span class="{kind}" style="width:{percent(length)}"></span>'
        for kind, length in (("advanced", step.advanced), ("lost", step.lost), ("other", step.other))
        if length > 0
    )
    tick = "" if step.before is None else f'<u style="inset-inline-start:{percent(step.before)}"></u>'
    return f'<div class="k-stack" aria-hidden="true">{pieces}{tick}</div>'
