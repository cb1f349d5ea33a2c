"""One pair of KPIs: in words, both series beside each other, and the dots behind the coefficient."""

from __future__ import annotations

import streamlit as st

from kpi import charts
from kpi.analysis.relations import Relation
from kpi.measure.relations import Related
from pages.parts.frame import Frame, go
from pages.parts.head import caption, captions, section
from pages.parts.items import bare_name, short_name
from pages.parts.markup import action, esc
from pages.parts.relations import SPLIT, facts, in_words, lacks, number, pick_of
from pages.parts.tables import table
from pages.parts.views import Action, Column, Table

PAIR = "pair"  # in the address


def pair_of(here: Frame, told: Related, only: bool) -> str:
    """The pick of the pair that is looked at: the one of the address, else the strongest that is shown."""
    said = next(iter(here.address.values(PAIR)), "")
    one, _, two = said.partition(SPLIT)
    if told.pair(one, two) is not None:
        return said
    shown = [each for each in told.found.told if each.across or not only]
    best = min(shown, key=lambda e: (not e.significant, e.p, -abs(e.r)), default=None)
    return pick_of(best.first, best.second) if best else ""


def pair_part(here: Frame, told: Related, chosen: str) -> None:
    """The pair's section; nothing where there is none."""
    one, _, two = chosen.partition(SPLIT)
    known = told.pair(one, two)
    if known is None:
        return
    named = {kpi.id: kpi for kpi in told.kpis}
    names = {id_: short_name(here, named[id_]) for id_ in (one, two)}
    here.show(section(here.t("pair", first=names[one], second=names[two]), here.t("pair_note")), key="pair_head")
    if not isinstance(known, Relation):
        here.show(caption(lacks(here, known)), key="pair_lacks")
        return
    here.show(caption(f"<b>{in_words(here, told, known)}</b>"), key="pair_words")
    here.show(captions(facts(here, told, known)), key="pair_facts")
    _charts(here, told, known)
    links = "".join(action(Action(here.t("to_kpi", name=names[id_]), id_)) for id_ in (one, two))
    pick = here.show(f'<div class="k-ways">{links}</div>', key="pair_links")
    if pick:
        go("explore", "kpi", kpi=pick)


def _charts(here: Frame, told: Related, known: Relation) -> None:
    found = told.beside(known)
    named = {kpi.id: kpi for kpi in told.kpis}
    first, second = (bare_name(here, named[id_]) for id_ in (known.first, known.second))
    moved = here.t("moved", name=first, lag=here.t(f"lag_{told.by}", n=known.lag)) if known.lag else first
    labels = [here.texts.period(period, told.by) for period in found.periods]
    left, right = st.columns((3, 2), gap="large")
    with left:
        here.show(_legend(moved, second), key="pair_legend")
        drawn = charts.waves(
            here.style,
            labels,
            charts.Wave(moved, found.first),
            charts.Wave(second, found.second),
            charts.Axis(here.t("z_axis")),
        )
        here.chart(drawn, key="pair_lines")
    with right:
        here.show(caption(here.t("dots_note")), key="pair_dots_note")
        points = [(x, y, here.texts.period(period, told.by)) for x, y, period in found.dots]
        sides = charts.Axis(here.t("left_of", name=first)), charts.Axis(here.t("left_of", name=second))
        here.chart(charts.dots(here.style, points, *sides), key="pair_dots")
    with st.expander(here.t("as_table")):
        columns = (Column(here.t("period")), Column(moved, number=True), Column(second, number=True))
        rows = tuple(
            (label, "–" if a is None else number(here, a), "–" if b is None else number(here, b))
            for label, a, b in zip(labels, found.first, found.second, strict=True)
        )
        here.show(table(Table(columns, rows)), key="pair_table")


def _legend(first: str, second: str) -> str:
    """Which line is whose, by its dashes too."""
    return f'<p class="k-caption k-lines"><span class="dashed">{esc(first)}</span><span class="plain">{esc(second)}</span></p>'
