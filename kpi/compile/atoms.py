"""One reading of a table for overlapping periods: months, their twelve months back and the months before share their days.

The bounds of all periods cut time into atoms. A plain count or sum whose rows do not depend on the period is asked once
for each atom and added up; whatever else has atoms for its periods is asked along with them. A fact that another of the
board widens is read as the wider one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from sqlglot import exp

from kpi.compile.batch import Leaf
from kpi.compile.printing import parsed
from kpi.compile.scope import facts
from kpi.core import Measure, Period

Parts = tuple[tuple[int, ...], ...]  # for every period of a leaf the atoms that make it up


def shared(leaves: Sequence[Leaf], names: Iterable[str] = ()) -> dict[Leaf, tuple[Leaf, Parts]]:
    """For those of `leaves` that are better asked otherwise: what to ask instead, and how it adds up.

    names: what the board is split and filtered by. A question about one period is left as it is, so that its SQL is
    that of the period.
    """
    found: dict[Leaf, tuple[Leaf, Parts]] = {
        leaf: (wide, tuple((k,) for k in range(len(leaf.periods)))) for leaf, wide in _widened(leaves, set(names))
    }
    groups: dict[tuple, dict[Leaf, Leaf]] = {}
    for leaf in leaves:
        wide = found[leaf][0] if leaf in found else leaf
        m = wide.measure
        if m.date and not m.own:
            groups.setdefault((m.table, m.date, m.all_rows, leaf.total), {})[leaf] = wide
    for group in groups.values():
        asked = {leaf.periods for leaf in group if adds_up_in_time(leaf.measure)}
        if len(asked) < 2 or max(map(len, asked)) < 2:
            continue
        atoms = _atoms(tuple(asked))
        places = {(atom.since, atom.until): k for k, atom in enumerate(atoms)}
        for leaf, wide in group.items():
            whole = [places.get((p.since, p.until)) for p in leaf.periods]
            if adds_up_in_time(leaf.measure):
                found[leaf] = Leaf(wide.measure, atoms, leaf.total), _parts(leaf.periods, atoms)
            elif None not in whole:
                found[leaf] = Leaf(wide.measure, atoms, leaf.total), tuple((k,) for k in whole if k is not None)
    return found


def _widened(leaves: Sequence[Leaf], names: set[str]) -> list[tuple[Leaf, Leaf]]:
    """The leaves over a fact that another of the leaves widens, as leaves over the wider one."""
    several = [leaf for leaf in leaves if len(leaf.periods) > 1 and not leaf.measure.own]
    read = {(leaf.measure.table, leaf.measure.date) for leaf in several}
    wider = {fact.widens: fact for fact in facts().values() if fact.widens}
    found = []
    for leaf in several:
        m = leaf.measure
        wide = wider.get(m.table)
        if not wide or (wide.name, m.date) not in read:
            continue
        if names.isdisjoint(set(wide.columns) - set(facts()[m.table].columns)):  # else a name would mean another column
            found.append((leaf, Leaf(replace(m, table=wide.name), leaf.periods, leaf.total)))
    return found


@functools.lru_cache(maxsize=4096)
def adds_up_in_time(measure: Measure) -> bool:
    """Whether a period's value is the sum of those of its parts: one count or sum of rows that no bound of it picks."""
    value, condition = parsed(measure)
    outer = value.tree.this if isinstance(value.tree, exp.Filter) else value.tree
    if not isinstance(outer, exp.Count | exp.Sum) or outer.find(exp.Distinct):
        return False
    trees = [value.tree, *([condition.tree] if condition else [])]
    named = {column.name for tree in trees for column in tree.find_all(exp.Column) if column.table == "p"}
    return not named & {"since", "until"}


@functools.lru_cache(maxsize=64)
def _atoms(asked: tuple[tuple[Period, ...], ...]) -> tuple[Period, ...]:
    """The stretches between neighbouring bounds that lie in any of the periods."""
    periods = sorted({(p.since, p.until) for each in asked for p in each if p.since < p.until})
    bounds = sorted({bound for period in periods for bound in period})
    found, reach, ahead = [], None, iter(periods)
    following = next(ahead, None)
    for since, until in pairwise(bounds):
        while following and following[0] <= since:
            reach, following = max(reach or following[1], following[1]), next(ahead, None)
        if reach and reach >= until:
            found.append(Period(since, until))
    return tuple(found)


@functools.lru_cache(maxsize=256)
def _parts(periods: tuple[Period, ...], atoms: tuple[Period, ...]) -> Parts:
    return tuple(
        tuple(k for k, atom in enumerate(atoms) if p.since <= atom.since and atom.until <= p.until) for p in periods
    )
