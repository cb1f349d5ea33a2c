"""KPIs: those that match the goals in rank order, the pairs of volume and outcome, and the way to the board."""

from dataclasses import replace

import streamlit as st

from kpi.analysis.evidence import Evidence
from kpi.analysis.lint import unused
from kpi.analysis.matching import match, serves
from kpi.analysis.shelves import shelves
from kpi.core import ROLES
from kpi.measure import board
from kpi.measure.evidence import evidence_on
from kpi.measure.home import speaker
from kpi.workspace import inventory
from kpi.workspace.choices import Selection, chosen_goals, select_kpis, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts import blocked_kpi, caption, captions, cards, empty_state, frame, section
from pages.parts.advice import advice
from pages.parts.evidence import evidence_html, weights_form, why_text
from pages.parts.hand import hand_of, several
from pages.parts.hand import tick as box
from pages.parts.items import kpi_name
from pages.parts.lint import lint_list
from pages.parts.pairs import pair_rows
from pages.parts.plan import blocked_view, reasons, shelf_name, split_first
from pages.parts.views import Action

FEW = 8  # tables named in a hint

here = frame.page("kpis")
goals = chosen_goals(here.workspace)
if not goals:
    here.head(finding=here.t("no_goal"), step="kpis")
    if here.show(
        empty_state(here.t("no_goal"), here.t("no_goal_text"), Action(here.t("to_goals"), "goals")), key="empty"
    ):
        frame.go("plan", "goals")
    st.stop()

known, catalogue = goals_of(here.workspace), kpis_of(here.workspace)
matches = match(goals, here.workspace.columns(), known, catalogue)
ready = [m for m in matches if m.computable]
held = {s.kpi: s for s in selected_kpis(here.workspace)}
hand = hand_of(here, goals)
code = "finding" if ready else "finding_nothing"
here.head(finding=here.t(code, ready=len(ready), all=len(matches)), step="kpis", note=here.t("finding_note"))

told: dict[str, Evidence] = {}
rank: dict[str, int] = {}
with st.container(horizontal=True, vertical_alignment="center", key="kpis_evidence_row"):
    wanted = st.toggle(here.t("evidence"), key="kpis_evidence", help=here.t("evidence_help"), persist_state="session")
    if wanted:
        weights_form(here)
if wanted and ready:
    goal = goals[0]
    if len(goals) > 1:
        goal = st.selectbox(
            here.t("evidence_goal"), goals, key="kpis_evidence_goal",
            format_func=lambda id_: known[id_].name.get(here.texts.lang),
        )  # fmt: skip
    voice = speaker(here.workspace, goal)
    with st.spinner(here.t("evidence_wait")):
        mine = [m for m in ready if any(role.goal == goal for role in m.roles)]
        found = evidence_on(here.workspace, mine, voice, list(held), "month", here.calendar)
    told = {each.kpi: each for each in found}
    rank = {id_: n for n, id_ in enumerate(told)}
    ready = sorted(ready, key=lambda m: (ROLES.index(m.role), rank.get(m.kpi.id, len(rank))))
    voice_name = kpi_name(here, catalogue[voice]) if voice else "–"
    here.show(caption(here.t("evidence_note", goal=voice_name)), key="evidence_note")


def tick(kpi_id: str, where: str, help_text: str = "") -> None:
    """One KPI to take or leave."""
    kpi = catalogue[kpi_id]
    with st.container(key=f"kpis_{where}_{kpi_id}", gap=None):
        label = here.t("tick", name=kpi_name(here, kpi), nature=here.t(f"nature_{kpi.nature}"))
        about = f"{kpi.about.get(here.texts.lang)}\n\n`{kpi.formula}`"
        box(hand, kpi_id, f"kpis_{where}_{kpi_id}_{hand.mark}", label, about)
        if help_text:
            st.caption(help_text)


def ticks(shown: list) -> None:
    """KPIs in two columns."""
    columns = st.columns(2, gap="large")
    for n, each in enumerate(shown):
        with columns[n % 2]:
            tick(each.kpi.id, "match", reasons(here, each, goals))
            if each.kpi.id in told:
                why = why_text(here, told[each.kpi.id], rank[each.kpi.id] + 1, len(told))
                here.show(evidence_html(here, told[each.kpi.id], why), key=f"evidence_{each.kpi.id}")


for role in ROLES:
    shown = [m for m in ready if m.role == role]
    first, rest = split_first(shown, set(hand.chosen))
    if first:
        here.show(section(here.t(f"role.{role}"), here.t(f"role.{role}_about")), key=f"head_{role}")
        ticks(first)
    if rest:
        with st.expander(here.t("more", n=len(rest))):
            ticks(rest)

with st.expander(here.t("pairs")):
    pair_rows(here, goals, tick)

shelf_of = {each.id: each for each in shelves(goals)}
shelf = st.selectbox(
    here.t("shelf"), list(shelf_of), index=None, format_func=lambda s: shelf_name(here, shelf_of[s]), key="kpis_shelf",
    placeholder=here.t("shelf_all"), persist_state="session",
)  # fmt: skip
others = [id_ for id_ in catalogue if id_ not in {m.kpi.id for m in matches}]
if shelf:
    others = [id_ for id_ in others if id_ in shelf_of[shelf].kpis or id_ in hand.chosen]
several(
    hand, others, f"kpis_extra_{hand.mark}", here.t("add"), lambda id_: kpi_name(here, catalogue[id_]),
    here.t("add_placeholder", n=len(catalogue)),
)  # fmt: skip
place = {m.kpi.id: n for n, m in enumerate(matches)}
chosen = sorted(hand.chosen, key=lambda id_: place.get(id_, len(place)))
loose = [id_ for id_ in chosen if not serves(id_, goals, known)]
why = ""
if loose:
    here.show(caption(here.t("loose", names=[kpi_name(here, catalogue[id_]) for id_ in loose])), key="loose")
    why = st.text_input(here.t("loose_why"), key="kpis_why", persist_state="session")
goal_for = {m.kpi.id: m.roles[0].goal for m in matches}


def selection(kpi_id: str) -> Selection:
    """The KPI as chosen; what was said of it before (function, reason) stays."""
    before = held.get(kpi_id, Selection(kpi_id))
    reason = why or before.reason if kpi_id in loose else None
    return replace(before, goal=goal_for.get(kpi_id), reason=reason, owner=hand.owners.get(kpi_id))


items = board(here.workspace, chosen, goals, "month", here.calendar)
lint_list(here, chosen, goals, items, hand.owners, hand.add, hand.drop, hand.name)
advice(here, "kpis", chosen, items)
idle = unused([each.table for each in inventory(here.workspace) if each.lines], chosen, catalogue)
if chosen and idle:
    tables = [here.t(f"table.{name}") for name in idle]
    text = here.t("idle_more" if len(tables) > FEW else "idle", tables=tables[:FEW], n=len(tables) - FEW)
    here.show(captions([text]), key="hints")
if hand.before:
    st.button(here.t("lint.undo"), type="tertiary", key="kpis_undo", on_click=hand.undo)
if st.button(here.t("go", n=len(chosen)), type="primary", disabled=not chosen, key="kpis_go"):
    select_kpis(here.workspace, [selection(id_) for id_ in chosen])
    frame.go("explore", "board")

blocked = [m for m in matches if not m.computable]
if blocked:
    here.show(section(here.t("blocked"), here.t("blocked_note", n=len(blocked))), key="blocked_head")
    tiles = [blocked_kpi(here.texts, blocked_view(here, each)) for each in blocked]
    if here.show(cards(tiles), key="blocked"):
        frame.go("data", "import")
