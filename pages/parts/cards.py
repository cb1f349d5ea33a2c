"""Cards: a KPI on the board, a KPI that waits for a column, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpi.text import Texts
from pages.parts import markup
from pages.parts.markup import esc, rich
from pages.parts.views import Action, BlockedKpi, DataGrade, KpiCard

SPARK_POINTS = 13
_HEIGHT = 40.0


def cards(items: Iterable[str]) -> str:
    """Cards side by side, as many as fit."""
    return f'<div class="k-cards">{"".join(items)}</div>'


def kpi_card(card: KpiCard) -> str:
    """One KPI: name, value with its interval, change, 13 periods with the target, state. The whole card is one button."""
    label = f' aria-label="{esc(card.label)}"' if card.label else ""
    change = markup.change(card.change) or '<span class="k-chg"></span>'
    interval = f'<span class="k-interval">{esc(card.interval)}</span>' if card.interval else ""
    hint = f'<span class="k-hint">{esc(card.hint)}</span>' if card.hint else ""
    running = (
        f'<span class="k-running" title="{esc(card.running_note)}">{esc(card.running)}</span>' if card.running else ""
    )
    owner = f'<span class="k-owner">{esc(card.owner)}</span>' if card.owner else ""
    line = spark(card.points, card.target, card.open_end, card.marks, card.low, card.high, card.band)
    return (
        f'<button type="button" class="k-card" data-pick="{esc(card.pick)}"{label}>'
        f'<span class="k-titled"><span class="k-name">{esc(card.name)}</span>{data_grade(card.data)}</span>'
        f'<span class="k-figure">{markup.value(card.value)}{interval}</span>{change}{hint}{line}{running}'
        f'<span class="k-foot">{markup.state(card.state)}<span>{esc(card.target_text)}</span>{owner}</span></button>'
    )


def data_grade(shown: DataGrade | None) -> str:
    """The grade of the data behind a number: a figure with its word on hover, never the colour alone."""
    if shown is None:
        return ""
    return (
        f'<span class="k-data {esc(shown.code)}" role="img" title="{esc(shown.note)}" aria-label="{esc(shown.note)}">'
        f'<i class="k-mark" aria-hidden="true"></i>{esc(shown.text)}</span>'
    )


def blocked_kpi(texts: Texts, card: BlockedKpi) -> str:
    """A KPI that the data cannot answer: which columns it needs, what they mean, what to do."""
    columns = " ".join(f"<code>{esc(column)}</code>" for column in card.columns)
    blocked = f'<span class="k-state no_target"><i class="k-mark"></i>{esc(texts.t("parts.blocked"))}</span>'
    needs = f'<p class="k-needs">{esc(texts.t("parts.needs"))} {columns}</p>' if columns else ""
    return (
        f'<div class="k-blocked"><span class="k-name">{esc(card.name)}</span>{needs}<p class="k-small">{rich(card.meaning)}</p>'
        f'<div class="k-foot">{blocked}{markup.action(card.action)}</div></div>'
    )


def next_step(texts: Texts, title: str, text: str, action: Action | None = None) -> str:
    """The one thing to do next: violet ground, the page's one filled button."""
    button = f'<div class="k-buttons">{markup.action(action, "primary")}</div>' if action else ""
    label = esc(texts.t("parts.next_step"))
    return f'<div class="k-next"><span class="k-small">{label}</span><h2>{esc(title)}</h2><p>{rich(text)}</p>{button}</div>'


def spark(
    points: Sequence[float | None],
    target: float | None = None,
    open_end: bool = False,
    marks: Sequence[str | None] = (),
    low: float | None = None,
    high: float | None = None,
    band: tuple[float, float] | None = None,
) -> str:
    """The last 13 periods as a line, the target dotted (of a band both ends), a dot on the last; gaps where nothing is defined.

    open_end: the last period still runs: its stretch is dotted, its dot hollow. marks: points that are signals, as
    diamonds. low, high: the interval of the last point, as an upright line through it.
    """
    shown = list(points)[-SPARK_POINTS:]
    told = [None] * (len(shown) - len(marks[-SPARK_POINTS:])) + list(marks)[-SPARK_POINTS:]
    defined = [point for point in shown if point is not None]
    if not defined:
        return '<span class="k-spark" aria-hidden="true"></span>'
    aims = list(band) if band else _known(target)
    held = [*defined, *aims, *_known(low), *_known(high)]
    bottom, top = min(held), max(held)
    places = [None if point is None else (_x(i, len(shown)), _y(point, bottom, top)) for i, point in enumerate(shown)]
    closed = places[:-1] if open_end and len(places) > 1 else places
    lines = [f'<path d="{_path(closed)}"/>']
    if closed is not places and None not in places[-2:]:
        lines.append(f'<path class="open" d="{_path(places[-2:])}"/>')
    rule = "".join(f'<i class="k-spark-target" style="top:{_y(aim, bottom, top) / _HEIGHT:.2%}"></i>' for aim in aims)
    last = places[-1]
    whisker = (
        _whisker(last[0], _y(high, bottom, top), _y(low, bottom, top))
        if last and low is not None and high is not None
        else ""
    )
    signals = "".join(
        f'<i class="k-sign {esc(tone)}" style="left:{place[0]:.2f}%;top:{place[1] / _HEIGHT:.2%}"></i>'
        for place, tone in zip(places, told, strict=True)
        if place and tone is not None
    )
    hollow = " hollow" if open_end else ""
    plain = last and (not told or told[-1] is None)
    dot = (
        f'<i class="k-dot{hollow}" style="left:{last[0]:.2f}%;top:{last[1] / _HEIGHT:.2%}"></i>'
        if last and plain
        else ""
    )
    return (
        f'<span class="k-spark" aria-hidden="true">{rule}<svg viewBox="0 0 100 {_HEIGHT:g}" '
        f'preserveAspectRatio="none">{"".join(lines)}</svg>{whisker}{signals}{dot}</span>'
    )


def _whisker(x: float, top: float, bottom: float) -> str:
    return (
        f'<i class="k-whisker" style="left:{x:.2f}%;top:{top / _HEIGHT:.2%};height:{(bottom - top) / _HEIGHT:.2%}"></i>'
    )


def _known(value: float | None) -> list[float]:
    return [] if value is None else [value]


def _x(index: int, count: int) -> float:
    return 1 + 96 * index / max(count - 1, 1)


def _y(value: float, low: float, high: float) -> float:
    """From the top, with room for the dot; a flat line runs through the middle."""
    share = 0.5 if high == low else (high - value) / (high - low)
    return _HEIGHT * (0.1 + 0.8 * share)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    steps, pen_up = [], True
    for place in places:
        if place is not None:
            steps.append(f"{'M' if pen_up else 'L'}{place[0]:.2f} {place[1]:.2f}")
        pen_up = place is None
    return "".join(steps)
