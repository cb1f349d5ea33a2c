"""What stands in place of content: an empty state, a message."""

from __future__ import annotations

from pages.parts.markup import action, esc, rich
from pages.parts.views import Action


def empty_state(title: str, text: str, primary: Action | None = None, secondary: Action | None = None) -> str:
    """What is missing, what it would give, the least that suffices; at most two ways on. title: "" under a headline that
    says it."""
    buttons = action(primary, "primary") + action(secondary, "secondary")
    row = f'<div class="k-buttons">{buttons}</div>' if buttons else ""
    head = f"<h2>{esc(title)}</h2>" if title else ""
    return f'<div class="k-empty">{head}<p>{rich(text)}</p>{row}</div>'


def message(title: str, text: str) -> str:
    """What happened, what was kept, what to do."""
    return f'<div class="k-message" role="alert"><b>{esc(title)}</b><p>{esc(text)}</p></div>'


def banner(title: str, text: str) -> str:
    """A warning that stands above numbers and stops nobody."""
    return f'<div class="k-banner" role="status"><b>{esc(title)}</b><p>{esc(text)}</p></div>'
