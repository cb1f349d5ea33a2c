"""KPIs: those that match the goals in rank order, the pairs of volume and outcome, and the way to the board."""

from dataclasses import replace

import streamlit as st

from kpi.analysis.evidence import Evidence
from kpi.analysis.lint import hints, unused
from kpi.analysis.matching import match, outcome_halves, serves
from kpi.analysis.shelves import shelves
from kpi.catalogue import kpi_set
from kpi.core import ROLES
from kpi.measure import board
from kpi.measure.evidence import evidence_on
from kpi.measure.home import speaker
from kpi.workspace import inventory
from kpi.workspace.choices import Selection, chosen_goals, select_kpis, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts import blocked_kpi, caption, captions, cards, empty_state, frame, section
from pages.parts.evidence import evidence_html
from pages.parts.items import kpi_name
from pages.parts.lint import hint_text
from pages.parts.plan import fresh, proposals, reasons, shelf_name, split_first
from pages.parts.views import Action, BlockedKpi

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

known = goals_of(here.workspace)
matches = match(goals, here.workspace.columns(), known, kpis_of(here.workspace))
ready = [m for m in matches if m.computable]
held = {s.kpi: s for s in selected_kpis(here.workspace)}
proposed = proposals(here, goals, held)
mark = fresh(here, goals)
here.head(finding=here.t("finding", ready=len(ready), all=len(matches)), step="kpis", note=here.t("finding_note"))

told: dict[str, Evidence] = {}
if st.toggle(here.t("evidence"), key="kpis_evidence", help=here.t("evidence_help"), persist_state="session"):
    goal = goals[0]
    if len(goals) > 1:
        goal = st.selectbox(
            here.t("evidence_goal"), goals, key="kpis_evidence_goal",
            format_func=lambda id_: known[id_].name.get(here.texts.lang),
        )  # fmt: skip
    voice = speaker(here.workspace, goal)
    with st.spinner(here.t("evidence_wait")):
        found = evidence_on(here.workspace, ready, voice, list(held), "month", here.calendar)
    told = {each.kpi: each for each in found}
    ready = sorted(ready, key=lambda m: list(told).index(m.kpi.id))
    voice_name = kpi_name(here, kpis_of(here.workspace)[voice]) if voice else "–"
    here.show(caption(here.t("evidence_note", goal=voice_name)), key="evidence_note")

ticked: list[str] = []


def tick(kpi_id: str, where: str, help_text: str = "") -> None:
    """One KPI to take or leave."""
    kpi = kpis_of(here.workspace)[kpi_id]
    with st.container(key=f"kpis_{where}_{kpi_id}", gap=None):
        if st.checkbox(
            here.t("tick", name=kpi_name(here, kpi), nature=here.t(f"nature_{kpi.nature}")), value=kpi_id in proposed,
            key=f"kpis_{where}_{kpi_id}_{mark}", help=f"{kpi.about.get(here.texts.lang)}\n\n`{kpi.formula}`",
            persist_state="session",
        ):  # fmt: skip
            ticked.append(kpi_id)
        if help_text:
            st.caption(help_text)


def ticks(shown: list) -> None:
    """KPIs in two columns."""
    columns = st.columns(2, gap="large")
    for n, each in enumerate(shown):
        with columns[n % 2]:
            tick(each.kpi.id, "match", reasons(here, each, goals))
            if each.kpi.id in told:
                here.show(evidence_html(here, told[each.kpi.id]), key=f"evidence_{each.kpi.id}")


for role in ROLES:
    shown = [m for m in ready if m.role == role]
    first, rest = split_first(shown, proposed)
    if first:
        here.show(section(here.t(f"role.{role}"), here.t(f"role.{role}_about")), key=f"head_{role}")
        ticks(first)
    if rest:
        with st.expander(here.t("more", n=len(rest))):
            ticks(rest)

missing = outcome_halves(ticked)
halves = [
    here.t(
        "outcome_too",
        volume=kpi_name(here, kpis_of(here.workspace)[volume]),
        outcome=kpi_name(here, kpis_of(here.workspace)[outcome]),
    )
    for volume, outcome in missing.items()
]

with st.expander(here.t("pairs")):
    here.show(caption(here.t("pairs_note")), key="pairs_note")
    pairs = kpi_set("pairs").groups
    items = {
        i.result.kpi.id: i
        for i in board(here.workspace, [k for g in pairs for k in (g.volume, g.outcome)], goals, "month", here.calendar)
    }
    for pair in pairs:
        if pair.question:
            here.show(caption(pair.question.get(here.texts.lang)), key=f"pair_{pair.id}")
        for column, kpi_id in zip(st.columns(2, gap="large"), (pair.volume, pair.outcome), strict=True):
            item = items[kpi_id]
            value = here.texts.number(item.reading.value, item.result.kpi.unit, short=True)
            with column:
                if kpi_id in ticked:
                    here.show(
                        caption(
                            here.t("pair_taken", name=kpi_name(here, kpis_of(here.workspace)[kpi_id]), value=value)
                        ),
                        key=f"pair_{kpi_id}",
                    )
                else:
                    tick(kpi_id, "pair", here.t("pair_value", value=value))

shelf_of = {each.id: each for each in shelves(goals)}
shelf = st.selectbox(
    here.t("shelf"), list(shelf_of), index=None, format_func=lambda s: shelf_name(here, shelf_of[s]), key="kpis_shelf",
    placeholder=here.t("shelf_all"), persist_state="session",
)  # fmt: skip
picked = [*held, *st.session_state.get(f"kpis_extra_{mark}", ())]
others = [id_ for id_ in kpis_of(here.workspace) if id_ not in {m.kpi.id for m in matches}]
if shelf:
    others = [id_ for id_ in others if id_ in shelf_of[shelf].kpis or id_ in picked]
extra = st.multiselect(
    here.t("add"), others, default=[k for k in held if k in others], format_func=lambda k: kpi_name(here, kpis_of(here.workspace)[k]),
    key=f"kpis_extra_{mark}", placeholder=here.t("add_placeholder", n=len(kpis_of(here.workspace))), persist_state="session",
)  # fmt: skip
loose = [k for k in [*extra, *ticked] if not serves(k, goals, known)]
why = ""
if loose:
    here.show(caption(here.t("loose", names=[kpi_name(here, kpis_of(here.workspace)[k]) for k in loose])), key="loose")
    why = st.text_input(here.t("loose_why"), key="kpis_why", persist_state="session")

chosen = list(dict.fromkeys([*ticked, *extra]))
goal_for = {m.kpi.id: m.roles[0].goal for m in matches}


def selection(kpi_id: str) -> Selection:
    """The KPI as chosen; what was said of it before (owner, function, reason) stays."""
    before = held.get(kpi_id, Selection(kpi_id))
    return replace(before, goal=goal_for.get(kpi_id), reason=why or before.reason if kpi_id in loose else None)


said = [*halves, *(hint_text(here, hint) for hint in hints(chosen, kpis=kpis_of(here.workspace)))]
idle = unused([each.table for each in inventory(here.workspace) if each.lines], chosen)
if chosen and idle:
    tables = [here.t(f"table.{name}") for name in idle]
    said.append(here.t("idle_more" if len(tables) > FEW else "idle", tables=tables[:FEW], n=len(tables) - FEW))
if said:
    here.show(captions(said), key="hints")
if st.button(here.t("go", n=len(chosen)), type="primary", disabled=not chosen, key="kpis_go"):
    select_kpis(here.workspace, [selection(k) for k in chosen])
    frame.go("explore", "board")

blocked = [m for m in matches if not m.computable]
if blocked:
    here.show(section(here.t("blocked"), here.t("blocked_note", n=len(blocked))), key="blocked_head")
    tiles = []
    for each in blocked:
        meaning = here.t(
            "needs_meaning",
            columns=list(dict.fromkeys(here.t(f"field.{c.partition('.')[2]}") for c in each.missing)),
        )
        card = BlockedKpi(kpi_name(here, each.kpi), each.missing, meaning, Action(here.t("load"), "import"))
        tiles.append(blocked_kpi(here.texts, card))
    if here.show(cards(tiles), key="blocked"):
        frame.go("data", "import")
