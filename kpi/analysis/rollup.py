"""Do the targets of parts make up the target of the whole? Sums are added up, ratios weighted, others not added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kpi.analysis.evidence import Fact
from kpi.analysis.progress import ROLLUPS, Target
from kpi.core import Kpi
from kpi.text import Texts

ALIKE = 0.005  # of the whole's target: a gap below it is none

Rule = Literal["sum", "mean", "none"]


@dataclass(frozen=True)
class RollUp:
    """The targets of one kind of parts against the target of the whole over the same days.

    together: what the parts' aims come to by the rule, None where it cannot be told; whole: the aim of the whole, None
    without one; parts: the members that have a target; without: those that have none; other: targets left out because
    they run over other days.
    """

    scope: str
    rule: Rule
    together: float | None
    whole: float | None
    parts: tuple[str, ...]
    without: tuple[str, ...]
    other: int

    @property
    def gap(self) -> float | None:
        """The parts together minus the whole; None where either is missing or they agree."""
        if self.together is None or self.whole is None or self.without:
            return None
        gap = self.together - self.whole
        return None if abs(gap) <= ALIKE * abs(self.whole) else gap


def rule_of(target: Target | None, adds_up: bool, weighted: bool) -> Rule:
    """The rule in force: the one stored with the whole's target, else by what the KPI is."""
    if target is not None and target.rollup in ROLLUPS:
        return target.rollup  # type: ignore[return-value]
    return "sum" if adds_up else "mean" if weighted else "none"


def roll_up(
    scope: str,
    rule: Rule,
    whole: Target | None,
    targets: Sequence[Target],
    members: Sequence[str],
    weights: Mapping[str, float] | None = None,
) -> RollUp | None:
    """The roll-up of the targets of `scope` (those in force, of one KPI); None where no part has one.

    members: who there is; a target set for each of them counts for all that have no own. weights: of each member, for
    means (the rows below the line of the ratio). Without a target of the whole the days of the newest part decide.
    """
    mine = [t for t in targets if t.scope == scope and t.aim is not None]
    if not mine:
        return None
    span = (whole.since, whole.until) if whole else (mine[-1].since, mine[-1].until)
    same = [t for t in mine if (t.since, t.until) == span]
    each = next((t for t in reversed(same) if t.scope_id is None), None)
    own = {t.scope_id: t for t in same if t.scope_id is not None}
    known = list(dict.fromkeys([*members, *own]))
    aims = {m: (own.get(m) or each) for m in known}
    held = {m: t.aim for m, t in aims.items() if t is not None and t.aim is not None}
    together = None
    if held and rule == "sum":
        together = float(sum(held.values()))
    elif held and rule == "mean" and weights is not None:
        total = sum(weights.get(m, 0.0) for m in held)
        together = sum(weights.get(m, 0.0) * aim for m, aim in held.items()) / total if total else None
    without = tuple(m for m in known if m not in held)
    return RollUp(scope, rule, together, whole.aim if whole else None, tuple(held), without, len(mine) - len(same))


def sentences(held: Sequence[RollUp], kpi: Kpi, texts: Texts) -> list[str]:
    """The roll-ups in words, amounts in the KPI's unit."""
    told = []
    for found in held:
        for fact in said(found):
            params = fact.said()
            params |= {k: texts.number(v, kpi.unit, short=True) for k, v in params.items() if k in _AMOUNTS}  # type: ignore[arg-type]
            params |= {"scope": texts.t(f"rollup.scope_{found.scope}")}
            told.append(texts.t(f"rollup.{fact.code}", **params))
    return told


_AMOUNTS = ("together", "whole", "gap")


def said(found: RollUp) -> list[Fact]:
    """The sentences (`rollup.<code>` of the locales); `together`, `whole` and `gap` are in the KPI's unit."""
    scope = ("scope", found.scope)
    n = ("n", len(found.parts))
    told: list[Fact] = []
    if found.rule == "none":
        told.append(Fact("not_added", (scope, n)))
    elif found.together is None:
        told.append(
            Fact("no_weights" if found.parts else "other_days", (scope, ("n", found.other or len(found.parts))))
        )
    else:
        sums = (scope, n, ("together", found.together), ("whole", found.whole))
        if found.whole is None:
            told.append(Fact(f"{found.rule}_alone", sums))
        elif found.without:
            told.append(Fact(f"{found.rule}_partly", (*sums, ("without", len(found.without)))))
        elif found.gap is None:
            told.append(Fact(f"{found.rule}_agrees", sums))
        else:
            way = "more" if found.gap > 0 else "less"
            told.append(Fact(f"{found.rule}_{way}", (*sums, ("gap", abs(found.gap)))))
    if found.other and found.parts:
        told.append(Fact("left_out", (("n", found.other),)))
    return told
