"""One KPI: trend, what changed it, the rows behind it, proof."""

import streamlit as st

from kpi.errors import Unknown
from kpi.measure.dimensions import every_split, group_names, splits
from kpi.measure.judged import judgement
from kpi.measure.story import story
from kpi.quality.grade import kpi_grade
from kpi.workspace.choices import chosen_goals, selected_kpis
from kpi.workspace.own_kpis import kpis_of
from pages.parts import bar_rows, blocked_kpi, caption, frame, section
from pages.parts.alert_rules import rule_form
from pages.parts.annotations import events_of, note_form
from pages.parts.behind import behind_part
from pages.parts.breakdown import breakdown_part, chosen_split, split_choice
from pages.parts.changed import changed_note
from pages.parts.items import blocked_card, item_change, kpi_name, sentence
from pages.parts.missing import nothing
from pages.parts.outlook import outlook_part
from pages.parts.plan import goal_mark
from pages.parts.proven import proof_part
from pages.parts.quality import banner, grade_bars, grade_note
from pages.parts.story import finding_of, note_of
from pages.parts.target_form import target_form
from pages.parts.trend import trend_part

here = frame.page("kpi")
known = kpis_of(here.workspace)
selected = [s.kpi for s in selected_kpis(here.workspace)]
asked = frame.param("kpi")
kpi_id = asked if asked in known else next((id_ for id_ in selected if id_ in known), None)
if kpi_id is None:
    nothing(here, "plan", "goals")

kpi = known[kpi_id]
if asked and asked not in known:
    here.address.unread.append(Unknown("kpi", asked, known))
line = here.filters()
with line:
    by = here.choice("by", ("month", "quarter", "year", "week"), address="by")
    options = [id_ for id_ in dict.fromkeys([*selected, kpi.id, *known]) if id_ in known]
    chosen = st.selectbox(
        here.t("which"), options, index=options.index(kpi.id), format_func=lambda id_: kpi_name(here, known[id_]),
        key=f"kpi_which_{kpi.id}", label_visibility="collapsed",
    )  # fmt: skip
    if chosen != kpi.id:
        frame.go("explore", "kpi", kpi=chosen)

changed_note(here, kpi)
declared, every = splits(here.workspace, kpi), every_split(here.workspace, kpi)
split = chosen_split(here, declared, every)
with line:
    part = here.slice()
told = story(
    here.workspace, kpi, by, here.calendar, split or None, chosen_goals(here.workspace), part.filters,
    since=part.since, until=part.until,
)  # fmt: skip
if not told.rows:
    here.head(finding=here.t("no_value", name=kpi_name(here, kpi)), title=kpi_name(here, kpi))
    here.show(blocked_kpi(here.texts, blocked_card(here, told.item)), key="blocked")
    st.stop()

happened = events_of(here, kpi.id, told.rows)
with line:
    target_form(here, kpi, told.item, chosen_goals(here.workspace))
    note_form(here, kpi.id, happened)
    rule_form(here, kpi)
here.head(
    finding=sentence(here, finding_of(told)),
    title=kpi_name(here, kpi),
    context=here.texts.period(told.current.period, by) if told.current else "",
    note=" · ".join(filter(None, (note_of(here, told), goal_mark(here, kpi.id)))),
)
warning = banner(here, kpi_grade(here.workspace, kpi.id))
if warning:
    here.show(warning, key="banner")
trend_part(here, told, by, happened)
outlook_part(here, told.item)
band = judgement(here.workspace, kpi, told.current)
if band:
    here.show(caption(here.t(f"band.{band}")), key="band")

change = item_change(here, told.item.reading)
note = here.t("what_changed_note", change=change.text if change else "–")
here.show(section(here.t("what_changed"), note), key="split_head")
if split:
    names = group_names(here.workspace, split)
    split_choice(here, declared, every, split)
    group = breakdown_part(here, told, split, names)
    if group:
        here.filter_by(split, group)
else:
    here.show(caption(here.t("no_split")), key="no_split")

left, right = st.columns((58, 42), gap="large")
with left:
    here.show(section(here.t("closer")), key="closer")
    behind_part(here, told, part.filters)
    here.show(section(here.t("data"), grade_note(here, kpi.id)), key="data_head")
    here.show(bar_rows(grade_bars(here, kpi_grade(here.workspace, kpi.id))), key="data")
with right:
    here.show(section(here.t("proof")), key="proof_head")
    if told.proof:
        proof_part(here, told.proof, {v: n for d, _ in part.filters for v, n in group_names(here.workspace, d).items()})
