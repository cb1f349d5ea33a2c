"""Will a target be reached? Chance, range, what each remaining period must bring, and how right such chances were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi.analysis.evidence import Fact
from kpi.analysis.progress import Progress, State, Target
from kpi.analysis.series import Series, bounds
from kpi.core import Period
from kpi.stats import Outlook, TooLittle, outlook

SAFE, EVEN = 0.8, 0.5  # chances from which a target is on track, at risk
LATELY = 6  # periods that the recent average is taken of


@dataclass(frozen=True)
class TargetOutlook:
    """How a target will end, told from whole periods.

    done: what has added up since the target began (flow), else the last value. left: periods that remain, cut ones by
    their share. at_least, at_most: what each of them must bring (flow), or by how much the value must change per period;
    recent: what the latest ones brought. chance: None where too little is known (`little`) or it is decided already.
    """

    target: Target
    flow: bool
    state: State
    done: float | None
    left: float
    at_least: float | None
    at_most: float | None
    recent: float | None
    chance: float | None
    outlook: Outlook | None
    little: TooLittle | None

    @property
    def expected(self) -> tuple[float, float, float] | None:
        """What the KPI is expected to come to at the target's end, with its 80 % range."""
        if self.outlook is None or self.done is None:
            return None
        start = self.done if self.flow else 0.0
        return tuple(start + v for v in (self.outlook.expected, self.outlook.low, self.outlook.high))  # type: ignore[return-value]

    @property
    def decided(self) -> bool:
        """Whether nothing can change the outcome any more: no chance, and yet a state."""
        return self.chance is None and self.state in ("reached", "corrective_action_needed")

    def came_true(self) -> tuple[int, int] | None:
        """Of so many earlier moments of this series, at how many a number with this chance was reached: (hits, of)."""
        band = self.at_least is not None and self.at_most is not None
        if self.chance is None or band or self.outlook is None or self.outlook.checked is None:
            return None
        return self.outlook.checked.came_true(self.chance, self.at_least is not None), self.outlook.checked.of


def target_outlook(
    series: Series,
    target: Target,
    coming: Sequence[Period],
    flow: bool,
    season: int = 12,
    known: tuple[date, float] | None = None,
) -> TargetOutlook:
    """The outlook of `target` from whole periods of its KPI.

    coming: the periods after the last of them until the target ends, the running one first. flow: a sum or count, whose
    target is for the whole horizon. known: a day (exclusive) and what a flow has added up to by then, where that is later
    than the last whole period: the running one then counts by the days that are left of it. A target with low and high
    is a band: reached inside it.
    """
    low, high = _aims(target, series.kpi.better)
    series, young = _ripe(series)
    coming = [*young, *coming] if not flow else coming
    since = max(target.since, known[0]) if known else target.since
    share = [_share(p, since, target.until) for p in coming]
    share = [s for s in share if s > 0] if flow else [1.0] * len(share)
    done = known[1] if known and flow else _done(series, target, flow)
    left = float(sum(share))
    at_least, at_most = (_per_period(edge, done, left) for edge in (low, high))
    recent = _recent(series, flow)
    state: State = "needs_data"
    chance = found = little = None
    if low is None and high is None:
        little = TooLittle("few", 0, 1)
    elif not share:
        little = TooLittle("past", series.n)
        if done is not None:
            state = "reached" if _inside(done, low, high) else "corrective_action_needed"
    else:
        told = _forecast(series, share, flow, season)
        if isinstance(told, TooLittle):
            little = told
        else:
            found = told
        state, chance = _judged(found, done, low, high, flow, series)
    return TargetOutlook(target, flow, state, done, left, at_least, at_most, recent, chance, found, little)


def state_of(done: Progress | None, found: TargetOutlook | None) -> State:
    """The state of a target: reached where it is; with a forecast the chance decides; without one the pace.

    A value that has reached its aim but will more likely than not have lost it by the target's end is at risk.
    """
    if done is None:
        return "no_target"
    if done.state == "needs_data" or done.gone >= 1 or found is None or found.state == "needs_data":
        return done.state
    if done.state == "reached":
        lost = not found.flow and found.chance is not None and found.chance < EVEN
        return "at_risk" if lost else "reached"
    return found.state


def said(found: TargetOutlook) -> list[Fact]:
    """The sentences about an outlook (`outlook.<code>` of the locales). `needed` and `recent` are in the KPI's unit."""
    told = []
    if found.chance is not None and found.outlook is not None:
        checked, hits = found.outlook.checked, found.came_true()
        told.append(Fact(f"chance_{found.state}", (("chance", round(100 * found.chance)),), found.chance, found.chance))
        told.append(Fact(f"method_{found.outlook.method}", (("n", found.outlook.n),)))
        if checked is None:
            told.append(Fact("unchecked"))
        else:
            told.append(Fact("checked", (("of", checked.of), ("inside", checked.inside))))
        if hits:
            told.append(Fact("came_true", (("hits", hits[0]), ("of", hits[1]))))
    elif found.decided:
        told.append(Fact("already_reached" if found.state == "reached" else "already_missed"))
    elif found.little and found.little.why != "past":
        told.append(Fact(f"no_forecast_{found.little.why}", (("n", found.little.n), ("needs", found.little.needs))))
    way = "flow" if found.flow else "change"
    for edge, value in (("least", found.at_least), ("most", found.at_most)):
        if value is not None and found.recent is not None and not found.decided:
            params = (("needed", value), ("recent", found.recent), ("left", round(found.left, 1)))
            told.append(Fact(f"{way}_at_{edge}", params, None, value))
    return told


def _ripe(series: Series) -> tuple[Series, tuple[Period, ...]]:
    """The series up to its last value, and the periods after it: of young cohorts the outcome is still to come."""
    values = series.values
    end = max((i + 1 for i, v in enumerate(values) if v is not None), default=len(values))
    cases = series.cases[:end] if series.cases else None
    return Series(series.kpi, series.periods[:end], values[:end], cases), series.periods[end:]


def _aims(target: Target, better: str) -> tuple[float | None, float | None]:
    """At least, at most: of a band both, else the side that is good."""
    if target.low is not None and target.high is not None:
        return target.low, target.high
    if better == "lower":
        return None, target.aim
    return target.aim, None


def _share(period: Period, since: date, until: date) -> float:
    """How much of the period lies in since <= day < until, by days."""
    return max((min(period.until, until) - max(period.since, since)).days, 0) / max(period.days, 1)


def _done(series: Series, target: Target, flow: bool) -> float | None:
    known = [(p, v) for p, v in zip(series.periods, series.values, strict=True) if v is not None]
    if not flow:
        return known[-1][1] if known else None
    return sum(v * _share(p, target.since, target.until) for p, v in known)


def _per_period(edge: float | None, done: float | None, left: float) -> float | None:
    return None if edge is None or done is None or left <= 0 else (edge - done) / left


def _recent(series: Series, flow: bool) -> float | None:
    known = [v for v in series.values if v is not None]
    if flow:
        return float(np.mean(known[-LATELY:])) if known else None
    return float(np.mean(np.diff(known[-LATELY - 1 :]))) if len(known) > 1 else None


def _forecast(series: Series, share: Sequence[float], flow: bool, season: int) -> Outlook | TooLittle:
    """The outlook from the last unbroken run of values; periods cut short count by their share where they add up."""
    values = series.array()
    gaps = np.flatnonzero(~np.isfinite(values))
    run = values[gaps[-1] + 1 :] if gaps.size else values
    floor, ceiling = bounds(series.kpi)
    exposure = np.concatenate([np.ones(run.size), share]) if flow else None
    return outlook(run, len(share), flow, season, exposure, floor, ceiling)


def _inside(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _judged(
    found: Outlook | None, done: float | None, low: float | None, high: float | None, flow: bool, series: Series
) -> tuple[State, float | None]:
    """State and chance. What only grows cannot fall back below its aim nor come back under its budget."""
    if done is None:
        return "needs_data", None
    grows = flow and all(v is None or v >= 0 for v in series.values)
    if grows and high is not None and done > high:
        return "corrective_action_needed", None
    if grows and high is None and low is not None and done >= low:
        return "reached", None
    if found is None:
        return "needs_data", None
    start = done if flow else 0.0
    chance = found.chance(None if low is None else low - start, None if high is None else high - start)
    return ("on_track" if chance >= SAFE else "at_risk" if chance >= EVEN else "corrective_action_needed"), chance
