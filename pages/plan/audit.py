"""Quick audit: what is measured, for what there are data, for what there is a target; ten minutes, one page (F77)."""

import streamlit as st

from kpi.analysis.audit import answered, audit, coverage, whole
from kpi.workspace.audits import audits, save_audit
from kpi.workspace.own_kpis import kpis_of
from pages.parts import caption, frame, section, table
from pages.parts.audit import answers_grid, coverage_table, earlier_of, rows_of

here = frame.page("audit")
saved = audits(here.workspace)
latest = list(saved.values())[-1] if saved else []
rows = audit(here.workspace, {id_: measured for id_, measured, _, _ in latest})
place = st.container()
here.show(section(here.t("questions"), here.t("questions_note", n=len(rows))), key="questions_head")
rows = answered(rows, answers_grid(here, rows))
if st.button(here.t("save"), type="primary", key="audit_save"):
    save_audit(here.workspace, rows_of(rows))
    st.rerun()

total = whole(rows)
here.head(
    finding=here.t(
        "finding",
        n=total.n,
        measured=here.texts.percent(total.measured, decimals=0),
        data=here.texts.percent(total.data, decimals=0),
        target=here.texts.percent(total.target, decimals=0),
    ),
    note=earlier_of(here, saved) or here.t("note"),
)
with place:
    left, right = st.columns(2, gap="large")
    with left:
        here.show(section(here.t("by_group")), key="by_group_head")
        here.show(
            table(coverage_table(here, coverage(rows, "group", kpis_of(here.workspace)), "group")), key="by_group"
        )
    with right:
        here.show(section(here.t("by_stage")), key="by_stage_head")
        here.show(
            table(coverage_table(here, coverage(rows, "stage", kpis_of(here.workspace)), "stage")), key="by_stage"
        )
        here.show(caption(here.t("by_stage_note")), key="by_stage_note")
