"""Fields that answer while one types: what is typed is taken a moment after the last key; names come in by a click."""

from __future__ import annotations

from streamlit.components.v2 import component

KEY = "as_typed"  # of the container whose fields answer while one types

# Streamlit takes a field's text on Ctrl+Enter (of one line: on Enter), which is pressed here in the typist's stead.
_JS = """
const FIELDS = ".st-key-as_typed textarea, .st-key-as_typed input[type=text]:not([role=combobox])";
const WAIT = 450;

function take(field) {
  field.dispatchEvent(new KeyboardEvent("keydown", {
    key: "Enter", code: "Enter", keyCode: 13, ctrlKey: field.tagName === "TEXTAREA", bubbles: true, cancelable: true,
  }));
}

function insert(state, text) {
  const field = state.last && state.last.isConnected ? state.last : document.querySelector(".st-key-as_typed textarea");
  if (!field) return;
  const [since, until] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  const before = field.value.slice(0, since), after = field.value.slice(until);
  const gap = before && !/[\\s(.]$/.test(before) ? " " : "";
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
  set.call(field, before + gap + text + after);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  const open = text.indexOf("\\u2026"), at = since + gap.length;
  if (open < 0) field.setSelectionRange(at + text.length, at + text.length);
  else field.setSelectionRange(at + open, at + open + 1);
}

export default function () {
  if (document.asTyped) return;
  const state = document.asTyped = { last: null, wait: 0 };
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".st-key-as_typed textarea")) state.last = event.target;
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches(FIELDS)) return;
    clearTimeout(state.wait);
    state.wait = setTimeout(() => take(event.target), WAIT);
  });
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-insert]");
    if (hit) insert(state, hit.dataset.insert);
  });
}
"""

_as_typed = component("kpi_as_typed", js=_JS, isolate_styles=False)


def as_typed() -> None:
    """Makes the fields inside `st.container(key=KEY)` answer while one types, and `data-insert` buttons insert."""
    _as_typed(data={}, key="kpi_as_typed", height=1)
