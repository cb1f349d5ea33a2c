"""Funnel: what was counted as views of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi.analysis.leak import StepChange
from kpi.analysis.notes import Note
from kpi.analysis.pipeline import pipeline
from kpi.analysis.steps import Step
from kpi.measure.cohorts import losses
from pages.parts.frame import Frame
from pages.parts.story import group_label
from pages.parts.views import Bar, Cell, Change, Column, FunnelStep, Table

DAY = timedelta(days=1)
# The kinds of funnel and the date by which their cohorts come in.
KINDS = {"leads": "leads.created_at", "opportunities": "opportunities.created_at", "quotes": "quotes.sent_at"}
KEYS = {"leads": "leads.lead_id", "opportunities": "opportunities.opportunity_id", "quotes": "quotes.quote_id"}


@dataclass(frozen=True)
class Bars:
    """Ranked bars with what they add up to."""

    bars: tuple[Bar, ...]
    total: int = 0
    value: str = ""


def kinds_loaded(workspace) -> list[str]:
    """The kinds of funnel that data are loaded for."""
    return [kind for kind, key in KEYS.items() if key in workspace.columns()]


def notes_text(here: Frame, notes: Sequence[Note]) -> str:
    """What a reader must be told, in one grey line."""
    return " ".join(here.t(code, **dict(params)) for code, params in notes)


def step_name(here: Frame, step: str) -> str:
    """A level of the funnel as people call it; stages of the user's own pipeline as they are."""
    key = f"funnel.step_{step}"
    return here.t(key) if here.texts.has(key) else step


def funnel_finding(here: Frame, steps: Sequence[Step], first: StepChange | None) -> str:
    """Of how many that came in how many arrived, and where most are lost."""
    if not steps or not steps[0].entered:
        return here.t("nothing")
    last = steps[-1]
    text = here.t("finding", arrived=here.texts.percent(last.overall), name=step_name(here, last.step))
    if first is None or not first.step.lost:
        return text
    if first.signal:
        change = here.texts.change(first.change, "percent")
        return f"{text} {here.t('finding_worse', step=step_name(here, first.step.step), change=change)}"
    return f"{text} {here.t('finding_lost', step=step_name(here, first.step.step), n=first.step.lost)}"


def funnel_steps(here: Frame, changes: Sequence[StepChange], first: StepChange | None, kind: str) -> list[FunnelStep]:
    """The steps as bars on one scale."""
    texts = here.texts
    whole = max((c.step.entered for c in changes), default=0) or 1
    shown = []
    for each in changes:
        step = each.step
        last = each is changes[-1]
        change = None
        if each.change is not None:
            tone = ("better" if each.change > 0 else "worse") if each.signal else "noise"
            way = ("up" if each.change > 0 else "down") if each.signal else ""
            change = Change(texts.change(each.change, "percent"), way, tone)
        before = None
        if each.before and each.before.rate is not None and not last:
            before = each.before.rate * step.entered / whole
        rate, low, high = (step.overall, None, None) if last else (step.rate, step.low, step.high)
        shown.append(
            FunnelStep(
                name=step_name(here, step.step),
                entered=texts.number(step.entered),
                advanced=(step.entered if last else step.advanced) / whole,
                lost=0.0 if last else step.lost / whole,
                other=0.0 if last else (step.open + step.moved_back) / whole,
                before=before,
                rate=texts.percent(rate),
                rate_note=here.t("of_all") if last else texts.range_(low, high, "percent") if low is not None else "",
                change=change,
                change_note="" if change is None else here.t(_verdict(each)),
                lost_text="" if last else texts.number(step.lost),
                back_text="" if last else texts.number(step.moved_back),
                open_text="" if last else texts.number(step.open),
                days=None if step.median_days is None else here.value(step.median_days, "days"),
                strong=each is first,
            )
        )
    return shown


def _verdict(change: StepChange) -> str:
    if change.signal:
        return "state.signal"
    return "state.noise" if change.settled else "too_early"


def funnel_table(here: Frame, steps: Sequence[Step]) -> Table:
    """The steps as plain numbers."""
    texts = here.texts
    names = ("entered", "advanced", "lost", "back", "open")
    heads = (Column(here.t("parts.step")), *(Column(here.t(f"parts.{n}"), number=True) for n in names))
    rows = tuple(
        (
            Cell(step_name(here, s.step), strong=True),
            *(texts.number(n) for n in (s.entered, s.advanced, s.lost, s.moved_back, s.open)),
        )
        for s in steps
    )
    return Table(heads, rows)


def loss_bars(here: Frame, kind: str, since: date | None, until: date | None, most: int = 7) -> Bars:
    """Reasons for what was lost, no reason recorded included."""
    found = losses(here.workspace, kind, since, until)
    total = sum(n for _, n in found)
    top = found[0][1] if found else 1
    bars = tuple(
        Bar(
            group_label(here, reason, {}),
            n / top,
            here.texts.number(n),
            here.texts.percent(n / total, decimals=1),
            strong=k == 0,
        )
        for k, (reason, n) in enumerate(found[:most])
    )
    return Bars(bars, total)


def pipeline_bars(here: Frame) -> Bars:
    """Open deals by stage, by amount where there is one."""
    if "opportunities.opportunity_id" not in here.workspace.columns():
        return Bars(())
    found = pipeline(here.workspace)
    bands = [b for b in found.stage if b.n]
    sizes = [b.amount if b.amount is not None else float(b.n) for b in bands]
    top = max(sizes, default=0) or 1
    bars = tuple(
        Bar(
            group_label(here, b.band, {}),
            size / top,
            here.texts.number(b.amount, "currency", short=True),
            here.texts.number(b.n),
            tone="quantity",
        )
        for b, size in zip(bands, sizes, strict=True)
    )
    return Bars(bars, found.n, here.texts.number(found.amount, "currency", short=True))
