"""The one component that shows our HTML and reports clicks on `[data-pick]`."""

from __future__ import annotations

from streamlit.components.v2 import component

# Not sanitised by Streamlit, so every builder escapes its texts; what could run code is removed here all the same.
_JS = """
const BANNED = "script, iframe, object, embed, link, meta, base, form";

function clean(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  box.content.querySelectorAll(BANNED).forEach((node) => node.remove());
  box.content.querySelectorAll("*").forEach((node) => {
    for (const { name, value } of [...node.attributes]) {
      if (name.startsWith("on") || /^\\s*javascript:/i.test(value)) node.removeAttribute(name);
    }
  });
  return box.content;
}

export default function ({ parentElement, data, setTriggerValue }) {
  let box = parentElement.querySelector(":scope > .k");
  if (!box) {
    box = document.createElement("div");
    box.className = "k";
    parentElement.append(box);
  }
  if (box.shown !== data.html) {
    const focus = box.contains(document.activeElement) && document.activeElement.dataset.pick;
    box.replaceChildren(clean(data.html));
    box.shown = data.html;
    if (focus) box.querySelector(`[data-pick="${CSS.escape(focus)}"]`)?.focus();
  }
  box.onclick = (event) => {
    const hit = event.target.closest("[data-pick]");
    if (hit) setTriggerValue("pick", hit.dataset.pick);
  };
}
"""

_shown = component("kpi_html", js=_JS, isolate_styles=False)


def show(html: str, key: str) -> str | None:
    """Show `html`; the `data-pick` of the element clicked just now, else None.

    key: unique on the page; the same over reruns, so that the element stays in place.
    """
    return _shown(data={"html": html}, key=key, on_pick_change=_noticed).pick


def _noticed() -> None:
    """A trigger needs a callback to be reported; the page reads the value itself."""
