"""Settings: one widget a setting, by its type; what was changed, as the texts that the workspace keeps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytz
import streamlit as st

from kpi.core import LANGUAGES
from kpi.errors import Refused
from kpi.text import Texts
from kpi.workspace import Import, Setting, imports, known_settings, undo
from pages.parts import state
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.views import Action, Cell, Column, Table

GROUPS = ("general", "rules", "horizons", "customers", "sales", "service", "team", "small_numbers")
FOLLOWING = ("language", "calendar")  # until somebody sets them they follow the reader
CURRENCIES = ("EUR", "USD", "GBP", "UAH", "PLN", "IRR", "IRT")
LEAP = date(2024, 1, 1)  # a year that has all days


def by_group() -> dict[str, list[Setting]]:
    """The settings of each group, in their order."""
    return {group: [s for s in known_settings().values() if s.group == group] for group in GROUPS}


def rows_of(settings: list[Setting]) -> list[list[Setting]]:
    """Two settings side by side; weights have a row of their own."""
    rows: list[list[Setting]] = []
    for each in settings:
        if each.type == "weights" or not rows or len(rows[-1]) == 2 or rows[-1][0].type == "weights":
            rows.append([each])
        else:
            rows[-1].append(each)
    return rows


def key_of(here: Frame, name: str) -> str:
    """The key of a setting's widget: of this workspace alone, so that no value moves to another."""
    return f"settings_{here.workspace.name}_{name}"


def follow_language(key: str, held: str | None) -> None:
    """Whoever changes the language of the workspace reads on in it."""
    wanted = st.session_state.get(key)
    if wanted in LANGUAGES and wanted != held:
        st.session_state[state.LANG] = wanted


def widget(here: Frame, setting: Setting) -> Any:
    """Show the setting; what stands in its widget, typed as `Setting.write` takes it."""
    value, label, key = (
        here.workspace.settings[setting.name],
        setting.about.get(here.texts.lang),
        key_of(here, setting.name),
    )
    if setting.name in FOLLOWING and setting.name not in here.workspace.settings.given:
        value = None
    if setting.type in ("integer", "number"):
        return _number(here, setting, value, label, key)
    if setting.type == "weights":
        return _weights(here, setting, value or {}, label, key)
    if setting.type == "list" and setting.values:
        return tuple(_several(here, setting, value, label, key)) or None
    if setting.type == "list":
        return _typed(here, label, ", ".join(value or ()), key)
    if setting.type == "flag":
        return st.toggle(label, bool(value), key=key)
    if setting.type == "text":
        return _typed(here, label, value or "", key)
    return _one(here, setting, value, label, key)


def _one(here: Frame, setting: Setting, value: Any, label: str, key: str) -> Any:
    options: tuple[Any, ...] = setting.values
    if setting.type == "zone":
        options = tuple(pytz.common_timezones)
    elif setting.type == "day":
        options = tuple((day.month, day.day) for day in (LEAP + timedelta(days=n) for n in range(366)))
    elif setting.type == "currency":
        options = CURRENCIES
    if value is not None and value not in options:
        options = (value, *options)
    return st.selectbox(
        label, options, index=None if value is None else options.index(value), key=key,
        format_func=lambda option: option_text(here, setting, option), placeholder=here.t("follows"),
        accept_new_options=setting.type == "currency",
    )  # fmt: skip


def option_text(here: Frame, setting: Setting, option: Any) -> str:
    """A choice in words: a language in itself, a day without its year, a zone and a currency as they are."""
    if setting.name == "language":
        return Texts(option).language
    if setting.type == "day":
        return here.texts.day_month(date(LEAP.year, *option), "gregorian")
    if setting.type in ("zone", "currency"):
        return option
    return here.t(f"settings.option_{option}")


def _number(here: Frame, setting: Setting, value: Any, label: str, key: str) -> Any:
    kind = int if setting.type == "integer" else float
    low, high = (None if x is None else kind(x) for x in (setting.low, setting.high))
    return st.number_input(
        label, value=value if value is None else kind(value), min_value=low, max_value=high, key=key,
        step=1 if kind is int else 0.05, placeholder=here.t("not_set") if setting.optional else "",
    )  # fmt: skip


def _weights(here: Frame, setting: Setting, value: dict[str, float], label: str, key: str) -> dict[str, float]:
    here.show(caption(label), key=key)
    found = {}
    for column, name in zip(st.columns(len(value)), value, strict=True):
        with column:
            found[name] = st.number_input(
                here.t(f"settings.option_{name}"), value=float(value[name]), min_value=0.0, step=1.0,
                key=f"{key}_{name}", format="%g",
            )  # fmt: skip
    return found


def _several(here: Frame, setting: Setting, value: Any, label: str, key: str) -> list[str]:
    return st.multiselect(
        label, setting.values, default=list(value or ()), key=key, placeholder=here.t("none"),
        format_func=lambda option: option_text(here, setting, option),
    )  # fmt: skip


def _typed(here: Frame, label: str, value: str, key: str) -> str | None:
    return st.text_input(label, value, key=key, placeholder=here.t("not_set")).strip() or None


def changed(here: Frame, values: dict[str, Any]) -> dict[str, str]:
    """The settings that differ from those in force, checked, as texts. Refused for what cannot be."""
    found = {}
    for name, value in values.items():
        setting = known_settings()[name]
        if value is None and not setting.optional:
            if name in FOLLOWING and name not in here.workspace.settings.given:
                continue
            raise Refused("setting_needed", name=setting.about.get(here.texts.lang))
        text = value if isinstance(value, str) else setting.write(value)
        text = setting.write(setting.parse(text))
        if text != here.workspace.settings.text(name) or (
            name in FOLLOWING and name not in here.workspace.settings.given
        ):
            found[name] = text
    return found


def settings_finding(here: Frame) -> str:
    """What most numbers depend on, in one sentence."""
    given, texts = here.workspace.settings, here.texts
    return here.t(
        "finding",
        name=texts.name(here.workspace.name),
        currency=given.currency,
        calendar=here.t(f"settings.option_{here.calendar}"),
        zone=given.time_zone,
    )


def imports_table(here: Frame) -> Table | None:
    """What was loaded when, newest first, with a button that takes it back."""
    found = imports(here.workspace)
    if not found:
        return None
    heads = (
        Column(here.t("file")),
        Column(here.t("when"), secondary=True),
        Column(here.t("holds"), secondary=True),
        Column(here.t("loaded"), number=True),
        Column(here.t("rejected"), number=True),
        Column("", number=True),
    )
    return Table(heads, tuple(_import_row(here, each) for each in reversed(found)))


def _import_row(here: Frame, each: Import) -> tuple[str | Cell, ...]:
    texts, gone = here.texts, each.undone_at is not None
    file = each.file if each.sheet is None else here.t("sheet", file=each.file, sheet=each.sheet)
    return (
        Cell(file, note=here.t("number", n=each.id), grey=gone),
        texts.day(each.imported_at.date() if each.imported_at else None),
        texts.t("settings.list", names=[here.t(f"table.{name}") for name in each.tables]),
        Cell(texts.number(each.rows_loaded), grey=gone),
        Cell(texts.number(each.rows_rejected), grey=gone),
        Cell(here.t("undone"), grey=True) if gone else Cell("", action=Action(here.t("undo"), f"undo:{each.id}")),
    )


def confirm_undo(here: Frame, number: int) -> None:
    """Ask in a dialog, then take the import back."""
    made = next(each for each in imports(here.workspace) if each.id == number)

    @st.dialog(here.t("undo_title"))
    def ask() -> None:
        st.write(here.t("undo_text", file=here.texts.name(made.file), n=made.rows_loaded))
        with st.container(horizontal=True), guard(here.texts):
            if st.button(here.t("undo_yes"), type="primary", key="settings_undo_yes"):
                undo(here.workspace, number)
                st.session_state["settings_said"] = "undone_said"
                st.rerun()
            if st.button(here.t("undo_no"), key="settings_undo_no"):
                st.rerun()

    ask()
