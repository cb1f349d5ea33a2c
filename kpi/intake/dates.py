"""Which way round the dates of a column are written: decided for the whole column by evidence, else asked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from kpi.intake import date_shape, date_style, written
from kpi.intake.date_shape import Shape
from kpi.intake.date_style import DateStyle
from kpi.intake.messages import Message, say
from kpi.intake.profile import COMPACT, Column
from kpi.intake.raw import Raw

MIXED = 0.1  # share of values the other way round from which a column is asked about
CLEAR = 0.7  # share of values that must be dates
SHOWN = 3  # cells that are shown as evidence


@dataclass(frozen=True)
class Decision:
    """style None: no dates, or undecidable (`ask` holds the question). confidence 0–1, why in words."""

    style: DateStyle | None
    confidence: float = 0.0
    why: Message | None = None
    ask: Message | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class _Facts:
    """Of the three numbers a, b, c of every value: how many have four digits, their range, their distinct values, and
    cells that can be read one way only."""

    n: int
    total: int
    long_a: int
    long_c: int
    high_a: int  # values whose first number is above 12
    high_b: int
    top: tuple[int, ...]
    distinct: tuple[int, ...]
    valid: dict[str, int]
    cells_a: tuple[str, ...]
    cells_b: tuple[str, ...]


def decide(raw: Raw, column: Column, told: str | None = None, like: tuple[str, str] | None = None) -> Decision:
    """The style of a column. told: the option --dates. like: (order, header) of a column decided already.

    What kinds of dates there are is seen in the sample of the profile; which way round they are, in the whole column.
    """
    values = [date_shape.base(value) for value in column.values]
    if not values:
        return Decision(DateStyle("iso"))
    if sum(bool(re.fullmatch(r"\d+(?:[.,]\d+)?", value)) for value in values) > CLEAR * len(values):
        return _numbers(values, told)
    found = [(value, shape) for value in values if (shape := date_shape.of(value))]
    if len(found) < CLEAR * len(values):
        return Decision(None)
    notes = _notes(found)
    zone = any(shape.offset is not None or shape.digits for _, shape in found)
    periods = any(shape.period for _, shape in found)
    decision = _jalali(found, told) or _written(found) or _three(raw, column, found, told, like)
    if decision.style is None:
        return decision
    style = DateStyle(**{**vars(decision.style), "zone": zone, "periods": periods})
    style = DateStyle(**{**vars(style), "formats": _formats(style, found)})
    return Decision(style, decision.confidence, decision.why, None, (*decision.notes, *notes))


def _notes(found: list[tuple[str, Shape]]) -> tuple[Message, ...]:
    """What names of zones are taken for, and that months and quarters stand for their first days."""
    names = sorted({shape.zone for _, shape in found if shape.zone and written.zones()[shape.zone]})
    said = [say("zone_taken", zone=name.upper(), offset=_hours(written.zones()[name])) for name in names]
    periods = sum(bool(shape.period) for _, shape in found)
    if periods:
        example = next(value for value, shape in found if shape.period)
        said.append(say("why_dates_periods", example=example))
    return tuple(said)


def _hours(hours: float) -> str:
    sign, minutes = ("-" if hours < 0 else "+"), round(abs(hours) * 60)
    return f"UTC{sign}{minutes // 60}:{minutes % 60:02}"


def _numbers(values: list[str], told: str | None) -> Decision:
    """Dates written as one number: 20240131, Excel's day 45631, seconds since 1970."""
    numbers = [float(value.replace(",", ".")) for value in values if re.fullmatch(r"\d+(?:[.,]\d+)?", value)]
    months = sum(date_shape.looks(value) for value in values if re.fullmatch(r"\d{1,2}\.\d{4}|\d{4}\.\d{1,2}", value))
    days = "serial_1904" if told == "1904" else "serial"
    found = (
        (
            sum(bool(COMPACT.match(value[:8]) and len(value) in (8, 12, 14)) for value in values),
            "compact",
            "why_dates_compact",
        ),
        (sum(20000 <= x <= 73050 for x in numbers), days, "why_dates_serial"),
        (sum(5e8 <= x <= 4e9 for x in numbers), "unix", "why_dates_unix"),
        (sum(5e11 <= x <= 4e12 for x in numbers), "unix_ms", "why_dates_unix"),
        (sum(5e14 <= x <= 4e15 for x in numbers), "unix_us", "why_dates_unix"),
        (months, "months", "why_dates_periods"),
    )
    n, kind, why = max(found, key=lambda each: each[0])
    if n <= CLEAR * len(values):
        return Decision(None)
    if kind == "months":
        return Decision(DateStyle("iso", periods=True), 0.85, say(why, example=values[0]))
    if kind == "compact":
        jalali = sum(value.startswith("1") and value < "1503" for value in values) > CLEAR * len(values)
        kind, why = ("jalali", "why_dates_jalali") if jalali else ("iso", why)
        return Decision(
            DateStyle(kind, formats=("%Y%m%d",) if not jalali and len(values[0]) == 8 else ()), 0.9, say(why)
        )
    return Decision(DateStyle(kind), 0.9, say(why))


def _jalali(found: list[tuple[str, Shape]], told: str | None) -> Decision | None:
    """Years between 1200 and 1502, or names of Jalali months; years of two digits only where it is told."""
    if told not in (None, "jalali"):
        return None
    named = sum(shape.jalali for _, shape in found)
    years = [int(value[at : at + 4]) for value, shape in found for at, n in shape.numbers if n in (4, 8)]
    if named <= CLEAR * len(found) and (not years or sum(1200 <= y <= 1502 for y in years) <= CLEAR * len(years)):
        short = all(4 not in shape.lengths for _, shape in found)
        if told and short:
            return Decision(DateStyle("jalali", "ymd", short=True), 1.0, say("why_dates_told", order=told))
        return None
    last = sum(shape.lengths[-1:] == (4,) and len(shape.lengths) > 1 for _, shape in found)
    order = "dmy" if last > 0.5 * len(found) else "ymd"
    if named > CLEAR * len(found):
        return Decision(DateStyle("jalali", order, short=True), 0.95, say("why_dates_words"))
    return Decision(DateStyle("jalali", order), 0.95 if order == "ymd" else 0.9, say("why_dates_jalali"))


def _written(found: list[tuple[str, Shape]]) -> Decision | None:
    """Dates that can be read one way only: the year comes first, or the month is a word. Not even --dates changes that."""
    if all(shape.lengths[:1] == (4,) and len(shape.lengths) == 3 for _, shape in found):
        return Decision(DateStyle("iso"), 0.98, say("why_dates_year_first"))
    if sum(shape.lengths == (8,) for _, shape in found) > CLEAR * len(found):
        return Decision(DateStyle("iso"), 0.9, say("why_dates_compact"))
    worded = [(value, shape) for value, shape in found if shape.month is not None]
    if len(worded) > CLEAR * len(found):
        value, shape = worded[0]
        order = "ymd" if shape.lengths[0] == 4 else "mdy" if _word_first(value, shape) else "dmy"
        return Decision(DateStyle("strptime", order), 0.95, say("why_dates_words"))
    if sum(bool(shape.period) for _, shape in found) > CLEAR * len(found):
        value = next(value for value, shape in found if shape.period)
        return Decision(DateStyle("iso"), 0.9, say("why_dates_periods", example=value))
    return None


def _word_first(value: str, shape: Shape) -> bool:
    """Whether the name of the month stands before the first number."""
    before = re.sub(r"[\W\d_]+", " ", value[: shape.numbers[0][0]]).split()
    return any((found := date_shape.parse(f"99 {word} 9999")) and found.month for word in before)


def _formats(style: DateStyle, found: list[tuple[str, Shape]]) -> tuple[str, ...]:
    """The strptime format of the most frequent shape, where the fast way may read it."""
    if style.kind == "jalali":
        return ()
    order = {shape: (place, value) for value, shape in found if (place := _places(style, value))}
    counts = Counter(shape for _, shape in found if shape in order)
    for shape, n in counts.most_common(1):
        place, value = order[shape]
        by = {place.year: "y", place.month: "m", place.day: "d"}
        letters = "".join(by.get(span, "") for span in shape.numbers)
        if n > 0.5 * len(found) and sorted(letters) == ["d", "m", "y"]:
            form = date_style.fast_format(shape, letters, value)
            return (form,) if form else ()
    return ()


def _places(style: DateStyle, value: str) -> date_style.Places | None:
    return date_style.places(style, value.translate(date_shape.NINES))


def _three(
    raw: Raw, column: Column, found: list[tuple[str, Shape]], told: str | None, like: tuple[str, str] | None
) -> Decision:
    """Dates of three numbers with marks between them."""
    facts = _facts(raw, _day(column, found))
    if facts.n < CLEAR * facts.total:
        return Decision(None)
    decided: tuple[str, float, Message] | Message
    if facts.long_a > CLEAR * facts.n and told != "jalali":
        decided = ("ymd", 0.98, say("why_dates_year_first"))
    elif told in ("dmy", "mdy", "ymd"):
        decided = (told, 1.0, say("why_dates_told", order=told))
    else:
        decided = _order(raw, facts, column, _day(column, found), found, like)
    if isinstance(decided, Message):
        return Decision(None, ask=decided)
    order, confidence, why = decided
    short = max(facts.long_a, facts.long_c) < facts.n
    notes = (
        (say("years_of_two_digits", first=f"{1900 + date_style.TURN}", last=f"{1999 + date_style.TURN}"),)
        if short
        else ()
    )
    kind = "iso" if order == "ymd" and facts.long_a > 0.5 * facts.n else "strptime"
    return Decision(DateStyle(kind, order, short=short and order == "ymd"), confidence, why, None, notes)


def _day(column: Column, found: list[tuple[str, Shape]]) -> str:
    """SQL: the three numbers of a date with the marks between them, in Latin digits."""
    text = date_style.base(f"trim(c{column.index})")
    if all(re.match(r"\d+[-/.]\d+[-/.]\d+(?:[ t,]|$)", value) for value, _ in found):  # the cheaper way
        return f"rtrim(split_part(split_part({text}, ' ', 1), 't', 1), ',.')"
    pattern = "[0-9]{1,4}(?: ?[-/.] ?| )[0-9]{1,2}(?: ?[-/.] ?| )[0-9]{1,4}"
    return f"regexp_replace(replace(regexp_extract({text}, '{pattern}'), ' ', '-'), '-*([-/.])-*', '\\1', 'g')"


def _facts(raw: Raw, day: str) -> _Facts:
    pattern = "^([0-9]{1,4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,4})$"
    listed = f"list(day ORDER BY n DESC, day) FILTER ({{}})[:{SHOWN}]"
    first, second = "a BETWEEN 13 AND 31 AND b <= 12", "b BETWEEN 13 AND 31 AND a <= 12"
    row = raw.query(
        f"WITH d AS (SELECT {day} AS day, count(*) AS n FROM raw GROUP BY 1), "
        f"p AS (SELECT day, regexp_extract(day, '{pattern}', ['a', 'b', 'c']) AS g, n FROM d), "
        "t AS (SELECT day, length(g.a) AS la, length(g.c) AS lc, g.a::INT AS a, g.b::INT AS b, g.c::INT AS c, n FROM p "
        "WHERE g.a <> '') "
        "SELECT sum(n), (SELECT sum(n) FROM d WHERE regexp_matches(day, '[0-9]')), sum(n) FILTER (la = 4), sum(n) FILTER (lc = 4), "
        f"sum(n) FILTER ({first}), sum(n) FILTER ({second}), "
        "max(a), max(b), max(c), count(DISTINCT a), count(DISTINCT b), count(DISTINCT c), "
        "sum(n) FILTER (a BETWEEN 1 AND 31 AND b BETWEEN 1 AND 12), "
        "sum(n) FILTER (b BETWEEN 1 AND 31 AND a BETWEEN 1 AND 12), "
        "sum(n) FILTER (c BETWEEN 1 AND 31 AND b BETWEEN 1 AND 12), "
        f"{listed.format(first)}, {listed.format(second)} FROM t"
    )[0]
    cells = tuple(tuple(each or ()) for each in row[15:])
    row = tuple(int(each or 0) for each in row[:15])
    valid = {"dmy": row[12], "mdy": row[13], "ymd": row[14]}
    return _Facts(row[0], row[1], row[2], row[3], row[4], row[5], row[6:9], row[9:12], valid, *cells)


def _order(
    raw: Raw,
    facts: _Facts,
    column: Column,
    day: str,
    found: list[tuple[str, Shape]],
    like: tuple[str, str] | None,
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
    if set(orders) <= {"dmy", "mdy"} and (orders or facts.long_c > 0.5 * facts.n):
        decisive = facts.high_a + facts.high_b
        if decisive and min(facts.high_a, facts.high_b) <= MIXED * decisive:
            first = facts.high_a > facts.high_b
            code = "why_dates_day_first" if first else "why_dates_day_second"
            cells = ", ".join(facts.cells_a if first else facts.cells_b)
            return ("dmy" if first else "mdy"), 0.97, say(code, n=max(facts.high_a, facts.high_b), examples=cells)
        if decisive:
            return say(
                "ask_dates_mixed", column=column.header, first=facts.cells_a[0], second=facts.cells_b[0],
                n=facts.high_a, m=facts.high_b,
            )  # fmt: skip
    if orders == ["ymd"]:
        return "ymd", 0.9, say("why_dates_year_first")
    if like and like[0] in orders:
        return like[0], 0.85, say("why_dates_like", column=like[1])
    if "dmy" in orders and all(re.match(r"\W*\d+\.", value) for value, _ in found):
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
