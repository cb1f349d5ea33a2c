"""What the data say for a candidate KPI: a bar and a sentence for each finding, why it stands where it stands."""

from __future__ import annotations

import streamlit as st

from kpi.analysis.evidence import Evidence, Fact
from kpi.analysis.evidence_rules import BARS, rules
from kpi.measure.evidence import fact_text, rules_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.markup import esc, percent

FULL = 100
MOST = 10.0  # the largest weight that can be given


def evidence_html(here: Frame, found: Evidence, why: str = "") -> str:
    """The findings on one KPI; a bar without enough data is dashed, not empty. why: the line about its place."""
    rows = "".join(_row(here, name, getattr(found, name)) for name in BARS)
    last = f'<li class="why">{esc(why)}</li>' if why else ""
    return f'<ul class="k-evidence">{rows}{last}</ul>'


def why_text(here: Frame, found: Evidence, place: int, count: int) -> str:
    """Why it stands at this place: role, computable, and the sum behind its evidence."""
    parts = [
        here.t(
            "evidence_order.why_part",
            bar=here.t(f"evidence_bar.{name}"),
            share=round(FULL * (getattr(found, name).bar or 0.0)),
            weight=here.texts.number(weight),
        )
        for name, weight in found.counted.items()
        if weight
    ]
    return here.t(
        "evidence_order.why",
        place=place,
        all=count,
        role=here.t(f"role.{found.candidate.role}"),
        score=round(FULL * found.score),
        parts=" + ".join(parts),
    )


def weights_form(here: Frame) -> None:
    """What each finding weighs: kept as a setting of the workspace, for everybody who works in it."""
    weights = rules_of(here.workspace).weights
    with st.popover(here.t("evidence_order.weights")):
        here.show(caption(here.t("evidence_order.weights_note")), key="weights_note")
        with st.form("evidence_weights", border=False):
            given = {
                name: st.slider(
                    here.t(f"evidence_bar.{name}"), 0.0, MOST, min(float(weights[name]), MOST), 0.5,
                    key=f"evidence_weight_{here.workspace.name}_{name}", format="%g",
                )
                for name in BARS
            }  # fmt: skip
            saved = st.form_submit_button(
                here.t("evidence_order.weights_save"), type="primary", key="evidence_weights_save"
            )
        reset = st.button(here.t("evidence_order.weights_reset"), type="tertiary", key="evidence_weights_reset")
    if reset:
        given = rules().weights
        for name in BARS:
            st.session_state.pop(f"evidence_weight_{here.workspace.name}_{name}", None)
    if reset or saved and any(given.values()):
        said = ", ".join(f"{name} {weight:g}" for name, weight in given.items())
        here.workspace.change_settings({"evidence_weights": said})
        st.rerun()


def _row(here: Frame, name: str, fact: Fact) -> str:
    bar = "" if fact.bar is None else f'<i style="width:{percent(fact.bar)}"></i>'
    names = {id_: each.name.get(here.texts.lang) for id_, each in kpis_of(here.workspace).items()}
    return (
        f"<li><span>{esc(here.t(f'evidence_bar.{name}'))}</span>"
        f'<span class="k-bar{" unknown" if fact.bar is None else ""}" aria-hidden="true">{bar}</span>'
        f"<span>{esc(fact_text(here.texts, fact, names=names))}</span></li>"
    )
