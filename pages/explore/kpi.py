"""One KPI: trend, comparison, breakdown, proof."""

import streamlit as st

from kpi import charts
from kpi.catalogue import kpis
from kpi.measure.dimensions import group_names, splits
from kpi.measure.judged import judgement
from kpi.measure.story import story
from kpi.quality.grade import kpi_grade
from kpi.workspace.choices import chosen_goals, selected_kpis
from pages.parts import bar_rows, blocked_kpi, caption, empty_state, frame, leaderboard, proof_card, section, table
from pages.parts.annotations import events_html, events_of, marks, note_form
from pages.parts.items import blocked_card, item_change, kpi_name, sentence
from pages.parts.quality import banner, grade_bars, grade_note
from pages.parts.story import finding_of, note_of, proof_view, rows_table, split_view, trend_view
from pages.parts.target_form import target_form
from pages.parts.views import Action

here = frame.page("kpi")
selected = [s.kpi for s in selected_kpis(here.workspace)]
asked = frame.param("kpi")
kpi_id = asked if asked in kpis() else selected[0] if selected else None
if kpi_id is None:
    here.head(finding=here.t("empty"))
    if here.show(empty_state(here.t("empty"), here.t("empty_text"), Action(here.t("to_goals"), "goals")), key="empty"):
        frame.go("plan", "goals")
    st.stop()

kpi = kpis()[kpi_id]
line = here.filters()
with line:
    by = here.choice("by", ("month", "quarter", "year", "week"))
    options = list(dict.fromkeys([*selected, kpi.id, *kpis()]))
    chosen = st.selectbox(
        here.t("which"), options, index=options.index(kpi.id), format_func=lambda id_: kpi_name(here, kpis()[id_]),
        key=f"kpi_which_{kpi.id}", label_visibility="collapsed",
    )  # fmt: skip
    if chosen != kpi.id:
        frame.go("explore", "kpi", kpi=chosen)

dimensions = splits(here.workspace, kpi)
split = st.session_state.get("kpi_split")
split = split if split in dimensions else next(iter(dimensions), "")
with line:
    only = here.filter_choice()
told = story(here.workspace, kpi, by, here.calendar, split or None, chosen_goals(here.workspace), only)
if not told.rows:
    here.head(finding=here.t("no_value", name=kpi_name(here, kpi)), title=kpi_name(here, kpi))
    here.show(blocked_kpi(here.texts, blocked_card(here, told.item)), key="blocked")
    st.stop()

happened = events_of(here, kpi.id, told.rows)
with line:
    target_form(here, kpi, told.item, chosen_goals(here.workspace))
    note_form(here, kpi.id, happened)
here.head(
    finding=sentence(here, finding_of(told)),
    title=kpi_name(here, kpi),
    context=here.texts.period(told.item.reading.current.period, by) if told.item.reading.current else "",
    note=note_of(here, told),
)
warning = banner(here, kpi_grade(here.workspace, kpi.id))
if warning:
    here.show(warning, key="banner")
here.chart(charts.trend(here.style, trend_view(here, told, by, marks(here, happened, told.rows))), key="trend")
here.show(caption(here.t("how_to_read")), key="caption")
if happened:
    here.show(events_html(here, happened), key="events")
band = judgement(here.workspace, kpi, told.item.reading.current)
if band:
    here.show(caption(here.t(f"band.{band}")), key="band")
with st.expander(here.t("as_table")):
    here.show(table(rows_table(here, told, by)), key="table")

left, right = st.columns((64, 36), gap="large")
with left:
    change = item_change(here, told.item.reading)
    here.show(
        section(here.t("what_changed"), here.t("what_changed_note", change=change.text if change else "–")),
        key="split_head",
    )
    if dimensions:
        if len(dimensions) > 1:
            st.segmented_control(
                here.t("split"), dimensions, default=split, format_func=lambda d: here.t(f"field.{d.rpartition('.')[2]}"),
                key="kpi_split", label_visibility="collapsed", required=True,
            )  # fmt: skip
        if told.parts:
            here.show(
                leaderboard(here.texts, split_view(here, told, split, group_names(here.workspace, split))),
                key="leaders",
            )
    else:
        here.show(caption(here.t("no_split")), key="no_split")
with right:
    here.show(section(here.t("proof")), key="proof_head")
    if told.proof:
        here.show(proof_card(here.texts, proof_view(here, told)), key="proof")
    here.show(section(here.t("data"), grade_note(here, kpi.id)), key="data_head")
    here.show(bar_rows(grade_bars(here, kpi_grade(here.workspace, kpi.id))), key="data")
    here.show(section(here.t("about")), key="about_head")
    here.show(caption(kpi.about.get(here.texts.lang)), key="about")
