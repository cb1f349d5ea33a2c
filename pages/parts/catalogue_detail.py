"""One KPI of the catalogue in a drawer: what it means, how it is computed, what it needs, what it goes with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from kpi.analysis.facets import Entry, groups
from kpi.analysis.matching import serves
from kpi.catalogue import Needs, kpi_set, needs_of, settings_of
from kpi.core import Kpi, Row
from kpi.measure.rules import in_force, rules_of
from kpi.measure.run import chosen
from kpi.workspace.choices import Selection, add_kpi, chosen_goals, drop_kpi
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from pages.parts import frame, markup
from pages.parts.catalogue import OPEN, let
from pages.parts.catalogue_list import entered
from pages.parts.errors import guard
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.items import kpi_name
from pages.parts.markup import esc
from pages.parts.views import Action


def act(here: Frame, picked: str) -> None:
    """What a click on a row, a node or a name asks for."""
    what, _, id_ = picked.partition(":")
    if what == "open" or what == "add" and _loose(here, id_):
        let(OPEN, id_)
    elif what == "add":
        put_on_board(here, id_)
    elif what == "drop":
        drop_kpi(here.workspace, id_)
        _say(here, "dropped", id_)
    elif what == "load":
        frame.go("data", "import")
    elif what == "settings":
        frame.go("settings", "settings")
    else:
        st.session_state["catalogue_picked"] = picked
    st.rerun()


def _loose(here: Frame, id_: str) -> bool:
    """Whether goals are chosen and the KPI serves none of them."""
    goals = chosen_goals(here.workspace)
    return bool(goals) and not serves(id_, goals, goals_of(here.workspace))


def put_on_board(here: Frame, id_: str, reason: str = "") -> None:
    """One more KPI on the board, for the first chosen goal that it serves."""
    known = goals_of(here.workspace)
    goal = next((g for g in chosen_goals(here.workspace) if serves(id_, [g], known)), None)
    add_kpi(here.workspace, Selection(id_, goal, reason or None if goal is None else None))
    _say(here, "added", id_)


def _say(here: Frame, what: str, id_: str) -> None:
    kpi = kpis_of(here.workspace)[id_]
    st.session_state["catalogue_said"] = here.t(what, name=kpi_name(here, kpi))


def _closed() -> None:
    let(OPEN)


def drawer(here: Frame, entry: Entry, row: Row | None) -> None:
    """Open the drawer of a KPI; its buttons act on the board."""
    kpi = entry.match.kpi

    # "right" is the end of the line: Streamlit mirrors it with the direction of the document.
    @st.dialog(kpi_name(here, kpi), width="medium", position="right", on_dismiss=_closed)
    def show() -> None:
        with guard(here.texts):
            picked = here.show(detail(here, entry, row), key=f"detail_{kpi.id}")
            if picked:
                act(here, picked)
            _buttons(here, entry)

    show()


def _buttons(here: Frame, entry: Entry) -> None:
    id_ = entry.id
    reason = ""
    if not entry.chosen and _loose(here, id_):
        here.show(caption(here.t("loose")), key="detail_loose")
        reason = st.text_input(here.t("loose_why"), key=f"catalogue_why_{id_}")
    with st.container(horizontal=True):
        if entry.chosen:
            if st.button(here.t("drop"), key="catalogue_drop"):
                act(here, f"drop:{id_}")
        elif st.button(here.t("add"), type="primary", key="catalogue_add"):
            put_on_board(here, id_, reason.strip())
            st.rerun()
        if st.button(here.t("page"), key="catalogue_page", disabled=not entry.match.computable):
            _closed()
            frame.go("explore", "kpi", kpi=id_)
        if st.button(here.t("change"), key="catalogue_change"):
            _closed()
            frame.go("plan", "own_kpi", kpi=id_)


def detail(here: Frame, entry: Entry, row: Row | None) -> str:
    """Everything that the definition says, as one piece of HTML."""
    kpi, lang = entry.match.kpi, here.texts.lang
    shown = markup.value(here.value(row.value if row else None, kpi.unit), "p") if entry.match.computable else ""
    parts = [
        shown,
        entered(here, row),
        f"<p>{esc(kpi.about.get(lang))}</p>",
        f'<p class="k-small">{esc(_traits(here, kpi))}</p>',
    ]
    formula = f'<p class="k-formula" dir="ltr" lang="en">{esc(kpi.formula)}</p>'
    headline = f'<p class="k-small">{esc(kpi.headline.get(lang))}</p>' if kpi.headline else ""
    blocks = [
        ("formula", formula + headline),
        ("needs", _needs(here, needs_of(kpi), entry)),
        ("refines", _definition(kpi.refines)),
        ("settings", _settings(here, kpi)),
        ("threshold", _definition(kpi.threshold)),
        ("guardrails", _linked(here, kpi.guardrails)),
        ("serves", _linked(here, kpi.serves)),
        ("goals", _goals(here, entry)),
        ("lists", _lines(_lists(here, kpi))),
        ("aliases", _lines(kpi.aliases)),
        ("seeds", _lines([here.t("articles", names=list(kpi.seeds))]) if kpi.seeds else ""),
    ]
    parts += [f"<dt>{esc(here.t(f'detail_{name}'))}</dt><dd>{html}</dd>" for name, html in blocks if html]
    return f'<div class="k-detail">{"".join(parts[:3])}<dl>{"".join(parts[3:])}</dl></div>'


def _traits(here: Frame, kpi: Kpi) -> str:
    words = [
        here.t(f"kpi_group.{kpi.group}"),
        here.t(f"kpis.nature_{kpi.nature}"),
        here.t(f"timing_{kpi.timing}"),
        here.t(f"better_{kpi.better}"),
        here.t(f"unit_{kpi.unit}"),
    ]
    return " · ".join([*words, here.t("subjective")] if kpi.kind == "subjective" else words)


def _definition(text: str) -> str:
    """What the definition says in the terms of the model, which read from the left in every language."""
    return f'<p class="k-small" dir="ltr" lang="en">{esc(text)}</p>' if text else ""


def _needs(here: Frame, needs: Needs, entry: Entry) -> str:
    """Each term on a line with a mark whether it is met; alternatives joined by "or"."""
    present = here.workspace.columns()
    lines = []
    for term in needs.terms:
        met = any(alternative <= present for alternative in term)
        ways = f" {esc(here.t('or'))} ".join(
            " ".join(f"<code>{esc(column)}</code>" for column in sorted(alternative)) for alternative in term
        )
        code, word = ("on_track", "there") if met else ("needs_data", "missing")
        mark = f'<span class="k-state {code}"><i class="k-mark" aria-hidden="true"></i>{esc(here.t(word))}</span>'
        lines.append(f"<li>{mark} {ways}</li>")
    load = "" if entry.match.computable else f"<p>{_way(here, 'load')}</p>"
    return f'<ul class="k-needs-list">{"".join(lines)}</ul>{load}'


def _way(here: Frame, pick: str) -> str:
    """A button that leads on; its text goes by the same word as what it asks for."""
    return markup.action(Action(here.t(f"to_{pick}"), pick))


def _settings(here: Frame, kpi: Kpi) -> str:
    """The rules in force for its number; before it can be computed, the settings that it will rest on."""
    computation, _ = chosen(here.workspace, kpi)
    said = (
        rules_of(here.workspace, kpi, computation)
        if computation
        else [in_force(here.workspace, name) for name in settings_of(kpi)]
    )
    lines = _lines(here.t(code, **dict(params)) for code, params in said)
    return lines + _way(here, "settings") if lines else ""


def _linked(here: Frame, ids: Sequence[str]) -> str:
    known = kpis_of(here.workspace)
    return ", ".join(
        f'<button type="button" class="k-btn link" data-pick="open:{esc(id_)}">{esc(kpi_name(here, known[id_]))}</button>'
        for id_ in ids
        if id_ in known
    )


def _goals(here: Frame, entry: Entry) -> str:
    known, lang = goals_of(here.workspace), here.texts.lang
    return _lines(
        here.t("in_goal", goal=known[r.goal].name.get(lang), role=here.t(f"role.{r.role}"), reason=r.reason.get(lang))
        for r in entry.match.roles
    )


def _lists(here: Frame, kpi: Kpi) -> list[str]:
    lang = here.texts.lang
    found = [group.name.get(lang) for group in groups() if kpi.id in group.kpis]
    departments = {each.id: each.name for each in kpi_set("departments").groups}
    stages = {each.value: each.name for each in kpi_set("stages").groups}
    lenses = {each.value: each.name for each in kpi_set("lenses").groups}
    named = [*(departments[each] for each in kpi.departments), stages.get(kpi.stage), lenses.get(kpi.lens)]
    return [*(name.get(lang) for name in named if name), *dict.fromkeys(found)]


def _lines(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{esc(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""
