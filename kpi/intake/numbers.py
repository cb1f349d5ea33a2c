"""How the numbers of one column are written: decimal mark, thousands mark, units; decided by evidence, else asked."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kpi.intake import lexicon
from kpi.intake.layers import CLEAN, FAST, RAW_VALUE, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import DIGITS, quote
from kpi.intake.profile import ASCII, SIGN

BLANK = " \u00a0\u202f"
GROUPS = " '’\u00a0\u202f٬"  # marks of thousands that are never decimal marks
SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9}


@dataclass(frozen=True)
class NumberStyle:
    """decimal: "." or ",". group: the other of the two where it marks thousands, else ""."""

    decimal: str = "."
    group: str = ""


PLAIN = NumberStyle()
STYLES = (PLAIN, NumberStyle(",", ""), NumberStyle(",", "."), NumberStyle(".", ","))  # the likelier of equals first


@dataclass(frozen=True)
class Decision:
    """The style, or the question that must be answered first."""

    style: NumberStyle
    why: Message | None = None
    ask: Message | None = None


def decide(
    values: Iterable[str], header: str, told: str | None = None, like: tuple[str, str] | None = None
) -> Decision:
    """The style of a column by a sample of its values: the one that reads most of them. told: the option --decimal.
    like: (decimal, header) of a column of the same file that is decided."""
    bare = [re.sub(r"[^\d.,]", "", value.translate(ASCII)).strip(".,") for value in values]
    bare = [value for value in bare if value]
    styles = [each for each in STYLES if told in (None, each.decimal)]
    fit = {each: sum(bool(_shape(each).fullmatch(value)) for value in bare) for each in styles}
    most = max(fit.values())
    winners = [each for each in styles if fit[each] == most]
    commas = [value for value in bare if "," in value]
    points = [value for value in bare if "." in value]
    if told:
        return Decision(winners[0])
    if winners[0] == PLAIN:
        if like and like[0] == "," and _threes(points):
            return Decision(NumberStyle(",", "."), say("why_decimal_like", column=like[1]))
        mixed = bool(commas) and most < len(bare)
        return Decision(PLAIN, say("why_decimal_mixed", decimal=".") if mixed else None)
    decimals = {each.decimal for each in winners}
    if len(decimals) == 1:
        return Decision(winners[0], _why(winners[0], commas, points))
    return _either(bare, commas, header, like)


def _either(bare: list[str], commas: list[str], header: str, like: tuple[str, str] | None) -> Decision:
    """Every comma stands before three digits: thousands or decimals? By other columns and values, else asked."""
    thousands = NumberStyle(".", ",")
    if like:
        style = thousands if like[0] == "." else NumberStyle(",", "")
        return Decision(style, say("why_decimal_like", column=like[1]))
    if any(len(value) > 3 and "," not in value for value in bare):  # 1500 beside 1,250: thousands carry no mark here
        return Decision(NumberStyle(",", ""), say("why_decimal_comma", example=commas[0]))
    lengths = {len(value.split(",")[0]) for value in commas}  # 1,250 beside 12,500 and 750
    if len(lengths) > 1 and any(len(value) <= 3 for value in bare):
        return Decision(thousands, say("why_decimal_groups", mark=","))
    return Decision(thousands, ask=say("ask_decimal", column=header, example=commas[0]))


def _why(style: NumberStyle, commas: list[str], points: list[str]) -> Message:
    both = next((value for value in commas if "." in value), None)
    if both:
        return say("why_decimal_both", example=both)
    if points and not style.group:
        return say("why_decimal_mixed", decimal=style.decimal)
    if style.decimal == "," and not points:
        return say("why_decimal_comma", example=next((v for v in commas if not _threes([v])), commas[0]))
    return say("why_decimal_groups", mark=style.group or _other(style.decimal))


@functools.cache
def _shape(style: NumberStyle) -> re.Pattern[str]:
    """Numbers of a style, with nothing but digits and the two marks in them."""
    mark, group = re.escape(style.decimal), re.escape(style.group)
    whole = rf"\d+|[1-9]\d{{0,2}}(?:{group}\d{{2,3}})*{group}\d{{3}}" if style.group else r"\d+"
    return re.compile(rf"(?:{whole})(?:{mark}\d+)?|{mark}\d+")


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _threes(values: list[str]) -> bool:
    """Whether all numbers could be thousands: 1.234, 12.500."""
    return bool(values) and all(re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3})+", value) for value in values)


def read(style: NumberStyle, text: str, sql_type: str, layers: Layers) -> str:
    """The column of `layers` with `text` (a column too) as `sql_type`, NULL where it is no number.

    What a plain cast reads is read so; only the rest is taken apart. Thousands marks count only between thousands.
    """
    if style.decimal == ".":
        plain = f"try_cast({text} AS {sql_type})"
    else:
        plain = f"CASE WHEN NOT contains({text}, '.') THEN try_cast(replace({text}, ',', '.') AS {sql_type}) END"
    fast = layers.add(FAST, plain)
    x = layers.add(CLEAN, f"CASE WHEN {fast} IS NULL AND {text} IS NOT NULL THEN {_clean(style, text)} END")
    return layers.add(RAW_VALUE, f"coalesce({fast}, {_careful(style, x, sql_type)})")


def _clean(style: NumberStyle, text: str) -> str:
    """SQL: lower case and Latin digits, without units around the number and marks between its thousands."""
    same, to = "".join(DIGITS) + "٫٬−", "".join(DIGITS.values()) + style.decimal + " -"
    x = f"translate(lower({text}), {quote(same)}, {quote(to)})"
    units = "|".join(sorted(map(re.escape, lexicon.shared()["units"]), key=len, reverse=True))
    unit = f"(?:{SIGN}|(?:{units})\\.?)"
    around = f"^([-+(]?)[{BLANK}]*{unit}[{BLANK}]*|[{BLANK}]*{unit}([{BLANK}]*[)-]?)$"
    x = f"regexp_replace({x}, {quote(around)}, '\\1\\2', 'g')"
    grouped = f"^[-+(]*[0-9]{{1,3}}(?:[{GROUPS}][0-9]{{3}})+(?:[^0-9]|$)"
    bare = f"regexp_replace({x}, {quote(f'([0-9])[{GROUPS}]')}, '\\1', 'g')"
    x = f"CASE WHEN regexp_matches({x}, {quote(grouped)}) THEN {bare} ELSE {x} END"
    return f"regexp_replace({x}, '[{BLANK}]+([kmb%])', '\\1')"


def _careful(style: NumberStyle, x: str, sql_type: str) -> str:
    mark, group = re.escape(style.decimal), re.escape(style.group or _other(style.decimal))
    whole = f"[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}" if style.group else "[0-9]+"
    shape = f"^[-+(]?[-+]?(?:(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:e[-+]?[0-9]+)?[kmb%]?[)-]?$"
    digits = f"regexp_replace({x}, '[^0-9e{style.decimal}-]', '', 'g')"
    digits = f"trim(replace({digits}, {quote(style.decimal)}, '.'), '-')"
    minus = f"CASE WHEN {x} LIKE '-%' OR {x} LIKE '(%' OR {x} LIKE '%-' THEN -1 ELSE 1 END"
    times = " ".join(f"WHEN {x} LIKE '%{letter}' THEN {by:.0f}" for letter, by in SUFFIXES.items())
    factor = f"CASE {times} WHEN {x} LIKE '%!%' ESCAPE '!' THEN 0.01 ELSE 1 END"
    return (
        f"CASE WHEN regexp_matches({x}, {quote(shape)}) "
        f"THEN try_cast(try_cast({digits} AS DECIMAL(24,6)) * ({minus}) * ({factor}) AS {sql_type}) END"
    )
