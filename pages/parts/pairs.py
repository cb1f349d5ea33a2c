"""The six pairs of volume and outcome: the question, both values of today side by side, one tick each (F05)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from kpi.catalogue import kpi_set
from kpi.measure import board
from pages.parts.frame import Frame
from pages.parts.head import caption


def pair_rows(here: Frame, goals: Sequence[str], tick: Callable[[str, str, str], None]) -> None:
    """tick: draws the box of a KPI, is given its id, a name for the place, and the line below it."""
    here.show(caption(here.t("pairs_note")), key="pairs_note")
    pairs = kpi_set("pairs").groups
    ids = [id_ for pair in pairs for id_ in (pair.volume, pair.outcome)]
    items = {item.result.kpi.id: item for item in board(here.workspace, ids, goals, "month", here.calendar)}
    for pair in pairs:
        if pair.question:
            here.show(caption(pair.question.get(here.texts.lang)), key=f"pair_{pair.id}")
        for column, kpi_id in zip(st.columns(2, gap="large"), (pair.volume, pair.outcome), strict=True):
            item = items[kpi_id]
            value = here.texts.number(item.reading.value, item.result.kpi.unit, short=True)
            with column:
                missing = [here.t(f"field.{c.partition('.')[2]}") for c in item.result.missing]
                said = here.t("pair_blocked", columns=missing) if missing else here.t("pair_value", value=value)
                tick(kpi_id, "pair", said)
