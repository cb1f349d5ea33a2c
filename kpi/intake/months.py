"""Names of months, Gregorian in four languages and Jalali, as they stand in dates."""

from __future__ import annotations

import re

from kpi.intake.names import SAME

_GREGORIAN = (
    "january jan січня січень січ января январь янв ژانویه",
    "february feb лютого лютий лют февраля февраль фев فوریه",
    "march mar березня березень бер марта март мар مارس",
    "april apr квітня квітень кві квіт апреля апрель апр آوریل",
    "may травня травень тра трав мая май مه می",
    "june jun червня червень чер черв июня июнь июн ژوئن",
    "july jul липня липень лип июля июль июл ژوئیه جولای",
    "august aug серпня серпень сер серп августа август авг اوت آگوست",
    "september sep sept вересня вересень вер вересн сентября сентябрь сен сент سپتامبر",
    "october oct жовтня жовтень жов жовт октября октябрь окт اکتبر",
    "november nov листопада листопад лис лист ноября ноябрь ноя нояб نوامبر",
    "december dec грудня грудень гру груд декабря декабрь дек دسامبر",
)
_JALALI = (
    "فروردین farvardin",
    "اردیبهشت ordibehesht",
    "خرداد khordad",
    "تیر tir",
    "مرداد امرداد mordad",
    "شهریور shahrivar",
    "مهر mehr",
    "آبان aban",
    "آذر azar",
    "دی dey",
    "بهمن bahman",
    "اسفند esfand",
)


def _by_name(groups: tuple[str, ...]) -> dict[str, int]:
    return {name.translate(SAME): month for month, group in enumerate(groups, 1) for name in group.split()}


GREGORIAN = _by_name(_GREGORIAN)
JALALI = _by_name(_JALALI)
WORD = re.compile(r"[^\W\d_]+")


def in_text(value: str) -> tuple[str, int, bool] | None:
    """(word, month, whether it is Jalali) of the first month named in `value`."""
    for word in WORD.findall(value.casefold()):
        plain = word.translate(SAME)
        for names, jalali in ((JALALI, True), (GREGORIAN, False)):
            if plain in names:
                return word, names[plain], jalali
    return None
