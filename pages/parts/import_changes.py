"""Import, a file of a known source: what it changes against what is loaded, and whether it replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kpi.intake import Changes, Plan, changes, earlier
from kpi.workspace import Import
from pages.parts import import_state as state
from pages.parts.empty import message
from pages.parts.frame import Frame
from pages.parts.head import captions, section
from pages.parts.import_columns import field_label
from pages.parts.tables import table
from pages.parts.views import Column, Table

GROUPS = ("new", "updated", "unchanged", "gone")
EXAMPLES = 3
MOST_KEYS = 6  # of the gone ones


def changes_view(here: Frame, plan: Plan) -> None:
    """What a file of a known source changes against the workspace; whether it replaces the earlier ones."""
    before = () if plan.questions else earlier(here.workspace, plan)
    if not before:
        return
    key = state.key_of(plan)
    found = _changed(here, plan, before)
    day = before[0].imported_at
    note = here.t("import.known_source", file=before[0].file, day=day.date() if day else None)
    here.show(section(here.t("import.changes"), note), key=f"changes_{key}")
    here.show(table(_change_table(here, found)), key=f"change_table_{key}")
    details = _change_notes(here, found)
    if details:
        here.show(captions(details), key=f"change_notes_{key}")
    gone = sum(each.gone + each.gone_lines for each in found)
    twice = sum(each.same_lines for each in found)
    if gone or twice:
        if twice and not state.replaces(plan):
            here.show(message(here.t("import.twice"), here.t("import.twice_text", n=twice)), key=f"twice_{key}")
        widget = f"import_replace_{key}"
        st.session_state[widget] = state.replaces(plan)
        st.radio(
            here.t("import.gone_rows", n=gone), (False, True), horizontal=True, key=widget,
            format_func=lambda so: here.t("import.gone_replace" if so else "import.gone_keep"),
            on_change=lambda: state.replace_earlier(plan, st.session_state[widget]),
        )  # fmt: skip


def _changed(here: Frame, plan: Plan, before: Sequence[Import]) -> list[Changes]:
    kept: dict[Any, list[Changes]] = st.session_state.setdefault("import_changes", {})
    name = (plan.path, plan.sheet, plan.options, here.workspace.revision)
    if name not in kept:
        kept.clear()
        with st.spinner(here.t("import.comparing")):
            kept[name] = changes(here.workspace, plan, before)
    return kept[name]


def _change_table(here: Frame, found: Sequence[Changes]) -> Table:
    heads = (Column(here.t("import.holds")), *(Column(here.t(f"import.group_{name}"), number=True) for name in GROUPS))
    rows = []
    for each in found:
        counts = (
            each.new + each.new_lines,
            each.updated,
            each.unchanged + each.same_lines,
            each.gone + each.gone_lines,
        )
        rows.append((here.t(f"table.{each.table}"), *(here.texts.number(n) for n in counts)))
    return Table(heads, tuple(rows))


def _change_notes(here: Frame, found: Sequence[Changes]) -> list[str]:
    """The fields that change, with examples; some of the gone keys."""
    said = []
    for each in found:
        for field in each.fields:
            shown = [
                here.t(
                    "import.change_example",
                    id=key,
                    before="–" if old is None else _plain(here, old),
                    after=_plain(here, new),
                )
                for key, old, new in field.examples[:EXAMPLES]
            ]
            label = field_label(here, f"{each.table}.{field.field}")
            said.append(here.t("import.change_field", field=label, n=field.rows, examples=shown))
        if each.gone_keys:
            label = here.t(f"table.{each.table}")
            said.append(here.t("import.gone_keys", table=label, n=each.gone, keys=list(each.gone_keys[:MOST_KEYS])))
    return said


def _plain(here: Frame, value: Any) -> str:
    if isinstance(value, bool | str):
        return str(value)
    return here.texts.day(value.date()) if hasattr(value, "date") else here.texts.number(value)
