"""Early warning on a workspace (F45, F10): the events of the watched KPIs, those told already marked.

Months of the workspace's own calendar, whatever the reader's, so that an event is the same for everyone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpi.analysis.alerts import Event, Severity, Threshold, Watched, missed, severity, told_as, watch
from kpi.analysis.base import based, first_base
from kpi.analysis.progress import Progress, targets_of
from kpi.analysis.series import SEASONS, Series
from kpi.analysis.thresholds import thresholds
from kpi.core import Kpi, Query
from kpi.errors import Unknown
from kpi.measure.aims import aims
from kpi.measure.frame import frame_of
from kpi.measure.history import histories
from kpi.measure.short_calls import short_call_events
from kpi.stats import TooLittle
from kpi.workspace.alert_rules import rules
from kpi.workspace.alerts import Noticed, acknowledge, mark_told, note, noticed, noticed_within
from kpi.workspace.choices import selected_kpis
from kpi.workspace.limits import Base, bases, declare_change, keep_bases
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace

BY = "month"
ENDED = timedelta(days=366)  # how long after its end a missed target is told
ORDER: tuple[Severity, ...] = ("urgent", "warning", "over")


@dataclass(frozen=True)
class Alert:
    """One event. id: under which it was noticed first; new: the command line has not told it yet; seen: somebody
    acknowledged it; outcome: the KPI that suffers (F10)."""

    id: str
    kpi: Kpi
    event: Event
    new: bool
    seen: bool
    outcome: Kpi | None = None

    @property
    def severity(self) -> Severity:
        return severity(self.event)

    @property
    def subject(self) -> Kpi:
        """The KPI that a reader should look at."""
        return self.outcome or self.kpi


@dataclass(frozen=True)
class Alerts:
    """alerts: the most severe first, then the newest, what was acknowledged last. hints: KPIs that became worse three
    times in a row; blind: why no signal can be told of a KPI; bases: where limits come from."""

    alerts: tuple[Alert, ...] = ()
    hints: tuple[str, ...] = ()
    blind: tuple[tuple[str, TooLittle], ...] = ()
    bases: tuple[tuple[str, Base], ...] = ()

    @property
    def new(self) -> list[Alert]:
        return [each for each in self.alerts if each.new]

    @property
    def pressing(self) -> list[Alert]:
        """Those that last and that nobody has acknowledged."""
        return [each for each in self.alerts if each.event.lasting and not each.seen]


def watched_kpis(workspace: Workspace) -> list[str]:
    """The KPIs of the board, then those with a bound that somebody set, then those with a target."""
    ids = [s.kpi for s in selected_kpis(workspace)]
    ids += [rule.kpi for rule in rules(workspace) if rule.value is not None]
    ids += [target.kpi for target in targets_of(workspace)]
    known = kpis_of(workspace)
    return [id_ for id_ in dict.fromkeys(ids) if id_ in known]


def alerts(workspace: Workspace) -> Alerts:
    """Every event of the last twelve months. Reads only; `notice` keeps what was found."""
    return _marked(workspace, _found(workspace), noticed(workspace))


def notice(workspace: Workspace) -> None:
    """Freezes the baselines of KPIs that are watched for the first time, and notes the events there are."""
    found = _found(workspace)
    held = noticed(workspace)
    marked = _marked(workspace, found, held)
    frozen = bases(workspace)
    fresh = {id_: base for id_, base in found.bases if base.until and frozen.get(id_) != base}
    if fresh or any(each.id not in held or held[each.id].last != _last(each) for each in marked.alerts):
        with workspace.jot() as cur:
            keep_bases(cur, fresh)
            note(cur, ((each.id, each.kpi.id, _last(each)) for each in marked.alerts))


def tell(workspace: Workspace) -> Alerts:
    """What `alerts` gives; every new event is marked as told, so that no other call, in whatever process, tells it."""
    notice(workspace)
    found = _found(workspace)
    with workspace.jot() as cur:
        marked = _marked(workspace, found, noticed_within(cur))
        note(cur, ((each.id, each.kpi.id, _last(each)) for each in marked.alerts))
        mark_told(cur, [each.id for each in marked.new])
    return marked


def see(workspace: Workspace, ids: Iterable[str], seen: bool = True) -> None:
    """Acknowledges events (or takes that back). Unknown for an id that no event has."""
    notice(workspace)
    held = noticed(workspace)
    wanted = list(ids)
    for id_ in wanted:
        if id_ not in held:
            raise Unknown("alert", id_, held)
    acknowledge(workspace, wanted, seen)


def rebase(workspace: Workspace, kpi: str, day: date) -> Base:
    """Declares that `kpi` is another process since the period in which `day` lies; limits come from there on."""
    kpi_of(workspace, kpi)
    frame = frame_of(workspace, Query((kpi,), by=BY))
    period = frame.buckets(day, day + timedelta(days=1), clip=False)[0]
    declare_change(workspace, kpi, period.since, workspace.as_of())
    return bases(workspace)[kpi]


@dataclass(frozen=True)
class _Found:
    watched: tuple[Watched, ...] = ()
    calls: tuple[Event, ...] = ()
    bases: tuple[tuple[str, Base], ...] = ()


def _found(workspace: Workspace) -> _Found:
    held = bases(workspace)
    return workspace.memo(("alerts", tuple(sorted(held.items()))), lambda: _watch(workspace, held))


def _watch(workspace: Workspace, held: dict[str, Base]) -> _Found:
    ids = watched_kpis(workspace)
    if not ids or workspace.is_empty():
        return _Found()
    own, due = rules(workspace), _progress(workspace)
    made, found, calendar = {}, [], _calendar(workspace)
    for id_, past in histories(workspace, ids, BY, calendar).items():
        made[id_] = first_base(past.series, held.get(id_))
        found.append(_watched(past.series, made[id_], thresholds(id_, own), due.get(id_, [])))
    return _Found(tuple(found), tuple(short_call_events(workspace)), tuple(made.items()))


def _calendar(workspace: Workspace) -> str:
    """The workspace's own, by its name, as the pages of most readers ask for it: what they read is not read again."""
    return str(getattr(workspace.settings, "calendar", "") or "gregorian")


def _watched(each: Series, base: Base, bounds: Iterable[Threshold], due: Iterable[Progress]) -> Watched:
    _, until = based(each, base)
    told = watch(each, SEASONS[BY], until, bounds, changed=base.since)
    late = [event for progress in due if (event := missed(each, progress))]
    return replace(told, events=(*told.events, *late))


def _progress(workspace: Workspace) -> dict[str, list[Progress]]:
    """How the targets stand by KPI, of the company and of its parts; none that ended over a year ago."""
    today = workspace.as_of() or date.today()
    found: dict[str, list[Progress]] = {}
    for each in aims(workspace, calendar=_calendar(workspace)):
        if each.progress and today - each.target.until < ENDED:
            progress = replace(each.progress, state=each.state or each.progress.state)
            found.setdefault(each.target.kpi, []).append(progress)
    return found


def _marked(workspace: Workspace, found: _Found, held: dict[str, Noticed]) -> Alerts:
    """The events found, with what is known of them."""
    lasted = {id_: each.last for id_, each in held.items()}
    marked = []
    for event in (*(e for each in found.watched for e in each.events), *found.calls):
        id_ = told_as(event, held, lasted) or event.id
        before = held.get(id_)
        outcome = dict(event.params).get("outcome")
        marked.append(
            Alert(
                id_,
                kpi_of(workspace, event.kpi),
                event,
                before is None or before.told_at is None,
                before is not None and before.seen_at is not None,
                kpi_of(workspace, str(outcome)) if outcome else None,
            )
        )
    marked.sort(key=lambda a: (a.seen, ORDER.index(a.severity), -a.event.since.since.toordinal(), a.id))
    return Alerts(
        tuple(marked),
        tuple(each.kpi for each in found.watched if each.hint),
        tuple((each.kpi, each.blind) for each in found.watched if each.blind),
        found.bases,
    )


def _last(alert: Alert) -> date:
    return alert.event.last.since
