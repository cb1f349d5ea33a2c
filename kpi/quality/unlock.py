"""The unlock list: which few columns, if they were loaded too, make most KPIs possible.

Every KPI that cannot be computed names sets of columns that would be enough. Greedy: again and again the set that gives
most new KPIs for each new column. Where every KPI lacks one column this is maximum coverage, and greedy reaches at least
1 - 1/e = 63 % of what is possible (Nemhauser, Wolsey, Fisher 1978); where KPIs lack several at once no such bound
holds, so few columns are also tried out in full (`best`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from kpi import model
from kpi.catalogue import needs_of
from kpi.core import Kpi
from kpi.workspace.choices import chosen_goals
from kpi.workspace.columns import derivable
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace

Columns = frozenset[str]
Wants = Mapping[str, Sequence[Columns]]  # KPI: the sets of missing columns, each of which is enough
STEPS = 8
WAYS = 64  # ways of one KPI that are looked at
EXACT = 3  # columns up to which every choice is tried out


@dataclass(frozen=True)
class Step:
    """Load these columns too, and these KPIs can be computed. adds: `table.column` in the order of the model."""

    adds: tuple[str, ...]
    kpis: tuple[str, ...]

    def by_table(self) -> dict[str, tuple[str, ...]]:
        """{table: its columns}"""
        found: dict[str, tuple[str, ...]] = {}
        for path in self.adds:
            table, _, column = path.partition(".")
            found[table] = (*found.get(table, ()), column)
        return found


@dataclass(frozen=True)
class Unlock:
    """steps: one after the other, the most rewarding first; best: for 1, 2, 3 columns the most that so many can give;
    blocked: KPIs that lack columns at all."""

    steps: tuple[Step, ...]
    best: tuple[Step, ...]
    blocked: int


def unlock(workspace: Workspace) -> Unlock:
    """The unlock list for the KPIs of the chosen goals; of the whole catalogue while no goal is chosen."""
    chosen = chosen_goals(workspace)
    return workspace.memo(("quality", "unlock", chosen), lambda: _unlock(workspace, chosen))


def _unlock(workspace: Workspace, chosen: Sequence[str]) -> Unlock:
    present = workspace.columns()
    known, goals = kpis_of(workspace), goals_of(workspace)
    ids = dict.fromkeys(link.kpi for id_ in chosen if id_ in goals for link in goals[id_].kpis) if chosen else known
    deals = "orders_from_deals" in workspace.notes()

    def grown(added: Columns) -> Columns:
        return frozenset(derivable(set(present | added), deals))

    wants = lacking((known[id_] for id_ in ids if id_ in known), present)
    best = [step for n in range(1, EXACT + 1) if (step := most_with(wants, n, grown)).kpis]
    return Unlock(tuple(greedy(wants, STEPS, grown)), tuple(best), len(wants))


def lacking(wanted: Iterable[Kpi], present: Columns) -> dict[str, tuple[Columns, ...]]:
    """Of each KPI that lacks columns of the model the smallest sets that would be enough. What people decide in the app
    itself (goals, targets, ratings) is no column to load."""
    found = {}
    for each in wanted:
        ways: set[Columns] = set()
        for computation in each.computations:
            terms = needs_of(each, computation).terms
            for n, way in enumerate(product(*terms)):
                if n >= WAYS:
                    break
                ways.add(frozenset(column for alternative in way for column in alternative) - present)
        ways = {way for way in ways if all(path.partition(".")[0] in model.tables() for path in way)}
        if ways and frozenset() not in ways:
            found[each.id] = tuple(
                sorted((w for w in ways if not any(o < w for o in ways)), key=lambda w: (len(w), sorted(w)))
            )
    return found


def _same(added: Columns) -> Columns:
    return added


def opened(wants: Wants, added: Columns, grown: Callable[[Columns], Columns] = _same) -> list[str]:
    """The KPIs that `added` makes possible. grown: what is there with them, derived columns included."""
    there = grown(added)
    return [id_ for id_, ways in wants.items() if any(way <= there for way in ways)]


def greedy(wants: Wants, steps: int, grown: Callable[[Columns], Columns] = _same) -> list[Step]:
    """Up to `steps` steps, each the set of columns with most new KPIs for each new column; ties: more KPIs, then the
    names."""
    added: Columns = frozenset()
    done: list[Step] = []
    left = dict(wants)
    while left and len(done) < steps:
        ways = {way - added for each in left.values() for way in each}
        ways.discard(frozenset())
        ranked = []
        for way in ways:
            gained = opened(left, added | way, grown)
            ranked.append((-len(gained) / len(way), -len(gained), _ordered(way), way, gained))
        if not ranked or not (best := min(ranked, key=lambda each: each[:3]))[4]:
            break
        *_, way, gained = best
        done.append(Step(tuple(_ordered(way)), tuple(gained)))
        added |= way
        left = {id_: each for id_, each in left.items() if id_ not in gained}
    return done


def most_with(wants: Wants, budget: int, grown: Callable[[Columns], Columns] = _same) -> Step:
    """The most KPIs that at most `budget` columns can give: every union of the sets that fits is tried."""
    ways = sorted({way for each in wants.values() for way in each if 0 < len(way) <= budget}, key=_ordered)
    seen: set[Columns] = {frozenset()}
    edge: list[Columns] = [frozenset()]
    while edge:
        edge = list({
            union for added in edge for way in ways if len(union := added | way) <= budget and union not in seen
        })  # fmt: skip
        seen.update(edge)
    tried = [
        (-len(gained), len(each), _ordered(each), each, gained)
        for each in seen
        if (gained := opened(wants, each, grown)) or not each
    ]
    *_, added, gained = min(tried, key=lambda each: each[:3])
    return Step(tuple(_ordered(added)), tuple(gained))


def _ordered(columns: Iterable[str]) -> list[str]:
    """In the order of the model; names that are none of it last."""
    order = {field.path: i for i, field in enumerate(f for t in model.tables().values() for f in t.fields.values())}
    return sorted(columns, key=lambda path: (order.get(path, len(order)), path))
