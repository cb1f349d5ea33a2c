"""The trend of one KPI: what is usual, where it was left and by which rule, what happened meanwhile; chart and table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi import charts
from kpi.charts import Axis, Line, Point, Trend, divisor
from kpi.core import Row
from kpi.measure.story import Story
from kpi.stats import TooLittle
from kpi.workspace.annotations import Event
from pages.parts.annotations import events_html, marks
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.tables import table
from pages.parts.views import Cell, Column, Table


def trend_part(here: Frame, told: Story, by: str, happened: Sequence[Event]) -> None:
    """The chart with its caption, what happened, and all of it as a table."""
    numbered = marks(here, happened, told.rows)
    here.chart(charts.trend(here.style, trend_view(here, told, by, numbered)), key="trend")
    here.show(caption(f"{legend_text(here, told)} {usual_text(here, told, by)}"), key="caption")
    if happened:
        here.show(events_html(here, happened), key="events")
    with st.expander(here.t("as_table")):
        here.show(table(rows_table(here, told, by, dict(numbered))), key="table")


def legend_text(here: Frame, told: Story) -> str:
    """What the marks of the chart mean: of those that are there."""
    limits = not isinstance(told.process, TooLittle)
    there = {
        "band": limits,
        "interval": any(row.low is not None for row in told.rows),
        "signal": limits,
        "running": any(not row.period.complete or not row.mature for row in told.rows),
        "entered": any(row.entered for row in told.rows),
    }
    return " ".join(here.t(f"legend_{code}") for code, shown in there.items() if shown)


def usual_text(here: Frame, told: Story, by: str) -> str:
    """What the usual range comes from and what was allowed for, or what keeps it from being told."""
    found = told.process
    if isinstance(found, TooLittle):
        return here.t(f"usual_{found.why}", n=found.n, needs=found.needs)
    first, last = (told.past.rows[i].period for i in (found.base[0], found.base[1] - 1))
    said = [here.t("usual_base", since=here.texts.period(first, by), until=here.texts.period(last, by))]
    said += [here.t(f"usual_{code}") for code in ("season", "memory") if getattr(found, code)]
    said += [here.t(f"usual_{found.scale}")] if found.scale else []
    said += [here.t("usual_cases")] if told.past.series.cases else []
    return " ".join(said)


def signal_text(here: Frame, told: Story, index: int) -> str:
    """Why the value of `rows[index]` is a signal, in words; "" where it is none."""
    found = told.why(index)
    return " · ".join(here.t(f"signal_{s.rule}_{'up' if s.up else 'down'}") for s in found)


def trend_view(here: Frame, told: Story, by: str, events: tuple[tuple[int, str], ...] = ()) -> Trend:
    """The trend chart's records. events: (index of a period, numbers of what happened in it)."""
    kpi, texts = told.item.reading.kpi, here.texts
    scale = divisor([r.value for r in told.rows]) if kpi.unit in ("currency", "count") else 1.0
    usual = [told.usual(i) for i in range(len(told.rows))]
    known = [each for each in usual if each]
    level = known[0] if known and len(set(known)) == 1 else None
    middle = known[0][1] if known and len({each[1] for each in known}) == 1 else None
    points = tuple(
        Point(
            label=tuple(texts.period(r.period, by).rsplit(" ", 1)) if by == "month" else (texts.period(r.period, by),),
            value=r.value,
            low=r.low,
            high=r.high,
            complete=r.period.complete and r.mature and not r.entered,
            signal=i in told.signals,
            name=texts.period(r.period, by),
            shown=_shown(here, r, kpi.unit),
            tone=told.signals.get(i, ""),
            why=signal_text(here, told, i),
            usual=None if level or not usual[i] else (usual[i][0], usual[i][2]),  # type: ignore[index]
            mean=None if middle is not None or not usual[i] else usual[i][1],  # type: ignore[index]
        )
        for i, r in enumerate(told.rows)
    )
    mean = None
    if middle is not None:
        mean = Line(middle, here.t("parts.mean", value=texts.number(middle, kpi.unit, short=True)))
    target, aim = told.item.target, None
    if target and target.aim is not None and told.item.line is not None:
        since = next((i for i, r in enumerate(told.rows) if r.period.until > target.since), 0)
        ends = told.item.ends
        shown = texts.range_(*ends, kpi.unit) if ends else texts.number(told.item.line, kpi.unit, short=True)
        aim = Line(told.item.line, here.t("parts.target_at", value=shown), since, ends)
    return Trend(
        points,
        Axis(_axis_title(here, told, scale), percent=kpi.unit == "percent", divisor=scale),
        usual=(level[0], level[2]) if level else None,
        usual_label=here.t("parts.usual_range"),
        mean=mean,
        target=aim,
        events=events,
        unfinished_label=here.t("parts.unfinished") if told.rows and not told.rows[-1].period.complete else "",
    )


def _shown(here: Frame, row: Row, unit: str) -> str:
    value = here.texts.number(row.value, unit)
    return f"{value} · {here.t('entered', source=row.entered)}" if row.entered else value


def _axis_title(here: Frame, told: Story, scale: float) -> str:
    kpi = told.item.reading.kpi
    name = kpi.name.get(here.texts.lang)
    unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
    if scale > 1:
        return here.t("axis_scaled", name=name, unit=unit, scale=here.t(f"scale_{int(scale)}"))
    return here.t("axis", name=name, unit=unit) if unit else name


def rows_table(here: Frame, told: Story, by: str, events: dict[int, str]) -> Table:
    """The trend as a table, newest first: all that the chart tells. events: what happened, by index into the rows."""
    kpi, texts = told.item.reading.kpi, here.texts
    ranges = any(r.low is not None for r in told.rows)
    limits = any(told.usual(i) for i in range(len(told.rows)))
    heads = [Column(here.t("period")), Column(kpi.name.get(texts.lang), number=True)]
    heads += [Column(here.t("parts.interval"), number=True)] if ranges else []
    heads += [Column(here.t("parts.usual_range"), number=True, secondary=True)] if limits else []
    heads += [Column(here.t("signal"))] if told.signals else []
    heads += [Column(here.t("happened"))] if events else []
    heads.append(Column(here.t("rows"), number=True, secondary=True))

    def line(i: int, r: Row) -> tuple[str | Cell, ...]:
        ends = told.usual(i)
        cells: list[str | Cell] = [Cell(texts.period(r.period, by), note=_standing(here, r))]
        cells.append(
            Cell(texts.number(r.value, kpi.unit), note=here.t("entered", source=r.entered) if r.entered else "")
        )
        cells += [texts.range_(r.low, r.high, kpi.unit) if r.low is not None else ""] if ranges else []
        cells += [texts.range_(ends[0], ends[2], kpi.unit) if ends else ""] if limits else []
        cells += [signal_text(here, told, i)] if told.signals else []
        cells += [events.get(i, "")] if events else []
        return (*cells, texts.number(r.n))

    return Table(tuple(heads), tuple(line(i, told.rows[i]) for i in reversed(range(len(told.rows)))))


def _standing(here: Frame, row: Row) -> str:
    """Whether the period still runs or its outcomes are still to come."""
    if row.period.complete and row.mature:
        return ""
    return here.t("parts.unfinished" if row.mature or not row.period.complete else "maturing")
