"""Placeholders of texts: `{name}` is replaced, `{n|customer|customers}` picks the word that fits the number n."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

_PLACE = re.compile(r"\{(\w+)(\|[^{}]*)?\}")


def names(text: str) -> frozenset[str]:
    """The names of the placeholders in `text`."""
    return frozenset(match[1] for match in _PLACE.finditer(text))


def form(lang: str, n: float | Decimal) -> int:
    """Which plural form fits n: English 0 one, 1 other; Ukrainian 0 one, 1 few, 2 many, 3 fraction; Persian 0.

    Source: Unicode CLDR, plural rules (cardinal) of en, uk, fa.
    """
    if lang == "fa":
        return 0
    if lang == "uk":
        if n != int(n):
            return 3
        tens, ones = abs(int(n)) % 100, abs(int(n)) % 10
        if ones == 1 and tens != 11:
            return 0
        return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2
    return 0 if n == 1 else 1


def pick(lang: str, words: str, n: float | Decimal) -> str:
    """The word of "day|days" that fits n; the last one where a language lists fewer than it has forms."""
    forms = words.split("|")
    return forms[min(form(lang, n), len(forms) - 1)]


def fill(text: str, lang: str, params: dict[str, object], show: Callable[[object], str]) -> str:
    """`text` with every placeholder replaced by what `show` makes of its value; KeyError names a missing one."""

    def replace(match: re.Match[str]) -> str:
        value = params[match[1]]
        if match[2] is None:
            return show(value)
        number = value if isinstance(value, int | float | Decimal) else Decimal(0)
        return pick(lang, match[2][1:], number)

    return _PLACE.sub(replace, text)
