"""Home: how the goals stand, what needs action now, the next step."""

from datetime import date

import streamlit as st

from kpi.analysis.shelves import use_areas
from kpi.catalogue import kpi_set
from kpi.measure import board
from kpi.measure.alerts import notice
from kpi.measure.home import OLD_AFTER, loaded, read_ahead, standings
from kpi.measure.review import due_reviews
from kpi.workspace.choices import choose_goals, chosen_goals, selected_kpis
from kpi.workspace.own_goals import goals_of
from pages.parts import (
    caption,
    cards,
    empty_state,
    frame,
    goal_rows,
    section,
)
from pages.parts.alerts import action_list
from pages.parts.home import finding_of, goal_view, loaded_text, next_of, step_view
from pages.parts.items import tile
from pages.parts.sample import fill_with_progress
from pages.parts.saved import view_links
from pages.parts.views import Action

here = frame.page("home")
goals, known = chosen_goals(here.workspace), goals_of(here.workspace)

if here.workspace.is_empty():
    here.head(finding=here.t("welcome"), until="", note=here.t("welcome_note"))
    buttons = Action(here.t("try_sample"), "sample"), Action(here.t("upload"), "import")
    pick = here.show(empty_state(here.t("begin"), here.t("begin_text"), *buttons), key="empty")
    if pick == "sample":
        fill_with_progress(here)
        st.rerun()
    if pick == "import":
        frame.go("data", "import")
    st.stop()

selected = [s.kpi for s in selected_kpis(here.workspace)]
strip, core = kpi_set("outcomes"), kpi_set("essentials")
read_ahead(here.workspace, [*selected, *strip.kpis, *core.kpis], goals, "month", here.calendar)
found = standings(here.workspace, goals, "month", here.calendar)
items = board(here.workspace, selected, goals, "month", here.calendar)
here.head(finding=finding_of(here, found, items), title=here.workspace.name)

if found:
    here.show(section(here.t("goals"), here.t("goals_note")), key="goals_head")
    pick = here.show(goal_rows(here.texts, [goal_view(here, each, known[each.goal]) for each in found]), key="goals")
    if pick:
        frame.go("explore", "kpi", kpi=pick)

if not goals:
    areas = {area.id: area for area in use_areas()}
    names = {area.id: area.name.get(here.texts.lang) for area in areas.values() if area.name}
    here.show(section(here.t("areas"), here.t("areas_note")), key="areas_head")
    area = st.pills(
        here.t("areas"), list(names), format_func=names.__getitem__, key="home_areas", label_visibility="collapsed"
    )
    if area:
        choose_goals(here.workspace, areas[area].goals)
        frame.go("plan", "kpis")

left, right = st.columns((2, 1), gap="large")
with left:
    here.show(section(here.t("action"), here.t("action_note")), key="action_head")
    action_list(here, items, due_reviews(here.workspace, date.today()), known)
with right:
    step = next_of(here)
    if here.show(step_view(here, step), key="next"):
        frame.go(step.section, step.page)
    here.show(caption(loaded_text(here, loaded(here.workspace), OLD_AFTER)), key="loaded")
    opened = view_links(here)
    if opened:
        frame.go("explore", opened.page, view=opened.id)

here.show(section(strip.name.get(here.texts.lang), here.t("outcomes_note")), key="outcomes_head")
four = board(here.workspace, list(strip.kpis), goals, "month", here.calendar, "year")
pick = here.show(cards(tile(here, i) for i in four), key="outcomes")
if pick:
    frame.go("explore", "kpi", kpi=pick)

here.show(section(here.t("essentials"), here.t("essentials_note")), key="essentials_head")
seven = board(here.workspace, list(core.kpis), goals, "month", here.calendar)
pick = here.show(cards(tile(here, i) for i in seven), key="essentials")
if pick:
    frame.go("explore", "kpi", kpi=pick)

notice(here.workspace)  # last, as it may have to wait for an import
