"""What an expression may name, to be put in by a click: the table's fields, those it leads to, functions, measures."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from kpi import model
from kpi.catalogue import measures
from kpi.compile import facts, scope
from kpi.workspace import known_settings
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.items import kpi_name
from pages.parts.markup import esc

HEIGHT = 330
# What is put in, and the key of its meaning; "…" is where one goes on typing.
AGGREGATES = (
    ("count(*)", "count"), ("count(distinct …)", "distinct"), ("sum(…)", "sum"), ("avg(…)", "avg"),
    ("median(…)", "median"), ("min(…)", "min"), ("max(…)", "max"), ("filter (where …)", "filter"),
)  # fmt: skip
ROWS = (
    ("case when … then 1 else 0 end", "case"), ("coalesce(…, 0)", "coalesce"), ("nullif(…, 0)", "nullif"),
    ("days_between(…, )", "days"), ("hours_between(…, )", "hours"), ("in ('…')", "in"), ("like '%…%'", "like"),
    ("is not null", "not_null"), ("interval 30 day", "interval"), ("period.since", "since"),
    ("period.until", "until"), ("period.now", "now"),
)  # fmt: skip
SHIFTS = (("prev(…)", "prev"), ("trailing(…, 12)", "trailing"), ("at_start(…)", "at_start"), ("total(…)", "total"))

Named = tuple[str, str, str]  # what is put in, what it means, its kind


def fields_panel(here: Frame, tables: Iterable[str]) -> None:
    """The list with its search; of several tables those of each, "" for a formula over KPIs and measures."""
    known = {*model.tables(), *facts()}
    wanted = st.text_input(
        here.t("find"), key="own_kpi_find", placeholder=here.t("find"), label_visibility="collapsed"
    ).strip()
    groups: dict[str, list[Named]] = {}
    for table in sorted(tables, key=lambda name: not name):
        groups |= (_of_table(here, table) if table in known else {}) if table else _of_formula(here)
    found = {title: [each for each in named if _fits(each, wanted)] for title, named in groups.items()}
    with st.container(height=HEIGHT, key="own_kpi_list"):
        shown = [_group(title, named) for title, named in found.items() if named]
        empty = f'<p class="k-caption">{esc(here.t("find_nothing", word=wanted))}</p>'
        here.show("".join(shown) or empty, key="fields")


def _of_table(here: Frame, table: str) -> dict[str, list[Named]]:
    own = scope(table)
    fields = model.tables()[table].fields if table in model.tables() else {}
    groups = {
        here.t("fields_of", table=table_name(here, table)): [
            (name, _meaning(here, name), here.t(f"type_{fields[name].type}") if name in fields else "")
            for name in own.columns
        ],
        here.t("aggregates"): _said(here, AGGREGATES),
        here.t("row_functions"): _said(here, ROWS),
    }
    for path in own.reachable():
        other, _, name = path.partition(".")
        if other != table:
            kind = here.t(f"type_{model.tables()[other].fields[name].type}")
            title = here.t("fields_of", table=table_name(here, other))
            groups.setdefault(title, []).append((path, _meaning(here, name), kind))
    settings = [(f"settings.{s.name}", s.about.get(here.texts.lang), "") for s in known_settings().values()]
    return groups | {here.t("settings"): settings}


def _of_formula(here: Frame) -> dict[str, list[Named]]:
    named = [(id_, kpi_name(here, each), here.t(f"unit_{each.unit}")) for id_, each in kpis_of(here.workspace).items()]
    shared = [(name, here.t("shared"), "") for name in measures()]
    return {here.t("shifts"): _said(here, SHIFTS), here.t("all_kpis"): named, here.t("measures"): shared}


def table_name(here: Frame, table: str) -> str:
    """What a table or a helper fact is called."""
    return here.t(f"table.{table}") if here.texts.has(f"table.{table}") else table


def _said(here: Frame, what: Iterable[tuple[str, str]]) -> list[Named]:
    return [(text, here.t(f"fn_{key}"), "") for text, key in what]


def _meaning(here: Frame, name: str) -> str:
    return here.t(f"field.{name}") if here.texts.has(f"field.{name}") else ""


def _fits(each: Named, wanted: str) -> bool:
    return not wanted or any(wanted.casefold() in text.casefold() for text in each)


def _group(title: str, named: Iterable[Named]) -> str:
    rows = "".join(
        f'<li><button type="button" data-insert="{esc(text)}"><code>{esc(text)}</code>'
        f"<span>{esc(meaning)}</span><small>{esc(kind)}</small></button></li>"
        for text, meaning, kind in named
    )
    return f'<h3 class="k-names">{esc(title)}</h3><ul class="k-names">{rows}</ul>'
