"""Quantify a goal in four steps (F96): its number, strategy and tactics, KPIs, and the chain that ties them together.

Only here a number, a strategy and a tactic are demanded: the short way from goals over KPIs to the board needs none.
"""

import streamlit as st

from kpi.errors import KpiError
from kpi.measure.example import load_example
from kpi.workspace.choices import chosen_goals
from kpi.workspace.own_goals import goals_of
from pages.parts import empty_state, frame, steps
from pages.parts.advice import advice
from pages.parts.empty import message
from pages.parts.quantify import STEPS, chain_step, example_offer, measures_step, number_step, strategy_step
from pages.parts.views import Action

WANTED = "quantify_goal_wanted"  # chosen by the program: taken over before the chooser is drawn

here = frame.page("quantify")
goals = chosen_goals(here.workspace)


def example() -> None:
    """The worked example of the goal process, loaded beside what is chosen."""
    try:
        load_example(here.workspace, here.t("example_strategy"), here.t("example_tactic"), here.calendar)
    except KpiError as error:
        here.show(message(here.t("example_not"), here.texts.error(error)), key="example_not")
        return
    st.session_state[WANTED] = chosen_goals(here.workspace)[-1]
    st.session_state["quantify_step"] = STEPS[-1]
    st.rerun()


if not goals:
    here.head(finding=here.t("no_goal"))
    ways = Action(here.t("to_goals"), "goals"), Action(here.t("example"), "example")
    pick = here.show(empty_state(here.t("no_goal"), here.t("no_goal_text"), *ways), key="empty")
    if pick == "goals":
        frame.go("plan", "goals")
    if pick == "example":
        example()
    st.stop()

asked = st.session_state.pop(WANTED, None) or (None if "quantify_goal" in st.session_state else frame.param("goal"))
if asked in goals:
    st.session_state["quantify_goal"] = asked
if st.session_state.get("quantify_goal") not in goals:
    st.session_state["quantify_goal"] = goals[0]
with here.filters():
    goal_id = st.selectbox(
        here.t("which"), goals, format_func=lambda id_: goals_of(here.workspace)[id_].name.get(here.texts.lang),
        key="quantify_goal", label_visibility="collapsed",
    )  # fmt: skip
goal = goals_of(here.workspace)[goal_id]
step = st.session_state.get("quantify_step", STEPS[0])
step = step if step in STEPS else STEPS[0]
place = STEPS.index(step)
here.show(
    steps([here.t(f"step_{each}") for each in STEPS], place, [here.texts.number(n) for n, _ in enumerate(STEPS, 1)]),
    key="steps",
)
here.head(finding=here.t(f"finding_{step}", goal=goal.name.get(here.texts.lang)), note=here.t(f"note_{step}"))
show = {"number": number_step, "strategy": strategy_step, "measures": measures_step, "chain": chain_step}[step]
way = show(here, goal)
if way == "next" and step == STEPS[-1]:
    st.session_state["quantify_step"] = STEPS[0]
    frame.go("explore", "board")
if way in ("next", "back"):
    st.session_state["quantify_step"] = STEPS[place + (1 if way == "next" else -1)]
    st.rerun()
if step == STEPS[0] and example_offer(here):
    example()
advice(here, "quantify", [])
