"""Which way round the dates of a column are written: decided for the whole column by evidence, else asked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from kpi.intake import months
from kpi.intake.date_style import TIMES, DateStyle
from kpi.intake.messages import Message, say
from kpi.intake.names import DIGITS, quote
from kpi.intake.profile import ASCII, COMPACT, Column
from kpi.intake.raw import Raw

MIXED = 0.1  # share of values the other way round from which a column is asked about
CLEAR = 0.7  # share of values that must be dates
ISO = re.compile(
    r"^(?:19|20|21)\d{2}[-/]\d{1,2}[-/]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$"
)
JALALI = re.compile(r"^1[2345]\d{2}(?:[-/. ]\d{1,2}[-/. ]\d{1,2}(?:[ T,]|$)|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$)")
JALALI_LAST = re.compile(r"^(?:[12]?\d|0\d|3[01])[-/.](?:0?\d|1[0-2])[-/.]1[2345]\d{2}(?:[ T,]|$)")


@dataclass(frozen=True)
class Decision:
    """style None: no dates, or undecidable (`ask` holds the question). confidence 0–1, why in words."""

    style: DateStyle | None
    confidence: float = 0.0
    why: Message | None = None
    ask: Message | None = None


@dataclass(frozen=True)
class _Facts:
    """Of the three numbers a, b, c of every value: how many have four digits, their range, their distinct values."""

    n: int
    total: int
    long_a: int
    long_c: int
    high_a: int  # values whose first number is above 12
    high_b: int
    top: tuple[int, ...]
    distinct: tuple[int, ...]
    valid: dict[str, int]


def decide(raw: Raw, column: Column, told: str | None = None, like: tuple[str, str] | None = None) -> Decision:
    """The style of a column. told: the option --dates. like: (order, header) of a column decided already.

    What kinds of dates there are is seen in the sample of the profile; which way round they are, in the whole column.
    """
    values = [value.translate(ASCII) for value in column.values]
    if not values:
        return Decision(DateStyle("iso"))
    persian = any(value != given for value, given in zip(values, column.values, strict=True))
    zone = any(re.search(r":\d{2}.*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$", value) for value in values)
    if all(ISO.match(value) for value in values):  # not even --dates changes what can be read one way only
        return Decision(DateStyle("iso", zone=zone, digits=persian), 0.98, say("why_dates_year_first"))
    if told in (None, "jalali") and sum(bool(JALALI.match(value)) for value in values) > CLEAR * len(values):
        return Decision(DateStyle("jalali", digits=persian), 0.95, say("why_dates_jalali"))
    if told in (None, "jalali") and sum(bool(JALALI_LAST.match(value)) for value in values) > CLEAR * len(values):
        return Decision(DateStyle("jalali", "dmy", digits=persian), 0.9, say("why_dates_jalali"))
    if sum(bool(re.fullmatch(r"\d+(?:\.\d+)?", value)) for value in values) > CLEAR * len(values):
        return _numbers(values, persian)
    worded = [value for value in values if months.in_text(value)]
    if len(worded) > CLEAR * len(values):
        return _worded(raw, column, worded, persian)
    shapes = Counter(re.sub(r"\d+", "9", value) for value in values).most_common()
    facts = _facts(raw, _day(column, persian))
    if not facts.n or facts.n < CLEAR * facts.total:
        return Decision(None)
    return _three(raw, column, facts, shapes, persian, zone, told, like)


def _day(column: Column, persian: bool) -> str:
    """SQL: what stands before the first blank of a cell, in Latin digits."""
    text = f"split_part(split_part(trim(c{column.index}), ' ', 1), 'T', 1)"
    return f"translate({text}, {quote(''.join(DIGITS))}, {quote(''.join(DIGITS.values()))})" if persian else text


def _numbers(values: list[str], persian: bool) -> Decision:
    """Dates written as one number: 20240131, Excel's day 45631, seconds since 1970."""
    numbers = [float(value) for value in values if re.fullmatch(r"\d+(?:\.\d+)?", value)]
    found = (
        (sum(bool(COMPACT.match(value)) for value in values), "compact", "why_dates_compact"),
        (sum(20000 <= x <= 73050 for x in numbers), "serial", "why_dates_serial"),
        (sum(5e8 <= x <= 4e9 for x in numbers), "unix", "why_dates_unix"),
        (sum(5e11 <= x <= 4e12 for x in numbers), "unix_ms", "why_dates_unix"),
    )
    n, kind, why = max(found, key=lambda each: each[0])
    return Decision(DateStyle(kind, digits=persian), 0.9, say(why)) if n > CLEAR * len(values) else Decision(None)


def _worded(raw: Raw, column: Column, samples: list[str], persian: bool) -> Decision:
    """Dates with the month as a word: its place tells the order."""
    rows = raw.query(
        f"SELECT DISTINCT unnest(regexp_extract_all(lower(c{column.index}), '[\\p{{L}}\\p{{M}}]{{2,}}')) FROM raw"
    )
    found = {word: hit for (word,) in rows if (hit := months.in_text(word))}
    jalali = any(hit[2] for hit in found.values())
    sample = samples[0].casefold()
    word = months.in_text(sample)
    numbers = re.findall(r"\d+", sample[: sample.index(word[0])] if word else "")
    order = "mdy" if not numbers else "ymd" if len(numbers[0]) == 4 else "dmy"
    listed = tuple(sorted((word, hit[1]) for word, hit in found.items()))
    if jalali:
        return Decision(DateStyle("jalali", order, months=listed, digits=persian), 0.95, say("why_dates_words"))
    year = "%Y" if re.search(r"\d{4}", sample) else "%y"
    day = {"mdy": f"%m %d {year}", "dmy": f"%d %m {year}", "ymd": f"{year} %m %d"}[order]
    formats = tuple(day + time for time in TIMES)
    return Decision(DateStyle("strptime", order, formats, listed, digits=persian), 0.95, say("why_dates_words"))


def _three(
    raw: Raw,
    column: Column,
    facts: _Facts,
    shapes: list[tuple[str, int]],
    persian: bool,
    zone: bool,
    told: str | None,
    like: tuple[str, str] | None,
) -> Decision:
    """Dates of three numbers with marks between them."""
    decided: tuple[str, float, Message] | Message
    if facts.long_a > CLEAR * facts.n and told != "jalali":
        decided = ("ymd", 0.98, say("why_dates_year_first"))
    elif told:
        decided = (told, 1.0, say("why_dates_told", order=told))
    else:
        decided = _order(raw, facts, column, _day(column, persian), shapes, like)
    if isinstance(decided, Message):
        return Decision(None, ask=decided)
    order, confidence, why = decided
    return Decision(_style(order, facts, shapes, persian, zone), confidence, why)


def _style(order: str, facts: _Facts, shapes: list[tuple[str, int]], persian: bool, zone: bool) -> DateStyle:
    if order == "jalali":
        return DateStyle("jalali", "dmy" if facts.long_c > facts.long_a else "ymd", digits=persian)
    marks = list(dict.fromkeys(m[0] for shape, _ in shapes if (m := re.findall(r"^9([-/. ])9", shape))))
    if order == "ymd" and facts.long_a > 0.5 * facts.n and all(mark in "-/" for mark in marks):
        return DateStyle("iso", zone=zone, digits=persian)
    years = ["%Y"] if max(facts.long_a, facts.long_c) == facts.n else ["%y"]
    if 0 < max(facts.long_a, facts.long_c) < facts.n:
        years = ["%Y", "%y"]
    formats = []
    for mark in marks:
        for year in years:
            day = mark.join({"d": "%d", "m": "%m", "y": year}[letter] for letter in order)
            formats += [day + time for time in _times(shapes)]
    return DateStyle("strptime", order, tuple(dict.fromkeys(formats)), digits=persian)


def _times(shapes: list[tuple[str, int]]) -> list[str]:
    """The strptime forms of the times that follow the dates, in the order of how often they do."""
    found = []
    for shape, _ in shapes:
        rest = re.sub(r"^9[-/. ]9[-/. ]9", "", shape)
        clock = re.sub(r"9:9:9[.,]9", "%H:%M:%S.%f", rest)
        clock = clock.replace("9:9:9", "%H:%M:%S").replace("9:9", "%H:%M")
        if re.search(r"[ap]\.?m\.?$", clock, re.I):
            clock = re.sub(r"[ap]\.?m\.?$", "%p", clock, flags=re.I).replace("%H", "%I")
        if "9" not in clock and re.fullmatch(r"(?:[ T,]{1,2}%[HI]:%M(?::%S(?:\.%f)?)?\s?(?:%p)?)?", clock):
            found.append(clock)
    return list(dict.fromkeys(found)) or [""]


def _facts(raw: Raw, day: str) -> _Facts:
    pattern = "^([0-9]{1,4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,4})$"
    row = raw.query(
        f"WITH d AS (SELECT {day} AS day, count(*) AS n FROM raw GROUP BY 1), "
        f"p AS (SELECT regexp_extract(day, '{pattern}', ['a', 'b', 'c']) AS g, n FROM d), "
        "t AS (SELECT length(g.a) AS la, length(g.c) AS lc, g.a::INT AS a, g.b::INT AS b, g.c::INT AS c, n FROM p "
        "WHERE g.a <> '') "
        "SELECT sum(n), (SELECT sum(n) FROM d WHERE regexp_matches(day, '[0-9]')), sum(n) FILTER (la = 4), sum(n) FILTER (lc = 4), "
        "sum(n) FILTER (a BETWEEN 13 AND 31 AND b <= 12), sum(n) FILTER (b BETWEEN 13 AND 31 AND a <= 12), "
        "max(a), max(b), max(c), count(DISTINCT a), count(DISTINCT b), count(DISTINCT c), "
        "sum(n) FILTER (a BETWEEN 1 AND 31 AND b BETWEEN 1 AND 12), "
        "sum(n) FILTER (b BETWEEN 1 AND 31 AND a BETWEEN 1 AND 12), "
        "sum(n) FILTER (c BETWEEN 1 AND 31 AND b BETWEEN 1 AND 12) FROM t"
    )[0]
    row = tuple(int(each or 0) for each in row)
    valid = {"dmy": row[12], "mdy": row[13], "ymd": row[14]}
    return _Facts(row[0], row[1], row[2], row[3], row[4], row[5], row[6:9], row[9:12], valid)


def _order(
    raw: Raw, facts: _Facts, column: Column, day: str, shapes: list[tuple[str, int]], like: tuple[str, str] | None
) -> tuple[str, float, Message] | Message:
    """dmy, mdy or (two-digit years) ymd with confidence and evidence; a question where the values do not tell."""
    orders = ["dmy", "mdy"] if facts.long_c > 0.5 * facts.n else ["dmy", "mdy", "ymd"]
    best = max(facts.valid[order] for order in orders)
    orders = [order for order in orders if facts.valid[order] >= max(CLEAR * facts.n, (1 - MIXED) * best)]
    spread = _spread(facts)
    if "ymd" in orders and len(orders) > 1 and spread:
        order, why = spread
        orders = [each for each in orders if each == order or (order == "dmy" and each == "mdy")]
        if len(orders) == 1 or (facts.high_a and not facts.high_b):
            return order, 0.95, why
    if set(orders) <= {"dmy", "mdy"} and orders:
        decisive = facts.high_a + facts.high_b
        if decisive and min(facts.high_a, facts.high_b) <= MIXED * decisive:
            first = facts.high_a > facts.high_b
            code = "why_dates_day_first" if first else "why_dates_day_second"
            high = facts.top[0] if first else facts.top[1]
            return ("dmy" if first else "mdy"), 0.97, say(code, high=min(high, 31), n=max(facts.high_a, facts.high_b))
    if orders == ["ymd"]:
        return "ymd", 0.9, say("why_dates_year_first")
    if like and like[0] in orders:
        return like[0], 0.85, say("why_dates_like", column=like[1])
    if "dmy" in orders and all("." in shape[:4] for shape, _ in shapes[:3]):
        return "dmy", 0.85, say("why_dates_dots")
    sorted_by = _sorted(raw, day, [order for order in orders if order != "ymd"] or orders)
    if sorted_by:
        return sorted_by, 0.75, say("why_dates_sorted", order=sorted_by)
    return say("ask_dates", column=column.header, example=column.values[0])


def _spread(facts: _Facts) -> tuple[str, Message] | None:
    """With two-digit years: days take many values, years few. None where both ends take about as many."""
    first, _, last = facts.distinct
    if first >= 2 * last and last <= 12:
        return "dmy", say("why_dates_spread_first", days=first, years=last)
    if last >= 2 * first and first <= 12:
        return "ymd", say("why_dates_spread_last", days=last, years=first)
    return None


def _sorted(raw: Raw, text: str, orders: list[str]) -> str | None:
    """The one order under which the lines of the file stand in order of time."""
    steps = {}
    for order in orders:
        place = {letter: order.index(letter) + 1 for letter in "ymd"}
        parts = f"regexp_extract_all({text}, '[0-9]+')"
        day = f"(({parts}[{place['y']}])::INT * 10000 + ({parts}[{place['m']}])::INT * 100 + ({parts}[{place['d']}])::INT)"
        rows = raw.query(
            f"WITH d AS (SELECT {day} AS day, lag({day}) OVER (ORDER BY rowid) AS last FROM raw "
            f"WHERE regexp_matches({text}, '^[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}$')) "
            "SELECT count(*) FILTER (day < last), count(*) FILTER (day > last) FROM d"
        )[0]
        steps[order] = min(rows) / max(1, sum(rows)) if sum(rows) >= 10 else 1.0
    best = min(steps, key=lambda order: steps[order], default=None)
    if best and steps[best] <= 0.005 and all(share >= 0.03 for order, share in steps.items() if order != best):
        return best
    return None
