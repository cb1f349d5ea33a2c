"""The same customer, contact or lead entered twice: candidate pairs with their reasons and a confidence.

Log-odds of agreement and difference are added up (Fellegi and Sunter 1969); the weights stand in
definitions/quality.toml. A name that many have weighs less (Winkler 1989). Nothing is merged by itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel, JaroWinkler
from rapidfuzz.process import cpdist

from kpi import model
from kpi.quality import alike, blocks
from kpi.quality.merge import FILE as MERGE
from kpi.quality.rules import PEOPLE, rules
from kpi.workspace.storage import quoted
from kpi.workspace.workspace import Workspace

PLACES = ("city", "region", "country")
FEW = 3  # records that may have a name which alone makes them worth comparing


@dataclass(frozen=True)
class Record:
    """One customer, contact or lead as the comparison sees it. filled: how many of its cells are filled."""

    id: str
    name: str | None
    email: str | None
    phone: str | None
    place: str | None
    company: bool
    filled: int


@dataclass(frozen=True)
class Duplicate:
    """Two records that are probably one. keep: the one with more known of it; reasons: what speaks for it and, with
    `_differs`, against; likeness: how alike the names are, 0 to 1; sources: the files each came from."""

    table: str
    keep: Record
    drop: Record
    confidence: float
    reasons: tuple[str, ...]
    likeness: float | None = None
    sources: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def across(self) -> bool:
        """Whether no file has both."""
        return bool(self.sources[0] and self.sources[1]) and not set(self.sources[0]) & set(self.sources[1])


def duplicates(workspace: Workspace, table: str = "customers") -> list[Duplicate]:
    """The candidates in `table`, the surest first; those below the confidence `possible` are left out. Remembered per
    revision. Unknown for a table that holds no people."""
    model.table(table)
    if table not in PEOPLE:
        return []
    return workspace.memo(
        ("quality", "duplicates", table), lambda: _with_sources(workspace, _duplicates(workspace, table))
    )


def likely(found: Sequence[Duplicate]) -> list[Duplicate]:
    """Those that count as findings."""
    return [each for each in found if each.confidence >= rules().duplicates["likely"]]


def surplus(found: Sequence[Duplicate]) -> int:
    """Records too many, if every pair is one: of each group all but one."""
    root: dict[str, str] = {}

    def top(id_: str) -> str:
        while root.setdefault(id_, id_) != id_:
            root[id_] = root[root[id_]]
            id_ = root[id_]
        return id_

    joined = 0
    for each in found:
        one, other = top(each.keep.id), top(each.drop.id)
        if one != other:
            root[one], joined = other, joined + 1
    return joined


def records(workspace: Workspace, table: str) -> list[Record]:
    """The records of `table` that are not known by id alone."""
    fields = model.table(table).fields
    place = [quoted(column) for column in PLACES if column in fields]
    who = "coalesce(name, company)" if "company" in fields else "name"
    filled = " + ".join(f"({quoted(column)} IS NOT NULL)::INTEGER" for column in fields)
    company = "coalesce(customer_type = 'company', false)" if "customer_type" in fields else "false"
    where = f"coalesce({', '.join(place)})" if place else "NULL"
    sql = (
        f"SELECT {quoted(model.table(table).key[0])}, {who}, email, phone, lower(trim({where})), {company}, {filled} "
        f"FROM main.{quoted(table)} WHERE NOT _stub ORDER BY 1"
    )
    return [Record(*row) for row in workspace.rows(sql) if row[0] is not None]


def _duplicates(workspace: Workspace, table: str) -> list[Duplicate]:
    return pairs(table, records(workspace, table))


def pairs(table: str, found: Sequence[Record]) -> list[Duplicate]:
    """The candidates among these records, the surest first. Their order does not matter."""
    known = _Known(sorted(found, key=lambda record: record.id))
    left, right = known.candidates()
    if not left.size:
        return []
    confidence, reasons, likeness = _judge(known, left, right)
    kept = np.flatnonzero(confidence >= rules().duplicates["possible"])
    made = [
        _duplicate(
            table, known.records[left[i]], known.records[right[i]], float(confidence[i]), reasons(i), likeness[i]
        )
        for i in kept
    ]
    return sorted(made, key=lambda each: (-each.confidence, each.keep.id, each.drop.id))


def _duplicate(table: str, a: Record, b: Record, confidence: float, reasons: tuple[str, ...], likeness) -> Duplicate:
    keep, drop = (a, b) if (-a.filled, a.id) <= (-b.filled, b.id) else (b, a)
    known = None if math.isnan(likeness) else float(likeness)
    return Duplicate(table, keep, drop, confidence, reasons, known)


class _Known:
    """The records with the comparable forms of what is known of them, as lists in the order of the records."""

    def __init__(self, found: Sequence[Record]) -> None:
        self.records = found
        named = [alike.name(record.name) for record in found]
        self.names = [each.key if each else None for each in named]
        self.words = np.array([each.words if each else 0 for each in named])
        self.company = np.array(
            [r.company or bool(n and n.company) for r, n in zip(found, named, strict=True)], dtype=bool
        )
        self.emails = [alike.email(record.email) for record in found]
        self.phones = [alike.phone(record.phone) for record in found]
        self.ids = [alike.id_key(record.id) or None for record in found]
        self.places = [record.place for record in found]

    def candidates(self) -> tuple[np.ndarray, np.ndarray]:
        """The places of the pairs worth comparing, each once. A name alone is worth it where few have it; else, and
        where it only resembles, the two must be companies or live in one place."""
        most = int(rules().duplicates["shared"])
        ends = [each[-alike.SUFFIX :] if each and len(each) >= alike.SUFFIX else each for each in self.phones]
        among = [
            "\0" if firm else place or None for firm, place in zip(self.company.tolist(), self.places, strict=True)
        ]
        named = [(name, group) if name and group else None for name, group in zip(self.names, among, strict=True)]
        firms = [name if firm else None for name, firm in zip(self.names, self.company.tolist(), strict=True)]
        found = chain(
            *(blocks.equal(block, most) for block in (self.emails, ends, self.ids, named)),
            blocks.equal(self.names, FEW),
            blocks.near(self.names, among),
            blocks.one_letter_apart(firms, FEW),
        )
        size = max(len(self.records), 1)
        codes = np.unique(np.fromiter((a * size + b for a, b in found), dtype=np.int64))
        return codes // size, codes % size


def _judge(known: _Known, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, Any, np.ndarray]:
    """(confidence, reasons by place, likeness of the names) of the pairs."""
    weights = rules().duplicates["weights"]
    total = np.full(left.size, float(weights["prior"]))
    marks: list[tuple[str, np.ndarray]] = []

    def add(code: str, where: np.ndarray, weight: np.ndarray | float | None = None, said: bool = True) -> None:
        total[where] += weights[code] if weight is None else np.broadcast_to(weight, left.shape)[where]
        if said:
            marks.append((code, where))

    linked = _both(known.ids, left, right)[0]
    add("id", linked)
    same, differ = _both(known.emails, left, right)
    linked = linked | same
    add("email", same)
    add("email_differs", differ)
    same, differ = _phones(known.phones, left, right)
    linked = linked | same
    add("phone", same)
    add("phone_differs", differ)
    same, differ = _both(known.names, left, right)
    likeness = _likeness(known.names, left, right, differ, linked)
    often = Counter(name for name in known.names if name)
    share = np.array([math.log(max(often[name], 2) / 2) if name else 0.0 for name in known.names])
    add("name", same, weights["name"] - share[left])
    similar = differ & (np.nan_to_num(likeness) >= rules().duplicates["similar"])
    add("alike", similar, weights["alike"] * np.nan_to_num(likeness))
    add("name_differs", differ & ~similar)
    firms = known.company[left] & known.company[right]
    add("company", (same | similar) & firms, said=False)
    add("short_name", same & ~firms & (known.words[left] == 1), said=False)
    same, differ = _both(known.places, left, right)
    add("place", same)
    add("place_differs", differ)

    def reasons(i: int) -> tuple[str, ...]:
        return tuple(code for code, where in marks if where[i])

    return 1 / (1 + np.exp(-total)), reasons, likeness


def _codes(values: Sequence[str | None]) -> np.ndarray:
    """Each value as a number, -1 where there is none."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(value, len(seen)) if value else -1 for value in values], dtype=np.int64)


def _both(values: Sequence[str | None], left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(both known and the same, both known and different)"""
    codes = _codes(values)
    a, b = codes[left], codes[right]
    known = (a >= 0) & (b >= 0)
    return known & (a == b), known & (a != b)


def _phones(values: Sequence[str | None], left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    same, differ = _both(values, left, right)
    ends = [each[-alike.SUFFIX :] if each and len(each) >= alike.SUFFIX else None for each in values]
    for i in np.flatnonzero(differ & _both(ends, left, right)[0]):
        one, other = values[left[i]], values[right[i]]
        if one and other and alike.same_phone(one, other):
            same[i], differ[i] = True, False
    return same, differ


def _likeness(names: Sequence[str | None], left, right, differ: np.ndarray, linked: np.ndarray) -> np.ndarray:
    """How alike two different names are: the mean of Jaro-Winkler and of the share of common letters (Indel). Where
    something else links the two (linked), a name that has all the words of the other is alike too. NaN where the names
    are the same or not known."""
    found = np.full(left.size, np.nan)
    places = np.flatnonzero(differ)
    if not places.size:
        return found
    one, other = [names[i] or "" for i in left[places]], [names[i] or "" for i in right[places]]
    scores = [cpdist(one, other, scorer=scorer.normalized_similarity) for scorer in (JaroWinkler, Indel)]
    found[places] = (scores[0] + scores[1]) / 2
    similar = rules().duplicates["similar"]
    for i in np.flatnonzero(differ & linked & (np.nan_to_num(found) < similar)):
        if _within((names[left[i]] or "").split(), (names[right[i]] or "").split()):
            found[i] = similar
    return found


def _within(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether the words of the shorter name are all in the longer one; a single letter stands for a word."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 1 and len(long) > 2:
        return False
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        fits = next((w for w in left if w == word or (len(word) == 1 or len(w) == 1) and w[0] == word[0]), None)
        if fits is None:
            return False
        left.remove(fits)
    return any(len(word) > 1 for word in short)


def _with_sources(workspace: Workspace, found: list[Duplicate]) -> list[Duplicate]:
    """The pairs with the files that their records came from."""
    if not found:
        return found
    table = found[0].table
    ids = sorted({id_ for each in found for id_ in (each.keep.id, each.drop.id)})
    files = files_of(workspace, table, ids)
    return [
        Duplicate(e.table, e.keep, e.drop, e.confidence, e.reasons, e.likeness,
                  (files.get(e.keep.id, ()), files.get(e.drop.id, ())))
        for e in found
    ]  # fmt: skip


def files_of(workspace: Workspace, table: str, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """{id: the files in which it is a record of `table`}"""
    key = quoted(model.table(table).key[0])
    sql = (
        f"SELECT r.{key}, list_sort(list(DISTINCT i.file)) FROM rows.{quoted(table)} r JOIN state.imports i ON i.id = r._import "
        f"AND i.file <> '{MERGE}' WHERE r.{key} IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    )
    return {id_: tuple(files) for id_, files in workspace.rows(sql, [list(ids)])}
