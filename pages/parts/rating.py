"""Ratings by people: the questions of a round, and what was answered so far."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kpi.analysis.card import read_card
from kpi.analysis.ratings import Rated, rated, rated_by_round, read_assessments
from kpi.errors import Refused
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.rounds import SCALE, Answer, Round, rate, rounds
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import caption, question, section
from pages.parts.items import kpi_name
from pages.parts.scorecard import perspective_name, score_text
from pages.parts.tables import table
from pages.parts.views import Cell, Column, Table

ROLES = ("management", "sales", "service", "marketing", "other")
MOST_ROUNDS = 4
SHEET = "scorecard_sheet"


def questions() -> dict[str, list[str]]:
    """Perspective -> ids of the subjective instruments, each once."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for factor in read_card().factors.values():
        for id_ in factor.subjective:
            if id_ not in seen:
                seen.add(id_)
                found.setdefault(factor.perspective, []).append(id_)
    return found


def rating_form(here: Frame) -> None:
    """One person rates in one round; a click stores all answers at once."""
    known = {r.name: r for r in rounds(here.workspace) if not r.closed}
    fresh = here.texts.month(date.today())
    options = list(dict.fromkeys([*reversed(known), fresh]))
    sheet = st.session_state.get(SHEET, 0)  # a new number gives empty questions
    first, second, third = st.columns(3)
    with first:
        round_name = st.selectbox(
            here.t("round"), options, key="scorecard_round", accept_new_options=True, help=here.t("round_help"),
        )  # fmt: skip
    with second:
        rater = st.text_input(here.t("rater"), key=f"scorecard_rater_{sheet}", help=here.t("rater_help"))
    with third:
        role = st.selectbox(
            here.t("role"), ROLES, index=None, key="scorecard_role", placeholder=here.t("role_none"),
            format_func=lambda code: here.t(f"scorecard.role_{code}"),
        )  # fmt: skip
    answers: dict[str, Answer] = {}
    with st.form("scorecard_rating", border=False):
        here.show(caption(here.t("anchors")), key="anchors")
        for perspective, ids in questions().items():
            here.show(section(perspective_name(here, perspective)), key=f"ask_{perspective}")
            for id_ in ids:
                answer = _question(here, id_, sheet)
                if answer:
                    answers[id_] = answer
        if st.form_submit_button(here.t("save"), type="primary", key="scorecard_save"):
            with guard(here.texts):
                _store(here, str(round_name or "").strip(), rater.strip(), role, answers)


def _question(here: Frame, id_: str, sheet: int) -> Answer | None:
    kpi = kpis_of(here.workspace)[id_]
    text, scale, comment = st.columns((42, 36, 22), vertical_alignment="center")
    with text:
        here.show(question(kpi_name(here, kpi), kpi.about.get(here.texts.lang)), key=id_)
    with scale:
        score = st.segmented_control(
            kpi_name(here, kpi), range(1, SCALE + 1), key=f"scorecard_score_{id_}_{sheet}", label_visibility="collapsed",
            format_func=lambda n: here.t(f"scorecard.anchor_{n}"), width="stretch",
        )  # fmt: skip
    with comment:
        said = st.text_input(
            here.t("comment"), key=f"scorecard_comment_{id_}_{sheet}", placeholder=here.t("comment"),
            label_visibility="collapsed",
        )  # fmt: skip
    return Answer(float(score), said.strip() or None) if score else None


def _store(here: Frame, round_name: str, rater: str, role: str | None, answers: dict[str, Answer]) -> None:
    if not rater:
        raise Refused("rating_rater")
    if not round_name:
        raise Refused("rating_round")
    if not answers:
        raise Refused("rating_empty")
    rate(here.workspace, round_name, rater, role, answers)
    st.session_state[SHEET] = st.session_state.get(SHEET, 0) + 1
    st.session_state["scorecard_saved"] = (rater, len(answers))
    st.rerun()


def ratings_table(here: Frame) -> Table:
    """What was answered so far: raters, mean and spread over all rounds, then the mean of each of the last rounds."""
    least = int(here.workspace.settings.min_raters)
    given = read_assessments(here.workspace)
    overall, history = rated(given, least), rated_by_round(given, least)
    shown = _rounds_shown(here, history)
    heads = (
        Column(here.t("rated")),
        Column(here.t("raters"), number=True),
        Column(here.t("mean"), number=True),
        Column(here.t("spread"), number=True),
        *(Column(each.name, number=True, secondary=True) for each in shown),
    )
    rows = []
    for ids in questions().values():
        for id_ in ids:
            past = dict(history.get(id_, []))
            found = overall.get(id_)
            rows.append(
                (
                    kpi_name(here, kpis_of(here.workspace)[id_]),
                    here.texts.number(found.n if found else 0),
                    _mean(here, found),
                    score_text(here, found.spread if found else None),
                    *(_mean(here, past.get(each.id)) for each in shown),
                )
            )
    return Table(heads, tuple(rows))


def _rounds_shown(here: Frame, history: dict) -> list[Round]:
    """The last rounds in which anything was rated, the oldest first."""
    used = {round_id for past in history.values() for round_id, _ in past}
    return [r for r in rounds(here.workspace) if r.id in used][-MOST_ROUNDS:]


def _mean(here: Frame, found: Rated | None) -> Cell:
    if found is None or not found.n:
        return Cell(here.t("state_not_rated"), grey=True)
    if found.score is None:
        return Cell(here.t("state_few_raters"), grey=True)
    return Cell(score_text(here, found.score), strong=True)


def raw_scores(here: Frame) -> Table | None:
    """How often each of 1 to 5 was given, per instrument that enough have rated."""
    found = rated(read_assessments(here.workspace), int(here.workspace.settings.min_raters))
    rows = []
    for ids in questions().values():
        for id_ in ids:
            counts = dict(found[id_].counts) if id_ in found else {}
            if counts:
                each = (here.texts.number(counts.get(float(n), 0)) for n in range(1, SCALE + 1))
                rows.append((kpi_name(here, kpis_of(here.workspace)[id_]), *each))
    if not rows:
        return None
    heads = tuple(Column(here.t(f"scorecard.anchor_{n}"), number=True) for n in range(1, SCALE + 1))
    return Table((Column(here.t("rated")), *heads), tuple(rows))


def ratings_html(here: Frame) -> str:
    """The table of what was answered so far, its head, how to read it."""
    least = int(here.workspace.settings.min_raters)
    return section(here.t("so_far"), here.t("so_far_note", n=least)) + table(ratings_table(here))
