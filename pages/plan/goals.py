"""Goals: what is to be reached. Choosing one or more leads to the KPIs that measure it."""

import streamlit as st

from kpi.analysis.matching import match
from kpi.catalogue import goals
from kpi.workspace.choices import choose_goals, chosen_goals
from pages.parts import caption, frame, section
from pages.parts.plan import GOAL_GROUPS, goals_by_group, quick_goals

here = frame.page("goals")
lang = here.texts.lang
everything = goals()
held = chosen_goals(here.workspace)
present = here.workspace.columns()


def label(goal_id: str) -> str:
    return everything[goal_id].name.get(lang)


here.show(section(here.t("quick"), here.t("quick_note")), key="quick_head")
quick = quick_goals()
picked_quick = st.pills(
    here.t("quick"), quick, default=[g for g in quick if g in held], selection_mode="multi", format_func=label,
    key="goals_pick_quick", label_visibility="collapsed", persist_state="session",
)  # fmt: skip
wanted = st.text_input(here.t("search"), key="goals_search", placeholder=here.t("search"), label_visibility="collapsed")

chosen = list(picked_quick)
for group in GOAL_GROUPS:
    options = goals_by_group(group, wanted)
    if not options:
        continue
    here.show(section(here.t(f"goal_group.{group}"), here.t("count", n=len(options))), key=f"head_{group}")
    chosen += st.pills(
        here.t(f"goal_group.{group}"), options, default=[g for g in options if g in held], selection_mode="multi",
        format_func=label, key=f"goals_pick_{group}", label_visibility="collapsed", persist_state="session",
    )  # fmt: skip

chosen = list(dict.fromkeys(chosen))
matches = match(chosen, present)
ready = [m for m in matches if m.computable]
if chosen:
    here.head(finding=here.t("finding", goals=len(chosen), ready=len(ready), all=len(matches)), step="goals")
    here.show(section(here.t("chosen")), key="chosen_head")
    for goal_id in chosen:
        here.show(
            caption(here.t("why", name=label(goal_id), about=everything[goal_id].about.get(lang))), key=f"why_{goal_id}"
        )
else:
    here.head(finding=here.t("finding_none"), step="goals")
if st.button(here.t("go"), type="primary", disabled=not chosen, key="goals_go"):
    choose_goals(here.workspace, chosen)
    frame.go("plan", "kpis")
