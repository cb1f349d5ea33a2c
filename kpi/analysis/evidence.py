"""What the data themselves say for each candidate KPI of a goal, and the order that follows. No claim of a cause.

Every finding is a bar from 0 to 1 and a sentence (`evidence.<code>` of the locales with params; the ids of KPIs among
them are named where they are shown). docs/evidence.md explains the rules and what simulation says about them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kpi.analysis.evidence_rules import Rules
from kpi.analysis.evidence_rules import rules as rules_in_force
from kpi.analysis.series import Series
from kpi.core import ROLES
from kpi.stats import Lead, Likeness, TooLittle, likeness, screen

Params = tuple[tuple[str, object], ...]
LEFT_OUT = ("distinct_from_none", "quality_unknown")  # findings whose bar does not count at all
OLD = 2  # periods without a value at the end, from which the newest value is called old


@dataclass(frozen=True)
class Backing:
    """The data behind a KPI: their grade (0 to 1) and its word, the part that costs most and its share, cases a period."""

    score: float
    state: str
    weakest: str = ""
    share: float = 1.0
    cases: float | None = None


@dataclass(frozen=True)
class Candidate:
    """A KPI that may serve a goal: its series and what is known of it without the series.

    missing: the columns that block it; backing: what is known of the data behind it, None where nobody graded them.
    """

    series: Series
    role: str = ""
    computable: bool = True
    missing: tuple[str, ...] = ()
    backing: Backing | None = None

    @property
    def kpi(self) -> str:
        return self.series.kpi.id


@dataclass(frozen=True)
class Fact:
    """One finding. bar: 0 to 1, None where too little is known; value with its 95 % interval where there is one."""

    code: str
    params: Params = ()
    bar: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def said(self) -> dict[str, object]:
        """The values of the sentence's placeholders."""
        return dict(self.params)


@dataclass(frozen=True)
class Evidence:
    """The findings on one candidate; score: their weighted mean, 0 to 1; n: periods with a value."""

    candidate: Candidate
    n: int
    leads: Fact
    distinct: Fact
    signal: Fact
    data: Fact
    quality: Fact
    rules: Rules = field(repr=False)
    lead: Lead | None = None

    @property
    def kpi(self) -> str:
        return self.candidate.kpi

    @property
    def claims_lead(self) -> bool:
        """Whether the sentence says that it moves before the goal's own KPI."""
        return self.leads.code == "leads"

    @property
    def counted(self) -> dict[str, float]:
        """The weights of the bars that count here."""
        return {name: w for name, w in self.rules.weights.items() if getattr(self, name).code not in LEFT_OUT}

    @cached_property
    def score(self) -> float:
        total = sum(self.counted.values())
        got = sum(w * (getattr(self, name).bar or 0.0) for name, w in self.counted.items())
        return got / total if total else 0.0


def evidence(
    candidates: Sequence[Candidate],
    goal: Series | None,
    chosen: Sequence[Series] = (),
    season: int = 12,
    rules: Rules | None = None,
) -> list[Evidence]:
    """The evidence on every candidate, in the order given; `ranked` puts it in order.

    goal: the series of the goal's own KPI, None without one. chosen: what is on the board already. All series have the
    same periods. season: periods of a year.
    """
    rules = rules or rules_in_force()
    others = [i for i, each in enumerate(candidates) if goal is not None and each.kpi != goal.kpi.id]
    leads: dict[int, Lead | TooLittle] = {}
    if goal is not None:
        arrays = [candidates[i].series.array() for i in others]
        found = screen(arrays, goal.array(), rules.most_lag, season, rules.level)
        leads = dict(zip(others, found, strict=True))
    return [
        Evidence(
            each,
            each.series.n,
            _leads(leads.get(i), goal, len(others), rules),
            _distinct(each.series, chosen, season, rules),
            _signal(each.series, season, rules),
            _data(each.series, rules),
            _quality(each),
            rules,
            lead if isinstance(lead := leads.get(i), Lead) else None,
        )
        for i, each in enumerate(candidates)
    ]


def ranked(found: Sequence[Evidence]) -> list[Evidence]:
    """In the order that the rules name; equals keep the order given."""

    def key(each: Evidence) -> tuple[float, ...]:
        role = each.candidate.role
        keys = {
            "role": ROLES.index(role) if role in ROLES else len(ROLES),
            "computable": not each.candidate.computable,
            "evidence": -each.score,
        }
        return tuple(float(keys[name]) for name in each.rules.order)

    return sorted(found, key=key)


def _leads(lead: Lead | TooLittle | None, goal: Series | None, screened: int, rules: Rules) -> Fact:
    if goal is None:
        return Fact("lead_no_goal")
    name = ("goal", goal.kpi.id)
    if lead is None:
        return Fact("lead_itself", (name,), 1.0)
    if isinstance(lead, TooLittle):
        code = "lead_constant" if lead.why == "constant" else "lead_few"
        return Fact(code, (name, ("n", lead.n), ("needs", lead.needs)))
    if lead.kind in ("together", "follows"):
        at = lead.lags.index(lead.strongest)
        params = (name, ("lag", -lead.strongest), ("r", round(lead.r[at], 2)), ("n", lead.n))
        return Fact(f"lead_{lead.kind}", params, 0.0, lead.r[at])
    bar = min(1.0, math.log(max(lead.p, 1e-300)) / math.log(rules.full))
    numbers = (
        ("lag", lead.lag),
        ("r", round(lead.value, 2)),
        ("low", round(lead.low, 2)),
        ("high", round(lead.high, 2)),
        ("n", lead.n),
        ("kpis", screened),
        ("lags", len(lead.lags)),
    )
    codes = {"leads": "leads", "may_lead": "lead_maybe", "none": "lead_none"}
    return Fact(codes[lead.kind], (name, *numbers), bar, lead.value, lead.low, lead.high)


def _distinct(series: Series, chosen: Sequence[Series], season: int, rules: Rules) -> Fact:
    others = [each for each in chosen if each.kpi.id != series.kpi.id]
    if not others:
        return Fact("distinct_from_none")
    found = [(likeness(series.array(), each.array(), season), each.kpi.id) for each in others]
    told = [(each, other) for each, other in found if isinstance(each, Likeness)]
    if not told:
        return Fact("distinct_few", (("n", max(each.n for each, _ in found)), ("needs", 20)))
    nearest, other = max(told, key=lambda pair: (pair[0].least, abs(pair[0].r)))
    params = (
        ("other", other),
        ("r", round(nearest.r, 2)),
        ("low", round(nearest.low, 2)),
        ("high", round(nearest.high, 2)),
        ("n", nearest.n),
    )
    code = "redundant" if nearest.least >= rules.alike else "distinct"
    return Fact(code, params, 1 - nearest.least, nearest.r, nearest.low, nearest.high)


def _signal(series: Series, season: int, rules: Rules) -> Fact:
    since = len(series.values) - rules.recent
    found = series.process(season, _frozen(series, since), sure=True)
    if isinstance(found, TooLittle):
        if found.why == "constant":
            return Fact("signal_constant", (("n", found.n),))
        return Fact("signal_few", (("n", found.n), ("needs", found.needs)))
    recent = [s for s in found.signals if s.index >= since]
    params = (("recent", rules.recent), ("n", found.n), ("base", found.base[1] - found.base[0]))
    if not recent:
        return Fact("signal_memory" if found.memory else "signal_none", params, 0.0)
    last = recent[-1]
    side = "up" if last.up else "down"
    return Fact(f"signal_{side}", (*params, ("period", series.periods[last.index])), 1.0, series.values[last.index])


def _frozen(series: Series, since: int) -> int | None:
    """Where the baseline ends: before the recent periods where 12 values lie before them, else as early as can be."""
    before = sum(v is not None for v in series.values[: max(since, 0)])
    return since if before >= 12 else None


def _data(series: Series, rules: Rules) -> Fact:
    latest = series.values[-rules.periods :]
    known = sum(v is not None for v in latest)
    if not latest or not known:
        return Fact("data_none", (), 0.0)
    share = known / len(latest)
    params = (("n", known), ("of", len(latest)), ("share", round(100 * share)))
    last = max(i for i, value in enumerate(series.values) if value is not None)
    if len(series.values) - 1 - last >= OLD:
        return Fact("data_old", (*params, ("period", series.periods[last])), share, share)
    return Fact("data_whole" if known == len(latest) else "data_gaps", params, share, share)


def _quality(each: Candidate) -> Fact:
    """How good the data behind the KPI are, or what blocks it."""
    if not each.computable and each.missing:
        return Fact("quality_blocked", (("columns", each.missing),), 0.0)
    backing = each.backing
    if backing is None:
        return Fact("quality_unknown")
    params = [("score", round(100 * backing.score))]
    if backing.weakest:
        params += [("part", backing.weakest), ("share", round(100 * backing.share))]
    if backing.cases is not None:
        params.append(("cases", round(backing.cases)))
    code = "quality_weak" if backing.weakest else "quality_full"
    return Fact(f"{code}_cases" if backing.cases is not None else code, tuple(params), backing.score, backing.score)
