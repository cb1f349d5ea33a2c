"""Import: uploads held as files, plans as corrected so far; every correction is a step that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from kpi.errors import KpiError
from kpi.intake import Failure, Options, Plan, drop, hold, hold_original, inspect_each, plan_shown
from kpi.workspace import Import
from pages.parts.frame import Frame

HELD, PLANS, CHOICES, REFUSED = "import_held", "import_plans", "import_choices", "import_refused"
SHOWN, LEFT, REPLACE, DONE = "import_shown", "import_left", "import_replace", "import_done"
STOPPED = "import_stopped"
MOST_PLANS = 40  # remembered per session


@dataclass(frozen=True)
class Held:
    """An upload as a file in the workspace's spool."""

    id: str
    path: Path


def key_of(plan: Plan) -> str:
    """What tells the tables of a session apart."""
    return f"{plan.sha256[:12]}|{plan.sheet or ''}"


def held_files(here: Frame, file: Any) -> Held:
    """The upload as a file; kept once per upload. Refused above the workspace's upload limit."""
    kept: dict[str, Path] = st.session_state.setdefault(HELD, {})
    if file.file_id not in kept or not kept[file.file_id].exists():
        limit = getattr(here.workspace.settings, "upload_limit_mb", None)
        kept[file.file_id] = hold(here.workspace, file.name, file.getbuffer(), limit)
    return Held(file.file_id, kept[file.file_id])


def kept_files() -> list[Held]:
    """The uploads of a load that was stopped: the uploader has forgotten them, the spool has not."""
    if not st.session_state.get(STOPPED):
        return []
    return [Held(id_, path) for id_, path in st.session_state.get(HELD, {}).items() if path.exists()]


def held_original(here: Frame, made: Import) -> Path:
    """The stored original of an import as a file, for as long as its mapping is being changed."""
    kept: dict[str, Path] = st.session_state.setdefault(HELD, {})
    name = f"original-{made.id}"
    if name not in kept or not kept[name].exists():
        kept[name] = hold_original(here.workspace, made)
    return kept[name]


def forget() -> None:
    """Gives up the uploads and everything decided about them."""
    for path in st.session_state.get(HELD, {}).values():
        drop(path)
    for name in (HELD, PLANS, CHOICES, REFUSED, SHOWN, LEFT, REPLACE, STOPPED):
        st.session_state.pop(name, None)


def plans_of(here: Frame, files: list[Held]) -> tuple[list[Plan], list[Failure]]:
    """The plans of all files; one that the user corrected is made again with the corrections."""
    paths = tuple(str(file.path) for file in files)
    plans, failures = _remembered(here, (paths,), lambda: inspect_each(here.workspace, list(paths)))
    return [_corrected(here, plan) for plan in plans], failures


def plan_of_original(here: Frame, made: Import) -> Plan:
    """The plan of an import over its original: as it was loaded, or with the corrections so far."""
    path = held_original(here, made)
    first = _remembered(here, (made.id,), lambda: plan_shown(here.workspace, made, path))
    given = chosen(first)
    if given is None:
        return first
    try:
        return _remembered(here, (made.id, given), lambda: plan_shown(here.workspace, made, path, given))
    except KpiError as error:
        _refuse(first, error)
        return plan_of_original(here, made)


def _corrected(here: Frame, plan: Plan) -> Plan:
    given = chosen(plan)
    if given is None:
        return plan
    asked = replace(given, sheet=plan.sheet) if plan.sheet else given
    made, failed = _remembered(here, (plan.path, asked), lambda: inspect_each(here.workspace, [plan.path], asked))
    found = next((each for each in made if each.sheet == plan.sheet), None)
    if found is None:
        _refuse(plan, failed[0].error if failed else None)
        return _corrected(here, plan)
    return found


def _remembered(here: Frame, key: tuple, make: Any) -> Any:
    """`make()` once per state of the workspace."""
    kept: dict[tuple, Any] = st.session_state.setdefault(PLANS, {})
    whole = (*key, here.workspace.revision)
    made = kept.get(whole)  # looked up once: a run that a click has overtaken may still be at work on the same plans
    if made is None:
        with st.spinner(here.t("import.reading")):
            made = make()
        for oldest in list(kept)[: max(0, len(kept) + 1 - MOST_PLANS)]:
            kept.pop(oldest, None)
        kept[whole] = made
    return made


def chosen(plan: Plan) -> Options | None:
    """The options by which the user corrected a plan; None where nothing was."""
    steps: list[Options] = st.session_state.get(CHOICES, {}).get(key_of(plan), [])
    return steps[-1] if steps else None


def correct(plan: Plan, **changes: Any) -> None:
    """One more correction."""
    correct_to(plan, replace(plan.options, **changes))


def correct_to(plan: Plan, given: Options) -> None:
    """The plan is to be made with these options from now on."""
    choices: dict[str, list[Options]] = st.session_state.setdefault(CHOICES, {})
    choices.setdefault(key_of(plan), []).append(given)


def corrections(plan: Plan) -> int:
    """How many corrections can be taken back."""
    return len(st.session_state.get(CHOICES, {}).get(key_of(plan), []))


def take_back(plan: Plan) -> None:
    """Takes the last correction back."""
    steps: list[Options] = st.session_state.get(CHOICES, {}).get(key_of(plan), [])
    if steps:
        steps.pop()


def _refuse(plan: Plan, error: KpiError | None) -> None:
    """A correction that cannot be: taken back, and told."""
    take_back(plan)
    st.session_state.setdefault(REFUSED, {})[key_of(plan)] = error


def refused(plan: Plan) -> KpiError | None:
    """Why the last correction could not be; told once."""
    return st.session_state.get(REFUSED, {}).pop(key_of(plan), None)


def left_out(plan: Plan) -> bool:
    """Whether the user leaves this file or sheet out."""
    return key_of(plan) in st.session_state.get(LEFT, set())


def leave_out(plan: Plan, out: bool) -> None:
    """Leaves a file or sheet out, or takes it in again."""
    kept: set[str] = st.session_state.setdefault(LEFT, set())
    (kept.add if out else kept.discard)(key_of(plan))


def replaces(plan: Plan) -> bool:
    """Whether the file is to replace the earlier ones of its source."""
    return key_of(plan) in st.session_state.get(REPLACE, set())


def replace_earlier(plan: Plan, so: bool) -> None:
    """The file replaces the earlier ones of its source, or is loaded beside them."""
    kept: set[str] = st.session_state.setdefault(REPLACE, set())
    (kept.add if so else kept.discard)(key_of(plan))


def map_column(plan: Plan, column: str, old: tuple[str, ...], new: str) -> None:
    """The column goes to `new` ("table.field", "" for nowhere) instead of `old`."""
    options = plan.options
    maps = {(table, field): header for table, field, header in options.maps if header != column}
    ignore = {header for header in options.ignore if header != column}
    maps |= {_pair(path): "" for path in old if path != new}
    if new:
        maps[_pair(new)] = column
    else:
        ignore.add(column)
    listed = tuple((table, field, header) for (table, field), header in maps.items())
    correct(plan, table=plan.table, maps=listed, ignore=tuple(sorted(ignore)))


def _pair(path: str) -> tuple[str, str]:
    table, _, field = path.partition(".")
    return table, field
