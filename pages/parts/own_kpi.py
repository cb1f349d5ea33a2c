"""A user's own KPI while it is written: a TOML block in the fields of a form, back and forth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kpi.catalogue import kpis
from kpi.catalogue.own import DEFAULTS, GROUP, change_of, copy_of, text_of
from kpi.catalogue.own_shape import shape
from kpi.core import ROLES
from kpi.errors import BadDefinition
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of, own_kpis
from pages.parts.frame import Frame
from pages.parts.own_pieces import FORM, begin_pieces, fill_measure, typed_measure, typed_parts, typed_ways

AT = "own_kpi_at"  # what is being edited: (workspace, id, block it began with, whether it is new)
LEFT = "own_kpi_left"  # keys of the block that no field can show
NEXT = "own_kpi_next"  # what the form is to be filled with in the next run
TRAITS = ("nature", "timing", "polarity", "lens", "perspective", "factor")
FLAGS = ("proportion", "stock", "all_rows")
ORDER = (
    "changed", "name", "about", "unit", "better", *TRAITS, "from", "date", "where", "value", "per", "parts", *FLAGS,
    "goals", "variants",
)  # fmt: skip


def begin(here: Frame, id_: str | None, block: Mapping[str, Any], new: bool) -> None:
    """Fills the form with a block; id_: None until it is saved. Keys of a wrong shape, which no field can show, are left
    out and told (`LEFT`)."""
    wrong = {_top(error) for error in shape(id_ or GROUP, block, GROUP)} & set(block)
    block = {key: value for key, value in block.items() if key not in wrong}
    st.session_state[AT] = (here.workspace.name, id_, block, new)
    st.session_state[LEFT] = sorted(wrong)
    lang = here.texts.lang
    links = {link.get("goal", ""): link.get("role", ROLES[1]) for link in block.get("goals", ())}
    values: dict[str, Any] = {
        "name": text_of(block.get("name", "")).get(lang),
        "about": text_of(block.get("about", "")).get(lang),
        **{key: block.get(key, DEFAULTS.get(key, "")) for key in ("unit", "better", *TRAITS)},
        **{key: bool(block.get(key)) for key in FLAGS},
        "goals": [goal for goal in links if goal in goals_of(here.workspace)],
    }
    for key, value in values.items():
        st.session_state[f"own_kpi_{key}"] = value
    for goal, role in links.items():
        st.session_state[f"own_kpi_role_{goal}"] = role
    fill_measure(FORM, block)
    begin_pieces(block)


def _top(error: BadDefinition) -> str:
    """The key of a block that a mistake is of: "parts" of "own_x.parts.a.value"."""
    return re.split(r"[.\[]", str(error.params["key"]).partition(".")[2])[0]


def begin_next(here: Frame, id_: str | None, block: Mapping[str, Any] | None = None) -> None:
    """Fills the form in the next run, as fields that are shown already cannot be filled in this one.

    block: that of `id_` as it is now, else what `begin_with` finds.
    """
    st.session_state[NEXT] = (here.workspace.name, id_, block)


def begin_asked(here: Frame) -> None:
    """Fills the form with what the last run asked for."""
    name, id_, block = st.session_state.pop(NEXT, (None, None, None))
    if name != here.workspace.name:
        return
    if block is None:
        begin_with(here, id_)
    else:
        begin(here, id_, block, False)


def begin_with(here: Frame, id_: str | None, change: bool = False) -> None:
    """Begins with a definition of the workspace, a copy or a change of a built-in KPI, or an empty form."""
    held = own_kpis(here.workspace)
    lang = here.texts.lang
    if id_ is None:
        begin(here, None, {}, True)
    elif id_ in held:
        begin(here, id_, held[id_].block, False)
    elif id_ in kpis() and change:
        begin(here, id_, change_of(id_, lang), False)
    elif id_ in kpis():
        copied = {key: value for key, value in copy_of(id_, lang).items() if key != "factor"}  # no second vote
        begin(here, None, {**copied, "name": here.t("copy_name", name=copied["name"])}, True)
    else:
        begin(here, None, {}, True)


def present(here: Frame) -> tuple[str | None, dict[str, Any], bool]:
    """What is being edited: its id (None: not saved yet), the block it began with, whether it is new."""
    held = st.session_state.get(AT)
    if held is None or held[0] != here.workspace.name:
        begin(here, None, {}, True)
        held = st.session_state[AT]
    return held[1], held[2], held[3]


def own_id(here: Frame, name: str) -> str:
    """An id for a new KPI of that name that nothing else has."""
    stem = "own_" + (re.sub(r"[\W_]+", "_", re.sub(r"\([^)]*\)", " ", name.casefold())).strip("_")[:40] or "kpi")
    known, n, made = kpis_of(here.workspace), 1, stem
    while made in known:
        n += 1
        made = f"{stem}_{n}"
    return made


def typed_block(here: Frame) -> dict[str, Any]:
    """The block as the form says it; what the form does not show stays as it was."""
    base = present(here)[1]
    typed = {
        key: st.session_state.get(f"own_kpi_{key}") for key in ("name", "about", "unit", "better", *TRAITS, *FLAGS)
    }
    block = {key: value for key, value in base.items() if key not in ORDER or key == "changed"}
    block |= {key: _text(base.get(key), typed[key], here.texts.lang) for key in ("name", "about")}
    block |= {key: typed[key] for key in ("unit", "better", *TRAITS) if typed[key] not in (None, DEFAULTS.get(key))}
    block |= {key: typed[key] for key in FLAGS if typed[key]}
    block |= _computed(base)
    block["goals"] = [
        {"goal": goal, "role": st.session_state.get(f"own_kpi_role_{goal}", ROLES[1]), **_reason(base, goal)}
        for goal in st.session_state.get("own_kpi_goals") or ()
    ]
    kept = {key: value for key, value in block.items() if value not in (None, "", [], {})}
    return {key: kept[key] for key in sorted(kept, key=lambda k: ORDER.index(k) if k in ORDER else len(ORDER))}


def _computed(base: Mapping[str, Any]) -> dict[str, Any]:
    """What computes it: an expression or formula, several ways, or (only kept) a function of the program."""
    if base.get("variants"):
        return {"variants": typed_ways(base)}
    if base.get("function"):
        return {}
    measure = typed_measure(FORM)
    return measure if measure.get("from") else measure | {"parts": typed_parts(base)}


def _text(before: Any, typed: str | None, lang: str) -> Any:
    """One text for all languages; where it had several, only that of the reader's language changes."""
    if isinstance(before, Mapping):
        return {**before, lang: typed or ""}
    return typed or ""


def _reason(base: Mapping[str, Any], goal: str) -> dict[str, Any]:
    found = next((link for link in base.get("goals", ()) if link.get("goal") == goal), {})
    return {"reason": found["reason"]} if found.get("reason") else {}
