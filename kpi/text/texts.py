"""The one object that pages and the command line ask for words, numbers and dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kpi.core import Period, Text
from kpi.errors import KpiError
from kpi.text import bidi
from kpi.text.dates import Dates
from kpi.text.locale import SOURCE, locale
from kpi.text.numbers import Numbers, Parts
from kpi.text.placeholders import fill


class UnknownText(KeyError):
    """A text key, or a placeholder's value, that does not exist: a mistake in the program, not of the user."""

    def __str__(self) -> str:
        return self.args[0]


class Texts:
    """Words, numbers and dates in one language.

    lang: en, fa, uk. calendar: gregorian, jalali, fiscal (default: jalali for Persian, else gregorian).
    digits: native or latin (default native). currency: the workspace's, used where a call names none.
    fiscal_start: Gregorian (month, day) on which the fiscal year begins.
    """

    def __init__(
        self,
        lang: str = SOURCE,
        calendar: str | None = None,
        digits: str = "native",
        currency: str | None = None,
        fiscal_start: tuple[int, int] = (1, 1),
    ) -> None:
        self.lang = lang
        self._locale = locale(lang)
        self.direction: str = self._locale.meta["direction"]
        self.language: str = self._locale.meta["name"]
        self.calendar: str = calendar or self._locale.meta["calendar"]
        self.currency = currency
        self._numbers = Numbers(lang, self._locale.meta, digits != "latin")
        self._dates = Dates(self._numbers, self.calendar, fiscal_start)

    def has(self, key: str) -> bool:
        """Whether the text exists (in English, which has them all)."""
        return key in locale(SOURCE).texts

    def t(self, key: str, /, **params: object) -> str:
        """The text `section.name` with its placeholders filled; in English where the translation is missing.

        Numbers and days among the params are formatted; text is taken as it is (in Persian, Latin text becomes an
        island). A year is text: pass str(year). UnknownText for a key or a placeholder without value.
        """
        text = self._locale.texts.get(key) or locale(SOURCE).texts.get(key)
        if text is None:
            raise UnknownText(f"no text {key!r} in {SOURCE}.toml")
        try:
            return fill(text, self.lang, params, self._show)
        except KeyError as missing:
            raise UnknownText(f"text {key!r} needs a value for {missing.args[0]!r}") from missing

    def of(self, text: Text, /, **params: object) -> str:
        """A text of a definition with its placeholders filled, as `t` does it with the locales' own."""
        return fill(text.get(self.lang), self.lang, params, self._show)

    def error(self, error: KpiError) -> str:
        """The message of an error: its text under [error]; a code without text or value says the code."""
        params = dict(error.params)
        kind = params.get("kind")
        if kind is not None and self.has(f"kind.{kind}"):
            params["kind"] = self.t(f"kind.{kind}")
        said = getattr(params.get("mistake"), "said", None)
        if said is not None:  # a mistake in an expression says itself in any language
            params["why"] = said(self)
        try:
            return self.t(f"error.{error.code}", **params)
        except UnknownText:
            return self.t("error.other", code=error.code)

    def _show(self, value: object) -> str:
        if isinstance(value, Text):
            return value.get(self.lang)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Period):
            return self.period(value, None)
        if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
            return self.number(value)
        if isinstance(value, list | tuple | set | frozenset):
            return self._locale.meta["list"].join(self._show(each) for each in value)
        return self.name(str(value))

    # Numbers

    def number(
        self,
        x: object,
        unit: str | None = None,
        currency: str | None = None,
        short: bool = False,
        digits: int | None = None,
        decimals: int | None = None,
    ) -> str:
        """1,079 · 12.4 K · €1.24 M · 63% · 47 days; "–" where not defined. See `Numbers.parts`."""
        return self._numbers.join(self.parts(x, unit, currency, short, digits, decimals))

    def parts(
        self,
        x: object,
        unit: str | None = None,
        currency: str | None = None,
        short: bool = False,
        digits: int | None = None,
        decimals: int | None = None,
    ) -> Parts:
        """The same as (number, unit): the unit stands smaller and grey after the value."""
        return self._numbers.parts(x, unit, currency or self.currency, short, digits, decimals)

    def change(
        self,
        delta: object,
        unit: str | None = None,
        currency: str | None = None,
        short: bool = True,
        decimals: int | None = None,
    ) -> str:
        """A difference with its sign: −2.1 pts (unit percent: delta 0.01 is one point) · +3 days · +€1.2 K."""
        money = currency or self.currency
        if unit == "percent":
            value = None if delta is None else float(delta) * 100  # type: ignore[arg-type]
            places = 1 if decimals is None else decimals
            return self._numbers.join(self._numbers.parts(value, "points", decimals=places, sign=True))
        return self._numbers.join(self._numbers.parts(delta, unit, money, short, decimals=decimals, sign=True))

    def distance(self, delta: float, unit: str | None = None, decimals: int | None = None) -> str:
        """How far apart, without a sign, for a sentence that says the direction: 2.1 pts · 3 days · €1.2 K."""
        if unit == "percent":
            return self.number(abs(delta) * 100, "points", decimals=1 if decimals is None else decimals)
        return self.number(abs(delta), unit, short=decimals is None, decimals=decimals)

    def percent(self, x: object, decimals: int | None = None, sign: bool = False) -> str:
        """A fraction as a share (63%) or, with `sign`, as a relative change (+4.1%); three figures by default."""
        return self._numbers.join(self._numbers.parts(x, "percent", None, decimals is None, None, decimals, sign))

    def currency_word(self, currency: str | None = None) -> str:
        """The currency beside a title: its sign or word where the language writes it after the number, else its code."""
        code = currency or self.currency or ""
        meta = self._locale.meta
        return meta["signs"].get(code, code) if meta["money"] == "after" else code

    def range_(
        self,
        low: object,
        high: object,
        unit: str | None = None,
        currency: str | None = None,
        decimals: int | None = None,
    ) -> str:
        """60–66% · ۶۰ تا ۶۶٪ · 60–66 %; one precision, the unit once."""
        return self._numbers.between(low, high, unit, currency or self.currency, decimals)

    def ltr(self, text: str) -> str:
        """A number with its sign and percent as an island (U+2066 … U+2069) in a right-to-left language."""
        return bidi.ltr(text) if self.direction == "rtl" else text

    def name(self, text: str) -> str:
        """A name from data (file, column, customer) as an island in a right-to-left language."""
        return bidi.name(text) if self.direction == "rtl" else text

    def vega_number(self) -> dict[str, object]:
        """`config.locale.number` of a Vega chart: separators and digits of the language on axes and in tooltips."""
        forms = self._numbers.forms
        return {
            "decimal": forms["decimal"],
            "thousands": forms["group"],
            "grouping": [3],
            "currency": ["", ""],
            "numerals": list(forms["digits"]),
            "percent": forms["percent"].format(n=""),
            "minus": "\u2212",
        }

    # Dates

    def day(self, day: date | None, calendar: str | None = None) -> str:
        """15 Nov 2026 · ۲۴ آبان ۱۴۰۵ · 15 листопада 2026."""
        return self._dates.day(day, calendar)

    def day_month(self, day: date, calendar: str | None = None) -> str:
        """The day without its year: 1 Jul · ۱۰ تیر · 1 липня."""
        return self._dates.day_month(day, calendar)

    def month(self, period: Period | date, calendar: str | None = None) -> str:
        """Oct 2026 · مهر ۱۴۰۵ · жовтень 2026: the month in which the period begins."""
        return self._dates.month(period.since if isinstance(period, Period) else period, calendar)

    def period(self, period: Period, by: str | None, calendar: str | None = None) -> str:
        """The label of a bucket on axes and in tables; without `by` first to last day."""
        return self._dates.period(period, by, calendar)
