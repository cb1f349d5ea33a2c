"""Which KPIs go together (F93): their series over the same periods, every pair of them, and pairs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.analysis.matching import match
from kpi.analysis.relations import Beside, Relation, Relations, beside, coverage, relations
from kpi.analysis.series import SEASONS, Series, together
from kpi.core import Kpi
from kpi.measure.history import histories
from kpi.measure.run import available
from kpi.stats import TooLittle
from kpi.stats.correlation import LEAST
from kpi.workspace.choices import chosen_goals, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace

LENSES = ("business_performance", "user_adoption", "customer_perception")
MOST = 15  # KPIs at once: 105 pairs
LAGS = 6  # periods back and forth
TRIED = 8  # KPIs of a missing lens that are looked at for a long enough series
SHOWN = 8  # KPIs that a first look begins with


@dataclass(frozen=True)
class Related:
    """kpis: those with a series, by lens; found: their pairs; by: the kind of period."""

    kpis: tuple[Kpi, ...]
    series: tuple[Series, ...]
    found: Relations
    by: str

    def pair(self, one: str, two: str) -> Relation | TooLittle | None:
        """What is known of these two; None where one of them is not here."""
        told = {frozenset((each.first, each.second)): each for each in self.found.told}
        untold = {frozenset((a, b)): little for a, b, little in self.found.untold}
        both = frozenset((one, two))
        return told.get(both) or untold.get(both)

    def beside(self, relation: Relation) -> Beside:
        """The two series of a pair beside each other."""
        return beside(relation, self.series, SEASONS[self.by])

    def coverage(self, one: str, two: str) -> float | None:
        """The share of periods with both values among those with either."""
        by_id = {each.kpi.id: each for each in self.series}
        return coverage(by_id[one], by_id[two])


def related(
    workspace: Workspace,
    kpis: Sequence[str],
    by: str = "month",
    calendar: str = "",
    filters: tuple[tuple[str, str], ...] = (),
) -> Related:
    """Every pair of these KPIs (at most 15); those that cannot be computed are left out. Unknown for one that does not
    exist."""
    wanted = sorted({kpi_of(workspace, id_) for id_ in kpis[:MOST]}, key=_place)
    ready = tuple(each for each in wanted if available(workspace, each))

    def make() -> Related:
        past = histories(workspace, [each.id for each in ready], by, calendar, filters)
        series = tuple(together([past[each.id].series for each in ready]))
        return Related(ready, series, relations(series, LAGS, SEASONS[by]), by)

    return workspace.memo(("relations", tuple(each.id for each in ready), by, calendar, filters), make)


def proposed(workspace: Workspace) -> list[str]:
    """The KPIs that a first look begins with: of each lens the first of the board that can be computed, and one for each
    lens that the board leaves out (F92, R67)."""
    known = kpis_of(workspace)
    chosen = [s.kpi for s in selected_kpis(workspace) if s.kpi in known and available(workspace, known[s.kpi])]
    by_lens = [[id_ for id_ in chosen if known[id_].lens == lens][: SHOWN // 2] for lens in LENSES]
    first = [id_ for mine in by_lens for id_ in mine][:SHOWN]
    return [*first, *(each.id for each in across(workspace, first))]


def across(workspace: Workspace, kpis: Sequence[str]) -> list[Kpi]:
    """For each lens that none of these looks through, a KPI that does and has values for 20 months: of the chosen goals,
    else of the catalogue."""
    known = kpis_of(workspace)
    seen = {known[id_].lens for id_ in kpis if id_ in known}
    goals = match(chosen_goals(workspace), workspace.columns(), goals_of(workspace), known)
    order = [m.kpi for m in goals if m.computable] + [each for each in known.values() if available(workspace, each)]
    found = []
    for lens in LENSES:
        if lens not in seen:
            fit = list({each.id: each for each in order if each.lens == lens and each.better != "target"}.values())[
                :TRIED
            ]
            past = histories(workspace, [each.id for each in fit])
            found += [each for each in fit if past[each.id].series.n >= LEAST][:1]
    return found


def _place(kpi: Kpi) -> tuple[int, str]:
    return (LENSES.index(kpi.lens) if kpi.lens in LENSES else len(LENSES), kpi.id)
