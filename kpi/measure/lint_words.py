"""A hint about a set of KPIs in words."""

from __future__ import annotations

import re

from kpi.analysis.lint import Hint
from kpi.catalogue import kpi_set
from kpi.measure.lint import Fix
from kpi.text import Texts
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace

NAMED = 3  # KPIs named in a sentence before the rest is counted
_BRACKET = re.compile(r"\s*\([^()]*\)$")


def hint_words(workspace: Workspace, texts: Texts, hint: Hint) -> str:
    """What a set of KPIs lacks, in a sentence that names what it is about and the KPIs that would help."""
    about = [_name(workspace, texts, hint, id_) for id_ in hint.about]
    offered = [_name(workspace, texts, hint, id_) for id_ in hint.offered]
    if hint.code == "outcome_too":
        return texts.t("kpis.outcome_too", volume=about[0], outcome=offered[0])
    few: object = about
    if len(about) > NAMED + 1:
        few = texts.t("lint.and_more", first=about[:NAMED], n=len(about) - NAMED)
    n = hint.n if hint.n is not None else 0
    return texts.t(f"lint.{hint.code}", about=few, offered=offered, n=n, count=len(about))


def fix_words(workspace: Workspace, texts: Texts, fix: Fix) -> str:
    """What the way out says."""
    found = kpis_of(workspace).get(fix.kpi)
    return texts.t(f"lint.fix_{fix.kind}", kpi=_BRACKET.sub("", found.name.get(texts.lang)) if found else "")


def _name(workspace: Workspace, texts: Texts, hint: Hint, id_: str) -> str:
    kpis = kpis_of(workspace)
    if hint.code == "perspective_empty" and id_ not in kpis:
        return texts.t(f"lint.perspective_{id_}")
    lenses = {group.id: group.name for group in kpi_set("lenses").groups}
    named = lenses.get(id_)
    if named:
        return named.get(texts.lang)
    goal = goals_of(workspace).get(id_)
    return goal.name.get(texts.lang) if goal else _BRACKET.sub("", kpis[id_].name.get(texts.lang))
