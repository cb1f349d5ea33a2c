"""KPIs found by words: names in all languages, aliases, ids, formulas and explanations, in spite of small typos."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kpi.core import LANGUAGES, Kpi

# What a word is worth where it is found: whole, at the beginning of a word, within one.
NAME, OTHER_NAME, TEXT = (10, 8, 5), (7, 6, 4), (2, 1, 0)
TYPO = 3  # a word that stands nowhere, but nearly so in a name
WHOLE, BEGINS, HOLDS = 40, 20, 12  # the whole question as the name, at its beginning, within it
LONG, SHORT = 8, 4  # letters: two mistakes are one typo in a long word, one in a short one, none in shorter ones
_MARKS = re.compile("[\u0640\u200c-\u200f\u2066-\u2069'\u2019\u02bc]")  # tatweel, half-spaces, isolates, apostrophes
_WORDS = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """The text without what readers write differently: case, accents and vowels, Arabic letters, digits, half-spaces."""
    flat = unicodedata.normalize("NFKD", text.casefold()).translate(_letters())
    return _MARKS.sub("", "".join(c for c in flat if not unicodedata.combining(c)))


@functools.cache
def _letters() -> dict[int, str]:
    pairs = dict(zip("يىكةۀ", "ییکهه", strict=True)) | {d: str(n) for n, d in enumerate("۰۱۲۳۴۵۶۷۸۹")}
    return str.maketrans(pairs | {d: str(n) for n, d in enumerate("٠١٢٣٤٥٦٧٨٩")})


@dataclass(frozen=True)
class _Field:
    """One text of a KPI: its words, and its letters without spaces, for what is written apart or together."""

    worth: tuple[int, int, int]
    words: frozenset[str]
    squeezed: str


@dataclass(frozen=True)
class _Entry:
    kpi: str
    names: tuple[str, ...]  # squeezed
    fields: tuple[_Field, ...]


class Index:
    """The KPIs as they are searched; made once for a catalogue."""

    def __init__(self, kpis: Iterable[Kpi]) -> None:
        self._entries = tuple(_entry(each) for each in kpis)

    def search(self, asked: str) -> list[str]:
        """The ids of the KPIs in which every word of `asked` is found, the best first; [] for a question without words.

        A word that stands nowhere in the catalogue is taken for a typo of one in a name, an alias or an id.
        """
        words = list(dict.fromkeys(_WORDS.findall(plain(asked))))
        if not words:
            return []
        whole = "".join(_WORDS.findall(plain(asked)))
        scores: dict[str, int] = dict.fromkeys((e.kpi for e in self._entries), 0)
        for word in words:
            found = {e.kpi: worth for e in self._entries if (worth := _worth(e, word))}
            found = found or self._near(word)
            scores = {id_: score + found[id_] for id_, score in scores.items() if id_ in found}
        for entry in self._entries:  # written together or apart: the question as a whole, in a name
            bonus = _as_name(entry, whole)
            if bonus:
                scores[entry.kpi] = scores.get(entry.kpi, 0) + bonus
        return sorted(scores, key=lambda id_: -scores[id_])  # sorted() keeps the order of the catalogue for equals

    def _near(self, word: str) -> dict[str, int]:
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= LONG else 1 if len(word) >= SHORT else 0
        if not most:
            return {}
        nearest: dict[str, int] = {}
        for entry in self._entries:
            names = {other for field in entry.fields if field.worth is not TEXT for other in field.words}
            far = min((_far(OSA.distance, word, other, most) for other in names), default=most + 1)
            if far <= most:
                nearest[entry.kpi] = far
        least = min(nearest.values(), default=0)
        return {id_: TYPO for id_, far in nearest.items() if far == least}


def _far(distance, word: str, other: str, most: int) -> int:
    """How many mistakes apart; a word still being typed is compared with the beginning of a longer one."""
    apart = distance(word, other, score_cutoff=most)
    if len(other) > len(word) >= SHORT + 1:
        apart = min(apart, distance(word, other[: len(word)], score_cutoff=most))
    return apart


def _entry(kpi: Kpi) -> _Entry:
    names = [name for lang in LANGUAGES if (name := getattr(kpi.name, lang))]
    fields = [_field(NAME, name) for name in names]
    fields += [_field(OTHER_NAME, text) for text in (*kpi.aliases, kpi.id)]
    fields += [_field(TEXT, text) for text in (kpi.formula, *(getattr(kpi.about, lang) for lang in LANGUAGES))]
    return _Entry(kpi.id, tuple(field.squeezed for field in fields if field.worth is not TEXT), tuple(fields))


def _field(worth: tuple[int, int, int], text: str) -> _Field:
    apart = _WORDS.findall(plain(text))
    halves = _WORDS.findall(plain(text.replace("\u200c", " ")))  # نرخ‌ها is also found as نرخ
    return _Field(worth, frozenset((*apart, *halves)), "".join(apart))


def _worth(entry: _Entry, word: str) -> int:
    best = 0
    for field in entry.fields:
        whole, begins, within = field.worth
        if whole <= best:
            continue
        if word in field.words:
            best = max(best, whole)
        elif any(other.startswith(word) for other in field.words):
            best = max(best, begins)
        elif len(word) >= SHORT and word in field.squeezed:
            best = max(best, within)
    return best


def _as_name(entry: _Entry, whole: str) -> int:
    if whole in entry.names:
        return WHOLE
    if len(whole) < SHORT:
        return 0
    if any(name.startswith(whole) for name in entry.names):
        return BEGINS
    return HOLDS if any(whole in name for name in entry.names) else 0
