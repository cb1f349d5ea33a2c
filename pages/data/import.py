"""Import: drop files, see column by column what becomes of them, correct it, load it."""

from functools import partial

import streamlit as st

from kpi.errors import KpiError
from kpi.intake import SUFFIXES, earlier, in_order, refresh, remap
from kpi.workspace import logged
from pages.parts import frame, import_job
from pages.parts import import_state as state
from pages.parts.empty import empty_state, message
from pages.parts.home import next_of, step_view
from pages.parts.import_plan import plan_list, plan_name, plan_state, plan_view
from pages.parts.import_report import done_view
from pages.parts.views import Action

here = frame.page("import")
job = import_job.running()
number = frame.param("remap")


def show_plans(files):
    """The files with their states, the one that is looked at, the button that loads all that are ready."""
    plans, failures = state.plans_of(here, files)
    states = {state.key_of(plan): plan_state(here, plan) for plan in plans}
    ready = [plan for plan in in_order(plans) if states[state.key_of(plan)] == "ready"]
    asks = [plan for plan in plans if states[state.key_of(plan)] == "asks"]
    rows, known = sum(plan.rows for plan in ready), list(states.values()).count("loaded")
    if asks:
        here.head(finding=here.t("finding_asks", n=len(asks), files=len(plans)), step="data")
    elif ready:
        here.head(finding=here.t("finding", files=len(ready), rows=rows), step="data", note=here.t("finding_note"))
    else:
        here.head(finding=here.t("finding_loaded" if known else "finding_nothing", n=known), step="data")
    if ready and st.button(here.t("load", rows=rows), type="primary", key="import_load"):
        old = {state.key_of(plan): earlier(here.workspace, plan) if state.replaces(plan) else () for plan in ready}
        import_job.start(
            [(plan_name(plan), partial(refresh, here.workspace, plan, old[state.key_of(plan)])) for plan in ready]
        )
        st.rerun()
    by_key = {state.key_of(plan): plan for plan in plans}
    first = next(iter([*asks, *sorted(ready, key=lambda plan: -plan.rows), *plans]), None)
    shown = by_key.get(st.session_state.get(state.SHOWN, ""), first)
    if picked := plan_list(here, plans, failures, shown):
        st.session_state[state.SHOWN] = picked
        st.rerun()
    if shown:
        plan_view(here, shown)


def show_original(id_):
    """The mapping of an import that is loaded already, over its stored original."""
    made = logged(here.workspace, id_)
    plan = state.plan_of_original(here, made)
    asks = len(plan.questions)
    here.head(finding=here.t("finding_remap_asks" if asks else "finding_remap", file=made.file, id=str(made.id), n=asks),
              note=here.t("finding_remap_note"), title=here.t("remap"))  # fmt: skip
    with st.container(horizontal=True):
        if st.button(here.t("load_anew"), type="primary", key="import_anew", disabled=bool(asks) or plan.table is None):
            given = state.chosen(plan)
            import_job.start([(made.file, lambda progress, stop: remap(here.workspace, id_, given, progress, stop))])
            st.rerun()
        if st.button(here.t("leave_as_it_is"), key="import_leave_original"):
            state.forget()
            frame.go("data", "imports")
    plan_view(here, plan, again=made)


def show_done(done):
    """What became of the files that were loaded."""
    reports = [each for _, each in done if not isinstance(each, Exception)]
    loaded, rejected = sum(r.rows_loaded for r in reports if r.id), sum(r.rows_rejected for r in reports)
    here.head(
        finding=here.t("finding_done" if loaded else "finding_nothing", rows=loaded, rejected=rejected), step="data"
    )
    for n, (name, result) in enumerate(done):
        done_view(here, name, result, n)
    if loaded:
        step = next_of(here)
        if here.show(step_view(here, step), key="next"):
            st.session_state.pop(state.DONE, None)
            frame.go(step.section, step.page)
    if st.button(here.t("to_log"), key="import_to_log", type="tertiary"):
        st.session_state.pop(state.DONE, None)
        frame.go("data", "imports")


if job and not job.finished:
    here.head(finding=here.t("finding_loading", n=len(job.names)), step="data")
    import_job.watch(here)
elif number and number.isdecimal() and not job:
    show_original(int(number))
else:
    if job:
        done = st.session_state.pop(import_job.JOB).done()
        if job.stop.is_set() and not number:  # the files are still there to be loaded
            st.session_state[state.STOPPED] = True
            for n, (name, result) in enumerate(done):
                done_view(here, name, result, n)
        else:
            st.session_state[state.DONE] = done
            st.session_state["import_round"] = st.session_state.get("import_round", 0) + 1
            state.forget()
        if number:
            del st.query_params["remap"]
    given = st.file_uploader(
        here.t("drop"), accept_multiple_files=True, type=[s.lstrip(".") for s in SUFFIXES],
        key=f"import_files_{st.session_state.get('import_round', 0)}", help=here.t("drop_help", suffixes=", ".join(SUFFIXES)),
    )  # fmt: skip
    files = state.kept_files()
    for file in given or []:
        try:
            files.append(state.held_files(here, file))
        except KpiError as error:
            here.show(message(file.name, here.texts.error(error)), key=f"held_{file.file_id}")
    if files:
        st.session_state.pop(state.DONE, None)
        show_plans(files)
    elif done := st.session_state.get(state.DONE):
        show_done(done)
    else:
        here.head(finding=here.t("finding_none"), step="data", note=here.t("finding_none_note"))
        here.show(
            empty_state(here.t("ways"), here.t("ways_text"), secondary=Action(here.t("to_hand"), "by_hand")), key="ways"
        )
