"""Charts in the product's look: a Vega-Lite chart from plain lists and texts that are already formatted.

The only package that imports altair. A chart with a time or number axis runs left to right in every language.
Show it with `st.altair_chart(chart, theme=None)` (pages: `here.chart`).
"""

from kpi.charts.look import DARK, LIGHT, Axis, Chart, Line, Style, divisor
from kpi.charts.relations import Edge, Network, Node, Wave, dots, network, waves
from kpi.charts.shapes import Bar, Bin, Dot, Scatter, distribution, ranked_bars, scatter
from kpi.charts.trend import Point, Trend, trend

__all__ = [
    "DARK",
    "LIGHT",
    "Axis",
    "Bar",
    "Bin",
    "Chart",
    "Dot",
    "Edge",
    "Line",
    "Network",
    "Node",
    "Point",
    "Scatter",
    "Style",
    "Trend",
    "Wave",
    "distribution",
    "divisor",
    "dots",
    "network",
    "ranked_bars",
    "scatter",
    "trend",
    "waves",
]
