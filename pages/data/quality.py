"""Quality: can these data be trusted, and what should be put right first."""

import streamlit as st

from kpi import charts
from kpi.quality.findings import findings
from kpi.quality.grade import grade
from kpi.quality.scattered import problems
from kpi.quality.stock import stock
from kpi.quality.trend import history, measure
from pages.parts import action_rows, bar_rows, caption, empty_state, frame, quality_twice, section, table
from pages.parts.quality import (
    banner,
    fix_rows,
    grade_bars,
    grade_trend,
    measured_table,
    problems_table,
    quality_finding,
    stock_table,
)
from pages.parts.quality_lists import PICKED, show_findings, show_owners, show_possible
from pages.parts.views import Action

here = frame.page("quality")
if here.workspace.is_empty():
    here.head(finding=here.t("empty"))
    first = Action(here.t("to_import"), "import")
    if here.show(empty_state(here.t("empty"), here.t("empty_text"), first), key="empty"):
        frame.go("data", "import")
    st.stop()

made, found = grade(here.workspace), findings(here.workspace)
measure(here.workspace)
here.head(
    finding=quality_finding(here, made, found),
    note=here.t("good_from", threshold=here.texts.number(made.threshold, decimals=0)),
)
warning = banner(here, made)
if warning:
    here.show(warning, key="banner")
wanted = st.session_state.pop("quality_open", None)
if wanted:  # a finding was picked on the overview: its rows stand in another view
    st.session_state["quality_view"] = "problems"
with here.filters():
    view = here.choice("view", ("overview", "problems", "twice", "owners", "more"))

if view == "overview":
    left, right = st.columns((45, 55), gap="large")
    with left:
        here.show(section(here.t("parts"), here.t("parts_note")), key="parts_head")
        heads = (here.t("part"), here.t("good"), here.t("weight"), "")
        here.show(bar_rows(grade_bars(here, made), heads=heads), key="parts")
    with right:
        here.show(section(here.t("fix_first"), here.t("fix_first_note")), key="fix_head")
        rows = fix_rows(here, found)
        picked = here.show(action_rows(rows) if rows else caption(here.t("nothing_wrong")), key="fix")
        if picked:
            st.session_state[PICKED] = picked
            st.session_state["quality_open"] = True
            st.rerun()
    left, right = st.columns((45, 55), gap="large")
    with left:
        here.show(section(here.t("trend"), here.t("trend_note")), key="trend_head")
        measured = history(here.workspace)
        if len(measured) > 1:
            here.chart(charts.trend(here.style, grade_trend(here, measured)), key="trend")
        here.show(table(measured_table(here, measured)), key="measured")
    with right:
        here.show(section(here.t("five"), here.t("five_note")), key="five_head")
        here.show(table(problems_table(here, problems(here.workspace))), key="five")
    here.show(section(here.t("stock"), here.t("stock_note")), key="stock_head")
    here.show(table(stock_table(here, stock(here.workspace))), key="stock")
elif view == "problems":
    show_findings(here)
elif view == "twice":
    quality_twice.show(here)
elif view == "owners":
    show_owners(here)
else:
    show_possible(here)
