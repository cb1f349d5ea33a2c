"""How the dates of one column are written, and the SQL that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.intake import date_shape, written
from kpi.intake.date_shape import NINES, Shape, Span
from kpi.intake.layers import CLEAN, FAST, PARTS, RAW_VALUE, VALUE, Layers
from kpi.intake.names import DIGITS, quote
from kpi.intake.raw import Raw, cell

MOST_SHAPES = 1500
NUMBERS = ("serial", "serial_1904", "unix", "unix_ms", "unix_us")
TURN, JALALI_TURN = 69, 50  # two-digit years from here on lie in the century before (POSIX; Jalali 1350–1449)
# 1 Farvardin 1403 was 20 March 2024. Leap years lie in cycles of 33 years (Birashk's rule holds where it differs not,
# 1244–1502; checked day by day against jdatetime in tests/test_intake_dates.py).
ANCHOR, ANCHOR_DAYS = "DATE '2024-03-20'", 365 * 1402 + (8 * 1403 + 21) // 33


@dataclass(frozen=True)
class DateStyle:
    """kind: iso (year first), strptime (other Gregorian dates), jalali, serial, serial_1904, unix, unix_ms, unix_us.

    order: dmy, mdy, ymd: of three numbers whose year does not show by its four digits. formats: strptime format of the
    most frequent shape, read the fast way; () where none is as simple. zone: some values carry an offset. short: years
    of two digits may come first. periods: some values are months, quarters or weeks.
    """

    kind: str
    order: str = "ymd"
    formats: tuple[str, ...] = ()
    zone: bool = False
    short: bool = False
    periods: bool = False

    @property
    def told(self) -> str:
        """The value of the option --dates that says the same."""
        return {"jalali": "jalali", "serial_1904": "1904"}.get(self.kind, self.order)


def shapes(raw: Raw, index: int, style: DateStyle) -> tuple[str, ...]:
    """The shapes of the cells of a column that the fast way does not read, the most frequent first."""
    if style.kind in NUMBERS:
        return ()
    text = cell(index)
    rows = raw.query(
        f"SELECT {_shape('x')} FROM (SELECT CASE WHEN {_fast(style, text)} IS NULL THEN {base(text)} END AS x FROM raw) "
        f"WHERE x IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_SHAPES}"
    )
    return tuple(shape for (shape,) in rows)


def base(text: str) -> str:
    """SQL: a cell in lower case with Latin digits; what the spans of its shape point into."""
    same, to = "".join((*DIGITS, *written.WIDE)), "".join((*DIGITS.values(), *written.WIDE.values()))
    lower = f"lower({text})"
    return f"CASE WHEN strlen({text}) = length({text}) THEN {lower} ELSE translate({lower}, {quote(same)}, {quote(to)}) END"


def _shape(x: str) -> str:
    return f"translate({x}, '012345678', '999999999')"


def _fast(style: DateStyle, text: str) -> str:
    """SQL: what the most frequent format reads. try_strptime is strict; a cast to TIMESTAMP forgives " PM" and " EET"."""
    if not style.formats:
        return "NULL::TIMESTAMP"
    read = f"try_strptime({text}, {quote(style.formats[0])})"
    return f"CASE WHEN {read} >= TIMESTAMP '1900-01-01' THEN {read} END"  # %Y reads 24 as the year 24


def read(style: DateStyle, text: str, time_zone: str, layers: Layers, shapes: Iterable[str] = ()) -> str:
    """The column of `layers` with `text` (a column too) as TIMESTAMP in the time zone of the workspace, NULL where it
    is no date. Years before 1900 or after 2199 are slips of the pen, not dates of a business. shapes: of `shapes`."""
    if style.kind in NUMBERS:
        number = layers.add(FAST, f"try_cast({_latin(text)} AS DOUBLE)")
        return layers.add(VALUE, _number(style, number, time_zone))
    known = [(shape, place) for shape in shapes if (place := places(style, shape)) is not None]
    quick = _fast(style, text)
    if style.formats and style.formats[0].endswith("Z"):
        quick = f"timezone({quote(time_zone)}, timezone('UTC', {quick}))"
    fast = layers.add(FAST, quick) if style.formats else ""
    if not known:
        return layers.add(VALUE, _sane(fast or "NULL::TIMESTAMP"))
    only = f"{fast} IS NULL AND {text} IS NOT NULL" if fast else f"{text} IS NOT NULL"
    x = layers.add(CLEAN, f"CASE WHEN {only} THEN {base(text)} END")
    shape = layers.add(PARTS, _shape(x))
    day = _canon(style, x, shape, known, layers)
    offset = _case(shape, [(each, minutes) for each, place in known if (minutes := _offset(place, x))])
    if offset:
        day = f"CASE WHEN {offset} IS NULL THEN {day} ELSE timezone({quote(time_zone)}, timezone('UTC', {day} - to_minutes({offset}))) END"
    value = layers.add(RAW_VALUE, f"coalesce({fast}, {day})" if fast else day)
    return layers.add(VALUE, _sane(value))


def _sane(value: str) -> str:
    return f"CASE WHEN {value} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59' THEN {value} END"


def _latin(text: str) -> str:
    same, to = "".join(DIGITS), "".join(DIGITS.values())
    return (
        f"CASE WHEN strlen({text}) = length({text}) THEN {text} ELSE translate({text}, {quote(same)}, {quote(to)}) END"
    )


def _number(style: DateStyle, number: str, time_zone: str) -> str:
    if style.kind in ("serial", "serial_1904"):
        start = "1899-12-30" if style.kind == "serial" else "1904-01-01"
        return (
            f"CASE WHEN {number} BETWEEN 1 AND 109575 THEN TIMESTAMP '{start}' "
            f"+ to_microseconds((round({number} * 86400000) * 1000)::BIGINT) END"
        )
    factor = {"unix": 1, "unix_ms": 1000, "unix_us": 1_000_000}[style.kind]
    # nothing before 1973: a 0 among moments is no moment
    return f"CASE WHEN {number} / {factor} BETWEEN 1e8 AND 7e9 THEN timezone({quote(time_zone)}, to_timestamp({number} / {factor})) END"


# Shapes


@dataclass(frozen=True)
class Places:
    """Where year, month and day stand in the cells of a shape; a number is the month that a word names."""

    shape: Shape
    year: Span
    month: Span | int | None
    day: Span | None


def places(style: DateStyle, shape: str) -> Places | None:
    """Where the parts of a date stand; None where the column is not written so."""
    found = date_shape.parse(shape)
    if found is None or (found.jalali and style.kind != "jalali"):
        return None
    if found.jalali is False and found.month is not None and style.kind == "jalali":
        return None
    numbers = found.numbers
    if found.period:
        return _period(style, found)
    if found.lengths == (8,):
        ((at, _),) = numbers
        return Places(found, (at, 4), (at + 4, 2), (at + 6, 2))
    if found.month is not None:
        first, second = numbers
        if first[1] == 4 or (style.order == "ymd" and style.short and second[1] <= 2):
            return Places(found, first, found.month, second)
        return Places(found, second, found.month, first) if second[1] in (2, 4) else None
    order = _order(style, found)
    if order is None:
        return None
    by = dict(zip(order, numbers, strict=True))
    return Places(found, by["y"], by["m"], by["d"]) if by["y"][1] in (2, 4) else None


def _order(style: DateStyle, found: Shape) -> str | None:
    first, middle, last = found.lengths
    if middle == 4:
        return None
    if first == 4:
        return "ymd"
    if last == 4:
        return "dmy" if style.kind == "jalali" else style.order if style.order != "ymd" else None
    if style.order == "ymd" or style.kind == "jalali":
        return style.order if style.short else None
    return style.order


def _period(style: DateStyle, found: Shape) -> Places | None:
    if found.period == "month" and found.month is None:
        first, second = found.numbers
        year, month = (first, second) if first[1] == 4 else (second, first)
        return Places(found, year, month, None)
    if style.kind == "jalali" and found.period == "week":
        return None
    return Places(found, found.numbers[0], found.month, None)


# SQL


def _case(shape: str, whens: list[tuple[str, str]]) -> str:
    """SQL: CASE over the shapes; those that are read alike share a branch."""
    alike: dict[str, list[str]] = {}
    for each, sql in whens:
        alike.setdefault(sql, []).append(each)
    branches = " ".join(f"WHEN {shape} IN ({', '.join(map(quote, found))}) THEN {sql}" for sql, found in alike.items())
    return f"CASE {branches} END" if branches else ""


def _piece(x: str, span: Span) -> str:
    return f"substr({x}, {span[0] + 1}, {span[1]})"


def _canon(style: DateStyle, x: str, shape: str, known: list[tuple[str, Places]], layers: Layers) -> str:
    """SQL: the moments of the cells of the shapes known, without their offsets."""
    if style.kind != "jalali":
        texts = [
            (each, f"try_cast({_day(place, x)} || ' ' || {_clock(place, x)} AS TIMESTAMP)") for each, place in known
        ]
        return _case(shape, texts)
    days = [(each, _jalali(place, x)) for each, place in known]
    return _case(shape, days)


def _day(place: Places, x: str) -> str:
    """SQL: year-month-day as text."""
    year = _year(place, x, TURN, 20)
    if place.shape.period == "quarter":
        return f"{year} || '-' || (3 * {_int(x, place.shape.part)} - 2) || '-1'"
    if place.shape.period == "week":
        return _week(place, x)
    month = f"'{place.month}'" if isinstance(place.month, int) else _piece(x, place.month or (0, 0))
    day = _piece(x, place.day) if place.day else "'1'"
    return f"{year} || '-' || {month} || '-' || {day}"


def _year(place: Places, x: str, turn: int, century: int) -> str:
    text = _piece(x, place.year)
    if place.year[1] == 4:
        return text
    return f"CASE WHEN {text} < '{turn}' THEN '{century}' ELSE '{century - 1}' END || {text}"


def _int(x: str, span: Span | None) -> str:
    return f"try_cast({_piece(x, span or (0, 0))} AS INTEGER)"


def _week(place: Places, x: str) -> str:
    """SQL: the Monday (or the day named) of an ISO week, which lies seven days after that of the week before."""
    week, day = _int(x, place.shape.part), _int(x, place.shape.weekday) if place.shape.weekday else "1"
    fourth = f"try_cast({_piece(x, place.year)} || '-01-04' AS DATE)"
    found = f"(date_trunc('week', {fourth})::DATE + 7 * ({week} - 1) + {day} - 1)"
    valid = (
        f"{week} BETWEEN 1 AND 53 AND {day} BETWEEN 1 AND 7 AND isoyear({found} - {day} + 1) = {_int(x, place.year)}"
    )
    return f"CASE WHEN {valid} THEN {found}::VARCHAR END"


def _clock(place: Places, x: str) -> str:
    """SQL: the time of day as text, midnight where none is given."""
    parts = place.shape.clock
    if not parts:
        return "'00:00:00'"
    hour = _piece(x, parts[0])
    if place.shape.half:
        number = f"try_cast({hour} AS INTEGER)"
        noon = 12 if place.shape.half == "pm" else 0
        hour = f"CASE WHEN {number} <= 12 THEN ({number} % 12 + {noon})::VARCHAR END"
    minute = _piece(x, parts[1]) if len(parts) > 1 else "'00'"
    second = _piece(x, parts[2]) if len(parts) > 2 else "'00'"
    fraction = f" || '.' || {_piece(x, (parts[3][0], min(6, parts[3][1])))}" if len(parts) > 3 else ""
    return f"{hour} || ':' || {minute} || ':' || {second}{fraction}"


def _offset(place: Places, x: str) -> str:
    """SQL: minutes from UTC, "" where the cells have no offset."""
    if place.shape.offset is not None:
        return f"{round(place.shape.offset * 60)}"
    if place.shape.digits is None:
        return ""
    sign, hours, minutes = place.shape.digits
    more = f" + {_int(x, minutes)}" if minutes else ""
    return f"{sign} * (60 * {_int(x, hours)}{more})"


def _jalali(place: Places, x: str) -> str:
    year = f"try_cast({_year(place, x, JALALI_TURN, 14)} AS INTEGER)"
    if place.shape.period == "quarter":
        month = f"3 * {_int(x, place.shape.part)} - 2"
    else:
        month = str(place.month) if isinstance(place.month, int) else _int(x, place.month)
    return jalali_day(year, f"({month})", _int(x, place.day) if place.day else "1", _clock(place, x))


def jalali_day(y: str, m: str, d: str, clock: str = "''") -> str:
    """SQL: the moment of a Jalali day, NULL where there is no such day. clock: SQL of a time of day as text."""
    length = f"CASE WHEN {m} <= 6 THEN 31 WHEN {m} <= 11 OR (25 * {y} + 11) % 33 < 8 THEN 30 ELSE 29 END"
    before = f"CASE WHEN {m} <= 7 THEN 31 * ({m} - 1) ELSE 30 * ({m} - 1) + 6 END"
    days = f"365 * ({y} - 1) + (8 * {y} + 21) // 33 + {before} + {d} - 1 - {ANCHOR_DAYS}"
    valid = f"{y} BETWEEN 1244 AND 1502 AND {m} BETWEEN 1 AND 12 AND {d} BETWEEN 1 AND {length}"
    if clock == "''":
        return f"CASE WHEN {valid} THEN ({ANCHOR} + ({days})::INTEGER) + TIME '00:00:00' END"
    return f"CASE WHEN {valid} THEN ({ANCHOR} + ({days})::INTEGER) + try_cast({clock} AS TIME) END"


def fast_format(shape: Shape, order: str, text: str) -> str:
    """The strptime format of cells of a shape, "" where it takes more than that. text: a cell in its base form."""
    if shape.month is not None or shape.period or shape.half or shape.zone not in ("", "z") or shape.digits:
        return ""
    marks = list(text.translate(NINES))
    letters = dict(zip(order, shape.numbers, strict=True)) if len(shape.numbers) == 3 else {}
    if not letters:
        return ""
    names = {
        letters[letter]: {"d": "%d", "m": "%m", "y": "%Y" if letters["y"][1] == 4 else "%y"}[letter] for letter in order
    }
    names |= dict(zip(shape.clock, ("%H", "%M", "%S", "%f"), strict=False))
    for (at, length), name in sorted(names.items(), reverse=True):
        marks[at : at + length] = [name]
    found = "".join(marks)
    plain = "9" not in found and not set(found) - set("%YymdHMSf-/.: ,tz")
    return found.replace("t", "T").replace("z", "Z") if plain else ""
