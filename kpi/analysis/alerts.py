"""What fires: a signal for the worse, a missed target, a crossed threshold. Each event once, however long it lasts.

Pure functions over a KPI's series. An event's id names its KPI, its rule and the period in which it began; as the
limits are frozen, neither changes when later periods come, so a list of ids already told keeps it from being told again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kpi.analysis.base import starting
from kpi.analysis.evidence import Params
from kpi.analysis.progress import Progress
from kpi.analysis.series import Series
from kpi.core import Period
from kpi.stats import TooLittle

Rule = Literal["signal", "target", "threshold", "short_calls"]
Severity = Literal["urgent", "warning", "over"]
RECENT = 12  # periods in which events are looked for
RECOVERED = 2  # values in a row on the good side after which the next signal is an event of its own
EARLY = 0.25  # of a target's time, before which being behind is no news
WORSENING = 3  # steps for the worse in a row that are a hint
_WORSE = {"higher": -1, "lower": 1}


@dataclass(frozen=True)
class Threshold:
    """A bound that a KPI should not cross: an event where it is above (or below) `value`."""

    above: bool
    value: float


@dataclass(frozen=True)
class Event:
    """Something that needs a look. since: the period in which it began; last: the latest in which it held; lasting:
    whether that is the newest; said: `alerts.<code>` of the locales with params."""

    id: str
    kpi: str
    rule: Rule
    since: Period
    last: Period
    lasting: bool
    code: str
    params: Params = ()


@dataclass(frozen=True)
class Watched:
    """The events of one KPI, the newest last. hint: `worsening` for three steps for the worse in a row, which alone is no
    event; blind: why no signal can be told."""

    kpi: str
    events: tuple[Event, ...]
    hint: str = ""
    blind: TooLittle | None = None


def watch(
    series: Series,
    season: int = 12,
    frozen: int | None = None,
    thresholds: Iterable[Threshold] = (),
    progress: Progress | None = None,
    recent: int = RECENT,
    changed: date | None = None,
) -> Watched:
    """What is to be told of one KPI.

    series: from the same first period each time, as all before the baseline's end tells the season. frozen:
    index of the period at which the baseline of its limits ends, kept by the caller until a change is declared; None:
    the first 24 (12) values. progress: of its target on the newest day. changed: the day of the last declared change,
    before which nothing tells what is usual.
    """
    worse = side_for_worse(series)
    events: list[Event] = []
    blind = None
    found = starting(series, changed).process(season, frozen, sure=True) if worse else TooLittle("few", series.n)
    if isinstance(found, TooLittle):
        blind = found if worse else None
    else:
        told = [s.index for s in found.signals if s.up == (worse > 0)]
        good = np.nan_to_num(found.beyond * worse) < 0
        events += _events(series, "signal", f"signal_{'up' if worse > 0 else 'down'}", told, good, recent)
    values = series.array()
    for each in thresholds:
        with np.errstate(invalid="ignore"):
            across = values > each.value if each.above else values < each.value
        code = "threshold_above" if each.above else "threshold_below"
        told = [int(i) for i in np.flatnonzero(across)]
        params = (("value", each.value),)
        events += _events(series, "threshold", code, told, ~across & np.isfinite(values), recent, params, 1)
    if progress and (event := missed(series, progress)):
        events.append(event)
    events.sort(key=lambda each: (each.since, each.rule))
    return Watched(series.kpi.id, tuple(events), "worsening" if worsening(series) else "", blind)


def side_for_worse(series: Series) -> int:
    """1 where more is worse, -1 where less is, 0 where neither is known to be."""
    return _WORSE.get(series.kpi.better, 0)


def worsening(series: Series, steps: int = WORSENING) -> bool:
    """Whether the last values became worse so many times in a row; chance does that in one of 24 triples."""
    return getting_worse(series.values, series.kpi.better, steps)


def getting_worse(values: Sequence[float | None], better: str, steps: int = WORSENING) -> bool:
    """The same of plain values, oldest first; better: `higher`, `lower` or neither."""
    last = values[-steps - 1 :]
    worse = _WORSE.get(better, 0)
    if not worse or len(last) <= steps or any(v is None for v in last):
        return False
    return bool((np.diff(np.array(last, dtype=float)) * worse > 0).all())


def missed(series: Series, progress: Progress) -> Event | None:
    """The event of a target that has ended without being reached, or that needs corrective action after a quarter of its
    time; once per target."""
    target = progress.target
    over = progress.gone >= 1
    if progress.state != "corrective_action_needed" or not series.periods or progress.gone < EARLY:
        return None
    span = Period(target.since, target.until)
    id_ = f"{series.kpi.id}:target:{target.until}:{target.scope}:{target.scope_id or ''}:{'missed' if over else 'off'}"
    code = "target_missed" if over else "target_off"
    params = (("until", target.until), ("aim", target.aim), ("scope", target.scope), ("scope_id", target.scope_id))
    return Event(id_, series.kpi.id, "target", span, series.periods[-1], True, code, params)


def severity(event: Event) -> Severity:
    """urgent: a bound that people have set (target, threshold) does not hold, or outcomes suffer; warning: a signal that
    lasts; over: the newest period is back."""
    if not event.lasting:
        return "over"
    return "warning" if event.rule == "signal" else "urgent"


def untold(events: Iterable[Event], told: Collection[str], lasted: Mapping[str, date] | None = None) -> list[Event]:
    """The events that have not been told yet; see `told_as`."""
    return [event for event in events if told_as(event, told, lasted) is None]


def told_as(event: Event, told: Collection[str], lasted: Mapping[str, date] | None = None) -> str | None:
    """The id under which this event was told, None where it was not.

    told: the ids told so far; lasted: for these the first day of the latest period in which the event held when it was
    looked at last. Where older values were corrected, an event may begin earlier or later than it did: it is the one
    told whose time it overlaps.
    """
    if event.id in told:
        return event.id
    if event.rule == "target":
        return None
    head = event.id.rpartition(":")[0]
    for id_ in sorted(told):
        before, _, begun = id_.rpartition(":")
        if before == head and begun <= event.last.since.isoformat():
            ended = (lasted or {}).get(id_)
            if event.since.since.isoformat() <= (ended.isoformat() if ended else begun):
                return id_
    return None


def _events(
    series: Series,
    rule: Rule,
    code: str,
    told: Sequence[int],
    good: NDArray[np.bool_],
    recent: int,
    params: Params = (),
    recovered: int = RECOVERED,
) -> list[Event]:
    """Periods in which something held, put together to events: one goes on until so many good values in a row came."""
    spans: list[list[int]] = []
    for index in told:
        if spans and not _came_back(good[spans[-1][1] + 1 : index], recovered):
            spans[-1][1] = index
        else:
            spans.append([index, index])
    newest = len(series.periods) - 1
    found = []
    for first, last in spans:
        if last <= newest - recent:
            continue
        since = series.periods[first]
        mark = "" if not params else ":" + ":".join(str(value) for _, value in params)
        id_ = f"{series.kpi.id}:{code}{mark}:{since.since}"
        said = (("since", since), ("value_now", series.values[last]), *params)
        found.append(Event(id_, series.kpi.id, rule, since, series.periods[last], last == newest, code, said))
    return found


def _came_back(good: NDArray[np.bool_], wanted: int) -> bool:
    """Whether so many good values stand in a row."""
    run = 0
    for each in good:
        run = run + 1 if each else 0
        if run >= wanted:
            return True
    return False
