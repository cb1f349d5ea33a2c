"""How the numbers of one column are written: decimal mark, thousands mark, units; decided by evidence, else asked."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Decision:
    """The style, or the question that must be answered first."""

    style: NumberStyle
    why: Message | None = None
    ask: Message | None = None


def decide(
    values: Iterable[str], header: str, told: str | None = None, like: tuple[str, str] | None = None
) -> Decision:
    """The style of a column by a sample of its values. told: the option --decimal. like: (decimal, header) of a column
    of the same file that is decided."""
    raw = list(values)
    bare = [re.sub(r"[^\d.,]", "", value.translate(ASCII)).strip(".,") for value in raw]
    commas = [value for value in bare if "," in value]
    points = [value for value in bare if "." in value]
    if told:
        return Decision(NumberStyle(told, _other(told) if (points if told == "," else commas) else ""))
    if not commas:
        if _only_threes(points) and like and like[0] == ",":
            return Decision(NumberStyle(",", "."), say("why_decimal_like", column=like[1]))
        if _several(points):
            return Decision(NumberStyle(",", "."), say("why_decimal_groups", mark="."))
        return Decision(NumberStyle(".", ""))
    both = [value for value in bare if "," in value and "." in value]
    if both:
        last = sum(value.rindex(",") > value.rindex(".") for value in both)
        decimal = "," if last > len(both) / 2 else "."
        return Decision(NumberStyle(decimal, _other(decimal)), say("why_decimal_both", example=both[0]))
    if _several(commas):
        return Decision(NumberStyle(".", ","), say("why_decimal_groups", mark=","))
    odd = [value for value in commas if not re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", value)]
    if odd:
        if points and not _only_threes(points):  # 1,5 and 1.5 side by side: whichever is rarer will be rejected
            decimal = "," if len(odd) > len(points) else "."
            return Decision(NumberStyle(decimal, ""), say("why_decimal_mixed", decimal=decimal))
        return Decision(NumberStyle(",", "." if points else ""), say("why_decimal_comma", example=odd[0]))
    if points:
        return Decision(NumberStyle(".", ","), say("why_decimal_groups", mark=","))
    if like:
        return Decision(NumberStyle(like[0], _other(like[0])), say("why_decimal_like", column=like[1]))
    if any(len(value) > 3 and "," not in value for value in bare):  # 1500 beside 1,250: thousands carry no mark here
        return Decision(NumberStyle(",", ""), say("why_decimal_comma", example=commas[0]))
    if all(int(value.split(",")[0]) >= 1 for value in commas) and len({len(v.split(",")[0]) for v in commas}) > 1:
        if any(len(value) <= 3 for value in bare):
            return Decision(NumberStyle(".", ","), say("why_decimal_groups", mark=","))
    return Decision(NumberStyle(".", ","), ask=say("ask_decimal", column=header, example=commas[0]))


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _only_threes(values: list[str]) -> bool:
    return bool(values) and all(re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3})+", value) for value in values)


def _several(values: list[str]) -> bool:
    return any(value.count(".") > 1 or value.count(",") > 1 for value in values)


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
    groups = quote(f"([0-9])[{GROUPS}]([0-9]{{3}})([^0-9]|$)")
    for _ in range(3):  # matches of 1 234 567 overlap
        x = f"regexp_replace({x}, {groups}, '\\1\\2\\3', 'g')"
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
