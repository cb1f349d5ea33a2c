"""What surrounds every page: navigation, style sheet, direction, sidebar, the watch for new data, the error net."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from kpi.quality.trend import measure
from kpi.text import Texts
from kpi.workspace import Workspace, close_all
from pages.parts import sidebar, state, words
from pages.parts.errors import guard, tell

ROOT = Path(__file__).parents[2]
LOOK = Path(__file__).with_name("look.css")
ICON = ROOT / "static" / "icon.png"
WATCH_SECONDS = 2.0

Sections = Mapping[str, Sequence[str]]

_direction = component(
    "kpi_direction",
    js="""
    export default function ({ data }) {
      const root = document.documentElement;
      root.dir = data.dir;
      root.lang = data.lang;
      // What Streamlit says in English only, the style sheet says with these texts instead.
      for (const [name, text] of Object.entries(data.texts)) root.style.setProperty(name, JSON.stringify(text));
      // Dialogs and menus hang outside the element that carries the theme: the root follows it.
      const app = document.querySelector(".stApp");
      const follow = () => { root.style.colorScheme = getComputedStyle(app).colorScheme; };
      follow();
      if (!app.followed) {
        app.followed = new MutationObserver(follow);
        app.followed.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
      }
    }
    """,
    isolate_styles=False,
)


def announce(sections: Sections) -> None:
    """Tell Streamlit at the server's start that the pages come from `st.navigation`.

    Without it the first visit to a fresh server, if it is a deep link, is answered with "page not found": Streamlit
    takes the folder `pages/` for its older multipage form until st.navigation was called once in the process.
    """
    quiet = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    level = quiet.level
    quiet.setLevel(logging.ERROR)  # it would warn of every page that there is no reader yet
    st.navigation([st.Page(_file(section, name)) for section, names in sections.items() for name in names])
    quiet.setLevel(level)


def run(sections: Sections) -> None:
    """One script run: the frame and, inside it, the page that the address names."""
    texts = Texts(state.language())
    dress(texts)
    page = st.navigation(_pages(sections, texts), expanded=True)
    with guard(texts):
        sidebar.show(texts)
        watch(state.workspace().revision)
        page.run()
        kept(state.workspace())


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The life of the server: at its end every workspace is closed, so that nothing of it stays behind."""
    yield
    close_all()


def dress(texts: Texts) -> None:
    """Title, style sheet, language and direction of the document."""
    st.set_page_config(page_title=texts.t("app.name"), page_icon=str(ICON), layout="wide", initial_sidebar_state=232)
    st.html(LOOK)
    limit = st.get_option("server.maxUploadSize")
    said = {"--upload-note": texts.t("import.upload_note", limit=limit)}
    _direction(data={"dir": texts.direction, "lang": texts.lang, "texts": said}, key="kpi_direction", height=1)
    words.say(texts)


def on_script_error(error: Exception) -> bool:
    """What the server calls for an error outside the guard (a callback, a fragment): the same kind message."""
    tell(Texts(state.language()), error)
    return True


@st.fragment(run_every=WATCH_SECONDS)
def watch(seen: int) -> None:
    """Rerun the page once somebody else (another reader, the command line) has written to the workspace."""
    if state.workspace().revision != seen:
        st.rerun()


def kept(workspace: Workspace) -> None:
    """How good the data are after what was loaded last, once a revision and after the page is shown."""
    workspace.memo(("quality", "kept"), lambda: measure(workspace))


def _pages(sections: Sections, texts: Texts) -> dict[str, list[st.Page]]:
    return {
        texts.t(f"nav.section_{section}"): [
            st.Page(_file(section, name), title=texts.t(f"nav.{name}"), url_path=name, default=name == "home")
            for name in names
        ]
        for section, names in sections.items()
    }


def _file(section: str, name: str) -> str:
    return f"pages/{section}/{name}.py"
