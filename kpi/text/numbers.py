"""Numbers as people read them: grouped, short, with unit, sign and direction, in the digits of the language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kpi.text import bidi
from kpi.text.placeholders import pick

UNDEFINED = "–"
MINUS = "\u2212"
NBSP = "\u00a0"
SIGNIFICANT = 3  # figures in cards
SHORT_FROM = 10_000  # 1,079 is read at a glance, 12.4 K is not read slower
_LATIN = {"digits": "0123456789", "decimal": ".", "group": ",", "percent": "{n}%"}


class Parts(NamedTuple):
    """A number at full size and what stands smaller and grey after it ("" where nothing does)."""

    number: str
    unit: str


def decimal(x: object) -> Decimal | None:
    """x as a decimal number as it prints; None where it is not defined (None, NaN, infinite)."""
    if x is None or isinstance(x, Decimal):
        return x if x is not None and x.is_finite() else None
    value = float(x)  # type: ignore[arg-type]
    return Decimal(str(value)) if math.isfinite(value) else None


def _round(x: Decimal, decimals: int) -> Decimal:
    return x.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _decimals_for(x: Decimal, figures: int) -> int:
    """Decimals that leave `figures` significant figures; never negative: whole digits are not rounded away."""
    if not x:
        return 0
    places = max(0, figures - 1 - x.adjusted())
    return max(0, figures - 1 - _round(x, places).adjusted()) if _round(x, places) else places


@dataclass(frozen=True)
class Numbers:
    """How one language writes numbers. meta: its forms; native: its own digits, else Latin ones."""

    lang: str
    meta: dict
    native: bool = True

    @property
    def forms(self) -> dict:
        """The forms in force: a language with digits of its own that is to use Latin ones takes their signs too."""
        return self.meta if self.native or self.meta["digits"] == _LATIN["digits"] else {**self.meta, **_LATIN}

    @property
    def right_to_left(self) -> bool:
        return self.meta["direction"] == "rtl"

    def digits(self, text: str) -> str:
        """`text` with its Latin digits in the digits of the language."""
        return text.translate(str.maketrans(_LATIN["digits"], self.forms["digits"]))

    def plain(self, x: Decimal, decimals: int, trim: bool = False, sign: bool = False) -> str:
        """x rounded half up to `decimals`, grouped, with a true minus (and a plus where `sign`), without isolates."""
        rounded = _round(x, decimals)
        text = f"{abs(rounded):,.{decimals}f}"
        if trim and "." in text:
            text = text.rstrip("0").rstrip(".")
        swap = {",": self.forms["group"], ".": self.forms["decimal"]}
        text = self.digits("".join(swap.get(char, char) for char in text))
        return (MINUS if rounded < 0 else "+" if sign and rounded > 0 else "") + text

    def _island(self, text: str) -> str:
        return bidi.ltr(text) if self.right_to_left else text

    def join(self, parts: Parts) -> str:
        """Number and unit as one text with a no-break space; in Persian an island that holds in any surrounding."""
        if not parts.unit:
            return parts.number
        text = f"{parts.number}{NBSP}{parts.unit}"
        return bidi.rtl(text) if self.right_to_left else text

    def _scale(self, x: Decimal) -> int:
        """The index of the scale word (thousand, million …) plus one; 0 for none."""
        whole = _round(x, _decimals_for(x, SIGNIFICANT))
        if abs(whole) < SHORT_FROM:
            return 0
        figures = abs(x).quantize(Decimal(1).scaleb(x.adjusted() - SIGNIFICANT + 1), ROUND_HALF_UP)
        return min(figures.adjusted() // 3, len(self.meta["scales"]))

    def _signed(self, number: str, unit: str | None, currency: str | None) -> str:
        """The number with the percent sign, or the currency sign where the language puts it first."""
        if unit == "percent":
            return self.forms["percent"].format(n=number)
        if unit == "currency" and currency and self.meta["money"] == "before":
            sign = self.meta["signs"].get(currency, currency + NBSP)
            mark = number[0] if number[0] in f"+{MINUS}" else ""
            return f"{mark}{sign}{number[len(mark) :]}"
        return number

    def _words(self, unit: str | None, currency: str | None, scale: int, n: Decimal) -> str:
        """What follows the number: thousand or million, then the unit or the currency."""
        words = [self.meta["scales"][scale - 1]] if scale else []
        if unit == "points":
            words.append(self.meta["points"])
        elif unit == "currency" and currency and self.meta["money"] == "after":
            words.append(self.meta["signs"].get(currency, currency))
        elif unit in self.meta["units"]:
            words.append(pick(self.lang, self.meta["units"][unit], Decimal(1000) if scale else n))
        return NBSP.join(words)

    def parts(
        self,
        x: object,
        unit: str | None = None,
        currency: str | None = None,
        short: bool = False,
        digits: int | None = None,
        decimals: int | None = None,
        sign: bool = False,
    ) -> Parts:
        """One number. unit: percent (x a fraction), currency, days, hours, minutes, points; others have no word.

        decimals: exactly so many; digits: so many significant figures; short: three figures and K, M, B;
        none of them: exact to two decimals, below 1 to three figures, without trailing zeros.
        """
        value = decimal(x)
        if value is None:
            return Parts(UNDEFINED, "")
        if unit == "percent":
            value = value * 100
        scale = self._scale(value) if short and decimals is None and unit != "percent" else 0
        scaled = value / 1000**scale
        if decimals is not None:
            places, trim = decimals, False
        elif digits is not None or short:
            places, trim = _decimals_for(scaled, digits or SIGNIFICANT), digits is None
        else:
            places, trim = 2 if abs(scaled) >= 1 else max(2, _decimals_for(scaled, SIGNIFICANT)), True
        number = self.plain(scaled, places, trim, sign)
        return Parts(
            self._island(self._signed(number, unit, currency)),
            self._words(unit, currency, scale, abs(_round(scaled, places))),
        )

    def between(
        self,
        low: object,
        high: object,
        unit: str | None = None,
        currency: str | None = None,
        decimals: int | None = None,
    ) -> str:
        """Two numbers with one precision, one scale and the unit once: 60–66%, €1.20–1.40 M, ۶۰ تا ۶۶٪."""
        ends = [decimal(low), decimal(high)]
        if None in ends:
            return UNDEFINED
        first, last = (value * 100 if unit == "percent" else value for value in ends if value is not None)
        largest = max(abs(first), abs(last))
        scale = 0 if unit == "percent" else self._scale(largest)
        first, last = first / 1000**scale, last / 1000**scale
        places = _shared_decimals(first, last, unit) if decimals is None else decimals
        left, right = self.plain(first, places), self.plain(last, places)
        if unit == "percent":
            right = self._signed(right, unit, None)
        else:
            left = self._signed(left, unit, currency)
        pattern = self.meta["range_signed"] if min(first, last) < 0 else self.meta["range"]
        text = pattern.format(low=self._island(left), high=self._island(right))
        words = self._words(unit, currency, scale, abs(_round(last, places)))
        text = f"{text}{NBSP}{words}" if words else text
        return bidi.rtl(text) if self.right_to_left else text


def _shared_decimals(first: Decimal, last: Decimal, unit: str | None) -> int:
    """Percent: whole, but one decimal where the ends are less than two points apart. Else as many as three figures
    of the larger end take, without zeros that both ends share."""
    if unit == "percent":
        return 1 if 0 < abs(last - first) < 2 else 0
    places = _decimals_for(max(abs(first), abs(last)), SIGNIFICANT)
    while places and all(_round(x, places) == _round(x, places - 1) for x in (first, last)):
        places -= 1
    return places
