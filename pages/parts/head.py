"""Heads: of the page (the sentence is the headline), of a section, and the steps from file to board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pages.parts.markup import esc, rich

STEPS = ("data", "goals", "kpis", "board")


def page_head(title: str, *, finding: str, context: str = "", until: str = "", note: str = "") -> str:
    """The page's small name with its context, at the other end how far the data reach, the finding, a grey line.

    Without title (under the steps) the finding begins the head.
    """
    about = f' <span class="k-context">· {esc(context)}</span>' if context else ""
    grey = f'<p class="k-note">{rich(note)}</p>' if note else ""
    top = f'<div class="k-top"><span><b>{esc(title)}</b>{about}</span><span>{esc(until)}</span></div>' if title else ""
    return f'<header class="k-head">{top}<h1 class="k-finding">{rich(finding)}</h1>{grey}</header>'


def section(title: str, note: str = "", legend: str = "") -> str:
    """The head of a section: hairline, title, grey note; legend: HTML of `legend()`."""
    grey = f'<span class="k-aside">{esc(note)}</span>' if note else ""
    return f'<div class="k-section"><h2>{esc(title)}</h2>{grey}{legend}</div>'


def caption(text: str) -> str:
    """A grey line under a picture: how to read it."""
    return f'<p class="k-caption">{rich(text)}</p>'


def question(title: str, text: str) -> str:
    """What is asked, and below it in grey what it means."""
    return f'<p class="k-caption k-ask"><b>{esc(title)}</b>{esc(text)}</p>'


def captions(texts: Iterable[str]) -> str:
    """Several grey lines that belong together."""
    return f'<ul class="k-captions">{"".join(f"<li>{rich(text)}</li>" for text in texts)}</ul>'


def steps(names: Sequence[str], present: int, numbers: Sequence[str] = ()) -> str:
    """The way from file to board; only on that way. names: the words in order; present: index from 0; numbers: in
    the digits of the language."""
    items = []
    for index, name in enumerate(names):
        here = ' aria-current="step"' if index == present else ""
        past = " past" if index < present else ""
        items.append(
            f'<li class="k-step{past}"{here}><span>{esc(numbers[index] if numbers else index + 1)}</span> {esc(name)}</li>'
        )
    return f'<ol class="k-steps">{"".join(items)}</ol>'
