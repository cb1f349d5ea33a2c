"""The trend of one KPI: signal against noise, target, interval, the period that still runs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from kpi.charts.look import HEIGHT, Axis, Line, Style, data, dress, number_axis, tip

MOST_TICKS = 7


@dataclass(frozen=True)
class Point:
    """One period of a trend. label: one or two lines for the axis; name, shown: period and value for the tooltip.

    complete: False while the period still runs; signal: outside what chance explains, tone: whether that is `better`
    or `worse` ("" neither), why: what the signal is, in words; usual, mean: where they differ from period to period.
    """

    label: tuple[str, ...]
    value: float | None
    low: float | None = None
    high: float | None = None
    complete: bool = True
    signal: bool = False
    name: str = ""
    shown: str = ""
    tone: str = "worse"
    why: str = ""
    usual: tuple[float, float] | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Trend:
    """Everything in a trend chart. usual: lower and upper end of the usual range, mean: the line in its middle, where
    they are the same for all points; events: index and number on it."""

    points: tuple[Point, ...]
    axis: Axis
    usual: tuple[float, float] | None = None
    usual_label: str = ""
    mean: Line | None = None
    target: Line | None = None
    events: tuple[tuple[int, str], ...] = ()
    unfinished_label: str = ""


def trend(style: Style, given: Trend, height: int = HEIGHT) -> alt.LayerChart:
    """Usual range as a band, mean as a hairline, target dashed from its day, thin intervals, signals as diamonds in
    the colour of better or worse, the unfinished period hollow and dotted; labels at the right end."""
    tokens = style.tokens
    rows = [_row(index, point, given.axis) for index, point in enumerate(given.points)]
    last = len(rows) - 1
    edges = (-0.4, max(last, 0) + 0.4)
    x = alt.X("x:Q", scale=alt.Scale(domain=edges, nice=False), axis=_time_axis(given.points), title=None)
    y_scale = alt.Scale(domain=_domain(given), nice=False, zero=False)
    y_look: dict[str, Any] = {
        "scale": y_scale,
        "axis": number_axis(given.axis, 16 if given.events else 0),
        "title": style.say(given.axis.title),
    }
    y = alt.Y("y:Q", **y_look)
    scaled = given.axis.divisor
    layers: list[alt.Chart] = []
    labels: list[dict[str, Any]] = []

    if given.usual:
        low, high = (end / scaled for end in given.usual)
        band = alt.Chart(data([{"x": edges[0], "x2": edges[1], "y": low, "y2": high}]))
        layers.append(band.mark_rect(color=tokens["sunk"]).encode(x=x, x2="x2:Q", y=y, y2="y2:Q"))
        labels.append({"y": high, "text": given.usual_label, "color": tokens["ink2"]})
    layers += _steps(given, style, x, y)
    last_usual = next((p.usual for p in reversed(given.points) if p.usual), None)
    if last_usual:
        labels.append({"y": last_usual[1] / scaled, "text": given.usual_label, "color": tokens["ink2"]})
    if given.mean:
        layers.append(_rule(given.mean, edges, scaled, x, y, color=tokens["line2"], strokeWidth=1))
        labels.append({"y": given.mean.value / scaled, "text": given.mean.label, "color": tokens["ink2"]})
    if given.target:
        layers += _target(given.target, edges, scaled, x, y, tokens["ink"])
        labels.append({"y": given.target.value / scaled, "text": given.target.label, "color": tokens["ink"]})
    layers += _events(given, style, x)
    layers += _line(rows, style, x, y_look)
    if rows and not given.points[-1].complete and rows[-1]["y"] is not None and given.unfinished_label:
        labels.append({"y": rows[-1]["y"], "text": given.unfinished_label, "color": tokens["ink2"]})
    layers.append(_end_labels(labels, edges[1], _domain(given), height, style, x, y))
    drawn = alt.layer(*layers).properties(description=given.axis.title)  # what a screen reader says of the picture
    return dress(drawn, style, height, top=42 if given.events else 22)


def _row(index: int, point: Point, axis: Axis) -> dict[str, Any]:
    said = tip(point.name or " ".join(point.label), point.shown, point.why if point.signal else "")
    shown: dict[str, Any] = {"x": index, "tip": said}
    for key, value in (("y", point.value), ("low", point.low), ("high", point.high)):
        shown[key] = None if value is None or not math.isfinite(value) else value / axis.divisor
    return shown | {"complete": point.complete, "signal": point.signal, "tone": point.tone}


def _domain(given: Trend) -> tuple[float, float]:
    """All that is drawn, with a little room; fractions stay between 0 and 1 where they are."""
    ends = [end for point in given.points for end in (point.value, point.low, point.high)]
    ends += [end for point in given.points for end in (*(point.usual or ()), point.mean)]
    ends += given.target.ends if given.target and given.target.ends else ()
    ends += [*(given.usual or ()), *(line.value for line in (given.mean, given.target) if line)]
    known = [end / given.axis.divisor for end in ends if end is not None and math.isfinite(end)] or [0.0, 1.0]
    low, high = min(known), max(known)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    floor = 0.0 if low >= 0 else -math.inf
    ceiling = 1.0 if given.axis.percent and high <= 1 else math.inf
    return max(low - room, floor), min(high + room, ceiling)


def _time_axis(points: Sequence[Point]) -> alt.Axis:
    """Every n-th period with its label; the second line (the year) where it changes."""
    step = max(1, math.ceil(len(points) / MOST_TICKS))
    shown: dict[int, list[str]] = {}
    year = None
    for index in range(0, len(points), step):
        first, *rest = points[index].label or ("",)
        shown[index] = [first, *rest] if rest != year else [first]
        year = rest
    lookup = json.dumps({str(index): lines for index, lines in shown.items()}, ensure_ascii=False)
    return alt.Axis(
        values=list(shown), labelExpr=f"({lookup})[datum.value]", grid=False, labelOverlap="greedy", labelSeparation=8
    )


def _steps(given: Trend, style: Style, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The usual range and its middle period by period, where they differ."""
    scaled = given.axis.divisor
    held = [(i, p) for i, p in enumerate(given.points) if p.usual and all(map(math.isfinite, p.usual))]
    bands = [
        {"x": i - 0.5, "x2": i + 0.5, "y": p.usual[0] / scaled, "y2": p.usual[1] / scaled} for i, p in held if p.usual
    ]
    middles = [
        {"x": i - 0.5, "x2": i + 0.5, "y": p.mean / scaled}
        for i, p in enumerate(given.points)
        if p.mean is not None and math.isfinite(p.mean)
    ]
    layers = []
    if bands:
        band = alt.Chart(data(bands)).mark_rect(color=style.tokens["sunk"], clip=True)
        layers.append(band.encode(x=x, x2="x2:Q", y=y, y2="y2:Q"))
    if middles:
        rule = alt.Chart(data(middles)).mark_rule(color=style.tokens["line2"], strokeWidth=1, clip=True)
        layers.append(rule.encode(x=x, x2="x2:Q", y=y))
    return layers


def _target(line: Line, edges: tuple[float, float], scaled: float, x: alt.X, y: alt.Y, ink: str) -> list[alt.Chart]:
    """The target dashed from its day; a band as both its ends with the room between them tinted."""
    drawn = {"color": ink, "strokeWidth": 1.5, "strokeDash": [4, 3]}
    if line.ends is None:
        return [_rule(line, edges, scaled, x, y, **drawn)]
    low, high = line.ends
    start = edges[0] if line.since <= 0 else line.since - 0.5
    room = alt.Chart(data([{"x": start, "x2": edges[1], "y": low / scaled, "y2": high / scaled}]))
    tint = room.mark_rect(color=ink, opacity=0.06).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    return [tint, *(_rule(replace(line, value=end), edges, scaled, x, y, **drawn) for end in line.ends)]


def _rule(line: Line, edges: tuple[float, float], scaled: float, x: alt.X, y: alt.Y, **look: Any) -> alt.Chart:
    start = edges[0] if line.since <= 0 else line.since - 0.5
    stretch = data([{"x": start, "x2": edges[1], "y": line.value / scaled}])
    return alt.Chart(stretch).mark_rule(**look).encode(x=x, x2="x2:Q", y=y)


def _events(given: Trend, style: Style, x: alt.X) -> list[alt.Chart]:
    if not given.events:
        return []
    numbers = alt.Chart(data([{"x": index, "text": text} for index, text in given.events]))
    return [
        numbers.mark_rule(color=style.tokens["line2"], strokeDash=[1, 3]).encode(x=x),
        numbers.mark_text(y=-8, fontSize=style.size, fontWeight=600, color=style.tokens["ink"]).encode(
            x=x, text="text:N"
        ),
    ]


def _line(rows: list[dict[str, Any]], style: Style, x: alt.X, y_look: dict[str, Any]) -> list[alt.Chart]:
    """Intervals, the line, the dotted stretch to an unfinished period, the points on top."""
    tokens, y = style.tokens, alt.Y("y:Q", **y_look)
    whole = [row for row in rows if row["complete"]]
    layers = []
    spans = [row for row in rows if row["low"] is not None and row["high"] is not None]
    if spans:
        ends = alt.Chart(data(spans)).mark_rule(color=tokens["ink3"], strokeWidth=1, opacity=0.8)
        layers.append(ends.encode(x=x, y=alt.Y("low:Q", **y_look), y2="high:Q"))
    layers.append(alt.Chart(data(whole)).mark_line(color=tokens["ink"], strokeWidth=2).encode(x=x, y=y))
    for before, row in zip(rows, rows[1:], strict=False):
        if not row["complete"] and before["y"] is not None and row["y"] is not None:
            stretch = alt.Chart(data([before, row])).mark_line(color=tokens["ink"], strokeWidth=1.5, strokeDash=[2, 3])
            layers.append(stretch.encode(x=x, y=y))
    dots = alt.Chart(data([row for row in rows if row["y"] is not None]))
    judged = [(f"datum.signal && datum.tone == '{tone}'", alt.value(tokens[tone])) for tone in ("worse", "better")]
    (first, worse), (second, better) = judged
    ink = alt.value(tokens["ink"])
    colour = alt.when(first).then(worse).when(second).then(better).otherwise(ink)
    paper = alt.value(tokens["paper"])
    fill = alt.when("!datum.complete").then(paper).when(first).then(worse).when(second).then(better).otherwise(ink)
    # A signal is told by its shape as well: colour alone would not reach everyone.
    shape = alt.when("datum.signal").then(alt.value("diamond")).otherwise(alt.value("circle"))
    size = alt.when("datum.signal").then(alt.value(110)).otherwise(alt.value(38))
    points = dots.mark_point(strokeWidth=1.5, opacity=1)
    layers.append(points.encode(x=x, y=y, stroke=colour, fill=fill, shape=shape, size=size, tooltip="tip:N"))
    return layers


def _end_labels(
    labels: list[dict[str, Any]],
    edge: float,
    domain: tuple[float, float],
    height: int,
    style: Style,
    x: alt.X,
    y: alt.Y,
) -> alt.Chart:
    """Labels behind the right end, moved apart where they would lie on each other."""
    gap = (domain[1] - domain[0]) * (style.size + 5) / max(height - 70, 1)
    placed: list[dict[str, Any]] = []
    for label in sorted((each for each in labels if each["text"]), key=lambda each: -each["y"]):
        top = placed[-1]["y"] - gap if placed else math.inf
        placed.append(label | {"y": min(label["y"], top), "x": edge, "text": style.say(label["text"])})
    text = alt.Chart(data(placed)).mark_text(align="left", dx=6, fontSize=style.size, baseline="middle")
    return text.encode(x=x, y=y, text="text:N", color=alt.Color("color:N", scale=None, legend=None))
