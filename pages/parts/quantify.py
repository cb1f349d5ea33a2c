"""The four steps of quantifying a goal: each shows its fields and tells where to go: "next", "back" or "" (stay)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from kpi.analysis.chain import Chain, usual_function
from kpi.analysis.matching import Match, match
from kpi.analysis.progress import targets_of
from kpi.analysis.scopes import scope_filter
from kpi.core import Goal
from kpi.errors import Refused
from kpi.measure import board
from kpi.measure.chains import chain_of, chain_sheet
from kpi.measure.sheets import KINDS, written
from kpi.workspace.choices import Selection, select_kpis, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.plans import CADENCES, FUNCTIONS, Plan, plans, save_plan
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import caption, section
from pages.parts.items import kpi_name
from pages.parts.tables import table
from pages.parts.target_form import aim_kind, made_target, store, target_fields
from pages.parts.target_scope import scope_choice
from pages.parts.views import Cell, Column, Table

STEPS = ("number", "strategy", "measures", "chain")


def number_step(here: Frame, goal: Goal) -> str:
    """Step 1: one KPI, whose target it is, from where to where, by when. It is not left without a number."""
    ready = [m for m in _matches(here, goal) if m.computable]
    if not ready:
        here.show(caption(here.t("nothing_computable")), key="nothing_computable")
        return ""
    options = [m.kpi.id for m in ready]
    held = [t for t in targets_of(here.workspace) if t.goal == goal.id and t.kpi in options]
    kpi_id = st.selectbox(
        here.t("speaks"), options, index=options.index(held[-1].kpi) if held else 0,
        format_func=lambda id_: kpi_name(here, kpis_of(here.workspace)[id_]), key=f"quantify_kpi_{goal.id}",
    )  # fmt: skip
    kpi = kpis_of(here.workspace)[kpi_id]
    scope, member = scope_choice(here, "quantify")
    filters = scope_filter(here.workspace, scope, member)
    with guard(here.texts):
        item = board(here.workspace, [kpi_id], [goal.id], "month", here.calendar, filters=filters)[0]
        same = [t for t in held if (t.kpi, t.scope, t.scope_id) == (kpi_id, scope, member)]
        item = replace(item, target=same[-1] if same else None)
        unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
        here.show(caption(here.t("unit_and_way", unit=unit, way=here.t(f"quantify.better_{kpi.better}"))), key="unit")
        key = f"quantify_target_{here.workspace.name}_{goal.id}_{kpi_id}_{scope}_{member}"
        aim_kind(here, kpi, item, key)
        with st.form(key, border=False):
            draft = target_fields(here, kpi, item, key, filters)
            if st.form_submit_button(here.t("next"), type="primary", key="quantify_next"):
                store(here, made_target(kpi, goal.id, draft, scope, member), item.target)
                return "next"
    return ""


def strategy_step(here: Frame, goal: Goal) -> str:
    """Step 2: a strategy, and what marketing, sales and service each do for it."""
    held = plans(here.workspace).get(goal.id, Plan(goal.id))
    with st.form(f"quantify_plan_{goal.id}", border=False):
        strategy = st.text_area(
            here.t("strategy"), held.strategy, key=f"quantify_strategy_{goal.id}", placeholder=here.t("strategy_example"),
        )  # fmt: skip
        tactics = {
            function: st.text_input(
                here.t(f"tactic_{function}"), held.tactics.get(function, ""), key=f"quantify_tactic_{goal.id}_{function}",
                placeholder=here.t(f"tactic_{function}_example"),
            )
            for function in FUNCTIONS
        }  # fmt: skip
        every = st.selectbox(
            here.t("review"), ("", *CADENCES), index=("", *CADENCES).index(held.review_every),
            format_func=lambda code: here.t(f"quantify.review_{code or 'never'}"), key=f"quantify_review_{goal.id}",
        )  # fmt: skip
        way = _ways(here, form=True)
    if not way:
        return ""
    plan = Plan(goal.id, strategy, tactics, every)
    with guard(here.texts):
        if way == "next" and not strategy.strip():
            raise Refused("strategy_missing")
        if way == "next" and not any(text.strip() for text in tactics.values()):
            raise Refused("tactic_missing")
        save_plan(here.workspace, plan)
        return way
    return ""


def measures_step(here: Frame, goal: Goal) -> str:
    """Step 3: the KPIs that measure it, each tied to the function whose tactic it measures."""
    found = {m.kpi.id: m for m in _matches(here, goal)}
    held = {s.kpi: s for s in selected_kpis(here.workspace)}
    mine = [id_ for id_, s in held.items() if s.goal == goal.id]
    spoken = [t.kpi for t in targets_of(here.workspace) if t.goal == goal.id]
    start = list(dict.fromkeys([*mine, *spoken])) or [id_ for id_, m in found.items() if m.computable][:3]
    options = list(dict.fromkeys([*found, *start]))
    chosen = st.multiselect(
        here.t("measures"), options, default=start, key=f"quantify_measures_{goal.id}",
        format_func=lambda id_: _named(here, id_, found.get(id_)),
    )  # fmt: skip
    plan = plans(here.workspace).get(goal.id, Plan(goal.id))
    known = [f for f in FUNCTIONS if plan.tactics.get(f)] or list(FUNCTIONS)
    functions: dict[str, str | None] = {}
    for id_ in chosen:
        left, right = st.columns((1, 1), vertical_alignment="center")
        with left:
            reason = next((r.reason.get(here.texts.lang) for r in found[id_].roles), "") if id_ in found else ""
            here.show(
                caption(here.t("measure", name=kpi_name(here, kpis_of(here.workspace)[id_]), reason=reason)),
                key=f"measure_{id_}",
            )
        with right:
            before = held[id_].function if id_ in held else None
            proposed = before or usual_function(id_, "sales")
            functions[id_] = st.segmented_control(
                here.t("function"), known, default=proposed if proposed in known else None,
                format_func=lambda f: here.t(f"quantify.function_{f}"), key=f"quantify_function_{goal.id}_{id_}",
                label_visibility="collapsed",
            )  # fmt: skip
    way = _ways(here)
    if way:
        others = [s for s in held.values() if s.kpi not in functions and s.goal != goal.id]
        ours = [
            replace(held.get(id_, Selection(id_)), goal=goal.id, function=function, reason=None)
            for id_, function in functions.items()
        ]
        select_kpis(here.workspace, [*others, *ours])
    return way


def chain_step(here: Frame, goal: Goal) -> str:
    """Step 4: goal → strategy → tactic → KPI; it does not finish while a KPI hangs loose."""
    made = chain_of(here.workspace, goal.id)
    here.show(section(here.t("strategy"), made.strategy or "–"), key="chain_strategy")
    here.show(table(chain_table(here, made)), key="chain")
    if made.loose:
        names = [kpi_name(here, kpis_of(here.workspace)[id_]) for id_ in made.loose]
        here.show(caption(here.t("loose", names=names)), key="chain_loose")
    if made.idle:
        idle = [here.t(f"quantify.function_{f}") for f in made.idle]
        here.show(caption(here.t("idle", functions=idle)), key="chain_idle")
    if not made.links:
        here.show(caption(here.t("no_measures")), key="chain_empty")
    else:
        _chain_files(here, goal)
    return _ways(here, last=True, ready=made.whole)


def _chain_files(here: Frame, goal: Goal) -> None:
    """The chain as a file to pass on: this goal's, as it stands."""
    with st.container(horizontal=True, key="quantify_files"):
        for kind in KINDS:
            st.download_button(
                here.t(f"audit.as_{kind}"), lambda kind=kind: written([chain_sheet(here.workspace, here.texts, [goal.id])], kind),
                f"{goal.id}.{kind}", key=f"quantify_{kind}", on_click="ignore",
            )  # fmt: skip


def chain_table(here: Frame, made: Chain) -> Table:
    """One row per KPI: its tactic, its function."""
    heads = (Column(here.t("function")), Column(here.t("tactic")), Column(here.t("kpi")))
    rows = tuple(
        (
            here.t(f"quantify.function_{link.function}") if link.function else "–",
            Cell(link.tactic or here.t("no_tactic"), grey=link.loose),
            Cell(kpi_name(here, kpis_of(here.workspace)[link.kpi]), strong=True),
        )
        for link in made.links
    )
    return Table(heads, rows)


def example_offer(here: Frame) -> bool:
    """Whether the reader asks for the worked example."""
    with st.expander(here.t("example")):
        here.show(caption(here.t("example_text")), key="example_text")
        return st.button(here.t("example_go"), key="quantify_example")


def _matches(here: Frame, goal: Goal) -> list[Match]:
    return match([goal.id], here.workspace.columns(), goals_of(here.workspace), kpis_of(here.workspace))


def _named(here: Frame, id_: str, found: Match | None) -> str:
    name = kpi_name(here, kpis_of(here.workspace)[id_])
    return name if found is None or found.computable else here.t("without_data", name=name)


def _ways(here: Frame, last: bool = False, ready: bool = True, form: bool = False) -> str:
    """Back and on; form: the buttons of a form."""
    button = st.form_submit_button if form else st.button
    with st.container(horizontal=True, key="quantify_ways"):
        back = button(here.t("back"), key="quantify_back")
        on = button(here.t("finish" if last else "next"), type="primary", disabled=not ready, key="quantify_next")
    return "back" if back else "next" if on else ""
