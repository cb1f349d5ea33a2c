"""Charts: valid Vega-Lite, nothing invented where nothing is defined, the reader's numbers, the look's colours."""

from __future__ import annotations

import json
import math

import pytest

from kpi import charts
from kpi.charts import Axis, Bar, Bin, Dot, Line, Point, Scatter, Style, Trend
from kpi.text import Texts

STYLES = [Style(lang, Texts(lang).vega_number(), dark) for lang in ("en", "fa", "uk") for dark in (False, True)]
VALUES = (0.669, 0.652, None, 0.681, 0.674, 0.66, 0.63, 0.665)


def given(values=VALUES, complete_last=False, **more) -> Trend:
    last = len(values) - 1
    points = tuple(
        Point(
            (f"M{i}", "2025" if i < 4 else "2026"),
            value,
            None if value is None else value - 0.03,
            None if value is None else value + 0.03,
            complete=i < last or complete_last,
            signal=i == 6,
            name=f"M{i} 2025",
            shown=f"{value}",
        )
        for i, value in enumerate(values)
    )
    whole = {
        "usual": (0.61, 0.71),
        "usual_label": "usual range",
        "mean": Line(0.665, "mean 66.5%"),
        "target": Line(0.67, "target 67%", since=4),
        "events": ((2, "1"),),
        "unfinished_label": "half month",
    }
    return Trend(points, Axis("% of decided deals won", percent=True), **(whole | more))


def marks(spec: dict, kind: str) -> list[dict]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def rows(layer: dict) -> list[dict]:
    return layer["data"]["values"]


def texts(spec: dict) -> list[str]:
    return [row["text"] for layer in marks(spec, "text") for row in rows(layer)]


@pytest.mark.parametrize("style", STYLES, ids=lambda s: f"{s.lang}-{'dark' if s.dark else 'light'}")
def test_every_chart_is_valid_in_every_language_and_theme(style):
    drawn = (
        charts.trend(style, given()),
        charts.ranked_bars(style, [Bar("a", 5, "5", True), Bar("b", 3, "3")], Axis("n")),
        charts.distribution(style, [Bin(0, 1, 4), Bin(1, 2, 6)], Axis("days"), Axis("n"), [Line(1.2, "median")]),
        charts.scatter(style, Scatter((Dot(1, 2, "A"), Dot(2, 3, "B")), Axis("x"), Axis("y"), frozenset("x"))),
    )
    for chart in drawn:
        spec = chart.to_dict()  # altair checks it against the Vega-Lite schema
        assert spec["config"]["background"] == "transparent"
        assert spec["config"]["axis"]["labelColor"] == style.tokens["ink2"]
        assert spec["config"]["font"].startswith("Vazirmatn" if style.lang == "fa" else "Inter")
        assert spec["width"] == "container"


def test_numbers_are_the_readers_own():
    number = charts.trend(Style("fa", Texts("fa").vega_number()), given()).to_dict()["config"]["locale"]["number"]
    assert number["numerals"] == list("۰۱۲۳۴۵۶۷۸۹") and number["decimal"] == "٫"
    number = charts.trend(Style("uk", Texts("uk").vega_number()), given()).to_dict()["config"]["locale"]["number"]
    assert number["decimal"] == "," and number["thousands"] == "\u00a0"


def test_right_to_left_texts_are_islands_in_a_left_to_right_chart():
    spec = charts.trend(Style("fa"), given(unfinished_label="نیمی از ماه")).to_dict()
    assert "\u2067نیمی از ماه\u2069" in texts(spec)


def test_a_period_without_a_value_is_a_gap_not_a_zero():
    spec = charts.trend(Style(), given()).to_dict()
    line = rows(marks(spec, "line")[0])
    assert [row["y"] for row in line if row["x"] == 2] == [None]
    assert 2 not in [row["x"] for row in rows(marks(spec, "point")[0])]
    assert 2 not in [row["x"] for layer in marks(spec, "rule") for row in rows(layer) if row.get("low") is not None]


def test_a_signal_has_a_shape_and_words_of_its_own():
    points = (
        Point(("a",), 1.0),
        Point(("b",), 9.0, signal=True, tone="better", why="above the usual range", shown="9"),
    )
    spec = charts.trend(Style(), Trend(points, Axis("n"))).to_dict()
    [dots] = marks(spec, "point")
    assert dots["encoding"]["shape"]["condition"] == [{"test": "datum.signal", "value": "diamond"}]
    assert rows(dots)[1]["tip"].endswith("9 · above the usual range") and rows(dots)[1]["tone"] == "better"
    assert {c["value"] for c in dots["encoding"]["fill"]["condition"]} >= {
        charts.LIGHT["better"],
        charts.LIGHT["worse"],
    }


def test_a_usual_range_may_differ_from_period_to_period():
    points = tuple(Point((f"{i}",), float(i), usual=(i - 2.0, i + 2.0 + i), mean=i + 0.5) for i in range(4))
    spec = charts.trend(Style(), Trend(points, Axis("n"), usual_label="usual range")).to_dict()
    [band] = marks(spec, "rect")
    assert [(row["x"], row["x2"], row["y"], row["y2"]) for row in rows(band)][1] == (0.5, 1.5, -1, 4)
    assert [row["y"] for layer in marks(spec, "rule") for row in rows(layer)] == [0.5, 1.5, 2.5, 3.5]
    assert texts(spec) == ["usual range"]
    low, high = band["encoding"]["y"]["scale"]["domain"]
    assert low <= -2 and high >= 8
    odd = (Point(("a",), 1.0, usual=(math.nan, 2.0), mean=math.nan),)
    assert not marks(charts.trend(Style(), Trend(odd, Axis("n"))).to_dict(), "rect")


def test_the_unfinished_period_is_no_part_of_the_line():
    spec = charts.trend(Style(), given()).to_dict()
    whole, stretch = marks(spec, "line")
    assert 7 not in [row["x"] for row in rows(whole)]
    assert [row["x"] for row in rows(stretch)] == [6, 7] and stretch["mark"]["strokeDash"]
    assert "half month" in texts(spec)
    finished = charts.trend(Style(), given(complete_last=True)).to_dict()
    assert len(marks(finished, "line")) == 1 and "half month" not in texts(finished)


def test_the_target_holds_from_its_day():
    spec = charts.trend(Style(), given()).to_dict()
    [target] = [layer for layer in marks(spec, "rule") if layer["mark"].get("strokeDash") == [4, 3]]
    assert rows(target)[0]["x"] == 3.5
    assert not [
        r
        for r in marks(charts.trend(Style(), given(target=None)).to_dict(), "rule")
        if r["mark"].get("strokeDash") == [4, 3]
    ]


def test_labels_at_the_end_do_not_lie_on_each_other():
    near = given(mean=Line(0.6651, "mean"), target=Line(0.6652, "target"), usual=(0.6649, 0.6653))
    spec = charts.trend(Style(), near).to_dict()
    [labels] = [layer for layer in marks(spec, "text") if "color" in layer["encoding"]]
    places = sorted(row["y"] for row in rows(labels))
    low, high = labels["encoding"]["y"]["scale"]["domain"] if "scale" in labels["encoding"]["y"] else (0, 1)
    least = (high - low) * 12 / 300
    assert len(places) == 4
    assert all(b - a >= least for a, b in zip(places, places[1:], strict=False))


def test_the_year_stands_where_it_changes():
    axis = charts.trend(Style(), given()).to_dict()["layer"][0]["encoding"]["x"]["axis"]
    lookup = json.loads(axis["labelExpr"].removesuffix(")[datum.value]").removeprefix("("))
    years = [label[1] for label in lookup.values() if len(label) > 1]
    assert years == ["2025", "2026"]


def test_quotes_in_a_label_do_not_break_the_axis():
    evil = Trend((Point(("a'\"\\</script>",), 1.0), Point(("b",), 2.0)), Axis("n"))
    axis = charts.trend(Style(), evil).to_dict()["layer"][0]["encoding"]["x"]["axis"]
    lookup = json.loads(axis["labelExpr"].removesuffix(")[datum.value]").removeprefix("("))
    assert lookup["0"] == ["a'\"\\</script>"]


@pytest.mark.parametrize("values", [(), (None,), (None, None), (0.0,), (5.0, 5.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_odd_series_draw_without_failing(values):
    trend = given(values, mean=None, target=None, usual=None, events=())
    spec = charts.trend(Style(), trend).to_dict()
    assert "NaN" not in json.dumps(spec) and "Infinity" not in json.dumps(spec)


def test_a_share_never_gets_an_axis_beyond_one():
    points = tuple(Point((f"{value}",), value) for value in (0.95, 0.99, 1.0))
    spec = charts.trend(Style(), Trend(points, Axis("share", percent=True))).to_dict()
    domains = [layer["encoding"]["y"]["scale"]["domain"] for layer in marks(spec, "line")]
    assert domains and all(high == 1 for _, high in domains)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [((5, 900), 1), ((1240, 3000), 1), ((12400, 30000), 1e3), ((1.24e6, 0.9e6), 1e6), ((None, 3e9), 1e9), ((), 1)],
)
def test_divisor(values, wanted):
    assert charts.divisor(values) == wanted


def test_bars_stand_in_their_order_and_only_the_named_one_is_dark():
    spec = charts.ranked_bars(Style(), [Bar("b", 5, "5", True), Bar("a", 9, "9")], Axis("n")).to_dict()
    assert [row["name"] for row in spec["data"]["values"]] == ["b", "a"]
    assert spec["layer"][0]["encoding"]["y"]["sort"] is None
    assert spec["layer"][0]["encoding"]["color"]["condition"][0]["value"] == charts.LIGHT["ink2"]
