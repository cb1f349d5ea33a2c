"""What evidence and alerts do in simulation: counted over many made-up companies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kpi.analysis.alerts import told_as, untold, watch
from kpi.analysis.base import based, first_base
from kpi.analysis.evidence import evidence, ranked
from kpi.analysis.series import Series
from tests.bench.companies import company, remembering, series

TOP = 3


@dataclass(frozen=True)
class Screened:
    """Of so many screens the shares in which the planted KPIs are among the first (three, for one of them), in which any
    other KPI is claimed to lead, in which nothing could be said; of the planted KPIs the share that is claimed to lead,
    and of these claims the share with the right lag."""

    runs: int
    top: float
    claimed: float
    right_lag: float
    any_false: float
    silent: float


def screened(seed: int, runs: int, n: int, r: float, candidates: int = 20, planted: int = 1) -> Screened:
    """`runs` companies under the evidence as the product computes and orders it."""
    rng = np.random.default_rng(seed)
    top = claimed = lagged = false = silent = 0
    for _ in range(runs):
        made = company(rng, n, r, candidates, planted)
        found = ranked(evidence(made.candidates, made.goal))
        ours = [each for each in found if each.kpi.startswith("lead")]
        top += bool(ours) and all(each in found[: TOP - 1 + planted] for each in ours)
        claims = [each for each in ours if each.claims_lead]
        claimed += len(claims)
        lagged += sum(each.lead is not None and each.lead.lag == made.lag for each in claims)
        false += any(each.claims_lead for each in found if not each.kpi.startswith("lead"))
        silent += all(each.lead is None for each in found)
    return Screened(
        runs, top / runs, claimed / runs / max(planted, 1), lagged / max(claimed, 1), false / runs, silent / runs
    )


STABLE = ("normal", "memory", "season", "money", "count", "rare", "share")


def stable(rng: np.random.Generator, kind: str, n: int) -> Series:
    """A KPI whose process never changes."""
    t = np.arange(n)
    x = remembering(rng, n, 0.3 if kind == "memory" else 0.0)
    if kind == "season":
        x = x + 2 * np.sin(2 * np.pi * t / 12 + rng.uniform(0, 6.28))
    if kind == "money":
        return series(kind, np.exp(9 + 0.4 * x), "currency")
    if kind in ("count", "rare"):
        return series(kind, rng.poisson(30 if kind == "count" else 2, n).astype(float), "count")
    if kind == "share":
        cases = rng.integers(40, 400, n).astype(float)
        return series(kind, rng.binomial(cases.astype(int), 0.25) / cases, "percent", cases)
    return series(kind, 100 + 10 * x)


@dataclass(frozen=True)
class Alarms:
    """Of stable KPIs watched for a year, month by month: alarms per 60 of them, by kind of KPI per 60 of that kind;
    first: those told at the first look, about the year before; and of KPIs that fell by `shift` standard deviations at
    its start the share noticed, with the months it took in the middle."""

    years: int
    per_sixty: float
    first: float
    by_kind: dict[str, float]
    noticed: dict[float, tuple[float, float]]


def alarms(seed: int, years: int, before: int = 36, kpis: int = 60, shifts: tuple[float, ...] = (1, 2, 3)) -> Alarms:
    """`years` companies of 60 stable KPIs of all kinds in turn: the first look after `before` months, which freezes the
    baselines, then one every month of the year, nothing told twice: as `kpi.measure.alerts` does."""
    rng = np.random.default_rng(seed)
    counts = dict.fromkeys(STABLE, 0)
    seen = dict.fromkeys(STABLE, 0)
    first = 0
    for _ in range(years):
        for k in range(kpis):
            kind = STABLE[k % len(STABLE)]
            seen[kind] += 1
            begun, later = told(stable(rng, kind, before + 12), before)
            first += len(begun)
            counts[kind] += len(later)
    noticed = {}
    for shift in shifts:
        delays = []
        for _ in range(years * 5):
            values = stable(rng, "normal", before + 12).array()
            values[before:] -= 10 * shift
            _, later = told(series("fell", values), before)
            delays.append(min(later, default=np.inf))
        heard = np.isfinite(delays)
        noticed[float(shift)] = (
            float(heard.mean()),
            float(np.median(np.array(delays)[heard])) if heard.any() else np.nan,
        )
    rate = 60 / sum(seen.values())
    by_kind = {kind: counts[kind] / seen[kind] * 60 for kind in STABLE}
    return Alarms(years, sum(counts.values()) * rate, first * rate, by_kind, noticed)


def told(full: Series, before: int) -> tuple[list[str], list[int]]:
    """The events told at the first look, and in which month after it (1 …) each later one was told."""
    base = None
    known: dict[str, date] = {}
    begun: list[str] = []
    later: list[int] = []
    for n in range(before, len(full.periods) + 1):
        cases = None if full.cases is None else full.cases[:n]
        cut = replace(full, periods=full.periods[:n], values=full.values[:n], cases=cases)
        base = first_base(cut, base)
        found = watch(cut, frozen=based(cut, base)[1]).events
        for event in untold(found, known, known):
            begun += [event.id] if n == before else []
            later += [n - before] if n > before else []
        known |= {told_as(event, known, known) or event.id: event.last.since for event in found}
    return begun, later
