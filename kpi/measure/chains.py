"""The chain goal → strategy → tactic → KPI of a workspace, as data and as a list to pass on (F96, step 4)."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.analysis.chain import Chain, chain
from kpi.analysis.progress import Target, targets_of
from kpi.analysis.scopes import staff
from kpi.measure.sheets import Sheet
from kpi.text import Texts
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.plans import Plan, plans
from kpi.workspace.workspace import Workspace


def chain_of(workspace: Workspace, goal: str) -> Chain:
    """The chain of a goal as it is stored."""
    plan = plans(workspace).get(goal, Plan(goal))
    mine = [(each.kpi, each.function) for each in selected_kpis(workspace) if each.goal == goal]
    return chain(goal, plan.strategy, plan.tactics, mine)


def target_in(workspace: Workspace, goal: str, kpi: str) -> Target | None:
    """The newest company-wide target of a KPI for this goal."""
    mine = [t for t in targets_of(workspace) if t.goal == goal and t.kpi == kpi and t.scope == "all"]
    return mine[-1] if mine else None


def chain_sheet(workspace: Workspace, texts: Texts, goals: Sequence[str]) -> Sheet:
    """The chains of several goals as one list: a row per KPI, a goal without one has a row too."""
    known, kpis = goals_of(workspace), kpis_of(workspace)
    names = ("goal", "strategy", "function", "tactic", "kpi", "baseline", "target", "until", "owner")
    owners = {each.kpi: each.owner for each in selected_kpis(workspace)}
    people = staff(workspace, "employee", gone=True)
    rows: list[tuple[object, ...]] = []
    for goal in goals:
        made = chain_of(workspace, goal)
        head = (known[goal].name.get(texts.lang), made.strategy)
        for link in made.links:
            kpi, target, owner = kpis[link.kpi], target_in(workspace, goal, link.kpi), owners.get(link.kpi)
            function = texts.t(f"quantify.function_{link.function}") if link.function else ""
            numbers = (
                (
                    texts.number(target.baseline, kpi.unit),
                    texts.number(target.aim, kpi.unit),
                    texts.day(target.until),
                )
                if target
                else ("", "", "")
            )
            whose = people.get(owner, owner) if owner else ""
            rows.append((*head, function, link.tactic, kpi.name.get(texts.lang), *numbers, whose))
        if not made.links:
            rows.append((*head, *[""] * (len(names) - len(head))))
    heads = tuple(texts.t(f"chain.{name}") for name in names)
    return Sheet(texts.t("chain.title"), heads, tuple(rows), (), texts.direction == "rtl")
