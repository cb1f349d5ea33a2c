"""Scorecard: what the data say against what people say, and where to rate."""

import streamlit as st

from kpi.measure.scorecard import card_of
from pages.parts import caption, frame, score_legend, score_rows, section, table
from pages.parts.rating import rating_form, ratings_html, raw_scores
from pages.parts.scorecard import card_finding, card_note, perspectives_view
from pages.parts.scorecard_way import TO_RATE, way_on

UNFOLDED = "scorecard_factor"

here = frame.page("scorecard")
if st.session_state.pop(TO_RATE, False):
    st.session_state["scorecard_view"] = "rate"
line = here.filters()
with line:
    view = here.choice("view", ("card", "rate"))
card = card_of(here.workspace)
with line:
    way_on(here, card, view)
here.head(finding=card_finding(here, card), note=card_note(here, card))

if view == "card":
    here.show(section(here.t("factors"), legend=score_legend(here.texts)), key="factors_head")
    rows = perspectives_view(here, card, st.session_state.get(UNFOLDED))
    kind, _, picked = (here.show(score_rows(here.texts, rows), key="factors") or "").partition(":")
    if kind == "factor":
        st.session_state[UNFOLDED] = None if st.session_state.get(UNFOLDED) == picked else picked
        st.rerun()
    if kind == "kpi":
        frame.go("explore", "kpi", kpi=picked)
    if kind == "rate":
        st.session_state[TO_RATE] = True
        st.rerun()
    here.show(caption(here.t("how_to_read")), key="caption")
else:
    saved = st.session_state.pop("scorecard_saved", None)
    if saved:
        here.show(caption(here.t("saved", name=saved[0], n=saved[1])), key="saved")
    rating_form(here)
    here.show(ratings_html(here), key="so_far")
    spread = raw_scores(here)
    if spread:
        with st.expander(here.t("as_counts")):
            here.show(table(spread), key="counts")
