"""Filling a workspace with the sample company, with progress shown."""

from __future__ import annotations

import streamlit as st

from pages.parts.frame import Frame


def fill_with_progress(here: Frame) -> None:
    """Makes the made-up company in this workspace; says that it works."""
    from kpi.sample import fill  # the generator is only needed here

    with st.spinner(here.t("home.filling")):
        fill(here.workspace)
