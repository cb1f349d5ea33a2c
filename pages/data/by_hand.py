"""Enter by hand: small tables typed in a grid, or an empty workbook to fill in."""

import streamlit as st

from kpi.intake import by_hand, template_bytes
from pages.parts import caption, frame, section
from pages.parts.empty import message
from pages.parts.typing_in import ROUND, fault_table, grid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
here = frame.page("by_hand")
names = by_hand.tables()
asked = frame.param("table")
name = st.selectbox(
    here.t("table"), names, key="by_hand_table", index=names.index(asked) if asked in names else 0,
    format_func=lambda each: here.t(f"table.{each}"), persist_state="session",
)  # fmt: skip
rows = by_hand.entered(here.workspace, name)
others = by_hand.from_files(here.workspace, name)
said = here.t(f"table.{name}")
if done := st.session_state.pop("by_hand_done", None):
    here.head(finding=here.t("finding_saved", n=done, table=said), note=here.t("note_saved"))
elif rows:
    here.head(finding=here.t("finding", n=len(rows), table=said), note=here.t("note"))
else:
    here.head(finding=here.t("finding_none", table=said), note=here.t("note"))
here.show(caption(here.t("how_dates" if here.calendar == "jalali" else "how")), key="how")
if others:
    here.show(caption(here.t("others", n=others)), key="others")
typed = grid(here, name, rows)
with st.container(horizontal=True):
    save = st.button(here.t("save"), type="primary", key="by_hand_save")
    st.download_button(
        here.t("template"), data=lambda: template_bytes([name], here.texts), file_name=f"{name}.xlsx", mime=XLSX,
        key="by_hand_template", on_click="ignore",
    )  # fmt: skip
if save or st.session_state.get("by_hand_tried") == name:  # what is wrong stays in sight until it is right
    st.session_state["by_hand_tried"] = name
    faults = by_hand.check(here.workspace, name, typed)
    if faults:
        here.show(message(here.t("wrong", n=len(faults)), here.t("wrong_text")), key="wrong")
        here.show(fault_table(here, faults), key="faults")
    elif save:
        report = by_hand.save(here.workspace, name, typed)
        del st.session_state["by_hand_tried"]
        st.session_state["by_hand_done"] = report.rows_loaded if report else 0
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
here.show(section(here.t("all_templates"), here.t("all_templates_note")), key="templates")
chosen = st.multiselect(
    here.t("tables"), names, key="by_hand_tables", default=by_hand.missing(here.workspace), format_func=lambda each: here.t(f"table.{each}"),
    label_visibility="collapsed", placeholder=here.t("choose_tables"),
)  # fmt: skip
if chosen:
    st.download_button(
        here.t("templates", n=len(chosen)), data=lambda: template_bytes(chosen, here.texts), file_name="templates.xlsx",
        mime=XLSX, key="by_hand_templates", on_click="ignore",
    )  # fmt: skip
