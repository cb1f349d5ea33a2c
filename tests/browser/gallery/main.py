"""Every part with made-up numbers, to be looked at beside the design: `/board?lang=fa`. Not shipped.

test_shell.py starts it from a folder of its own beside a copy of static/.
"""

import explore
import plan
import streamlit as st

from kpi.text import Texts
from pages.parts import frame, shell, sidebar, state

VIEWS = {
    "home": plan.home,
    "board": plan.board,
    "kpis": plan.empty,
    "scorecard": plan.scorecard,
    "kpi": explore.one,
    "funnel": explore.funnel,
    "customers": explore.customers,
    "evil": plan.evil,
    "revision": plan.revision,
}


def _page(name):
    def run():
        VIEWS[name](frame.page(name))

    title = texts.t(f"nav.{name}") if texts.has(f"nav.{name}") else name
    return st.Page(run, title=title, url_path=name, default=name == "home")


texts = Texts(state.language())
shell.dress(texts)
chosen = st.navigation([_page(name) for name in VIEWS])
sidebar.show(texts)
shell.watch(state.workspace().revision)
chosen.run()
