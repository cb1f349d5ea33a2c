"""Goals: what is to be reached. Choosing one or more leads to the KPIs that measure it."""

import streamlit as st

from kpi.analysis.matching import match
from kpi.catalogue import goals
from kpi.workspace.choices import choose_goals
from pages.parts import captions, frame, section
from pages.parts.plan import GOAL_GROUPS, goal_pills, goals_by_group, goals_in_hand, quick_goals

here = frame.page("goals")
chosen = goals_in_hand(here)
wanted = st.text_input(here.t("search"), key="goals_search", placeholder=here.t("search"), label_visibility="collapsed")

groups = {"quick": quick_goals(wanted)} | {group: goals_by_group(group, wanted) for group in GOAL_GROUPS}
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

matches = match(chosen, here.workspace.columns())
ready = [m for m in matches if m.computable]
if chosen:
    here.head(finding=here.t("finding", goals=len(chosen), ready=len(ready), all=len(matches)), step="goals")
    about = [
        here.t("why", name=goals()[id_].name.get(here.texts.lang), about=goals()[id_].about.get(here.texts.lang))
        for id_ in chosen
    ]
    here.show(section(here.t("chosen")) + captions(about), key="chosen")
else:
    here.head(finding=here.t("finding_none"), step="goals")
if st.button(here.t("go"), type="primary", disabled=not chosen, key="goals_go"):
    choose_goals(here.workspace, chosen)
    frame.go("plan", "kpis")
