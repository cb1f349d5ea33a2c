"""Ranked bars, distributions, and dots in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from kpi.charts.look import (
    GROUPS_DARK,
    GROUPS_LIGHT,
    HEIGHT,
    LETTER,
    SHAPES,
    Axis,
    Line,
    Style,
    data,
    dress,
    number_axis,
    quiet_axis,
    tip,
)


@dataclass(frozen=True)
class Bar:
    """One ranked bar; shown: its value as text; strong: the one that is talked about."""

    name: str
    value: float
    shown: str
    strong: bool = False


@dataclass(frozen=True)
class Bin:
    """One class of a distribution: low <= x < high; tone: "", accent, better, worse."""

    low: float
    high: float
    count: int
    shown: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Dot:
    """One dot of a scatter plot, in a group; name: for the tooltip."""

    x: float
    y: float
    group: str
    name: str = ""


@dataclass(frozen=True)
class Scatter:
    """Dots in groups, each group labelled at its middle. log: which axes ("x", "y") are logarithmic."""

    dots: tuple[Dot, ...]
    x: Axis
    y: Axis
    log: frozenset[str] = field(default_factory=frozenset)


def ranked_bars(style: Style, bars: Sequence[Bar], axis: Axis) -> alt.LayerChart:
    """Bars by length with their value beside them; grey, the one that is talked about in ink."""
    tokens = style.tokens
    rows = [
        {
            "name": style.say(bar.name),
            "y": bar.value / axis.divisor,
            "text": bar.shown,
            "tip": tip(bar.name, bar.shown),
            "strong": bar.strong,
        }
        for bar in bars
    ]
    left = not style.rtl
    names = alt.Y("name:N", sort=None, title=None, axis=_names_axis(left))
    lengths = alt.X(
        "y:Q",
        title=style.say(axis.title),
        sort="ascending" if left else "descending",
        scale=alt.Scale(zero=True, nice=False),
        axis=alt.Axis(labels=False, ticks=False, domain=False, grid=False, orient="top", titleAnchor="start"),
    )
    colour = alt.when("datum.strong").then(alt.value(tokens["ink2"])).otherwise(alt.value(tokens["mute"]))
    chart = alt.Chart(data(rows))
    side = {"align": "left", "dx": 6} if left else {"align": "right", "dx": -6}
    drawn = [
        chart.mark_bar(height=9, cornerRadius=1).encode(x=lengths, y=names, color=colour, tooltip="tip:N"),
        chart.mark_text(color=tokens["ink"], fontSize=style.size, **side).encode(x=lengths, y=names, text="text:N"),
    ]
    room = int(max((len(bar.shown) for bar in bars), default=0) * LETTER + 12)
    return dress(alt.layer(*drawn), style, 30 * len(rows) + 40, **({"right": room} if left else {"left": room}))


def distribution(
    style: Style, bins: Sequence[Bin], x: Axis, y: Axis, marks: Sequence[Line] = (), log: bool = False
) -> alt.LayerChart:
    """How often which value occurs. marks: upright lines (median, target) with their label on top; log: a logarithmic
    axis, for values above 0."""
    tokens = style.tokens
    rows = [
        {"x": each.low / x.divisor, "x2": each.high / x.divisor, "y": each.count, "text": each.shown}
        | {"fill": tokens.get(each.tone, tokens["mute"])}
        for each in bins
    ]
    ends = [bins[0].low / x.divisor, bins[-1].high / x.divisor] if bins else [0.0, 1.0]
    scale = alt.Scale(type="log", domain=ends) if log else alt.Scale(domain=ends, nice=False, zero=False)
    x_axis = alt.X("x:Q", title=style.say(x.title), scale=scale, axis=quiet_axis(x))
    y_axis = alt.Y("y:Q", title=style.say(y.title), scale=alt.Scale(zero=True), axis=number_axis(y))
    bars = alt.Chart(data(rows)).mark_rect(stroke=tokens["paper"], strokeWidth=1)
    layers = [
        bars.encode(
            x=x_axis,
            x2="x2:Q",
            y=y_axis,
            y2=alt.datum(0),
            color=alt.Color("fill:N", scale=None, legend=None),
            tooltip="text:N",
        )
    ]
    for mark in marks:
        place = alt.Chart(data([{"x": mark.value / x.divisor, "text": style.say(mark.label)}]))
        layers.append(place.mark_rule(color=tokens["ink"], strokeDash=[3, 2]).encode(x=x_axis))
        text = place.mark_text(y=-8, color=tokens["ink"], fontSize=style.size)
        layers.append(text.encode(x=x_axis, text="text:N"))
    drawn = alt.layer(*layers).properties(description=x.title)
    return dress(drawn, style, HEIGHT - 60, top=30)


def scatter(style: Style, given: Scatter, height: int = HEIGHT + 40) -> alt.LayerChart:
    """Dots in groups; each group has a colour and a shape, and its name at its middle."""
    tokens = style.tokens
    groups = list(dict.fromkeys(style.say(dot.group) for dot in given.dots))
    colours = GROUPS_DARK if style.dark else GROUPS_LIGHT
    rows = [
        {
            "x": dot.x / given.x.divisor,
            "y": dot.y / given.y.divisor,
            "group": style.say(dot.group),
            "tip": tip(dot.name, dot.group),
        }
        for dot in given.dots
    ]
    scales = {name: alt.Scale(type="log" if name in given.log else "linear", nice=True, zero=False) for name in "xy"}
    x = alt.X("x:Q", title=style.say(given.x.title), scale=scales["x"], axis=quiet_axis(given.x))
    y = alt.Y("y:Q", title=style.say(given.y.title), scale=scales["y"], axis=number_axis(given.y))
    ranges: dict[str, Any] = {"domain": groups, "range": [colours[i % len(colours)] for i in range(len(groups))]}
    shapes: dict[str, Any] = {"domain": groups, "range": [SHAPES[i % len(SHAPES)] for i in range(len(groups))]}
    dots = (
        alt.Chart(data(rows))
        .mark_point(size=28, filled=True, opacity=0.75)
        .encode(
            x=x,
            y=y,
            color=alt.Color("group:N", scale=alt.Scale(**ranges), legend=None),
            shape=alt.Shape("group:N", scale=alt.Scale(**shapes), legend=None),
            tooltip="tip:N",
        )
    )
    middles = [
        {"x": _middle([r["x"] for r in rows if r["group"] == g]), "group": g}
        | {"y": _middle([r["y"] for r in rows if r["group"] == g])}
        for g in groups
    ]
    names = alt.Chart(data(middles)).encode(x=x, y=y, text="group:N")
    halo = names.mark_text(
        fontSize=style.size, fontWeight=600, stroke=tokens["paper"], strokeWidth=4, strokeJoin="round"
    )
    label = names.mark_text(fontSize=style.size, fontWeight=600, color=tokens["ink"])
    return dress(alt.layer(dots, halo, label), style, height)


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _names_axis(left: bool) -> alt.Axis:
    return alt.Axis(
        domain=False, ticks=False, grid=False, orient="left" if left else "right", labelLimit=220, labelPadding=8
    )
