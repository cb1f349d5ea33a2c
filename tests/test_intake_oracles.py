"""Numbers and dates as SQL reads them, against Python: decimal, datetime and jdatetime, over generated cells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import jdatetime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.intake import date_style, written
from kpi.intake.date_style import DateStyle
from kpi.intake.layers import CELL, Layers
from kpi.intake.raw import cell
from tests.test_intake_values import column, read_dates, read_numbers
from tests.written_tables import DATES, NUMBERS

many = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip
amounts = st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=25)
moments = st.lists(
    st.datetimes(datetime(1925, 1, 1), datetime(2120, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    min_size=1,
    max_size=25,
)


@given(amounts, st.sampled_from(sorted(NUMBERS.keys() - {"whole"})))
@many
def test_amounts_in_every_style(values, style):
    told, write = NUMBERS[style]
    found, read = read_numbers([write(value) for value in values], told=told)
    assert found.ask is None and [Decimal(f"{x:.2f}") for x in read] == values


@given(amounts, st.sampled_from(sorted(written.multipliers())), st.sampled_from(["", " ", "\u00a0"]), st.booleans())
@many
def test_multipliers_and_signs_of_money(values, word, blank, before):
    cells = [f"{'₴' if before else ''}{value}{blank}{word}{'' if before else ' грн'}" for value in values]
    small = [abs(value) * written.multipliers()[word] < 10**13 for value in values]
    _, read = read_numbers(cells)
    for value, got, fits in zip(values, read, small, strict=True):
        if fits:
            assert got == float(value * written.multipliers()[word])


@given(st.lists(st.text("0123456789.,' -+()%$€eEкKмлн۱۲٬٫", max_size=14), min_size=1, max_size=40))
@many
def test_whatever_is_written_a_number_has_the_digits_of_its_cell(cells):
    """What is read has the very digits of the cell, but for its mark, its zeros and its multiplier."""
    for text, got in zip(cells, read_numbers(cells)[1], strict=True):
        if got is None or not text.strip() or any(c in text.lower() for c in "eкkмлн%"):
            continue
        digits = written.one_form(text, ".")
        shown = f"{abs(got):.4f}".replace(".", "").strip("0")
        assert shown == "".join(c for c in digits if c.isdigit()).strip("0")[: len(shown)] or "." in digits


@given(moments, st.sampled_from(sorted(DATES)))
@many
def test_moments_in_every_spelling(values, style):
    told, write = DATES[style]
    found, read = read_dates([write(value) for value in values], told=told)
    assert found.ask is None and read == values


@given(moments, st.integers(-12 * 4, 14 * 4), st.sampled_from(["%z", " %z", "Z"]))
@many
def test_offsets_against_datetime(values, quarters, form):
    zone = timezone(timedelta(minutes=15 * quarters)) if form != "Z" else UTC
    cells = [value.replace(tzinfo=zone).strftime("%Y-%m-%dT%H:%M:%S") for value in values]
    tails = [value.replace(tzinfo=zone).strftime(form) if form != "Z" else "Z" for value in values]
    _, read = read_dates([cell + tail for cell, tail in zip(cells, tails, strict=True)])
    assert read == [value.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None) for value in values]


@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 33), st.integers(1300, 1450)), min_size=1, max_size=30),
    st.sampled_from(["{y}/{m}/{d}", "{y:04}-{m:02}-{d:02}", "{d:02}.{m:02}.{y}"]),
)
@many
def test_jalali_days_that_are_there_and_that_are_not(days, form):
    cells = [form.format(y=y, m=m, d=d) for m, d, y in days]
    style = DateStyle("jalali", "dmy" if form.startswith("{d") else "ymd")
    assert _read(style, cells) == [_jalali(y, m, d) for m, d, y in days]


@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 33), st.integers(1950, 2060)), min_size=1, max_size=30),
    st.sampled_from([("dmy", "{d}.{m}.{y}"), ("mdy", "{m}/{d}/{y}"), ("ymd", "{y}-{m:02}-{d:02}")]),
)
@many
def test_gregorian_days_that_are_there_and_that_are_not(days, style):
    order, form = style
    cells = [form.format(y=y, m=m, d=d) for m, d, y in days]
    assert _read(DateStyle("strptime", order), cells) == [_gregorian(y, m, d) for m, d, y in days]


@given(st.lists(st.tuples(st.integers(2000, 2050), st.integers(1, 53)), min_size=1, max_size=20))
@many
def test_weeks_against_datetime(weeks):
    def monday(year: int, week: int) -> datetime | None:
        try:
            return datetime.fromisocalendar(year, week, 1)
        except ValueError:
            return None

    cells = [f"{year}-W{week:02}" for year, week in weeks]
    assert _read(DateStyle("iso", periods=True), cells) == [monday(*each) for each in weeks]


@given(st.lists(st.integers(20000, 73050 * 100), min_size=1, max_size=20))
@many
def test_days_of_workbooks_against_datetime(numbers):
    days = [20000 + number % 53050 + number % 97 / 100 for number in numbers]
    _, read = read_dates([f"{day:.2f}" for day in days])
    start = datetime(1899, 12, 30)
    assert [
        abs(got - start - timedelta(days=round(day, 2))) < timedelta(seconds=1)
        for got, day in zip(read, days, strict=True)
    ]


def _read(style: DateStyle, cells: list[str]) -> list[datetime | None]:
    raw, _ = column(cells)
    layers = Layers()
    name = date_style.read(style, layers.add(CELL, cell(0)), "UTC", layers, date_style.shapes(raw, 0, style))
    rows = raw.query(f"SELECT {name} FROM ({layers.sql('raw', 'line')}) ORDER BY line")
    return [value for (value,) in rows]


def _jalali(y: int, m: int, d: int) -> datetime | None:
    try:
        day = jdatetime.date(y, m, d).togregorian()
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)


def _gregorian(y: int, m: int, d: int) -> datetime | None:
    try:
        day = date(y, m, d)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)
