"""Funnel: where leads, deals and quotes go, step by step, adding up."""

import streamlit as st

from kpi.analysis.funnel import funnel
from kpi.analysis.leak import against, weakest
from kpi.analysis.progress import is_aimed, targets_of
from kpi.measure.cohorts import spans
from pages.parts import bar_rows, caption, empty_state, frame, funnel_legend, funnel_rows, section, table
from pages.parts.explore import (
    DAY,
    KINDS,
    funnel_finding,
    funnel_steps,
    funnel_table,
    kinds_loaded,
    loss_bars,
    notes_text,
    pipeline_bars,
)
from pages.parts.views import Action

here = frame.page("funnel")
kinds = kinds_loaded(here.workspace)
if not kinds:
    here.head(finding=here.t("empty"))
    if here.show(
        empty_state(here.t("empty"), here.t("empty_text"), Action(here.t("to_import"), "import")), key="empty"
    ):
        frame.go("data", "import")
    st.stop()

with here.filters():
    kind = here.choice("kind", kinds)
    span = here.choice("span", ("year", "half", "all"))
since, until, past_since, past_until = spans(here.workspace, KINDS[kind], span)
now = funnel(here.workspace, kind, None, since, until)
past = funnel(here.workspace, kind, None, past_since, past_until) if past_since else None
changes = against(now.steps, past.steps if past else ())
first = weakest(changes)
period = (
    here.t("entered_between", since=here.texts.day(since), until=here.texts.day(until - DAY))
    if since and until
    else here.t("entered_ever")
)
here.head(finding=funnel_finding(here, now.steps, first), context=period, note=notes_text(here, now.notes))

now_on = here.workspace.as_of()
if "opportunities" in kinds and now_on and not is_aimed(targets_of(here.workspace), "total_revenue", now_on):
    set_one = Action(here.t("set_target"), "total_revenue")
    pick = here.show(empty_state(here.t("no_target"), here.t("no_target_text"), set_one), key="no_target")
    if pick:
        frame.go("explore", "kpi", kpi=pick)

here.show(section(here.t("where"), legend=funnel_legend(here.texts, bool(past))), key="where_head")
here.show(funnel_rows(here.texts, funnel_steps(here, changes, first, kind)), key="steps")
here.show(caption(here.t("adds_up")), key="adds_up")
with st.expander(here.t("as_table")):
    here.show(table(funnel_table(here, now.steps)), key="table")

left, right = st.columns(2, gap="large")
with left:
    reasons = loss_bars(here, kind, since, until)
    here.show(section(here.t("reasons"), here.t("reasons_note", n=reasons.total)), key="reasons_head")
    here.show(bar_rows(reasons.bars) if reasons.bars else caption(here.t("no_reasons")), key="reasons")
with right:
    bands = pipeline_bars(here)
    if bands.bars:
        here.show(section(here.t("pipeline"), here.t("pipeline_note", value=bands.value)), key="pipeline_head")
        heads = tuple(here.t(head) for head in ("parts.stage", "parts.value", "pipeline_deals", "parts.change"))
        here.show(bar_rows(bands.bars, heads), key="pipeline")
