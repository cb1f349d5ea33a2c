"""Import: drop files, see the plan, correct it, load."""

import streamlit as st

from kpi.errors import KpiError
from kpi.intake import SUFFIXES, load
from pages.parts import caption, frame, next_step, section, table
from pages.parts.empty import message
from pages.parts.importing import (
    Held,
    choices_form,
    forget,
    held_files,
    mapping_editor,
    plan_note,
    plan_title,
    plans_of,
    reject_table,
    report_text,
)
from pages.parts.views import Action

here = frame.page("import")
done = st.session_state.get("import_done", [])
given = st.file_uploader(
    here.t("drop"), accept_multiple_files=True, type=[s.lstrip(".") for s in SUFFIXES], key=f"import_files_{len(done)}",
    help=here.t("drop_help", suffixes=", ".join(SUFFIXES)),
)  # fmt: skip
files: list[Held] = []
for file in given or []:
    try:
        files.append(held_files(here, file))
    except KpiError as error:
        here.show(message(file.name, here.texts.error(error)), key=f"held_{file.file_id}")

if files:
    plans, failures = plans_of(here, files)
    for failure in failures:
        here.show(message(failure.path.name, here.texts.error(failure.error)), key=f"failure_{failure.path.name}")
    open_ = [plan for plan in plans if plan.questions or plan.table is None]
    ready = [plan for plan in plans if plan not in open_]
    rows = sum(plan.rows for plan in ready)
    if open_:
        here.head(finding=here.t("finding_asks", n=len(open_), files=len(files)), step="data")
    elif ready:
        here.head(finding=here.t("finding", files=len(ready), rows=rows), step="data", note=here.t("finding_note"))
    else:
        here.head(finding=here.t("finding_nothing"), step="data")
    if ready and st.button(here.t("load", rows=rows), type="primary", key="import_load"):
        bar = st.progress(0.0, text=here.t("loading"))
        for n, plan in enumerate(ready):
            try:
                report = load(
                    here.workspace,
                    plan,
                    lambda step, share, n=n: bar.progress((n + share) / len(ready), here.t(f"step_{step}")),
                )
                done.append(report)
            except KpiError as error:
                done.append((plan.file, error))
        st.session_state["import_done"] = done
        forget(files)
        st.rerun()
    for plan in [*open_, *ready]:
        here.show(
            section(plan_title(here, plan), plan_note(here, plan)), key=f"plan_{plan.sha256[:8]}{plan.sheet or ''}"
        )
        for question in plan.questions:
            here.show(
                message(here.t("question"), question.text.text(here.texts)),
                key=f"ask_{plan.sha256[:8]}_{question.option}",
            )
        choices_form(here, plan)
        mapping_editor(here, plan)
        for n, warning in enumerate(plan.warnings):
            here.show(caption(warning.text(here.texts)), key=f"warn_{plan.sha256[:8]}{plan.sheet or ''}_{n}")
elif done:
    loaded = [each for each in done if not isinstance(each, tuple)]
    here.head(
        finding=here.t(
            "finding_done", rows=sum(r.rows_loaded for r in loaded), rejected=sum(r.rows_rejected for r in loaded)
        ),
        step="data",
    )
    for n, each in enumerate(done):
        if isinstance(each, tuple):
            here.show(message(each[0], here.texts.error(each[1])), key=f"done_{n}")
            continue
        title, lines = report_text(here, each)
        here.show(section(title), key=f"done_{n}")
        for k, line in enumerate(lines):
            here.show(caption(line), key=f"done_{n}_{k}")
        if each.rejects:
            here.show(table(reject_table(here, each)), key=f"rejects_{n}")
    step = next_step(here.texts, here.t("next"), here.t("next_text"), Action(here.t("next_go"), "goals"))
    if here.show(step, key="next"):
        st.session_state.pop("import_done", None)
        frame.go("plan", "goals")
else:
    here.head(finding=here.t("finding_none"), step="data", note=here.t("finding_none_note"))
