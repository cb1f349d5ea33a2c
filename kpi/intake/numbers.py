"""How the numbers of one column are written: decimal mark, thousands mark, units; decided by evidence, else asked."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kpi.intake import written
from kpi.intake.layers import CLEAN, FAST, PARTS, RAW_VALUE, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import DIGITS, quote
from kpi.intake.raw import Raw, cell

GROUPS = " '"  # marks of thousands that are never decimal marks, in the one form of `written`
FILLED = re.compile(r"[-+]?\d[\d.,' ]*")


@dataclass(frozen=True)
class NumberStyle:
    """decimal: "." or ",". group: the other of the two where it marks thousands, else "".

    percent: what a number with a percent sign is multiplied by (0.01 where the field holds fractions); None: such a
    cell is no value of the field. units: (word behind the number, factor) beside the multipliers: hours among minutes.
    """

    decimal: str = "."
    group: str = ""
    percent: float | None = 0.01
    units: tuple[tuple[str, float], ...] = ()


PLAIN = NumberStyle()
STYLES = (PLAIN, NumberStyle(",", ""), NumberStyle(",", "."), NumberStyle(".", ","))  # the likelier of equals first


@dataclass(frozen=True)
class Decision:
    """The style, or the question that must be answered first. sure: the values themselves show the decimal mark."""

    style: NumberStyle
    why: Message | None = None
    ask: Message | None = None
    sure: bool = False


def decide(
    values: Iterable[str],
    header: str,
    told: str | None = None,
    like: tuple[str, str] | None = None,
    typed: bool = False,
) -> Decision:
    """The style of a column by a sample of its values: the one that reads most of them.

    told: the option --decimal. like: (decimal, header) of a column of the same file that is decided. typed: the format
    knows numbers, so that a point in them is no mark of thousands.
    """
    bare = [digits for value in values if (digits := _bare(value))]
    styles = [each for each in STYLES if told in (None, each.decimal)]
    fit = {each: sum(bool(_shape(each).fullmatch(value)) for value in bare) for each in styles}
    most = max(fit.values())
    winners = [each for each in styles if fit[each] == most]
    commas = [value for value in bare if "," in value]
    points = [value for value in bare if "." in value]
    if told:
        return Decision(winners[0])
    if winners[0] == PLAIN:
        if _threes(points) and not commas and not typed:
            return _points(bare, points, header, like)
        mixed = bool(commas) and most < len(bare)
        return Decision(PLAIN, say("why_decimal_mixed", decimal=".") if mixed else None, sure=bool(points))
    decimals = {each.decimal for each in winners}
    if len(decimals) == 1:
        return Decision(winners[0], _why(winners[0], commas, points), sure=True)
    return _either(bare, commas, header, like)


def _bare(value: str) -> str:
    """The digits and the two marks of a number; "" for what is none or shows its decimals the Persian way."""
    text = written.one_form(value)
    if FILLED.fullmatch(text):
        number = text
    else:
        found = loose().fullmatch(text)
        if not found or written.DECIMAL in text:
            return ""
        number = found["n"]
    number = re.sub(r"([.,])-{1,2}$", r"\g<1>00", number)
    return re.sub(r"[^\d.,]", "", number).rstrip(".,")


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


def _points(bare: list[str], points: list[str], header: str, like: tuple[str, str] | None) -> Decision:
    """Every point stands before three digits: 1.250 may be a bit more than one, or more than a thousand."""
    thousands = NumberStyle(",", ".")
    if like:
        return Decision(thousands if like[0] == "," else PLAIN, say("why_decimal_like", column=like[1]))
    if any(len(value) > 3 and "." not in value for value in bare):  # 1500 beside 1.250
        return Decision(PLAIN)
    lengths = {len(value.split(".")[0]) for value in points}
    whole = any("." not in value for value in bare)  # 750 beside 12.500: decimals that are always three would show
    if whole and len(lengths) > 1 and any(value.endswith("0") for value in points):
        return Decision(thousands, say("why_decimal_groups", mark="."))
    return Decision(PLAIN, ask=say("ask_decimal_point", column=header, example=points[0]))


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


@functools.cache
def _pattern(units: frozenset[str]) -> re.Pattern[str]:
    """A number in whatever style, in the one form of `written`: signs, brackets, money and multipliers around.

    units: words that may stand behind it beside the multipliers.
    """
    money = rf"(?:{written.any_of([*written.currencies(), *written.pieces()])})\.?"
    times = rf"(?:{written.any_of({*written.multipliers(), *units})})"
    before = rf"(?P<open>\()? ?(?P<sign>[-+])? ?(?:{money} ?)?(?P<share>%)? ?(?P<open2>\()? ?(?P<sign2>[-+])? ?"
    number = r"(?P<n>\d[\d.,٫' ]*(?:[.,]-{1,2})?|[.,٫]\d+)(?:e(?P<e>[-+]?\d{1,3}))?"
    behind = rf" ?(?P<k>{times})?\.? ?(?P<share2>%)? ?(?:{money} ?)?(?P<minus>-)? ?(?P<close>\))? ?(?:{money})?"
    return re.compile(rf"{before}{number}{behind}")


def loose() -> re.Pattern[str]:
    """A number in whatever style, only to tell numbers from words."""
    return _pattern(frozenset(written.durations()))


def rough(value: str) -> float | None:
    """A rough reading of a number in whatever style, without its multiplier; None for what is none."""
    if not any(c.isdigit() for c in value):
        return None
    text = written.one_form(value, ".")
    found = loose().fullmatch(text)
    if not found:
        return None
    digits = re.sub(r"[^\d.,]", "", re.sub(r"[.,]-{1,2}$", "", found["n"]))
    if digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    digits = digits.replace(",", "")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    power = int(found["e"]) if found["e"] else 0
    if power > 300:
        return None
    minus = found["open"] or found["open2"] or found["minus"] or "-" in (found["sign"], found["sign2"])
    return (-1 if minus else 1) * float(digits.rstrip(".") or 0) * 10.0**power


def _fast(style: NumberStyle, text: str, sql_type: str) -> str:
    """SQL: what a plain cast reads; it would take 1_000 for a thousand."""
    if style.decimal == ".":
        return f"CASE WHEN NOT contains({text}, '_') THEN try_cast({text} AS {sql_type}) END"
    return f"CASE WHEN NOT contains({text}, '.') THEN try_cast(replace({text}, ',', '.') AS {sql_type}) END"


def _parts(text: str) -> str:
    """SQL: what stands before the digits of a cell, the digits with their marks, and what stands behind them."""
    digit = "0-9" + "".join(DIGITS) + "".join(written.WIDE)
    mark = "., '" + written.BLANKS + written.APOSTROPHES + written.GROUP + written.DECIMAL
    pattern = f"^([^{digit}]*)([{digit}](?:[{digit}{mark}]*[{digit}])?)(.*)$"
    return f"regexp_extract({text}, {quote(pattern)}, ['before', 'n', 'behind'])"


BETWEEN = "\u001f"
MOST_PAIRS = 2000


def around(raw: Raw, index: int, style: NumberStyle) -> tuple[str, ...]:
    """What stands around the numbers of a column that are not plain: before and behind, the most frequent first."""
    text = cell(index)
    x = f"CASE WHEN {_fast(style, text, 'DOUBLE')} IS NULL THEN {text} END"
    rows = raw.query(
        f"SELECT p.before || '{BETWEEN}' || p.behind FROM (SELECT {_parts('x')} AS p FROM (SELECT {x} AS x FROM raw) "
        f"WHERE x IS NOT NULL) WHERE p.n <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_PAIRS}"
    )
    return tuple(pair for (pair,) in rows)


def factor(style: NumberStyle, pair: str) -> float | None:
    """What the number between the two parts of `pair` is multiplied by; None where that is no number."""
    before, _, behind = (written.one_form(part, style.decimal) for part in pair.partition(BETWEEN))
    if _leads(style, pair):
        before = before[:-1]
    behind = re.sub(r"^[.,](?:-{1,2})?(?!\d)", "", behind)  # 1.234,– and 5.
    found = _pattern(frozenset(word for word, _ in style.units)).fullmatch(f"{before}1{behind}")
    if not found or found["n"].strip() != "1":
        return None
    if bool(found["open"] or found["open2"]) != bool(found["close"]) or (found["open"] and found["open2"]):
        return None
    by = 10.0 ** int(found["e"] or 0)
    if found["k"]:
        by *= dict(style.units).get(found["k"]) or written.multipliers()[found["k"]]
    if found["share"] or found["share2"]:
        if style.percent is None:
            return None
        by *= style.percent
    minus = found["open"] or found["open2"] or found["minus"] or "-" in (found["sign"], found["sign2"])
    return -by if minus else by


def currency(pair: str) -> str | None:
    """The currency that stands around a number: its code, "" where the sign does not say which, None for none."""
    words = re.findall(r"[^\d\s.,()+%-]+", written.one_form(pair.replace(BETWEEN, " ")))
    found = [code for word in words if (code := written.currencies().get(word)) is not None]
    return found[0] if found else None


def _leads(style: NumberStyle, pair: str) -> bool:
    """Whether the mark before the digits is a decimal one: $.50, and not Rs.50."""
    before = written.one_form(pair.partition(BETWEEN)[0], style.decimal)
    return before.endswith(style.decimal) and not before[-2:-1].isalpha()


def currencies(style: NumberStyle, text: str, pairs: Iterable[str], layers: Layers) -> str:
    """The column of `layers` with the currency that each cell of `text` names, NULL where it names none."""
    codes = {pair: code for pair in pairs if factor(style, pair) is not None and (code := currency(pair))}
    if not codes:
        return "NULL::VARCHAR"
    part = layers.add(CLEAN, f"CASE WHEN {text} IS NOT NULL THEN {_parts(text)} END")
    whens = " ".join(f"WHEN {quote(pair)} THEN {quote(code)}" for pair, code in codes.items())
    return layers.add(PARTS, f"CASE {part}.before || '{BETWEEN}' || {part}.behind {whens} END")


def read(style: NumberStyle, text: str, sql_type: str, layers: Layers, pairs: Iterable[str]) -> str:
    """The column of `layers` with `text` (a column too) as `sql_type`, NULL where it is no number. pairs: of `around`.

    What a plain cast reads is read so; only the rest is taken apart. Thousands marks count only between thousands.
    """
    fast = layers.add(FAST, _fast(style, text, sql_type))
    known = {pair: by for pair in pairs if (by := factor(style, pair)) is not None}
    if not known:
        return fast
    part = layers.add(CLEAN, f"CASE WHEN {fast} IS NULL AND {text} IS NOT NULL THEN {_parts(text)} END")
    bare = f"replace(replace({part}.n, '\u00a0', ' '), '\u202f', ' ')"
    same, to = written.FROM + written.DECIMAL, written.TO + style.decimal  # a long list: only where it must be
    n = f"CASE WHEN strlen({bare}) = length({bare}) THEN {bare} ELSE translate({bare}, {quote(same)}, {quote(to)}) END"
    leading = [quote(pair) for pair in known if _leads(style, pair)]
    around = f"{part}.before || '{BETWEEN}' || {part}.behind"
    if leading:
        n = f"CASE WHEN {around} IN ({', '.join(leading)}) THEN {quote(style.decimal)} || {part}.n ELSE {n} END"
    number = layers.add(PARTS, n)
    exact = sql_type.startswith("DECIMAL")  # 22 + 16 digits are all that a decimal can have
    whens = " ".join(
        f"WHEN {quote(pair)} THEN {f'{by:.3f}::DECIMAL(16,3)' if exact else repr(by)}" for pair, by in known.items()
    )
    digits = f"translate({number}, {quote(style.decimal + GROUPS + '.,')}, '.')"
    value = f"try_cast({digits} AS {'DECIMAL(22,6)' if exact else 'DOUBLE'}) * (CASE {around} {whens} END)"
    shaped = f"regexp_full_match({number}, {quote(_number(style))})"
    return layers.add(RAW_VALUE, f"coalesce({fast}, CASE WHEN {shaped} THEN try_cast({value} AS {sql_type}) END)")


def _number(style: NumberStyle) -> str:
    """The regular expression of the digits of a number, with its marks."""
    mark = re.escape(style.decimal)
    whole = [rf"\d{{1,3}}(?:[{GROUPS}]\d{{3}})+", r"\d+"]
    if style.group:
        group = re.escape(style.group)
        whole.insert(0, rf"\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}")
    return rf"(?:{'|'.join(whole)})(?:{mark}\d*)?|{mark}\d+"
