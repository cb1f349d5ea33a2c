"""Quick audit: what is measured, for what there are data, for what there is a target; ten minutes, one page (F77)."""

import streamlit as st

from kpi.analysis.audit import answered, audit, whole
from kpi.measure.audits import covered, rows_of
from kpi.workspace.audits import audits, save_audit
from pages.parts import caption, frame, section, table
from pages.parts.audit import answers_grid, compare_choice, coverage_table, earlier_of, page_to_keep

here = frame.page("audit")
saved = audits(here.workspace)
latest = list(saved.values())[-1] if saved else []
rows = audit(here.workspace, {id_: measured for id_, measured, _, _ in latest})
place = st.container()
here.show(section(here.t("questions"), here.t("questions_note", n=len(rows))), key="questions_head")
rows = answered(rows, answers_grid(here, rows))
if st.button(here.t("save_first" if not saved else "save"), type="primary", key="audit_save"):
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
    earlier = compare_choice(here, saved)
    for by, column in zip(("group", "stage"), st.columns(2, gap="large"), strict=True):
        with column:
            here.show(section(here.t(f"by_{by}")), key=f"by_{by}_head")
            here.show(table(coverage_table(here, covered(here.workspace, rows, by, earlier), by)), key=f"by_{by}")
            if by == "stage":
                here.show(caption(here.t("by_stage_note")), key="by_stage_note")
    page_to_keep(here, rows, saved)
