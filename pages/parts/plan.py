"""Choosing: goals in their groups, KPIs as rows to tick."""

from __future__ import annotations

from kpi.analysis.lint import Hint
from kpi.analysis.matching import Match
from kpi.analysis.shelves import Shelf
from kpi.catalogue import goal, goals, kpi_set, kpis
from pages.parts.frame import Frame

GOAL_GROUPS = ("sales", "marketing", "customer", "service", "money", "foundations")


def quick_goals() -> list[str]:
    """The quick picks in their order."""
    return [g.id for g in sorted(goals().values(), key=lambda g: g.quick) if g.quick]


def goals_by_group(group: str, wanted: str = "") -> list[str]:
    """The goals of a group whose name, alias or text holds `wanted` in any language."""
    word = wanted.strip().casefold()
    found = []
    for each in goals().values():
        texts = (each.name.en, each.name.fa, each.name.uk, each.about.en, each.about.fa, each.about.uk, *each.aliases)
        if each.group == group and (not word or any(word in text.casefold() for text in texts)):
            found.append(each.id)
    return found


def reasons(here: Frame, match: Match, chosen: tuple[str, ...]) -> str:
    """Role and reason of a KPI in each of the chosen goals."""
    lang = here.texts.lang
    held = [r for r in match.roles if r.goal in chosen]
    if len(chosen) == 1:
        return " · ".join(r.reason.get(lang) for r in held)
    return " · ".join(here.t("in_goal", goal=goal(r.goal).name.get(lang), reason=r.reason.get(lang)) for r in held)


def split_first(matches: list[Match], proposed: set[str], most: int = 8) -> tuple[list[Match], list[Match]]:
    """Those to show at once (the proposed ones, then the first up to `most`) and the rest, both in rank order."""
    wanted = {m.kpi.id for m in matches if m.kpi.id in proposed}
    for each in matches:
        if len(wanted) >= most:
            break
        wanted.add(each.kpi.id)
    return [m for m in matches if m.kpi.id in wanted], [m for m in matches if m.kpi.id not in wanted]


def hint_text(here: Frame, hint: Hint) -> str:
    """What a board lacks, in a sentence that names the KPIs (or lenses) it is about and those that would help."""
    lang = here.texts.lang
    names = {group.id: group.name for group in kpi_set("lenses").groups} | {
        each.id: each.name for each in kpis().values()
    }

    def listed(ids: tuple[str, ...]) -> str:
        return ", ".join(name.get(lang) for id_ in ids if (name := names[id_]))

    return here.t(f"lint.{hint.code}", about=listed(hint.about), offered=listed(hint.offered))


def shelf_name(here: Frame, shelf: Shelf) -> str:
    """The name of a shelf with the set that it is a group of."""
    name = shelf.name.get(here.texts.lang)
    return here.t("shelf_in", of=shelf.of.get(here.texts.lang), name=name) if shelf.of else name
