"""Where a scorecard without an overall score goes on: to what is missing most."""

from __future__ import annotations

import streamlit as st

from kpi.analysis.scorecard import NO_DATA, NO_TARGET, Scorecard
from kpi.analysis.scorecard_view import missing
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame, go
from pages.parts.items import short_name

TO_RATE = "scorecard_to_rate"  # in the session: the next run begins with the ratings


def way_on(here: Frame, card: Scorecard, view: str) -> None:
    """A button to a target, to the data or to the ratings, whichever costs most of the score; none where it is whole."""
    gone = missing(card)
    if card.score is not None or not gone or view == "rate":
        return
    state = gone[0].state
    if state == NO_TARGET:
        first = next(i.id for factor in card.factors for i in factor.instruments if i.state == NO_TARGET)
        name = short_name(here, kpis_of(here.workspace)[first])
        if st.button(here.t("to_target", name=name), type="primary", key="scorecard_way"):
            go("explore", "kpi", kpi=first)
    elif state == NO_DATA:
        if st.button(here.t("to_data"), type="primary", key="scorecard_way"):
            go("data", "quality")
    elif st.button(here.t("to_ratings"), type="primary", key="scorecard_way"):
        st.session_state[TO_RATE] = True
        st.rerun()
