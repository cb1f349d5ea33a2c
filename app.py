"""The entry: `streamlit run app.py`.

Streamlit meets this file twice. The server imports it once at its start and takes `app` from it; then it runs it
as a script for every visit and every click. A page is one file in `pages/<section>/` and one line in SECTIONS.
"""

import streamlit as st

from pages.parts import shell

SECTIONS = {
    "start": ("home",),
    "data": ("import", "imports", "by_hand", "quality"),
    "plan": ("goals", "kpis", "catalogue", "own_kpi", "quantify", "audit"),
    "explore": ("board", "kpi", "relations", "funnel", "customers", "voice"),
    "decide": ("scorecard", "review"),
    "settings": ("settings",),
}

if __name__ == "__main__":
    shell.run(SECTIONS)
else:
    shell.announce(SECTIONS)
    app = st.App(__file__, lifespan=shell.lifespan, on_script_error=shell.on_script_error)
