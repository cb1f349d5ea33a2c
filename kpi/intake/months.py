"""Names of months and weekdays as they stand in dates: Gregorian as Babel knows them, Jalali as jdatetime does."""

from __future__ import annotations

import functools
import re

import jdatetime
from babel import Locale

from kpi.intake import written
from kpi.intake.names import SAME

# What Babel does not have: other spellings, short forms, and how Persian writers hear the French and the English names.
_MORE = (
    "jan січ янв جنوری",
    "feb лют фев февр فبروری",
    "mar берез мрт",
    "apr квіт апреля آپریل اپریل",
    "трав می مه",
    "jun черв جون",
    "jul лип جولای ژوییه",
    "aug серп آگوست اگوست آگست اگست",
    "sep sept верес вер сент",
    "oct жовт жов",
    "nov листоп лис лист",
    "dec груд гру",
)
# Spellings beside those of jdatetime, and the names that Afghanistan uses.
_MORE_JALALI = (
    "حمل hamal",
    "ثور sawr",
    "جوزا jawza",
    "سرطان saratan",
    "اسد امرداد amordad asad",
    "سنبله sunbula",
    "میزان mizan",
    "عقرب aqrab",
    "قوس qaws",
    "جدی dei jadi",
    "دلو dalw",
    "حوت hut",
)


def form(name: str) -> str:
    """A name in the one form in which names are compared; every character stays one character."""
    return name.casefold().translate(SAME)


def _bare(name: str) -> str:
    return re.sub("[\u064b-\u065f\u0654\u200c\u200f]", "", form(name)).strip(" .")


@functools.cache
def gregorian() -> dict[str, int]:
    """Name → month; where two languages differ, the first of them counts."""
    found = {_bare(name): month for month, names in enumerate(_MORE, 1) for name in names.split()}
    for language in written.languages():
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in months[context][width].items():
                    if len(bare := _bare(str(name))) > 1 and not bare.isdigit():
                        found.setdefault(bare, month)
    return found


@functools.cache
def jalali() -> dict[str, int]:
    """Name → month of the Jalali year."""
    both = zip(jdatetime.date.j_months_fa, jdatetime.date.j_months_en, _MORE_JALALI, strict=True)
    found = {}
    for month, (persian, english, more) in enumerate(both, 1):
        for name in map(_bare, (persian, english, *more.split())):
            found |= {name: month, f"{name}ماه": month, f"{name} ماه": month}
    return found


@functools.cache
def weekdays() -> frozenset[str]:
    """Names of the days of the week that are no names of months."""
    found = {
        "یکشنبه",
        "دوشنبه",
        "سه شنبه",
        "سهشنبه",
        "چهارشنبه",
        "پنجشنبه",
        "پنج شنبه",
        "چهار شنبه",
        "شنبه",
        "جمعه",
        "tues",
        "thurs",
        "thur",
    }
    for language in written.languages():
        days = Locale.parse(language).days
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                found |= {bare for name in days[context][width].values() if len(bare := _bare(str(name))) > 1}
    return frozenset(found - gregorian().keys() - jalali().keys())


def in_text(value: str) -> tuple[str, int, bool] | None:
    """(word, month, whether it is Jalali) of the first month named in `value`."""
    for word in re.findall(r"[^\W\d_]+", value.casefold()):
        bare = _bare(word)
        for names, named in ((jalali(), True), (gregorian(), False)):
            if bare in names:
                return word, names[bare], named
    return None
