"""How dates and numbers are read: decided for the whole column, by evidence that can be shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.intake import date_style, dates, numbers, profile
from kpi.intake.layers import CELL, Layers
from kpi.intake.raw import Format, cell, from_rows


def column(values):
    raw = from_rows(("d",), Format("csv", header=1), ((i + 2, [value]) for i, value in enumerate(values)))
    return raw, profile.columns(raw)[0]


def read_dates(values, told=None, like=None, zone="UTC"):
    """(decision, the values as read)."""
    raw, facts = column(values)
    found = dates.decide(raw, facts, told, like)
    if found.style is None:
        return found, None
    layers = Layers()
    name = date_style.read(found.style, layers.add(CELL, cell(0)), zone, layers, date_style.shapes(raw, 0, found.style))
    rows = raw.query(f"SELECT {name} FROM ({layers.sql('raw', 'line')}) ORDER BY line")
    return found, [value for (value,) in rows]


def read_numbers(values, **given):
    raw, _ = column(values)
    found = numbers.decide(values, "d", **given)
    layers = Layers()
    name = numbers.read(
        found.style, layers.add(CELL, cell(0)), "DECIMAL(18,4)", layers, numbers.around(raw, 0, found.style)
    )
    rows = raw.query(f"SELECT {name} FROM ({layers.sql('raw', 'line')}) ORDER BY line")
    return found, [None if value is None else float(value) for (value,) in rows]


# Dates

SOME = [date(2016, 10, 20) + timedelta(days=i) for i in range(430)]


@pytest.mark.parametrize(
    ("form", "order", "code"),
    [
        ("%Y-%m-%d", "ymd", "why_dates_year_first"),
        ("%Y/%m/%d", "ymd", "why_dates_year_first"),
        ("%Y.%m.%d", "ymd", "why_dates_year_first"),
        ("%d-%m-%y", "dmy", "why_dates_spread_first"),
        ("%y-%m-%d", "ymd", "why_dates_spread_last"),
        ("%m/%d/%y", "mdy", "why_dates_day_second"),
        ("%d.%m.%Y", "dmy", "why_dates_day_first"),
        ("%m/%d/%Y", "mdy", "why_dates_day_second"),
        ("%d/%m/%Y %H:%M", "dmy", "why_dates_day_first"),
        ("%m/%d/%Y %I:%M:%S %p", "mdy", "why_dates_day_second"),
        ("%Y%m%d", "ymd", "why_dates_compact"),
        ("%d %b %Y", "dmy", "why_dates_words"),
        ("%B %d, %Y", "mdy", "why_dates_words"),
        ("%d-%b-%y", "dmy", "why_dates_words"),
    ],
)
def test_the_order_shows_in_the_values(form, order, code):
    found, read = read_dates([day.strftime(form) for day in SOME])
    assert (found.style.order, found.why.code) == (order, code) and found.confidence >= 0.85
    assert [value.date() for value in read] == SOME


def test_the_evidence_is_shown_in_numbers():
    """The day position takes 31 values, the year position two."""
    found, _ = read_dates([day.strftime("%d-%m-%y") for day in SOME])
    assert dict(found.why.params) == {"days": 31, "years": 2}


def test_what_the_values_do_not_tell_is_asked():
    found, read = read_dates(["01/02/2024", "03/04/2024", "05/06/2024"])
    assert read is None and found.ask.code == "ask_dates" and dict(found.ask.params)["column"] == "d"


def test_an_open_order_is_settled_by_the_answer_by_dots_or_by_another_column():
    values = ["01/02/2024", "03/04/2024"]
    assert read_dates(values, told="mdy")[1] == [datetime(2024, 1, 2), datetime(2024, 3, 4)]
    assert read_dates(values, told="dmy")[1] == [datetime(2024, 2, 1), datetime(2024, 4, 3)]
    assert read_dates(values, like=("mdy", "other"))[1][0] == datetime(2024, 1, 2)
    assert read_dates(["01.02.2024", "03.04.2024"])[1][0] == datetime(2024, 2, 1)


def test_lines_in_order_of_time_tell_the_order():
    days = [date(2024, month, day) for month in range(1, 13) for day in range(1, 13)]
    found, read = read_dates([day.strftime("%d/%m/%Y") for day in days])
    assert found.why.code == "why_dates_sorted" and [value.date() for value in read] == days


def test_some_rubbish_does_not_change_the_order():
    values = [day.strftime("%d/%m/%Y") for day in SOME[:97]] + ["rubbish", "99/99/2024", "31/02/2024"]
    found, read = read_dates(values)
    assert found.style.order == "dmy" and [value.date() for value in read[:97]] == SOME[:97] and read[97:] == [None] * 3


def test_what_reads_one_way_only_is_not_changed_by_the_answer():
    assert read_dates(["2024-02-01", "2024-03-04"], told="dmy")[1][0] == datetime(2024, 2, 1)


def test_offsets_are_turned_to_the_zone_and_bare_times_are_meant_in_it():
    values = ["2024-01-01T10:00:00Z", "2024-07-01 10:00:00 +0330", "2024-07-01 10:00:00"]
    assert read_dates(values, zone="Europe/Kyiv")[1] == [
        datetime(2024, 1, 1, 12),
        datetime(2024, 7, 1, 9, 30),
        datetime(2024, 7, 1, 10),
    ]


def test_numbers_that_are_dates():
    assert read_dates(["45631.0", "45000.5"])[1] == [datetime(2024, 12, 5), datetime(2023, 3, 15, 12)]
    assert read_dates(["1700000000", "1700003600"])[1] == [
        datetime(2023, 11, 14, 22, 13, 20),
        datetime(2023, 11, 14, 23, 13, 20),
    ]
    assert read_dates(["1700000000000"] * 2)[1][0] == datetime(2023, 11, 14, 22, 13, 20)
    assert read_dates(["1", "2", "300"])[1] is None


@pytest.mark.parametrize(
    "value",
    [
        "1405/01/15",
        "1405/1/15",
        "14050115",
        "۱۴۰۵/۱/۱۵",
        "۱۴۰۵۰۱۱۵",
        "1405-01-15",
        "15/01/1405",
        "15 فروردین 1405",
        "شنبه ۱۵ فروردین ۱۴۰۵",
    ],
)
def test_jalali_days_in_every_spelling(value):
    assert read_dates([value, value])[1][0].date() == date(2026, 4, 4)


def test_jalali_spellings_side_by_side():
    assert len(set(read_dates(["1405/01/15", "1405/1/15", "14050115", "۱۴۰۵/۱/۱۵", "۱۴۰۵۰۱۱۵"])[1])) == 1


def test_jalali_days_that_do_not_exist():
    assert read_dates(["1403/12/30", "1404/12/30", "1404/07/31", "1404/13/01"])[1] == [
        datetime(2025, 3, 20),
        None,
        None,
        None,
    ]


def test_every_jalali_day_agrees_with_jdatetime():
    """1300–1450 day by day: jdatetime 6.1.1 is the reference."""
    con = duckdb.connect()
    con.execute("CREATE TABLE d (y INT, m INT, d INT, g DATE)")
    day, rows = jdatetime.date(1300, 1, 1), []
    while day.year < 1450:
        rows.append((day.year, day.month, day.day, day.togregorian()))
        day += timedelta(days=1)
    con.executemany(
        "INSERT INTO d VALUES (?, ?, ?, ?)",
        rows[::7] + rows[-400:] + [r for r in rows if (r[1], r[2]) in ((1, 1), (12, 29), (12, 30))],
    )
    wrong = con.execute(
        f"SELECT * FROM d WHERE {date_style.jalali_day('y', 'm', 'd')}::DATE IS DISTINCT FROM g"
    ).fetchall()
    assert wrong == [] and con.execute("SELECT count(*) FROM d").fetchall()[0][0] > 8000


@given(
    st.lists(st.dates(date(1950, 1, 1), date(2068, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"]),
)
def test_whatever_is_written_clearly_is_read_back(days, form):
    _, read = read_dates([day.strftime(form) for day in days], told="dmy" if form.startswith("%d") else None)
    assert [value.date() for value in read] == days


# Numbers


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["1", "2.5", "-3"], [1, 2.5, -3]),
        (["1,5", "2,25"], [1.5, 2.25]),
        (["4 450,90", "103,8", "80\u00a0202"], [4450.9, 103.8, 80202]),
        (["1.234,56", "7,5"], [1234.56, 7.5]),
        (["$1,234.56", "$342.09K", "($5.00)", "12-", "€7"], [1234.56, 342090, -5, -12, 7]),
        (["USD 1,200.50", "5 eur"], [1200.5, 5]),
        (["۱٬۲۳۴٫۵", "۱۲۳"], [1234.5, 123]),
        (["٤٥٦", "١٢"], [456, 12]),
        (["12 500,00 грн", "-15000,00"], [12500, -15000]),
        (["1'234.5", "10"], [1234.5, 10]),
        (["50%", "7.5 %"], [0.5, 0.075]),
        (["1,250,000 تومان", "500 تومان"], [1250000, 500]),
        (["1.234.567", "12"], [1234567, 12]),
        (["1,23,456.5", "16.448"], [123456.5, 16.448]),
        (["1,250", "12,500", "750"], [1250, 12500, 750]),
        (["1,234", "1500"], [1.234, 1500]),
        (["1e3", ".5", "5."], [1000, 0.5, 5]),
        (["abc", "12abc", "1.5"], [None, None, 1.5]),
        (["1.2.3", "11.5", "12.5"], [None, 11.5, 12.5]),
        (["0,125", "0,250"], [0.125, 0.25]),
    ],
)
def test_numbers_in_the_styles_of_the_world(values, read):
    assert read_numbers(values)[1] == read


def test_a_comma_before_three_digits_is_asked():
    found, _ = read_numbers(["1,234", "5,678"])
    assert found.ask.code == "ask_decimal"
    assert read_numbers(["1,234"], told=".")[1] == [1234] and read_numbers(["1,234"], told=",")[1] == [1.234]
    assert read_numbers(["1,234"], like=(",", "other"))[1] == [1.234]


def test_thousands_marks_count_only_between_thousands():
    """With 1,250.5 in the column, 1,5 is no 15."""
    assert read_numbers(["1,250.5", "2,000.0", "1,5"])[1] == [1250.5, 2000, None]


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=3, max_size=20),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " "]),
)
def test_amounts_come_back_as_they_were_written(amounts, decimal, group):
    amounts = [*amounts, Decimal("1.25")]  # one that tells the decimal mark
    values = [f"{x:,.2f}".replace(",", group).replace(".", decimal) for x in amounts]
    assert [Decimal(str(x)) for x in read_numbers(values)[1]] == [Decimal(str(float(x))) for x in amounts]
