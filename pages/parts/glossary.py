"""The glossary to take away: the KPIs in sight or all of them, in one language or all, as a file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.core import LANGUAGES, Kpi
from kpi.quality.glossary import KINDS, MIME, glossary
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame


def downloads(here: Frame, shown: Sequence[Kpi]) -> None:
    """A popover: which KPIs, which languages, and a button for each kind of file."""
    every = list(kpis_of(here.workspace).values())
    with st.popover(here.t("glossary"), key="catalogue_glossary"):
        which = "all"
        if 0 < len(shown) < len(every):
            which = st.radio(
                here.t("which"), ("shown", "all"), key="catalogue_which", label_visibility="collapsed",
                format_func=lambda w: here.t(f"which_{w}", n=len(shown) if w == "shown" else len(every)),
            )  # fmt: skip
        said = st.radio(
            here.t("languages"), ("one", "every"), key="catalogue_languages", label_visibility="collapsed",
            format_func=lambda each: here.texts.language if each == "one" else here.t("every_language"),
        )  # fmt: skip
        wanted = list(shown) if which == "shown" else every
        languages = LANGUAGES if said == "every" else (here.texts.lang,)

        def made(kind: str) -> bytes:
            return glossary(wanted, here.texts, languages, goals_of(here.workspace), kpis_of(here.workspace)).file(kind)

        with st.container(horizontal=True):
            for kind in KINDS:
                st.download_button(
                    here.t(f"as_{kind}"), lambda kind=kind: made(kind), f"kpis-{said}-{here.texts.lang}.{kind}", MIME[kind],
                    key=f"catalogue_as_{kind}", on_click="ignore",
                )  # fmt: skip
