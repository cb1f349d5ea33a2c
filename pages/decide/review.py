"""Reviews: the numbers of a goal as they stand, what is decided, and what was decided before (F87)."""

from datetime import date, datetime

import streamlit as st

from kpi.measure import board
from kpi.measure.review import due_reviews, snapshot
from kpi.workspace.choices import chosen_goals
from kpi.workspace.own_goals import goals_of
from kpi.workspace.plans import Plan, plans, save_plan
from kpi.workspace.reviews import Review, add_review, reviews
from pages.parts import caption, captions, frame, section, table
from pages.parts.advice import advice
from pages.parts.missing import nothing
from pages.parts.proof_links import proof_links
from pages.parts.review import cadence_choice, snapshot_table

here = frame.page("review")
goals, known = chosen_goals(here.workspace), goals_of(here.workspace)
if not goals:
    nothing(here, "plan", "goals", "no_goal")

late = due_reviews(here.workspace, date.today())
asked = frame.param("goal")
options = [*late, *(id_ for id_ in goals if id_ not in late)]
with here.filters():
    goal = st.selectbox(
        here.t("which"), options, index=options.index(asked) if asked in options else 0, key="review_goal",
        format_func=lambda id_: known[id_].name.get(here.texts.lang), label_visibility="collapsed",
    )  # fmt: skip
    every = cadence_choice(here, goal)
plan = plans(here.workspace).get(goal, Plan(goal))
if every != plan.review_every:
    save_plan(here.workspace, Plan(goal, plan.strategy, plan.tactics, every))
    st.rerun()
names = [known[id_].name.get(here.texts.lang) for id_ in late]
here.head(finding=here.t("finding_due", n=len(late), names=names) if late else here.t("finding"), note=here.t("note"))

here.show(section(here.t("today"), plan.strategy), key="today_head")
now = snapshot(here.workspace, goal, here.calendar)
here.show(table(snapshot_table(here, now)), key="today")
selected = [each["kpi"] for each in now]
proof_links(here, selected)
advice(here, "review", selected, board(here.workspace, selected, [goal], "month", here.calendar))
with st.form(f"review_{goal}", border=False, clear_on_submit=True):
    decisions = st.text_area(here.t("decisions"), key="review_decisions", placeholder=here.t("decisions_example"))
    strategy = st.text_area(here.t("strategy"), key="review_strategy", placeholder=here.t("strategy_example"))
    if st.form_submit_button(here.t("save"), type="primary", key="review_save"):
        add_review(here.workspace, Review(goal, datetime.now(), decisions, strategy, now))
        st.rerun()

earlier = reviews(here.workspace, goal)
here.show(section(here.t("earlier"), here.t("earlier_note", n=len(earlier))), key="earlier_head")
if not earlier:
    here.show(caption(here.t("none_yet")), key="none_yet")
for n, each in enumerate(earlier):
    with st.expander(here.texts.day(each.reviewed_at.date()), expanded=n == 0):
        said = [here.t("decided", text=each.decisions or "–"), here.t("changed", text=each.strategy_note or "–")]
        here.show(captions(said) + table(snapshot_table(here, list(each.snapshot))), key=f"earlier_{n}")
