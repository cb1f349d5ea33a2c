"""What changed a KPI: by any dimension of its rows, as leaderboard; a click on a group filters the page by it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpi.analysis.contribution import FEW, Breakdown, Part
from kpi.core import NOT_RECORDED, Row
from kpi.measure.story import Story
from pages.parts.address import held_name, used
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.leaders import leaderboard
from pages.parts.slices import dimension_name
from pages.parts.story import group_label
from pages.parts.views import Change
from pages.parts.views_kpi import Leader, Leaderboard

MOST = 12
QUICK = 5  # dimensions offered side by side; the others in a list
OUTSIDE = "extra."  # columns outside the model: other KPIs could not follow a filter by them
ADDRESS = "split"
SPLIT = "kpi_split"
MORE = "kpi_split_more"


def chosen_split(here: Frame, declared: Sequence[str], every: Sequence[str]) -> str:
    """The dimension that the address or the session holds, where this KPI has it, else its most telling one; "" without
    any."""
    usual = next(iter([*declared, *every]), "")
    split = here.said(ADDRESS, every, usual, SPLIT)
    return split if split in every else usual


def split_choice(here: Frame, declared: Sequence[str], every: Sequence[str], split: str) -> None:
    """The declared dimensions side by side, with the chosen one among them, and all others in a list."""
    quick = list(dict.fromkeys([*declared[:QUICK], split]))
    others = [name for name in every if name not in quick]
    st.session_state[SPLIT] = split
    with st.container(horizontal=True, key="kpi_splits"):
        st.segmented_control(
            here.t("split"), quick, key=SPLIT, format_func=lambda name: dimension_name(here, name),
            label_visibility="collapsed", required=True, on_change=used, args=(held_name(here.name, ADDRESS), SPLIT),
        )  # fmt: skip
        if others:
            st.selectbox(
                here.t("split_more"), others, index=None, key=MORE, placeholder=here.t("split_more"), on_change=_take,
                args=(held_name(here.name, ADDRESS),), format_func=lambda name: dimension_name(here, name),
                label_visibility="collapsed",
            )  # fmt: skip
    here.address.carry(ADDRESS, [] if split == next(iter([*declared, *every])) else [split])


def _take(held: str) -> None:
    """A dimension from the list becomes the chosen one."""
    if st.session_state.get(MORE):
        used(held, MORE)
        st.session_state[MORE] = None


def breakdown_part(here: Frame, told: Story, split: str, names: dict[str, str]) -> str | None:
    """The leaderboard with its sentences; the group that was clicked just now, as the data write it."""
    parts = told.parts
    if parts is None or not parts.parts:
        refused = told.split is not None and any(code == "note.no_dimension" for code, _ in told.split.notes)
        said = here.t("note.no_dimension", dimension=dimension_name(here, split)) if refused else here.t("no_groups")
        here.show(caption(said), key="no_groups")
        return None
    said = [effects_text(here, told, parts)]
    if not split.startswith(OUTSIDE):
        said.append(here.t("click_filters"))
    here.show(caption(" ".join(said)), key="effects")
    return here.show(leaderboard(here.texts, split_view(here, told, split, names)), key="leaders")


def effects_text(here: Frame, told: Story, parts: Breakdown) -> str:
    """Where the change comes from: values or mix; or why no part of it can be told."""
    unit = told.item.reading.kpi.unit
    if parts.change is None:
        return here.t("no_before")
    if not parts.adds_up:
        return here.t("no_parts")
    change = _signed(here, unit, parts.change, parts.change)
    if parts.rate is None or parts.mix is None:
        return here.t("adds_up", change=change)
    rate, mix = (_signed(here, unit, effect, parts.change) for effect in (parts.rate, parts.mix))
    return here.t(f"effects_{'up' if parts.rate > 0 else 'down'}", change=change, rate=rate, mix=mix)


def split_view(here: Frame, told: Story, split: str, names: dict[str, str], most: int = MOST) -> Leaderboard:
    """The breakdown as a leaderboard, the largest contributions first; what is too small or beyond `most` together."""
    kpi, texts, parts = told.item.reading.kpi, here.texts, told.parts
    if parts is None:
        raise LookupError("no breakdown was asked for")
    clickable = not split.startswith(OUTSIDE)

    def leader(name: str, row: Row | None, part: Part | None, pick: str = "") -> Leader:
        told_apart = part is not None and not part.few
        rate, mix = (part.rate, part.mix) if part and told_apart else (None, None)
        return Leader(
            name=name,
            n=texts.number(row.n if row else None),
            value=texts.number(row.value if row else None, kpi.unit, short=True),
            point=row.value if row and row.low is not None else None,
            low=row.low if row else None,
            high=row.high if row else None,
            part=part.part if part and told_apart else None,
            part_shown=_change(here, told, part.part) if part and told_apart else None,
            few=bool(part and part.few),
            pick=pick,
            note=here.t("entered", source=row.entered) if row and row.entered else "",
            effects=(_signed(here, kpi.unit, rate, parts.change), _signed(here, kpi.unit, mix, parts.change)),
        )

    shown, others = parts.parts[:most], parts.parts[most:]
    rows = tuple(
        leader(group_label(here, p.group, names), p.now, p, (p.group or NOT_RECORDED) if clickable else "")
        for p in shown
    )
    together = [*(p for p in shown if p.few), *others]
    if together and (others or parts.adds_up):
        rows = (*rows, _together(here, told, together, len(others)))
    change = _change(here, told, parts.change, toned=False) if parts.change is not None else None
    total = Leader(
        here.t("parts.all"),
        texts.number(parts.total.n if parts.total else None),
        texts.number(parts.total.value if parts.total else None, kpi.unit, short=True),
        part_shown=change,
        effects=(_signed(here, kpi.unit, parts.rate, parts.change), _signed(here, kpi.unit, parts.mix, parts.change)),
    )
    heads = (dimension_name(here, split), here.t("rows"), here.t("parts.value"), here.t("part"))
    effects = (here.t("rate"), here.t("mix")) if parts.kind == "mean" else ()
    return Leaderboard(heads, rows, total, told.item.line if not told.item.flow else None, effects)


def _together(here: Frame, told: Story, rest: Sequence[Part], more: int) -> Leader:
    """What the groups that are too small, and those that found no room, brought together: the column adds up."""
    parts, unit = told.parts, told.item.reading.kpi.unit
    adds_up, whole = bool(parts and parts.adds_up), parts.change if parts else None
    part = sum(p.part or 0.0 for p in rest) if adds_up else None
    mean = bool(parts and parts.kind == "mean")
    effects = (sum(p.rate or 0.0 for p in rest), sum(p.mix or 0.0 for p in rest)) if mean else (None, None)
    grey = any(p.few for p in rest)
    name = here.t("together_more" if grey else "together_rest", n=more) if more else here.t("together", least=FEW)
    shown = (
        _change(here, told, part, toned=bool(more)) if part is not None else None
    )  # small groups alone are no judgement
    return Leader(
        name, "", "", part=part, part_shown=shown,
        effects=(_signed(here, unit, effects[0], whole), _signed(here, unit, effects[1], whole)),
    )  # fmt: skip


def _signed(here: Frame, unit: str, value: float | None, whole: float | None) -> str:
    """A part of a change; all parts with the decimals that suit the whole change, so that one sees them add up."""
    if value is None:
        return ""
    if unit in ("currency", "percent"):
        return here.texts.change(value, unit)
    return here.texts.change(
        value, unit, short=False, decimals=0 if abs(whole or 0) >= 100 else 2 if abs(whole or 0) < 1 else 1
    )


def _change(here: Frame, told: Story, part: float | None, toned: bool = True) -> Change | None:
    kpi = told.item.reading.kpi
    if part is None:
        return None
    shown = _signed(here, kpi.unit, part, told.parts.change if told.parts else None)
    if not toned or part == 0 or kpi.better == "target":
        return Change(shown)
    tone = "better" if (part > 0) == (kpi.better == "higher") else "worse"
    return Change(shown, "up" if part > 0 else "down", tone)
