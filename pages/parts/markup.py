"""The smallest pieces of our HTML: escaped text, sentences with key words, marks, changes, values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from pages.parts.views import Action, Change, Chip, State, Value

_KEY_WORDS = re.compile(r"&lt;(/?)(b|better|worse|code)&gt;")
_RANGE = re.compile(r"(?<=\d)–(?=\d)")  # a range is one word: no line break behind its dash
_TAGS = {"b": ("<b>", "</b>"), "code": ("<code>", "</code>")}
_TAGS |= {tone: (f'<b class="k-{tone}">', "</b>") for tone in ("better", "worse")}


def esc(text: object) -> str:
    """The text with everything HTML could take for markup made harmless."""
    return escape(str(text))


def rich(text: str) -> str:
    """A sentence of the locales: escaped, but `<b>`, `<better>`, `<worse>` and `<code>` mark its key words."""
    whole = _RANGE.sub("\u2060–\u2060", esc(text))
    return _KEY_WORDS.sub(lambda found: _TAGS[found[2]][bool(found[1])], whole)


def value(shown: Value, kind: str = "span") -> str:
    """A number with its unit smaller and grey, the exact value on hover."""
    exact = f' title="{esc(shown.exact)}"' if shown.exact else ""
    unit = f'<small class="k-unit">{esc(shown.unit)}</small>' if shown.unit else ""
    return f'<{kind} class="k-val"{exact}>{esc(shown.text)}{unit}</{kind}>'


def change(shown: Change | None) -> str:
    """A change: the arrow says where it went, the colour whether that is good; noise has neither."""
    if shown is None:
        return ""
    arrow = f'<i class="k-arrow {shown.way}" aria-hidden="true"></i>' if shown.way and shown.tone != "noise" else ""
    tone = f" k-{shown.tone}" if shown.tone else ""
    return f'<span class="k-chg{tone}">{arrow}{esc(shown.text)}</span>'


def state(shown: State) -> str:
    """A state: mark and word, never the colour alone."""
    return f'<span class="k-state {shown.code}"><i class="k-mark" aria-hidden="true"></i>{esc(shown.text)}</span>'


def action(shown: Action | None, kind: str = "link") -> str:
    """A button of ours: `kind` link, primary or secondary."""
    if shown is None:
        return ""
    return f'<button type="button" class="k-btn {kind}" data-pick="{esc(shown.pick)}">{esc(shown.text)}</button>'


def chips(shown: Sequence[Chip], does: str, clear: Chip | None = None, cross: bool = True) -> str:
    """Small buttons in a line. does: what a click does, for screen readers; cross: it takes the chip away."""
    mark = '<i class="k-cross" aria-hidden="true"></i>' if cross else ""
    items = "".join(
        f'<li><button type="button" class="k-chip" data-pick="{esc(each.pick)}" aria-label="{esc(does)} {esc(each.text)}">'
        f"{esc(each.text)}{mark}</button></li>"
        for each in shown
    )
    last = f"<li>{action(Action(clear.text, clear.pick))}</li>" if clear else ""
    return f'<ul class="k-chips">{items}{last}</ul>'


def percent(share: float) -> str:
    """A CSS length in percent, kept within the track."""
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"
