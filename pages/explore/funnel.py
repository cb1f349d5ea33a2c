"""Funnel: where leads, deals and quotes go, step by step, adding up."""

import streamlit as st

from kpi.analysis.funnel import funnel
from kpi.analysis.leak import against, weakest
from kpi.analysis.progress import is_aimed, targets_of
from kpi.compile.filters import only_converted
from kpi.measure.cohorts import spans, spans_between
from kpi.measure.dimensions import group_names
from kpi.measure.filtering import dimensions_of
from kpi.workspace.choices import selected_kpis
from pages.parts import bar_rows, caption, empty_state, frame, funnel_legend, funnel_rows, section, table
from pages.parts.advice import advice
from pages.parts.explore import (
    DAY,
    KINDS,
    funnel_finding,
    funnel_steps,
    funnel_table,
    groups_table,
    kinds_loaded,
    loss_bars,
    notes_text,
    pipeline_bars,
)
from pages.parts.missing import nothing, only_known
from pages.parts.proof_links import FUNNEL, proof_links
from pages.parts.saved import view_menu
from pages.parts.slices import dimension_name, split_choice
from pages.parts.views import Action

here = frame.page("funnel")
kinds = kinds_loaded(here.workspace)
if not kinds:
    nothing(here, "data", "import")

with here.filters():
    kind = here.choice("kind", kinds, address="kind")
    part = here.slice()
    chosen = bool(part.since or part.until)
    span = "days" if chosen else here.choice("span", ("year", "half", "all"), address="span")
    splits = dimensions_of(here.workspace, kind)
    split = split_choice(here, splits)
    view_menu(here)
only_known(here, kind, part.filters, kind=here.t(f"kind_{kind}"))
days = spans_between(here.workspace, part.since, part.until) if chosen else spans(here.workspace, KINDS[kind], span)
since, until, past_since, past_until = days
now = funnel(here.workspace, kind, None, since, until, part.filters)
past = funnel(here.workspace, kind, None, past_since, past_until, part.filters) if past_since else None
changes = against(now.steps, past.steps if past else ())
first = weakest(changes)
period = (
    here.t("entered_between", since=here.texts.day(since), until=here.texts.day(until - DAY))
    if since and until
    else here.t("entered_ever")
)
said = [notes_text(here, now.notes)]
if only_converted([kind], [name for name, _ in part.filters]):
    said.append(here.t("note.leads_of_customers"))
here.head(finding=funnel_finding(here, now.steps, first, kind), context=period, note=" ".join(filter(None, said)))

now_on = here.workspace.as_of()
if "opportunities" in kinds and now_on and not is_aimed(targets_of(here.workspace), "total_revenue", now_on):
    set_one = Action(here.t("set_target"), "total_revenue")
    pick = here.show(empty_state(here.t("no_target"), here.t("no_target_text"), set_one), key="no_target")
    if pick:
        frame.go("explore", "kpi", kpi=pick)

here.show(section(here.t("where"), legend=funnel_legend(here.texts, bool(past))), key="where_head")
here.show(funnel_rows(here.texts, funnel_steps(here, changes, first, kind)), key="steps")
here.show(caption(here.t("adds_up")), key="adds_up")
proof_links(here, FUNNEL[kind])
with st.expander(here.t("as_table")):
    here.show(table(funnel_table(here, now.steps, kind)), key="table")

if split:
    groups = funnel(here.workspace, kind, split, since, until, part.filters)
    title = here.t("groups", name=dimension_name(here, split))
    here.show(section(title, here.t("groups_note")), key="groups_head")
    named = group_names(here.workspace, split)
    here.show(table(groups_table(here, groups.steps, kind, dimension_name(here, split), named)), key="groups")

left, right = st.columns(2, gap="large")
with left:
    reasons = loss_bars(here, kind, since, until, part.filters)
    here.show(section(here.t("reasons"), here.t("reasons_note", n=reasons.total)), key="reasons_head")
    here.show(bar_rows(reasons.bars) if reasons.bars else caption(here.t("no_reasons")), key="reasons")
with right:
    bands = pipeline_bars(here, part.filters)
    if bands.bars:
        amount = here.t("pipeline_note", value=bands.value) if bands.value else here.t("pipeline_bare", n=bands.total)
        here.show(section(here.t("pipeline"), amount), key="pipeline_head")
        counted = ("parts.value", "pipeline_deals") if bands.value else ("pipeline_deals", "parts.value")
        heads = tuple(here.t(head) for head in ("parts.stage", *counted, "parts.change"))
        here.show(bar_rows(bands.bars, heads), key="pipeline")
if "opportunities" in kinds:
    advice(here, "funnel", [s.kpi for s in selected_kpis(here.workspace)])
