"""The form of a user's own KPI: what it is called, what is counted, where it belongs; each mistake under its field."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi import model
from kpi.analysis.card import read_card
from kpi.catalogue.own import DEFAULTS, choices, text_of
from kpi.compile import facts, scope
from kpi.core import ROLES
from kpi.measure.trial import Trial
from kpi.workspace.own_goals import goals_of
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.own_fields import table_name
from pages.parts.own_kpi import FLAGS, LEFT, TRAITS, present
from pages.parts.own_pieces import EXPRESSIONS, FORM, FORMULA, STATE, at, fixed, pieces
from pages.parts.own_preview import mistake_html

LONGEST = 120  # letters of a name that still fits a card


def form(here: Frame, tried: Trial | None) -> None:
    """All fields of the definition that `own_kpi.present` tells."""
    base = present(here)[1]
    left_out = st.session_state.get(LEFT)
    if left_out:
        here.show(caption(here.t("left_out", keys=left_out)), key="left_out")
    st.text_input(
        here.t("name"), key="own_kpi_name", placeholder=here.t("name_example"), persist_state="session",
        max_chars=LONGEST,
    )  # fmt: skip
    _mistakes(here, tried, "name")
    left, right = st.columns(2)
    with left:
        _choice(here, "unit", choices("unit"))
    with right:
        _choice(here, "better", choices("better"))
    _mistakes(here, tried, "unit", "better")
    if base.get("variants"):
        _ways(here, tried)
    elif base.get("function"):
        here.show(caption(here.t("start_function")), key="function")
    else:
        _measure(here, tried, FORM, "", [FORMULA, *model.tables(), *facts()])
        if st.session_state[f"{FORM}from"] == FORMULA:
            _parts(here, tried)
    _goals(here)
    with st.expander(here.t("more")):
        st.text_area(here.t("about"), key="own_kpi_about", height=68, persist_state="session")
        for key in TRAITS:
            if key == "factor":
                _factor(here)
            else:
                _choice(here, key, choices(key) if DEFAULTS.get(key) else ("", *choices(key)))
        for key in FLAGS:
            st.checkbox(here.t(key), key=f"own_kpi_{key}", persist_state="session")
    _mistakes(here, tried)


def _choice(here: Frame, key: str, options: Sequence[str]) -> None:
    st.selectbox(
        here.t(key), options, key=f"own_kpi_{key}", persist_state="session",
        format_func=lambda code: here.t(f"own_kpi.{key}_{code}") if code else here.t("none"),
    )  # fmt: skip


def _factor(here: Frame) -> None:
    """The factor of the scorecard that it is an instrument of."""
    card, lang = read_card(), here.texts.lang

    def named(id_: str) -> str:
        if not id_:
            return here.t("none")
        factor = card.factors[id_]
        perspective = card.perspectives[factor.perspective].get(lang)
        return here.t("catalogue.place_in", perspective=perspective, factor=factor.name.get(lang))

    st.selectbox(
        here.t("factor"), ("", *card.factors), key="own_kpi_factor", persist_state="session", format_func=named,
        help=here.t("factor_help"),
    )  # fmt: skip


def _measure(here: Frame, tried: Trial | None, key: str, path: str, tables: Sequence[str], per: bool = True) -> None:
    """The fields of one measure. key: how those of its widgets begin; path: how those of its mistakes begin."""
    left, right = st.columns(2)
    with left:
        st.selectbox(
            here.t("from"), tables, key=f"{key}from", persist_state="session",
            format_func=lambda name: here.t("from_formula") if name == FORMULA else table_name(here, name),
        )  # fmt: skip
    table = st.session_state[f"{key}from"]
    if table != FORMULA:
        dates = [STATE, *_dates(table)]
        if st.session_state.get(f"{key}date") not in dates:
            st.session_state[f"{key}date"] = dates[1] if len(dates) > 1 else STATE
        with right:
            st.selectbox(
                here.t("date"), dates, key=f"{key}date", persist_state="session",
                format_func=lambda name: _date(here, name),
            )  # fmt: skip
    _mistakes(here, tried, f"{path}from", f"{path}date")
    _expression(here, tried, key, path, "value", "formula_value" if table == FORMULA else "value")
    if table != FORMULA:
        _expression(here, tried, key, path, "where", "where")
        if per:
            _expression(here, tried, key, path, "per", "per")


def _expression(here: Frame, tried: Trial | None, key: str, path: str, name: str, label: str) -> None:
    st.text_area(
        here.t(label), key=f"{key}{name}", height=68, placeholder=here.t(f"{label}_example"), max_chars=2000,
        persist_state="session",
    )  # fmt: skip
    _mistakes(here, tried, f"{path}{name}")


def _parts(here: Frame, tried: Trial | None) -> None:
    """The parts of a formula: names of its own for counts over tables."""
    for n in pieces("parts"):
        name = st.session_state.get(f"{at('parts', n)}name") or ""
        with st.expander(here.t("part", name=name), expanded=not name, key=f"{at('parts', n)}box"):
            st.text_input(here.t("part_name"), key=f"{at('parts', n)}name", persist_state="session", max_chars=60)
            _measure(here, tried, at("parts", n), f"parts.{name}.", [*model.tables(), *facts()], per=False)
            st.button(here.t("part_drop"), key=f"{at('parts', n)}drop", type="tertiary", on_click=_drop, args=(n,))
    st.button(here.t("part_add"), key="own_kpi_part_add", type="tertiary", on_click=_add)
    _mistakes(here, tried, "parts")


def _add() -> None:
    held = pieces("parts")
    last = st.session_state["own_kpi_part_last"] = max([*held, st.session_state.get("own_kpi_part_last", 0), 99]) + 1
    st.session_state[f"{FORM}parts"] = [*held, last]
    st.session_state[f"{at('parts', last)}from"] = next(iter(model.tables()))


def _drop(n: int) -> None:
    st.session_state[f"{FORM}parts"] = [each for each in pieces("parts") if each != n]


def _ways(here: Frame, tried: Trial | None) -> None:
    """The ways to compute it, of which the first holds whose data are there."""
    here.show(caption(here.t("ways_note")), key="ways_note")
    held = present(here)[1]["variants"]
    for n in pieces("variants"):
        label = text_of(held[n]["label"]).get(here.texts.lang) if held[n].get("label") else ""
        title = here.t("way_named" if label else "way", n=n + 1, name=label)
        with st.expander(title, expanded=n == 0, key=f"{at('variants', n)}box"):
            if fixed(held[n]):
                here.show(caption(here.t("way_fixed")), key=f"way_{n}")
                continue
            _measure(here, tried, at("variants", n), f"variants[{n}].", [FORMULA, *model.tables(), *facts()])


def _goals(here: Frame) -> None:
    known, lang = goals_of(here.workspace), here.texts.lang
    with st.expander(here.t("goals"), expanded=bool(st.session_state.get("own_kpi_goals"))):
        picked = st.multiselect(
            here.t("goals_which"), list(known), key="own_kpi_goals", persist_state="session",
            format_func=lambda g: known[g].name.get(lang),
        )  # fmt: skip
        for goal in picked:
            st.session_state.setdefault(f"own_kpi_role_{goal}", ROLES[1])
            st.segmented_control(
                known[goal].name.get(lang), ROLES, key=f"own_kpi_role_{goal}", required=True, persist_state="session",
                format_func=lambda role: here.t(f"role.{role}"),
            )  # fmt: skip


def _mistakes(here: Frame, tried: Trial | None, *keys: str) -> None:
    """The mistakes of these keys; without keys those that no field shows."""
    shown = ("name", "unit", "better", "parts", *_measured())
    for n, mistake in enumerate(tried.mistakes if tried else ()):
        key = str(mistake.params.get("key", "")).partition(".")[2]
        if key in keys or (not keys and key not in shown):
            here.show(mistake_html(here, mistake), key=f"mistake_{n}")


def _measured() -> list[str]:
    """The keys of mistakes that stand under the fields of measures."""
    names = [st.session_state.get(f"{at('parts', n)}name") or "" for n in pieces("parts")]
    paths = ["", *(f"parts.{name}." for name in names), *(f"variants[{n}]." for n in pieces("variants"))]
    return [f"{path}{key}" for path in paths for key in ("from", "date", *EXPRESSIONS)]


def _dates(table: str) -> list[str]:
    if table in model.tables():
        return [f.name for f in model.tables()[table].fields.values() if f.type == "time"]
    return [name for name in scope(table).columns if name.endswith(("_at", "_on")) or name in ("day", "period_start")]


def _date(here: Frame, name: str) -> str:
    if name == STATE:
        return here.t("date_state")
    return here.t(f"field.{name}") if here.texts.has(f"field.{name}") else name
