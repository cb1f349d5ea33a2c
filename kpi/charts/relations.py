"""Which KPIs go together, drawn: a network in columns, two series beside each other, their dots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from kpi.charts.look import HEIGHT, Axis, Style, data, dress, number_axis, quiet_axis, tip

ROW = 74  # px between two nodes of a column
WRAP = 17  # letters of a name on one line
BOW = 0.32  # how far a line between two nodes of one column bows out


@dataclass(frozen=True)
class Node:
    """One KPI. column: which, from 0 at the reading side."""

    name: str
    column: int


@dataclass(frozen=True)
class Edge:
    """A link of two nodes by their index. strength: 0 to 1; opposite: one rises where the other falls."""

    start: int
    end: int
    strength: float
    opposite: bool
    shown: str = ""


@dataclass(frozen=True)
class Network:
    """heads: the names of the columns."""

    heads: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Wave:
    """One series of two; label stands at its end."""

    label: str
    values: tuple[float | None, ...]


def network(style: Style, given: Network) -> alt.LayerChart:
    """Nodes in columns, the thicker a line the stronger; dashed where the two go opposite ways."""
    tokens, last = style.tokens, len(given.heads) - 1
    sides = [last - k if style.rtl else k for k in range(len(given.heads))]
    columns = [[i for i, node in enumerate(given.nodes) if node.column == k] for k in range(len(given.heads))]
    tall = max(map(len, columns), default=1)
    places = {
        i: (float(sides[k]), tall - 1 - rank - (tall - len(column)) / 2)
        for k, column in enumerate(columns)
        for rank, i in enumerate(column)
    }
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.5, last + 0.5], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-0.75, tall - 0.1], nice=False), axis=None)
    layers: list[alt.Chart] = []
    for edge in given.edges:
        (x1, y1), (x2, y2) = places[edge.start], places[edge.end]
        bow = BOW * (-1 if x1 == last and last else 1) if x1 == x2 else 0.0
        steps = [k / 12 for k in range(13)]
        path = [
            {"x": x1 + (x2 - x1) * s + 4 * bow * s * (1 - s), "y": y1 + (y2 - y1) * s, "at": s, "tip": edge.shown}
            for s in steps
        ]
        look: dict[str, Any] = {"strokeDash": [6, 4]} if edge.opposite else {}
        line = alt.Chart(data(path)).mark_line(
            color=tokens["accent"], strokeWidth=1 + 5 * edge.strength, opacity=0.75, **look
        )
        layers.append(line.encode(x=x, y=y, order="at:Q", tooltip="tip:N"))
    rows = [
        {"x": places[i][0], "y": places[i][1], "name": _lines(style, node.name), "tip": node.name}
        for i, node in enumerate(given.nodes)
    ]
    nodes = alt.Chart(data(rows)).encode(x=x, y=y)
    layers.append(nodes.mark_point(size=110, filled=True, opacity=1, color=tokens["ink"]).encode(tooltip="tip:N"))
    text: dict[str, Any] = {"dy": 12, "baseline": "top", "fontSize": style.size, "lineHeight": style.size + 3}
    halo = nodes.mark_text(stroke=tokens["paper"], strokeWidth=4, strokeJoin="round", **text)
    layers += [halo.encode(text="name:N"), nodes.mark_text(color=tokens["ink"], **text).encode(text="name:N")]
    heads = [{"x": float(sides[k]), "text": style.say(name)} for k, name in enumerate(given.heads)]
    named = alt.Chart(data(heads)).mark_text(y=-12, color=tokens["ink2"], fontSize=style.size, fontWeight=600)
    layers.append(named.encode(x=x, text="text:N"))
    return dress(alt.layer(*layers), style, ROW * tall + 40, top=30)


def waves(style: Style, labels: Sequence[str], first: Wave, second: Wave, axis: Axis) -> alt.LayerChart:
    """Two series on one scale; the first dashed. labels: of the periods."""
    tokens = style.tokens
    edge = len(labels) - 1
    step = max(1, -(-len(labels) // 6))
    ticks = {str(k): labels[k] for k in range(0, len(labels), step)}
    lookup = json.dumps(ticks, ensure_ascii=False)
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(domain=[-0.4, edge + 0.4], nice=False),
        axis=alt.Axis(values=[int(k) for k in ticks], labelExpr=f"({lookup})[datum.value]", grid=False),
    )
    y = alt.Y("y:Q", title=style.say(axis.title), axis=number_axis(axis), scale=alt.Scale(nice=True))
    layers: list[alt.Chart] = []
    for wave, colour, look in ((first, "accent", {"strokeDash": [5, 3]}), (second, "ink", {})):
        rows = [{"x": k, "y": v, "tip": tip(labels[k], wave.label)} for k, v in enumerate(wave.values) if v is not None]
        line = alt.Chart(data(rows))
        drawn: dict[str, Any] = {"color": tokens[colour], "strokeWidth": 2, **look}
        layers.append(line.mark_line(**drawn).encode(x=x, y=y))
        layers.append(
            line.mark_point(size=14, filled=True, opacity=1, color=tokens[colour]).encode(x=x, y=y, tooltip="tip:N")
        )
    return dress(alt.layer(*layers), style, HEIGHT - 20, top=26)


def dots(style: Style, points: Sequence[tuple[float, float, str]], x: Axis, y: Axis) -> alt.LayerChart:
    """Dots of one kind with their period on hover."""
    tokens = style.tokens
    rows = [{"x": a, "y": b, "tip": shown} for a, b, shown in points]
    chart = alt.Chart(data(rows)).mark_point(size=34, filled=True, opacity=0.75, color=tokens["accent"])
    across = alt.X("x:Q", title=style.say(x.title), axis=quiet_axis(x), scale=alt.Scale(nice=True, zero=False))
    up = alt.Y("y:Q", title=style.say(y.title), axis=number_axis(y), scale=alt.Scale(nice=True, zero=False))
    return dress(alt.layer(chart.encode(x=across, y=up, tooltip="tip:N")), style, HEIGHT - 20, top=26)


def _lines(style: Style, name: str) -> list[str]:
    """A name on up to two lines."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WRAP and len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    short = [line if len(line) <= WRAP + 5 else line[: WRAP + 4] + "…" for line in lines]
    return [style.say(line) for line in short]
