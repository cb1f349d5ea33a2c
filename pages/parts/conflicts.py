"""Goals that pull apart: each conflict as a sentence, and beside it what keeps both sides in sight."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.analysis.conflicts import Conflict
from kpi.measure.lint import selection_for
from kpi.workspace.choices import add_kpi, chosen_goals, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts import frame
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.items import bare_name


def conflict_rows(here: Frame, found: Sequence[Conflict]) -> None:
    """One row each: an endangered KPI joins the board by one click, a target leads to where it is set."""
    held = {each.kpi for each in selected_kpis(here.workspace)}
    for each in found:
        key = f"lint_conflict_{each.code}_{each.kpi}_{each.other}_{'_'.join(each.goals)}"
        with st.container(horizontal=True, vertical_alignment="center", key=key):
            here.show(caption(conflict_text(here, each)), key=f"{key}_text")
            with st.container(horizontal=True, key=f"{key}_ways"):
                _way_out(here, each, held, key)


def _way_out(here: Frame, conflict: Conflict, held: set[str], key: str) -> None:
    known = kpis_of(here.workspace)
    if conflict.code != "endangers":
        if st.button(here.t("lint.fix_target", kpi=bare_name(here, known[conflict.kpi])), key=f"{key}_target"):
            frame.go("explore", "kpi", kpi=conflict.kpi)
    elif conflict.other not in held:

        def add() -> None:
            goals = [*chosen_goals(here.workspace), *conflict.goals]
            add_kpi(here.workspace, selection_for(here.workspace, conflict.other, goals))

        st.button(here.t("lint.fix_watch", kpi=bare_name(here, known[conflict.other])), key=f"{key}_add", on_click=add)


def conflict_text(here: Frame, conflict: Conflict) -> str:
    """Where two goals pull apart, in a sentence."""
    lang, known = here.texts.lang, goals_of(here.workspace)
    names = [known[id_].name.get(lang) for id_ in conflict.goals if id_ in known]
    other = kpis_of(here.workspace)[conflict.other].name.get(lang) if conflict.other else ""
    return here.t(
        f"conflict.{conflict.code}",
        kpi=kpis_of(here.workspace)[conflict.kpi].name.get(lang),
        other=other,
        one=names[0] if names else "–",
        goals=names[1:] or names,
    )
