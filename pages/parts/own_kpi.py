"""The form of a user's own KPI: a TOML block in fields, back and forth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kpi import model
from kpi.catalogue import kpis
from kpi.catalogue.own import DEFAULTS, change_of, choices, copy_of, text_of
from kpi.compile import facts, scope
from kpi.core import ROLES
from kpi.measure.trial import Trial
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of, own_kpis
from pages.parts.frame import Frame
from pages.parts.own_fields import table_name
from pages.parts.own_preview import mistake_html

AT = "own_kpi_at"  # what is being edited: (workspace, id, block it began with, whether it is new)
NEXT = "own_kpi_next"  # what the form is to be filled with in the next run
FORMULA = "formula"  # in place of a table: arithmetic over KPIs and measures
STATE = "state"  # in place of a date: how it stands at the end of the period
EXPRESSIONS = ("value", "where", "per")
TRAITS = ("nature", "timing", "polarity", "lens", "perspective")
FLAGS = ("proportion", "stock", "all_rows")
ORDER = (
    "changed",
    "name",
    "about",
    "unit",
    "better",
    *TRAITS,
    "from",
    "date",
    "where",
    "value",
    "per",
    *FLAGS,
    "goals",
)


def begin(here: Frame, id_: str | None, block: Mapping[str, Any], new: bool) -> None:
    """Fills the form with a block; id_: None until it is saved."""
    st.session_state[AT] = (here.workspace.name, id_, dict(block), new)
    lang = here.texts.lang
    links = {link["goal"]: link.get("role", ROLES[1]) for link in block.get("goals", ())}
    values: dict[str, Any] = {
        "name": text_of(block.get("name", "")).get(lang),
        "about": text_of(block.get("about", "")).get(lang),
        "from": block.get("from") or (FORMULA if block.get("value") else "opportunities"),
        "date": block.get("date") or (STATE if block.get("from") else None),
        **{key: block.get(key, "") for key in EXPRESSIONS},
        **{key: block.get(key, DEFAULTS.get(key, "")) for key in ("unit", "better", *TRAITS)},
        **{key: bool(block.get(key)) for key in FLAGS},
        "goals": [goal for goal in links if goal in goals_of(here.workspace)],
    }
    for key, value in values.items():
        st.session_state[f"own_kpi_{key}"] = value
    for goal, role in links.items():
        st.session_state[f"own_kpi_role_{goal}"] = role


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
        copied = copy_of(id_, lang)
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
    typed = {key: st.session_state.get(f"own_kpi_{key}") for key in ORDER if key != "changed"}
    block = {key: value for key, value in base.items() if key not in typed}
    block |= {key: _text(base.get(key), typed[key], here.texts.lang) for key in ("name", "about")}
    block |= {key: (typed[key] or "").strip() for key in EXPRESSIONS}
    block |= {key: typed[key] for key in ("unit", "better", *TRAITS) if typed[key] not in (None, DEFAULTS.get(key))}
    block |= {key: typed[key] for key in FLAGS if typed[key]}
    if typed["from"] not in (None, FORMULA):
        block |= {"from": typed["from"], "date": "" if typed["date"] in (None, STATE) else typed["date"]}
    else:
        block |= {"where": "", "per": ""}
    block["goals"] = [
        {"goal": goal, "role": st.session_state.get(f"own_kpi_role_{goal}", ROLES[1]), **_reason(base, goal)}
        for goal in typed["goals"] or ()
    ]
    kept = {key: value for key, value in block.items() if value not in (None, "", [])}
    return {key: kept[key] for key in sorted(kept, key=lambda k: ORDER.index(k) if k in ORDER else len(ORDER))}


def _text(before: Any, typed: str | None, lang: str) -> Any:
    """One text for all languages; where it had several, only that of the reader's language changes."""
    if isinstance(before, Mapping):
        return {**before, lang: typed or ""}
    return typed or ""


def _reason(base: Mapping[str, Any], goal: str) -> dict[str, Any]:
    found = next((link for link in base.get("goals", ()) if link["goal"] == goal), {})
    return {"reason": found["reason"]} if found.get("reason") else {}


def form(here: Frame, tried: Trial | None) -> None:
    """The fields, each mistake under the field that it stands in."""
    lang = here.texts.lang
    st.text_input(here.t("name"), key="own_kpi_name", placeholder=here.t("name_example"), persist_state="session")
    left, middle, right = st.columns((2, 1.2, 1.4))
    with left:
        tables = [FORMULA, *model.tables(), *facts()]
        st.selectbox(
            here.t("from"),
            tables,
            key="own_kpi_from",
            persist_state="session",
            format_func=lambda name: _table(here, name),
        )
    with middle:
        st.selectbox(
            here.t("unit"),
            choices("unit"),
            key="own_kpi_unit",
            persist_state="session",
            format_func=lambda u: here.t(f"unit_{u}"),
        )
    with right:
        st.selectbox(
            here.t("better"),
            choices("better"),
            key="own_kpi_better",
            persist_state="session",
            format_func=lambda b: here.t(f"better_{b}"),
        )
    table = st.session_state["own_kpi_from"]
    _mistakes(here, tried, "from", "unit", "better", "name")
    if table != FORMULA:
        dates = [STATE, *_dates(table)]
        if st.session_state.get("own_kpi_date") not in dates:
            st.session_state["own_kpi_date"] = dates[1] if len(dates) > 1 else STATE
        st.selectbox(
            here.t("date"),
            dates,
            key="own_kpi_date",
            persist_state="session",
            format_func=lambda name: _date(here, name),
        )
        _mistakes(here, tried, "date")
    _expression(here, tried, "value", "formula_value" if table == FORMULA else "value")
    if table != FORMULA:
        _expression(here, tried, "where", "where")
        _expression(here, tried, "per", "per")
    with st.expander(here.t("goals"), expanded=bool(st.session_state.get("own_kpi_goals"))):
        known = goals_of(here.workspace)
        picked = st.multiselect(
            here.t("goals_which"),
            list(known),
            key="own_kpi_goals",
            persist_state="session",
            format_func=lambda g: known[g].name.get(lang),
        )
        for goal in picked:
            st.session_state.setdefault(f"own_kpi_role_{goal}", ROLES[1])
            st.segmented_control(
                known[goal].name.get(lang), ROLES, key=f"own_kpi_role_{goal}", required=True, persist_state="session",
                format_func=lambda role: here.t(f"role.{role}"),
            )  # fmt: skip
    with st.expander(here.t("more")):
        st.text_area(here.t("about"), key="own_kpi_about", height=68, persist_state="session")
        for key in TRAITS:
            options = choices(key) if DEFAULTS.get(key) else ("", *choices(key))
            st.selectbox(
                here.t(key),
                options,
                key=f"own_kpi_{key}",
                persist_state="session",
                format_func=lambda c, k=key: _trait(here, k, c),
            )
        for key in FLAGS:
            st.checkbox(here.t(key), key=f"own_kpi_{key}", persist_state="session")
    _mistakes(here, tried)


def _expression(here: Frame, tried: Trial | None, key: str, label: str) -> None:
    st.text_area(here.t(label), key=f"own_kpi_{key}", height=68, placeholder=here.t(f"{label}_example"), max_chars=2000)
    _mistakes(here, tried, key)


def _mistakes(here: Frame, tried: Trial | None, *keys: str) -> None:
    """The mistakes of these keys; without keys those that no field shows."""
    fields = ("from", "unit", "better", "name", "date", *EXPRESSIONS)
    for n, mistake in enumerate(tried.mistakes if tried else ()):
        key = str(mistake.params.get("key", "")).partition(".")[2]
        if key in keys or (not keys and key not in fields):
            here.show(mistake_html(here, mistake), key=f"mistake_{n}")


def _dates(table: str) -> list[str]:
    if table in model.tables():
        return [f.name for f in model.tables()[table].fields.values() if f.type == "time"]
    return [name for name in scope(table).columns if name.endswith(("_at", "_on")) or name in ("day", "period_start")]


def _table(here: Frame, name: str) -> str:
    return here.t("from_formula") if name == FORMULA else table_name(here, name)


def _date(here: Frame, name: str) -> str:
    if name == STATE:
        return here.t("date_state")
    return here.t(f"field.{name}") if here.texts.has(f"field.{name}") else name


def _trait(here: Frame, key: str, code: str) -> str:
    return here.t(f"own_kpi.{key}_{code}") if code else here.t("none")
