"""The import log: what was loaded when; take it back, load it again, change its mapping, see what was rejected."""

import streamlit as st

from kpi.intake import remap, undo
from kpi.workspace import imports
from pages.parts import frame, import_job, section
from pages.parts import import_state as state
from pages.parts.empty import empty_state
from pages.parts.errors import tell
from pages.parts.import_log import history, import_name, log_table
from pages.parts.import_report import rejected_view
from pages.parts.views import Action

here = frame.page("imports")
found = imports(here.workspace)
shown = {each.id: each for each in found}
stand = [each for each in found if each.undone_at is None]

job = import_job.running()
if job and not job.finished:
    here.head(finding=here.t("finding_busy"))
    import_job.watch(here)
    st.stop()
if job:
    for _, result in st.session_state.pop(import_job.JOB).done():
        if isinstance(result, Exception):
            tell(here.texts, result)

if not found:
    here.head(finding=here.t("finding_none"))
    ways = empty_state(here.t("none"), here.t("none_text"), primary=Action(here.t("to_import"), "import"))
    if here.show(ways, key="none"):
        frame.go("data", "import")
    st.stop()

here.head(
    finding=here.t("finding", n=len(stand), rows=sum(each.rows_loaded for each in stand)),
    note=here.t("note"),
)
what, _, number = (log_table(here, found) or "").partition(":")
if what == "undo":
    import_job.start([(import_name(here, shown[int(number)]), lambda *_: undo(here.workspace, int(number)))])
    st.rerun()
elif what == "redo":
    import_job.start(
        [
            (
                import_name(here, shown[int(number)]),
                lambda progress, stop: remap(here.workspace, int(number), None, progress, stop),
            )
        ]
    )
    st.rerun()
elif what == "change":
    state.forget()
    frame.go("data", "import", remap=number)
elif what == "edit":
    frame.go("data", "by_hand", table=shown[int(number)].table)
elif what == "rejects":
    st.session_state["imports_rejects"] = int(number)

chosen = shown.get(st.session_state.get("imports_rejects", 0))
if chosen and chosen.undone_at is None and chosen.rows_rejected:
    here.show(section(here.t("rejects_of", file=import_name(here, chosen))), key="rejects")
    rejected_view(here, chosen.id, "log")
for each in reversed(stand):
    if each.before:
        here.show(section(here.t("earlier", file=import_name(here, each))), key=f"earlier_{each.id}")
        history(here, each)
