"""What fires: a signal for the worse, a missed target, a crossed threshold. Each event once, however long it lasts.

Pure functions over a KPI's series. An event's id names its KPI, its rule and the period in which it began; as the
limits are frozen, neither changes when later periods come, so a list of ids already told keeps it from being told again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kpi.analysis.evidence import Params
from kpi.analysis.progress import Progress
from kpi.analysis.series import Series
from kpi.core import Period
from kpi.stats import TooLittle

Rule = Literal["signal", "target", "threshold", "short_calls"]
RECENT = 12  # periods in which events are looked for
RECOVERED = 2  # values in a row on the good side after which the next signal is an event of its own
WORSENING = 3  # steps for the worse in a row that are a hint


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
) -> Watched:
    """What is to be told of one KPI.

    series: from the same first period each time, as all before the baseline's end tells the season. frozen: index of the period at which the baseline of its limits ends, kept by the caller until a change is declared;
    None: the first 24 (12) values. progress: of its target on the newest day.
    """
    worse = side_for_worse(series)
    events: list[Event] = []
    blind = None
    found = series.process(season, frozen, sure=True) if worse else TooLittle("few", series.n)
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
    return {"higher": -1, "lower": 1}.get(series.kpi.better, 0)


def worsening(series: Series, steps: int = WORSENING) -> bool:
    """Whether the last values became worse so many times in a row; chance does that in one of 24 triples."""
    last = series.values[-steps - 1 :]
    worse = side_for_worse(series)
    if not worse or len(last) <= steps or any(v is None for v in last):
        return False
    return bool((np.diff(np.array(last, dtype=float)) * worse > 0).all())


def missed(series: Series, progress: Progress) -> Event | None:
    """The event of a target that has ended without being reached, or that is far behind; once per target."""
    target = progress.target
    if progress.state != "off_target" or not series.periods:
        return None
    over = progress.gone >= 1
    span = Period(target.since, target.until)
    id_ = f"{series.kpi.id}:target:{target.until}:{target.scope}:{target.scope_id or ''}:{'missed' if over else 'off'}"
    code = "target_missed" if over else "target_off"
    return Event(id_, series.kpi.id, "target", span, series.periods[-1], True, code, (("until", target.until),))


def untold(events: Iterable[Event], told: Collection[str]) -> list[Event]:
    """The events that have not been told yet.

    One whose beginning moved back because older values were corrected is the one that was told inside its span.
    """
    begun = {(head, day) for head, _, day in (id_.rpartition(":") for id_ in told)}
    return [
        event
        for event in events
        if event.id not in told
        and not any(head == event.id.rpartition(":")[0] and _inside(event, day) for head, day in begun)
    ]


def _inside(event: Event, day: str) -> bool:
    return event.rule != "target" and event.since.since.isoformat() <= day <= event.last.since.isoformat()


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
