"""Voice: satisfaction and effort, each on the scale that it was asked on, as sentence, chart and table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from kpi import charts
from kpi.analysis.voice import NpsRow, ScaleRow, Scales
from kpi.charts import Axis, Point, Trend
from pages.parts.explore import notes_text
from pages.parts.frame import Frame
from pages.parts.head import caption, section
from pages.parts.tables import table
from pages.parts.views import Cell, Column, Table

UNITS = {"csat": "percent", "ces": None}
Row = TypeVar("Row", NpsRow, ScaleRow)


def answered(rows: Sequence[Row]) -> list[Row]:
    """The periods from the first with answers on."""
    first = next((i for i, row in enumerate(rows) if row.n), len(rows))
    return list(rows[first:])


def latest(rows: Sequence[Row]) -> list[Row]:
    """The whole periods with answers, the newest last; where there is none the one that still runs."""
    given = [row for row in rows if row.n]
    return [row for row in given if row.period.complete] or given[-1:]


def first_scale(found: Scales) -> list[ScaleRow]:
    """The periods on the scale with most answers: scales are never mixed."""
    return answered([row for row in found.rows if row.scale == found.rows[0].scale])


def scale_finding(here: Frame, kind: str, rows: Sequence[ScaleRow]) -> str:
    """The newest value, and the one before."""
    told, unit = latest(rows), UNITS[kind]
    now = here.texts.number(told[-1].value, unit, decimals=1)
    if len(told) < 2:
        return here.t(f"finding_{kind}", value=now)
    return here.t(f"finding_{kind}_before", value=now, before=here.texts.number(told[-2].value, unit, decimals=1))


def scale_note(here: Frame, kind: str, row: ScaleRow) -> str:
    """The grey line: answers, interval, and that the period still runs, where it does."""
    interval = here.texts.range_(row.low, row.high, UNITS[kind], decimals=1) if row.low is not None else "–"
    said = [here.t("interval", n=row.n, range=interval)]
    return " · ".join(said if row.period.complete else [*said, here.t("parts.unfinished")])


def scale_part(here: Frame, kind: str, found: Scales, by: str) -> None:
    """The section of one kind of answers: its chart beside its table."""
    rows = first_scale(found)
    scale = here.texts.range_(*rows[0].scale, decimals=0)
    here.show(section(here.t(kind), here.t(f"{kind}_note", scale=scale)), key=f"{kind}_head")
    if len(rows) > 1:
        left, right = st.columns((55, 45), gap="large")
        with left:
            here.chart(charts.trend(here.style, scale_trend(here, kind, rows, by)), key=f"{kind}_trend")
        with right:
            here.show(table(scale_table(here, kind, rows, by)), key=kind)
    else:
        here.show(table(scale_table(here, kind, rows, by)), key=kind)
    if found.notes:
        here.show(caption(notes_text(here, found.notes)), key=f"{kind}_notes")


def scale_trend(here: Frame, kind: str, rows: Sequence[ScaleRow], by: str) -> Trend:
    """The value with its interval."""
    scale = here.texts.range_(*rows[0].scale, decimals=0)
    axis = Axis(here.t(f"axis_{kind}", scale=scale), percent=UNITS[kind] == "percent")
    points = points_of(here, [(r, r.value) for r in rows], by, UNITS[kind], 1)
    return Trend(points, axis, unfinished_label=here.t("parts.unfinished"))


def points_of(
    here: Frame, given: Sequence[tuple[NpsRow | ScaleRow, float | None]], by: str, unit: str | None, decimals: int
) -> tuple[Point, ...]:
    """The periods with their values as points of a trend."""
    return tuple(
        Point(
            label=(here.texts.period(row.period, by),),
            value=value,
            low=row.low,
            high=row.high,
            complete=row.period.complete,
            name=here.texts.period(row.period, by),
            shown=here.texts.number(value, unit, decimals=decimals),
        )
        for row, value in given
    )


def scale_table(here: Frame, kind: str, rows: Sequence[ScaleRow], by: str) -> Table:
    """CSAT or CES per period, newest first; of CSAT the mean too."""
    texts, unit, mean = here.texts, UNITS[kind], kind == "csat"
    heads = (
        Column(here.t("period")),
        Column(here.t(f"{kind}_value"), number=True),
        Column(here.t("parts.interval"), number=True),
        *((Column(here.t("mean"), number=True, secondary=True),) if mean else ()),
        Column(here.t("answers"), number=True),
    )
    shown = tuple(
        (
            Cell(texts.period(r.period, by), note="" if r.period.complete else here.t("parts.unfinished")),
            Cell(texts.number(r.value, unit, decimals=1), grey=r.small, strong=not r.small),
            texts.range_(r.low, r.high, unit, decimals=1) if r.low is not None else "–",
            *((texts.number(r.mean, decimals=2),) if mean else ()),
            texts.number(r.n),
        )
        for r in reversed(rows)
    )
    return Table(heads, shown)
