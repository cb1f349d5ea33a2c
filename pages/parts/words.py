"""Streamlit's own English words in the reader's language: the names of its buttons, its hints, its uploader.

Streamlit has no translations. What it says is found in the document by its English text, which is the English text of
our locales, and said anew; a language switch says it again from the English.
"""

from __future__ import annotations

from streamlit.components.v2 import component

from kpi.core import LANGUAGES
from kpi.text import Texts

WORDS = (
    "sidebar", "collapse_sidebar", "expand_sidebar", "app_pages", "open", "close", "clear_value", "clear_all",
    "selected_values", "select_all", "no_results", "choose_one", "choose_some", "increment", "decrement", "upload",
    "add_files", "file_upload", "download_png", "fullscreen", "close_fullscreen", "add_row", "delete_rows", "columns",
    "download_csv", "search",
)  # fmt: skip
BEGINNINGS = ("remove", "help_for")  # followed by a name

_words = component(
    "kpi_words",
    js="""
    const NAMES = ["aria-label", "placeholder"];
    const NAMED = "[data-testid][aria-label], button[aria-label], input[aria-label], input[placeholder]";
    const PLACES = '[data-testid="stTooltipContent"], [data-testid="stFileUploaderDropzone"] button, [role="listbox"]';
    const root = document.documentElement;
    root.kpiTold ??= new WeakMap();  // element or text → what it said in English and what it says now, by attribute

    export default function ({ data }) {
      const said = (english) => {
        if (english in data.words) return data.words[english];
        const start = Object.keys(data.beginnings).find((each) => english.startsWith(each));
        return start ? data.beginnings[start].replace("{}", english.slice(start.length)) : english;
      };
      const tell = (node, name, now, put) => {
        const told = root.kpiTold.get(node) ?? {};
        const english = told[name]?.now === now ? told[name].english : now;
        const text = said(english);
        if (text !== english || told[name]) root.kpiTold.set(node, { ...told, [name]: { english, now: text } });
        if (text !== now) put(text);
      };
      const all = (place) => {
        for (const each of place.querySelectorAll(NAMED))
          for (const name of NAMES)
            if (each.hasAttribute(name))
              tell(each, name, each.getAttribute(name), (text) => each.setAttribute(name, text));
        for (const each of place.querySelectorAll(PLACES)) {
          const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode;
            tell(node, "text", node.nodeValue, (text) => { node.nodeValue = text; });
          }
        }
      };
      all(document);
      root.kpiWords?.disconnect();
      root.kpiWords = new MutationObserver((changes) => {
        new Set(changes.map((each) => each.target.parentElement ?? document)).forEach(all);
      });
      root.kpiWords.observe(document.body, {
        childList: true, subtree: true, attributes: true, attributeFilter: NAMES,
      });
    }
    """,
    isolate_styles=False,
)


def say(texts: Texts) -> None:
    """Have Streamlit's words said in the language of `texts`, from now on."""
    english = Texts(LANGUAGES[0])
    _words(
        data={
            "words": {english.t(f"widgets.{each}"): texts.t(f"widgets.{each}") for each in WORDS},
            "beginnings": {
                english.t(f"widgets.{each}", name=""): texts.t(f"widgets.{each}", name="{}") for each in BEGINNINGS
            },
        },
        key="kpi_words",
        height=1,
    )
