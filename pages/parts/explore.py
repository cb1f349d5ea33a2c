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
from kpi.measure.filtering import leads_to
from pages.parts.frame import Frame
from pages.parts.slices import Filters
from pages.parts.story import group_label
from pages.parts.views import Bar, Cell, Change, Column, FunnelStep, Table

DAY = timedelta(days=1)
# The kinds of funnel and the date by which their cohorts come in.
KINDS = {"leads": "leads.created_at", "opportunities": "opportunities.created_at", "quotes": "quotes.sent_at"}
FEW = 30  # below it a share says little
MOST_GROUPS = 12
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


def step_name(here: Frame, step: str, kind: str) -> str:
    """A level of the funnel as people call it; stages of the user's own pipeline as they are."""
    keys = (f"funnel.step_{kind}_{step}", f"funnel.step_{step}")
    return next((here.t(key) for key in keys if here.texts.has(key)), step)


def funnel_finding(here: Frame, steps: Sequence[Step], first: StepChange | None, kind: str) -> str:
    """Of how many that came in how many arrived, and where most are lost."""
    if not steps or not steps[0].entered:
        return here.t("nothing")
    last = steps[-1]
    text = here.t("finding", arrived=here.texts.percent(last.overall), name=step_name(here, last.step, kind))
    if first is None or not first.step.lost:
        return text
    if first.signal:
        change = here.texts.change(first.change, "percent")
        return f"{text} {here.t('finding_worse', step=step_name(here, first.step.step, kind), change=change)}"
    return f"{text} {here.t('finding_lost', step=step_name(here, first.step.step, kind), n=first.step.lost)}"


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
                name=step_name(here, step.step, kind),
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


def funnel_table(here: Frame, steps: Sequence[Step], kind: str) -> Table:
    """The steps as plain numbers."""
    texts = here.texts
    names = ("entered", "advanced", "lost", "back", "open")
    heads = (Column(here.t("parts.step")), *(Column(here.t(f"parts.{n}"), number=True) for n in names))
    rows = tuple(
        (
            Cell(step_name(here, s.step, kind), strong=True),
            *(texts.number(n) for n in (s.entered, s.advanced, s.lost, s.moved_back, s.open)),
        )
        for s in steps
    )
    return Table(heads, rows)


def groups_table(here: Frame, steps: Sequence[Step], kind: str, name: str, names: dict[str, str]) -> Table:
    """The funnel of each group in a line, the largest first: how many came in, what share goes on from each step."""
    texts = here.texts
    groups: dict[str | None, dict[str, Step]] = {}
    for step in steps:
        groups.setdefault(step.group, {})[step.step] = step
    levels = list(dict.fromkeys(step.step for step in steps))
    heads = (
        Column(name),
        Column(here.t("parts.entered"), number=True),
        *(Column(step_name(here, level, kind), number=True, secondary=n > 1) for n, level in enumerate(levels[:-1])),
        Column(here.t("arrived"), number=True),
    )

    def line(group: str | None, held: dict[str, Step]) -> tuple[str | Cell, ...]:
        first, last = held.get(levels[0]), held.get(levels[-1])
        few = first is None or first.entered < FEW
        note = here.t("parts.too_few") if few else ""
        return (
            Cell(group_label(here, group, names), note=note, strong=not few, grey=few),
            texts.number(first.entered if first else 0),
            *(_rate(here, held.get(level)) for level in levels[:-1]),
            Cell(texts.percent(last.overall) if last else "–", strong=not few, grey=few),
        )

    ordered = sorted(groups.items(), key=lambda each: -max((s.entered for s in each[1].values()), default=0))
    return Table(heads, tuple(line(group, held) for group, held in ordered[:MOST_GROUPS]))


def _rate(here: Frame, step: Step | None) -> Cell:
    """The share that goes on with its interval; grey where too few entered to judge."""
    if step is None or step.rate is None:
        return Cell("–")
    few = step.entered < FEW
    interval = here.texts.range_(step.low, step.high, "percent") if step.low is not None and not few else ""
    return Cell(here.texts.percent(step.rate), note=interval, grey=few)


def loss_bars(
    here: Frame, kind: str, since: date | None, until: date | None, filters: Filters = (), most: int = 7
) -> Bars:
    """Reasons for what was lost, no reason recorded included."""
    found = losses(here.workspace, kind, since, until, filters)
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


def pipeline_bars(here: Frame, filters: Filters = ()) -> Bars:
    """Open deals by stage, by amount where there is one; nothing where deals do not know a filter."""
    known = all(leads_to("opportunities", name) for name, _ in filters)
    if not known or "opportunities.opportunity_id" not in here.workspace.columns():
        return Bars(())
    found = pipeline(here.workspace, None, filters)
    bands = [b for b in found.stage if b.n]
    sizes = [b.amount if b.amount is not None else float(b.n) for b in bands]
    top = max(sizes, default=0) or 1
    valued = found.amount is not None
    bars = tuple(
        Bar(
            group_label(here, b.band, {}),
            size / top,
            here.texts.number(b.amount, "currency", short=True) if valued else here.texts.number(b.n),
            here.texts.number(b.n) if valued else "",
            tone="quantity",
        )
        for b, size in zip(bands, sizes, strict=True)
    )
    return Bars(bars, found.n, here.texts.number(found.amount, "currency", short=True) if valued else "")
