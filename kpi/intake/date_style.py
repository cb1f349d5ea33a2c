"""How the dates of one column are written, and the SQL that reads them."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.intake.layers import CLEAN, FAST, RAW_VALUE, VALUE, Layers
from kpi.intake.names import DIGITS, quote

TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I %p", " %H")
# 1 Farvardin 1403 was 20 March 2024. Leap years lie in cycles of 33 years (Birashk's rule holds where it differs not,
# 1244–1502; checked day by day against jdatetime in tests/test_intake_dates.py).
ANCHOR, ANCHOR_DAYS = "DATE '2024-03-20'", 365 * 1402 + (8 * 1403 + 21) // 33


@dataclass(frozen=True)
class DateStyle:
    """kind: iso, strptime, jalali, compact, serial, unix, unix_ms. order: dmy, mdy, ymd.

    formats: strptime formats of the date alone, tried in turn. months: (word, number) to replace. zone: some values
    carry an offset. digits: some are written in Persian or Arabic digits.
    """

    kind: str
    order: str = "ymd"
    formats: tuple[str, ...] = ()
    months: tuple[tuple[str, int], ...] = ()
    zone: bool = False
    digits: bool = False

    @property
    def told(self) -> str:
        """The value of the option --dates that says the same."""
        return "jalali" if self.kind == "jalali" else self.order


def read(style: DateStyle, text: str, time_zone: str, layers: Layers) -> str:
    """The column of `layers` with `text` (a column too) as TIMESTAMP in the time zone of the workspace, NULL where it
    is no date. Years before 1900 or after 2199 are slips of the pen, not dates of a business."""
    x = text
    if style.digits or style.months:
        x = f"translate({text}, {quote(''.join(DIGITS))}, {quote(''.join(DIGITS.values()))})" if style.digits else text
        x = layers.add(FAST, _words(x, style.months) if style.months else x)
    if style.kind in ("serial", "unix", "unix_ms"):
        return layers.add(VALUE, _number(style, layers.add(CLEAN, f"try_cast({x} AS DOUBLE)"), time_zone))
    if style.kind == "jalali":
        value = _jalali(style, x, layers)
    elif style.kind == "iso":
        value = layers.add(RAW_VALUE, _iso(style, x, time_zone))
    else:
        formats = style.formats or ("%Y%m%d",)
        value = layers.add(RAW_VALUE, f"try_strptime({x}, [{', '.join(quote(each) for each in formats)}])")
    sane = f"{value} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59'"
    return layers.add(VALUE, f"CASE WHEN {sane} THEN {value} END")


def _number(style: DateStyle, number: str, time_zone: str) -> str:
    if style.kind == "serial":
        return (
            f"CASE WHEN {number} BETWEEN 1 AND 109575 THEN TIMESTAMP '1899-12-30' "
            f"+ to_microseconds((round({number} * 86400000) * 1000)::BIGINT) END"
        )
    factor = 1000 if style.kind == "unix_ms" else 1
    return f"CASE WHEN abs({number}) < 7e12 THEN timezone({quote(time_zone)}, to_timestamp({number} / {factor})) END"


def _iso(style: DateStyle, x: str, time_zone: str) -> str:
    if not style.zone:
        return f"try_cast({x} AS TIMESTAMP)"
    offset = f"regexp_replace({x}, '\\s*(?:Z|UTC|GMT)$', '+00:00')"
    offset = f"regexp_replace({offset}, '\\s*([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2')"
    # a value without an offset is meant in the workspace's time zone
    aware = f"regexp_matches({offset}, ':\\d{{2}}(?:\\.\\d+)?[+-]\\d{{2}}:\\d{{2}}$')"
    return (
        f"CASE WHEN {aware} THEN timezone({quote(time_zone)}, try_cast({offset} AS TIMESTAMPTZ)) "
        f"ELSE try_cast({x} AS TIMESTAMP) END"
    )


def _words(x: str, months: tuple[tuple[str, int], ...]) -> str:
    """Names of months become numbers; other words and marks become single blanks: "15 Apr, 2021 0:03" → "15 4 2021 0:03"."""
    x = f"lower({x})"
    for word, number in sorted(months, key=lambda each: -len(each[0])):
        x = f"regexp_replace({x}, '(^|[^\\p{{L}}]){word}($|[^\\p{{L}}])', '\\1 {number} \\2')"
    x = f"regexp_replace({x}, '\\b([ap])\\.?m\\b\\.?', '\\1m', 'g')"
    x = f"regexp_replace({x}, '(^|[^\\p{{L}}])(?:[^\\P{{L}}ap][\\p{{L}}\\p{{M}}]*|[ap](?:[^\\P{{L}}m][\\p{{L}}\\p{{M}}]*|m[\\p{{L}}\\p{{M}}]+)?)', '\\1 ', 'g')"
    return f"trim(regexp_replace({x}, '[^0-9:apm]+', ' ', 'g'))"


def _jalali(style: DateStyle, x: str, layers: Layers) -> str:
    """Day number by the 33-year cycle; a day that its month has not becomes NULL."""
    clock = "(?:\\D+(\\d{1,2}:\\d{2}(?::\\d{2})?))?\\s*$"
    if style.order != "ymd":
        pattern, names = f"^\\s*(\\d{{1,2}})\\D+?(\\d{{1,2}})\\D+?(\\d{{4}}){clock}", "['d', 'm', 'y', 't']"
    elif style.months:
        pattern, names = f"^\\s*(\\d{{4}})\\D+(\\d{{1,2}})\\D+(\\d{{1,2}}){clock}", "['y', 'm', 'd', 't']"
    else:
        pattern = f"^(\\d{{4}})(?:[-/. ](\\d{{1,2}})[-/. ](\\d{{1,2}})|(\\d{{2}})(\\d{{2}})){clock}"
        names = "['y', 'm', 'd', 'm2', 'd2', 't']"
    found = layers.add(CLEAN, f"regexp_extract({x}, {quote(pattern)}, {names})")
    two = "m2" in names
    year = f"try_cast({found}.y AS INTEGER)"
    month = (
        f"try_cast(coalesce(nullif({found}.m, ''), {found}.m2) AS INTEGER)"
        if two
        else f"try_cast({found}.m AS INTEGER)"
    )
    day = (
        f"try_cast(coalesce(nullif({found}.d, ''), {found}.d2) AS INTEGER)"
        if two
        else f"try_cast({found}.d AS INTEGER)"
    )
    return layers.add(RAW_VALUE, jalali_day(year, month, day, f"{found}.t"))


def jalali_day(y: str, m: str, d: str, clock: str = "''") -> str:
    """SQL: the moment of a Jalali day, NULL where there is no such day. clock: SQL of a time of day as text."""
    length = f"CASE WHEN {m} <= 6 THEN 31 WHEN {m} <= 11 OR (25 * {y} + 11) % 33 < 8 THEN 30 ELSE 29 END"
    before = f"CASE WHEN {m} <= 7 THEN 31 * ({m} - 1) ELSE 30 * ({m} - 1) + 6 END"
    days = f"365 * ({y} - 1) + (8 * {y} + 21) // 33 + {before} + {d} - 1 - {ANCHOR_DAYS}"
    valid = f"{y} BETWEEN 1244 AND 1502 AND {m} BETWEEN 1 AND 12 AND {d} BETWEEN 1 AND {length}"
    time = f"coalesce(try_cast(nullif({clock}, '') AS TIME), TIME '00:00:00')"
    return f"CASE WHEN {valid} THEN ({ANCHOR} + ({days})::INTEGER) + {time} END"
