"""Choosing: goals in their groups, KPIs as rows to tick."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import streamlit as st

from kpi.analysis.matching import Match, match, serves, suggest
from kpi.analysis.shelves import Shelf
from kpi.catalogue import goals
from kpi.core import LANGUAGES, Goal
from kpi.workspace.choices import chosen_goals, selected_kpis
from kpi.workspace.own_goals import OWN, goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.views import Action, BlockedKpi

GOAL_GROUPS = ("sales", "marketing", "customer", "service", "money", "foundations", OWN)


def goals_in_hand(here: Frame) -> list[str]:
    """The goals chosen so far on this page, in the order of choosing; at first those of the workspace.

    One list for all pills, in the session: a search, a language switch, a second pill of a goal lose nothing.
    """
    held = list(chosen_goals(here.workspace))
    began, chosen = st.session_state.get(_hand(here), (None, []))
    if began != held:
        chosen = list(held)
        st.session_state[_hand(here)] = (held, chosen)
    return chosen


def goal_pills(here: Frame, group: str, options: list[str], label: str) -> None:
    """The goals of a group as pills."""
    key, chosen = f"goals_pick_{group}", goals_in_hand(here)
    st.session_state[key] = [id_ for id_ in options if id_ in chosen]

    def picked() -> None:
        held, before = st.session_state[_hand(here)]
        now = st.session_state[key]
        kept = [id_ for id_ in before if id_ not in options or id_ in now]
        st.session_state[_hand(here)] = (held, [*kept, *(id_ for id_ in now if id_ not in kept)])

    st.pills(
        label, options, selection_mode="multi", format_func=lambda id_: goals_of(here.workspace)[id_].name.get(here.texts.lang), key=key,
        label_visibility="collapsed", on_change=picked,
    )  # fmt: skip


def _hand(here: Frame) -> str:
    return f"goals_chosen_{here.workspace.name}"


def quick_goals(wanted: str = "") -> list[str]:
    """The quick picks in their order."""
    ordered = sorted(goals().values(), key=lambda g: g.quick)
    return [g.id for g in ordered if g.quick and _speaks_of(g, wanted)]


def goals_by_group(here: Frame, group: str, wanted: str = "") -> list[str]:
    """The goals of a group whose name, alias or text holds `wanted` in any language."""
    return [g.id for g in goals_of(here.workspace).values() if g.group == group and _speaks_of(g, wanted)]


def _speaks_of(goal: Goal, wanted: str) -> bool:
    word = wanted.strip().casefold()
    texts = [*(text.get(lang) for text in (goal.name, goal.about) for lang in LANGUAGES), *goal.aliases]
    return not word or any(word in text.casefold() for text in texts)


def fresh(here: Frame, goal_ids: Iterable[str]) -> str:
    """A mark for the keys of ticks: other goals or another workspace begin with proposals of their own."""
    return f"{zlib.crc32(repr((here.workspace.name, *goal_ids)).encode()):08x}"


def proposals(here: Frame, goal_ids: Iterable[str], held: Iterable[str]) -> set[str]:
    """The KPIs ticked at first: those on the board, and a few for each goal that none of them serves."""
    known = goals_of(here.workspace)
    bare = [id_ for id_ in goal_ids if not any(serves(kpi, [id_], known) for kpi in held)]
    return {*held, *(m.kpi.id for m in suggest(match(bare, here.workspace.columns(), known, kpis_of(here.workspace))))}


def reasons(here: Frame, match: Match, chosen: tuple[str, ...]) -> str:
    """Role and reason of a KPI in each of the chosen goals."""
    lang = here.texts.lang
    held, known = [r for r in match.roles if r.goal in chosen], goals_of(here.workspace)
    if len(chosen) == 1:
        return " · ".join(r.reason.get(lang) for r in held)
    return " · ".join(here.t("in_goal", goal=known[r.goal].name.get(lang), reason=r.reason.get(lang)) for r in held)


def split_first(matches: list[Match], proposed: set[str], most: int = 8) -> tuple[list[Match], list[Match]]:
    """Those to show at once (the proposed ones, then the first up to `most`) and the rest, both in rank order."""
    wanted = {m.kpi.id for m in matches if m.kpi.id in proposed}
    for each in matches:
        if len(wanted) >= most:
            break
        wanted.add(each.kpi.id)
    return [m for m in matches if m.kpi.id in wanted], [m for m in matches if m.kpi.id not in wanted]


def shelf_name(here: Frame, shelf: Shelf) -> str:
    """The name of a shelf with the set that it is a group of."""
    name = shelf.name.get(here.texts.lang)
    return here.t("shelf_in", of=shelf.of.get(here.texts.lang), name=name) if shelf.of else name


def blocked_view(here: Frame, match: Match) -> BlockedKpi:
    """A KPI of the goals that the data cannot answer: the columns it needs and what they mean."""
    meaning = list(dict.fromkeys(here.t(f"field.{column.partition('.')[2]}") for column in match.missing))
    action = Action(here.t("load"), "import")
    return BlockedKpi(
        match.kpi.name.get(here.texts.lang), match.missing, here.t("needs_meaning", columns=meaning), action
    )


def goal_mark(here: Frame, kpi_id: str) -> str:
    """The mark of a chosen KPI that serves none of the chosen goals, with the reason that was given (F03); "" else."""
    held = next((each for each in selected_kpis(here.workspace) if each.kpi == kpi_id), None)
    if held is None or serves(kpi_id, chosen_goals(here.workspace), goals_of(here.workspace)):
        return ""
    return here.t("kpis.loose_mark" if held.reason else "kpis.loose_mark_bare", reason=held.reason or "")
