"""Goals: what is to be reached. Choosing one or more leads to the KPIs that measure it."""

import streamlit as st

from kpi.analysis.conflicts import conflicts
from kpi.analysis.lint_rules import rules
from kpi.analysis.matching import match
from kpi.analysis.progress import targets_of
from kpi.workspace.choices import choose_goals
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts import captions, frame, section
from pages.parts.conflicts import conflict_rows
from pages.parts.lint import undo_button
from pages.parts.own_goal import own_goal_form
from pages.parts.plan import GOAL_GROUPS, goal_pills, goals_by_group, goals_in_hand, quick_goals

FIRST = 4  # conflicts shown at once

here = frame.page("goals")
known = goals_of(here.workspace)
chosen = [id_ for id_ in goals_in_hand(here) if id_ in known]
wanted = st.text_input(here.t("search"), key="goals_search", placeholder=here.t("search"), label_visibility="collapsed")

groups = {"quick": quick_goals(wanted)} | {group: goals_by_group(here, group, wanted) for group in GOAL_GROUPS}
for group, options in groups.items():
    if not options:
        continue
    if group == "quick":
        title, note = here.t("quick"), here.t("quick_note")
    else:
        title, note = here.t(f"goal_group.{group}"), here.t("count", n=len(options))
    here.show(section(title, note), key=f"head_{group}")
    goal_pills(here, group, options, title)
if not any(groups.values()):
    here.show(captions([here.t("nothing_found", word=wanted)]), key="nothing_found")
own_goal_form(here)

matches = match(chosen, here.workspace.columns(), known, kpis_of(here.workspace))
ready = [m for m in matches if m.computable]
if chosen:
    code = "finding" if ready else "finding_nothing"
    many = here.t("many", n=len(chosen), most=rules().goals) if len(chosen) > rules().goals else ""
    here.head(finding=here.t(code, goals=len(chosen), ready=len(ready), all=len(matches)), step="goals", note=many)
    about = [
        here.t("why", name=known[id_].name.get(here.texts.lang), about=known[id_].about.get(here.texts.lang))
        for id_ in chosen
    ]
    here.show(section(here.t("chosen")) + captions(about), key="chosen")
    targets = [t for t in targets_of(here.workspace) if t.goal in chosen]
    against = conflicts([known[id_] for id_ in chosen], targets, kpis_of(here.workspace))
    if against:
        here.show(section(here.t("conflicts"), here.t("conflicts_note")), key="conflicts")
        conflict_rows(here, against[:FIRST])
        if against[FIRST:]:
            with st.expander(here.t("conflicts_more", n=len(against) - FIRST)):
                conflict_rows(here, against[FIRST:])
else:
    here.head(finding=here.t("finding_none"), step="goals")
with st.container(horizontal=True, key="goals_ways"):
    to_kpis = st.button(here.t("go"), type="primary", disabled=not chosen, key="goals_go")
    to_numbers = st.button(here.t("quantify"), disabled=not chosen, key="goals_quantify")
    undo_button(here)
if to_kpis or to_numbers:
    choose_goals(here.workspace, chosen)
    frame.go("plan", "kpis" if to_kpis else "quantify")
