"""Which records are worth comparing: those that share something, so that 100,000 take seconds and not years.

Blocks of equal values (e-mail, end of the phone number, name, id), and of names that differ by little: such names stand
close in alphabetical order from the front or from the back (Hernández and Stolfo 1995, sorted neighbourhood), or share
a form with one letter deleted (Garbe 2012, symmetric delete). Values shared by many records tell nothing of two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

WINDOW = 3  # neighbours in alphabetical order that are compared
SHORTEST = 6  # letters of a name from which a letter may differ

Pair = tuple[int, int]


def equal(values: Sequence[Hashable | None], most: int) -> Iterator[Pair]:
    """Pairs of places with the same value, which at most `most` places share."""
    for members in _groups(enumerate(values), most):
        yield from combinations(members, 2)


def near(names: Sequence[str | None], among: Sequence[str | None]) -> Iterator[Pair]:
    """Pairs of places whose names are neighbours in alphabetical order; only places with the same, known `among`."""
    known = [i for i, (name, group) in enumerate(zip(names, among, strict=True)) if group is not None and _long(name)]
    front = sorted(known, key=lambda i: (among[i], names[i]))
    back = sorted(known, key=lambda i: (among[i], (names[i] or "")[::-1]))
    for order in (front, back):
        for step in range(1, WINDOW + 1):
            for a, b in zip(order, order[step:], strict=False):
                if among[a] == among[b] and names[a] != names[b]:
                    yield (a, b) if a < b else (b, a)


def one_letter_apart(names: Sequence[str | None], most: int) -> Iterator[Pair]:
    """Pairs of places whose names are one letter apart; of names that at most `most` places have."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        if name and _long(name):
            places[name].append(i)
    known = [name for name, members in places.items() if len(members) <= most]
    for members in _groups(((i, form) for i, name in enumerate(known) for form in _forms(name)), most):
        for one, other in combinations(members, 2):
            yield from ((a, b) if a < b else (b, a) for a in places[known[one]] for b in places[known[other]])


def _long(name: str | None) -> bool:
    return name is not None and len(name) >= SHORTEST


def _forms(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _groups(pairs: Iterable[tuple[int, Hashable | None]], most: int) -> Iterator[list[int]]:
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for place, value in pairs:
        if value is not None:
            blocks[value].append(place)
    for members in blocks.values():
        if 2 <= len(members) <= most:
            yield members
