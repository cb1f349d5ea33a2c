"""What stands around numbers and dates in cells: signs and words of money, multipliers, units of time, half days, zones.

The words are data (definitions/intake/values.toml); the codes of currencies are those of ISO 4217 as Babel lists them.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from typing import Any

from babel.core import get_global

from kpi import model
from kpi.intake.names import DIGITS, SAME

# Every mark that is written for one: blanks, minus signs, apostrophes, full-width digits.
BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
MINUS = "−–—‐‑‒―﹣－"
APOSTROPHES = "’‘ʼ`´＇"
WIDE = {chr(0xFF10 + i): str(i) for i in range(10)}
PERCENT = "٪％﹪"
GROUP = "٬،"  # thousands, as Persian and Arabic write them
DECIMAL = "٫"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\u202a\u202b\u202c\ufeff"

FROM = "".join(DIGITS) + "".join(WIDE) + BLANKS + MINUS + APOSTROPHES + PERCENT + GROUP
TO = (
    "".join(DIGITS.values())
    + "".join(WIDE.values())
    + " " * len(BLANKS)
    + "-" * len(MINUS)
    + "'" * len(APOSTROPHES)
    + "%" * len(PERCENT)
    + " " * len(GROUP)
)
_ONE = str.maketrans(FROM, TO, UNSEEN)
PLANES = 0x20000  # scripts and their signs stand in the first two planes of Unicode; to look at all takes long
SIGNS = "".join(c for c in map(chr, range(PLANES)) if unicodedata.category(c) == "Sc")


def one_form(cell: str, decimal: str = DECIMAL) -> str:
    """A cell in lower case with Latin digits, plain blanks and signs. decimal: what a Persian decimal mark becomes."""
    return cell.strip().lower().translate(_ONE).replace(DECIMAL, decimal).strip()


@functools.cache
def _file() -> dict[str, Any]:
    return tomllib.loads((model.DEFINITIONS / "intake" / "values.toml").read_text(encoding="utf-8"))


@functools.cache
def currencies() -> dict[str, str]:
    """Word or sign of money in lower case → its ISO code (IRT for toman), "" where several have it."""
    codes = {each[0] for spans in get_global("territory_currencies").values() for each in spans if each[2] is None}
    found = {code.lower(): code for code in (*codes, "IRT") if len(code) == 3}
    found |= dict.fromkeys(SIGNS, "")
    for code, words in _file()["currencies"].items():
        found |= dict.fromkeys(words, "" if code == "none" else code)
    return found


@functools.cache
def multipliers() -> dict[str, int]:
    """Word → what it multiplies by: "млн" → 1,000,000."""
    return {word: int(by) for by, words in _file()["multipliers"].items() for word in words}


@functools.cache
def durations() -> dict[str, int]:
    """Word → seconds: "хв" → 60."""
    return {word: int(by) for by, words in _file()["durations"].items() for word in words}


@functools.cache
def pieces() -> frozenset[str]:
    """Units of a count: "шт"."""
    return frozenset(_file()["pieces"]["words"])


@functools.cache
def half_days() -> dict[str, str]:
    """Word → "am" or "pm"."""
    return {word: half for half, words in _file()["half_days"].items() for word in words}


@functools.cache
def zones() -> dict[str, float]:
    """Name of a zone → hours from UTC."""
    return {word: float(by) for by, words in _file()["zones"].items() for word in words}


@functools.cache
def in_dates() -> tuple[str, ...]:
    """Words that may stand in a date without changing it."""
    return tuple(_file()["dates"]["words"])


@functools.cache
def languages() -> tuple[str, ...]:
    """Languages whose names of months and weekdays are known, the first the surest."""
    return tuple(_file()["dates"]["languages"])


@functools.cache
def missing_words() -> frozenset[str]:
    """Words that say that nothing was given, in the form of `said`."""
    return frozenset(said(word) for word in _file()["missing"]["words"])


@functools.cache
def missing_among_values() -> frozenset[str]:
    """Words that say so only among numbers and dates: elsewhere they may mean something."""
    return frozenset(said(word) for word in _file()["missing"]["among_values"])


@functools.cache
def missing_numbers() -> tuple[float, ...]:
    """Numbers by which systems say so."""
    return tuple(map(float, _file()["missing"]["numbers"]))


@functools.cache
def missing_days() -> tuple[str, ...]:
    """Days by which systems say so, as ISO dates."""
    return tuple(_file()["dates"]["none"])


def said(cell: str) -> str:
    """A cell as a word to look up: one form of letters and blanks, lower case."""
    return " ".join(cell.casefold().translate(SAME).translate(_ONE).split())


def any_of(words: Iterable[str]) -> str:
    """A regular expression of the words, the longest first; blanks in them may be absent."""
    return "|".join(re.escape(word).replace(r"\ ", " ?") for word in sorted(words, key=lambda w: (-len(w), w)))
