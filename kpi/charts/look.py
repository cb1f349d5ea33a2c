"""What all charts share: colours, fonts, number axes, the theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt

LIGHT = {
    "paper": "#FFFFFF",
    "sunk": "#F1F3F6",
    "ink": "#17202E",
    "ink2": "#4D5969",
    "ink3": "#5F6B7A",
    "mute": "#8591A1",
    "line": "#DCE0E7",
    "line2": "#B4BCC8",
    "accent": "#4A35A8",
    "better": "#1C719A",
    "worse": "#B2460A",
}
DARK = {
    "paper": "#12171F",
    "sunk": "#1C2430",
    "ink": "#E7EBF1",
    "ink2": "#AAB4C2",
    "ink3": "#8B97A7",
    "mute": "#66758A",
    "line": "#2D3746",
    "line2": "#4A5668",
    "accent": "#9B90FF",
    "better": "#6CCBF5",
    "worse": "#F09A63",
}
GROUPS_LIGHT = ("#4A35A8", "#8591A1", "#17202E", "#9C8DD8", "#8A6A00", "#5F6B7A")
GROUPS_DARK = ("#9B90FF", "#66758A", "#E7EBF1", "#5752A2", "#D9B84A", "#AAB4C2")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
FONTS = {"fa": "Vazirmatn, Inter, sans-serif"}
FONT = "Inter, Vazirmatn, sans-serif"
Chart: TypeAlias = alt.LayerChart
RIGHT_TO_LEFT = ("fa",)
HEIGHT = 300
LETTER = 6.1  # px: the width of a letter at 12 px, for the room that labels at the end need


@dataclass(frozen=True)
class Style:
    """The reader's language, number forms (`Texts.vega_number()`), theme and text size in px (16 for a projector)."""

    lang: str = "en"
    numbers: dict[str, Any] | None = None
    dark: bool = False
    size: int = 12

    @property
    def tokens(self) -> dict[str, str]:
        return DARK if self.dark else LIGHT

    @property
    def font(self) -> str:
        return FONTS.get(self.lang, FONT)

    @property
    def rtl(self) -> bool:
        return self.lang in RIGHT_TO_LEFT

    def say(self, text: str) -> str:
        """A text for a chart: charts run left to right, so a right-to-left text is an island (U+2067 … U+2069)."""
        return f"\u2067{text}\u2069" if self.rtl and text else text


@dataclass(frozen=True)
class Axis:
    """A number axis: title with its unit; percent: the values are fractions; divisor: shown are value / divisor."""

    title: str
    percent: bool = False
    divisor: float = 1.0

    @property
    def format(self) -> str:
        return "~%" if self.percent else ",~f"


@dataclass(frozen=True)
class Line:
    """A reference line with its label at the end; since: the index of the period from which it holds.

    ends: of a band, of which `value` is the middle: two lines with the room between them tinted.
    """

    value: float
    label: str
    since: int = 0
    ends: tuple[float, float] | None = None


def divisor(values: Sequence[float | None]) -> float:
    """1, a thousand, a million or a billion: what the values of an axis are best divided by."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    return next((step for step in (1e9, 1e6, 1e3) if largest >= 10 * step or largest >= step >= 1e6), 1.0)


def data(rows: list[dict[str, Any]]) -> alt.Data:
    """Rows as data inside the chart."""
    return alt.Data(values=rows)


def tip(*lines: str) -> str:
    """The tooltip: one text, so that no column names stand beside it."""
    return " · ".join(line for line in lines if line)


def number_axis(axis: Axis, lift: int = 0) -> alt.Axis:
    """An upright number axis: no line, no grid, its title with the unit lying above it, `lift` px higher than usual."""
    return alt.Axis(
        format=axis.format,
        grid=False,
        domain=False,
        ticks=False,
        tickCount=4,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=0,
        titleY=-14 - lift,
        labelPadding=6,
    )


def quiet_axis(axis: Axis) -> alt.Axis:
    """A level number axis: a hairline with few ticks, no grid."""
    return alt.Axis(format=axis.format, grid=False, tickCount=8)


def dress(chart: Any, style: Style, height: int, **padding: int) -> alt.LayerChart:
    """The theme: transparent, no frame, text in ink2, axes as hairlines, numbers in the reader's forms."""
    tokens = style.tokens
    text = {
        "labelFont": style.font,
        "titleFont": style.font,
        "labelColor": tokens["ink2"],
        "titleColor": tokens["ink2"],
    }
    sizes = {"labelFontSize": style.size, "titleFontSize": style.size, "titleFontWeight": "normal"}
    config: dict[str, Any] = {
        "background": "transparent",
        "font": style.font,
        "view": {"stroke": None},
        "axis": {**text, **sizes, "gridColor": tokens["line"], "domainColor": tokens["line2"]},
        "axisX": {"tickColor": tokens["line2"], "tickSize": 4, "labelOverlap": "greedy", "labelSeparation": 8},
        "legend": {**text, **sizes},
    }
    if style.numbers:
        config["locale"] = {"number": style.numbers}
    room = {"left": 4, "right": 8, "top": 8, "bottom": 4} | padding
    return chart.properties(
        height=height, width="container", padding=room, autosize={"type": "fit", "contains": "padding"}
    ).configure(**config)
