"""Names, e-mail addresses, phone numbers and ids made comparable, so that two spellings of one are one."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from kpi.quality.rules import rules

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_MARKS = re.compile(
    "[\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f'\u2019\u02bc`\"«»]"
)  # accents, vowels, quotes
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")  # L.L.C. is LLC
_WORDS = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_EXTENSION = re.compile(r"(?:ext|доб|вн|داخلی|x)\D*\d{1,6}\s*$", re.IGNORECASE)
SUFFIX = 8  # last digits by which phone numbers are looked up
LEAST = 7  # digits of a number that can be told from others


@dataclass(frozen=True)
class Name:
    """A name as its words in alphabetical order, without legal forms and titles; company: it had a legal form."""

    key: str
    words: int
    company: bool


def name(text: str | None) -> Name | None:
    """The comparable form of a name; None where it has no letter or digit."""
    words = _words(text or "")
    if not words:
        return None
    legal, titles = _dropped()
    kept = [word for word in words if word not in legal and word not in titles] or words
    return Name(" ".join(sorted(kept)), len(kept), any(word in legal for word in words))


def _words(text: str) -> list[str]:
    flat = text.casefold()
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", flat).translate(_DIGITS)
    flat = _MARKS.sub("", flat)
    if "." in flat:
        flat = _INITIALS.sub("", flat)
    return _WORDS.findall(flat if flat.isascii() else flat.translate(_letters()))


@functools.cache
def _letters() -> dict[int, str]:
    return str.maketrans(rules().names["letters"])


@functools.cache
def _dropped() -> tuple[frozenset[str], frozenset[str]]:
    """Legal forms and titles, in the comparable form themselves."""
    legal, titles = ({word for each in rules().names[key] for word in _words(each)} for key in ("legal", "titles"))
    return frozenset(legal), frozenset(titles)


def email(text: str | None) -> str | None:
    """The address in lower case; None where it is none."""
    found = re.search(r"[^\s<>:,;]+@[^\s<>:,;]+", (text or "").casefold())
    return found[0].strip(".") if found else None


def phone(text: str | None) -> str | None:
    """The digits: with "+" before them where the country is named, else without the zero before the area; None where
    there are too few to tell numbers apart."""
    plain = _EXTENSION.sub("", (text or "").translate(_DIGITS).removesuffix(".0"))
    digits = re.sub(r"\D", "", plain)
    abroad = plain.lstrip().startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if len(digits) < LEAST or len(set(digits)) == 1:
        return None
    return f"+{digits}" if abroad else digits


def same_phone(one: str, other: str) -> bool:
    """Whether two numbers of `phone` are one: equal, or one is the other with its country's code before it."""
    a, b = one.lstrip("+"), other.lstrip("+")
    if a == b:
        return True
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return long.endswith(short) and len(short) >= SUFFIX and 1 <= len(long) - len(short) <= 3


def id_key(text: str) -> str:
    """An id without case, marks and leading zeros: "C-0012" and "c12" are alike, "C1-2" and "C12" are not."""
    runs = _RUNS.findall(text.casefold().translate(_DIGITS))
    return " ".join(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)
