"""Settings: what numbers and dates depend on, and what was loaded when."""

import streamlit as st

from pages.parts import caption, frame, guard, section, table
from pages.parts.settings import (
    by_group,
    changed,
    confirm_undo,
    follow_language,
    imports_table,
    key_of,
    rows_of,
    settings_finding,
    widget,
)

here = frame.page("settings")
here.head(finding=settings_finding(here), note=here.t("note"))
said = st.session_state.pop("settings_said", None)
if said:
    st.toast(here.t(said))

values = {}
with st.form("settings_form", border=False):
    for group, settings in by_group().items():
        if group == "general":
            here.show(section(here.t("settings.group_general")), key="general")
            place = st.container()
        else:
            place = st.expander(here.t(f"settings.group_{group}"))
        with place:
            for row in rows_of(settings):
                for column, setting in zip(
                    st.columns(1 if row[0].type == "weights" else 2, gap="large", vertical_alignment="bottom"),
                    row,
                    strict=False,
                ):
                    with column:
                        values[setting.name] = widget(here, setting)
    held = here.workspace.settings.given.get("language")
    if st.form_submit_button(
        here.t("save"), type="primary", key="settings_save", on_click=follow_language,
        args=(key_of(here, "language"), held),
    ):  # fmt: skip
        with guard(here.texts):
            wanted = changed(here, values)
            if wanted:
                here.workspace.change_settings(wanted)
            st.session_state["settings_said"] = "saved" if wanted else "unchanged"
            st.rerun()

here.show(section(here.t("imports"), here.t("imports_note")), key="imports_head")
listed = imports_table(here)
if listed is None:
    here.show(caption(here.t("no_imports")), key="no_imports")
else:
    kind, _, number = (here.show(table(listed), key="imports") or "").partition(":")
    if kind == "undo":
        confirm_undo(here, int(number))
