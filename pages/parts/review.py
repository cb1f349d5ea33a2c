"""A review of a goal: how often, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.plans import CADENCES, Plan, plans
from pages.parts.frame import Frame
from pages.parts.items import kpi_name
from pages.parts.views import Cell, Column, Table


def cadence_choice(here: Frame, goal: str) -> str:
    """How often the goal is reviewed."""
    held = plans(here.workspace).get(goal, Plan(goal)).review_every
    options = ("", *CADENCES)
    return st.selectbox(
        here.t("quantify.review"), options, index=options.index(held), key=f"review_every_{goal}",
        format_func=lambda code: here.t(f"quantify.review_{code or 'never'}"), label_visibility="collapsed",
    )  # fmt: skip


def snapshot_table(here: Frame, snapshot: Sequence[dict[str, Any]]) -> Table:
    """KPI, value, target, way, state; as they were."""
    heads = (
        Column(here.t("kpi")),
        Column(here.t("value"), number=True),
        Column(here.t("target"), number=True),
        Column(here.t("way"), number=True, secondary=True),
        Column(here.t("state")),
    )
    rows = []
    for each in snapshot:
        kpi = kpis_of(here.workspace).get(each["kpi"])
        unit = kpi.unit if kpi else "count"
        until = date.fromisoformat(each["until"]) if each.get("until") else None
        rows.append(
            (
                Cell(kpi_name(here, kpi) if kpi else each["kpi"], strong=True),
                here.texts.number(each["value"], unit, short=True),
                Cell(
                    here.texts.number(each["target"], unit, short=True),
                    note=here.t("home.until", day=here.texts.day(until - timedelta(days=1))) if until else "",
                ),
                "–" if each.get("done") is None else here.texts.percent(each["done"], decimals=0),
                Cell(here.t(f"state.{each['state']}"), note=_chance(here, each.get("chance"))),
            )
        )
    return Table(heads, tuple(rows))


def _chance(here: Frame, chance: float | None) -> str:
    return "" if chance is None else here.t("review.chance", chance=here.texts.percent(chance, decimals=0))
