"""Which 8-bit code page a text is written in, by how its letters stand beside each other.

A letter beside one of another script, a capital inside a word, a currency sign inside a word and a control character are
signs of the wrong page; frequent letters of a language are signs of the right one. The library charset-normalizer, which
measures the same of whole texts, decides between pages that come out alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from charset_normalizer import from_bytes

# Code pages that exports of our readers' countries come in; anything else is named with --encoding. The likelier first.
CODE_PAGES = (
    "cp1252",
    "cp1251",
    "cp1256",
    "cp1250",
    "koi8_u",
    "cp866",
    "iso8859_5",
    "iso8859_6",
    "mac_cyrillic",
    "mac_roman",
    "cp1254",
)
# The letters of a script from the most frequent to the rarest in the languages that our readers write.
FREQUENT = (
    "оаеиінтсрвлкмдпуяыьбгзчйхжшюцщєїэфґъё",
    "ایندرموتلبسهشکیكيةأىگفقخعجزپچحصطءآإغضظئثژذؤ",
    "éèáüöäßñçíóàêâåøãõôëîïúœæºªùûì",
    "űőłęąśżźćńčřšžěůýťșțşğıďňľ",
)
LIKELY = {c: 1 - 0.7 * i / len(row) for row in FREQUENT[:2] for i, c in enumerate(row)}
LIKELY |= dict.fromkeys(FREQUENT[2], 1.0) | dict.fromkeys(FREQUENT[3], 0.9)
# How much less likely a page is than the first ones, all else alike.
RARE = {"cp1250": 0.04, "cp1254": 0.04, "koi8_u": 0.02, "iso8859_5": 0.06, "iso8859_6": 0.06, "cp866": 0.04}
RARE |= {"mac_cyrillic": 0.1, "mac_roman": 0.15}
MARKS = set("–—‘’“”„…•£€§©®°«»№™\u00a0´·½²³±ʼ،؛؟٪٫٬\u200c\u200e\u200f")
SIGNS = "§©®°½²³±´·"
WORDS = re.compile(r"\w*[^\x00-\x7f]+[\w\x80-\U0010ffff]*")
CLOSE = 0.04  # scores that are alike


def detect(data: bytes) -> str | None:
    """The code page of some bytes that are no UTF, as Python names it; None where none makes words of them."""
    scores = {page: score for page in CODE_PAGES if (score := _score(data, page)) is not None}
    if not scores or max(scores.values()) <= 0:
        return None
    best = max(scores.values())
    alike = [page for page in CODE_PAGES if scores.get(page, -1.0) >= best - CLOSE]
    if len(alike) > 1 and (match := from_bytes(data, cp_isolation=alike).best()) and scores[match.encoding] == best:
        return match.encoding
    return next(page for page in alike if scores[page] == best)


def _score(data: bytes, page: str) -> float | None:
    """The mean over all characters outside ASCII; None where the page has no character for one of the bytes."""
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return None
    total = n = 0
    for match in WORDS.finditer(text):
        word = match[0]
        for i, char in enumerate(word):
            if char > "\x7f":
                before = word[i - 1] if i else " "
                total += _fits(char, before, word[i + 1] if i + 1 < len(word) else " ")
                n += 1
    return total / n - RARE.get(page, 0.0) if n else None


def _fits(char: str, before: str, after: str) -> float:
    """How likely a character is between its neighbours, from -2 to 1."""
    if unicodedata.category(char) == "Cc":
        return -2.0
    if char in MARKS:
        if char in "’ʼ\u200c":
            return 1.0 if before.isalpha() else 0.5
        if char in "–—•":
            return 1.0 if before == " " or before.isdigit() else 0.5
        if char in "£€":
            return -1.0 if before.isalpha() or after.isalpha() else 1.0
        return -1.0 if before.isalpha() and after.isalpha() and char in SIGNS else 0.7
    if not char.isalpha():
        return -1.0
    script = _script(char)
    for beside in (before, after):
        if beside.isalpha() and _script(beside) != script:
            return -1.0
    if before.islower() and char.isupper():
        return -1.0
    if not before.isalpha() and not after.isalpha():
        return 0.0 if before.isdigit() or after.isdigit() else 0.3
    if script == "LATIN" and any(beside.isalpha() and beside > "\x7f" for beside in (before, after)):
        return 0.2 if before.isascii() or after.isascii() else -0.5  # a word of nothing but accents
    small = LIKELY.get(char.lower(), 0.1)
    return small if char.islower() or char == char.lower() else 0.9 * small if not before.islower() else -1.0


@cache
def _script(char: str) -> str:
    return "LATIN" if char in "ºª" else unicodedata.name(char, "?").partition(" ")[0]
