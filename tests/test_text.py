"""Words, numbers and dates in three languages, as the look of the product writes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.calendars import bucket
from kpi.core import LANGUAGES, Period
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.text import Texts, UnknownText, bare

NB = "\u00a0"
DAY = date(2026, 11, 15)


def three(call, **settings):
    """What the call gives in English, Persian and Ukrainian, without isolates, no-break spaces as plain ones."""
    return [bare(call(Texts(lang, **settings))).replace(NB, " ") for lang in LANGUAGES]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda t: t.number(1079), ["1,079", "۱٬۰۷۹", "1 079"]),
        (lambda t: t.number(12_400, short=True), ["12.4 K", "۱۲٫۴ هزار", "12,4 тис."]),
        (
            lambda t: t.number(1_240_000, "currency", "EUR", short=True),
            ["€1.24 M", "۱٫۲۴ میلیون یورو", "1,24 млн €"],
        ),
        (lambda t: t.number(0.63, "percent"), ["63%", "۶۳٪", "63 %"]),
        (lambda t: t.change(-0.021, "percent"), ["−2.1 pts", "−۲٫۱ واحد", "−2,1 в.п."]),
        (lambda t: t.range_(0.601, 0.66, "percent"), ["60–66%", "۶۰ تا ۶۶٪", "60–66 %"]),
        (lambda t: t.day(DAY), ["15 Nov 2026", "۲۴ آبان ۱۴۰۵", "15 листопада 2026"]),
        (lambda t: t.month(date(2026, 10, 10)), ["Oct 2026", "مهر ۱۴۰۵", "жовтень 2026"]),
        (lambda t: t.number(None), ["–", "–", "–"]),
        (lambda t: t.change(3, "days"), ["+3 days", "+۳ روز", "+3 дні"]),
        (lambda t: t.number(1200, "currency", "CHF"), ["CHF 1,200", "۱٬۲۰۰ CHF", "1 200 CHF"]),
        (lambda t: t.percent(0.041, sign=True), ["+4.1%", "+۴٫۱٪", "+4,1 %"]),
    ],
)
def test_the_table_of_the_look(call, expected):
    assert three(call) == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0, "0"),
        (-0.0, "0"),
        (9_999, "9,999"),
        (9_999.6, "10 K"),
        (10_049, "10 K"),
        (999_500, "1 M"),
        (999_499, "999 K"),
        (2.675, "2.68"),
        (0.12345, "0.123"),
        (-1_500_000_000, "−1.5 B"),
        (5e15, "5,000 T"),
        (Decimal("12.345"), "12.3"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_short_numbers_have_three_figures(x, expected):
    assert Texts("en").number(x, short=True).replace(NB, " ") == expected


def test_decimals_and_figures_can_be_fixed():
    en = Texts("en", currency="USD")
    assert en.number(63.149, decimals=1) == "63.1"
    assert en.number(0.5, "percent", decimals=1) == "50.0%"
    assert en.number(1.5, digits=3) == "1.50"
    assert en.number(1_234_567.891, "currency") == "$1,234,567.89"
    assert en.number(-5, "currency") == "−$5"
    assert en.number(0.00123) == "0.00123"
    assert Texts("en").number(5, "currency") == "5"
    assert Texts("en").number(1240.25) == "1,240.25"


def test_value_and_unit_come_apart_for_cards():
    assert Texts("en").parts(47, "days") == ("47", "days")
    assert Texts("en", currency="EUR").parts(1_240_000, "currency", short=True) == ("€1.24", "M")
    assert Texts("uk", currency="EUR").parts(1_240_000, "currency", short=True) == ("1,24", f"млн{NB}€")
    assert Texts("en").parts(0.63, "percent") == ("63%", "")


def test_ukrainian_words_follow_their_number():
    uk = Texts("uk")
    shown = [uk.number(n, "days").split(NB)[-1] for n in (1, 2, 5, 11, 21, 22, 111, 1.5, 0)]
    assert shown == ["день", "дні", "днів", "днів", "день", "дні", "днів", "дня", "днів"]


def test_ranges_keep_their_ends_apart():
    en = Texts("en", currency="EUR")
    assert en.range_(0.625, 0.636, "percent") == "62.5–63.6%"
    assert en.range_(-5, 3) == "−5 to 3"
    assert en.range_(45, 50, "days") == f"45–50{NB}days"
    assert en.range_(1_200_000, 1_444_000, "currency") == f"€1.20–1.44{NB}M"
    assert en.range_(None, 3) == "–"
    assert three(lambda t: t.range_(-5, 3)) == ["−5 to 3", "−۵ تا ۳", "−5…3"]


def test_changes_carry_a_true_sign():
    en = Texts("en", currency="EUR")
    assert en.change(0, "percent") == f"0.0{NB}pts"
    assert en.change(-0.0001, "percent") == f"0.0{NB}pts"
    assert en.change(None, "percent") == "–"
    assert en.change(12_400, "currency") == f"+€12.4{NB}K"
    assert en.change(-12_400, "currency") == f"−€12.4{NB}K"
    assert en.change(2) == "+2"


@given(st.floats(-1e12, 1e12), st.sampled_from([None, "percent", "days", "currency"]), st.booleans())
def test_a_persian_number_is_one_island_with_its_sign_and_percent(x, unit, short):
    fa = Texts("fa", currency="EUR")
    shown = fa.number(x, unit, short=short)
    number = fa.parts(x, unit, short=short).number
    assert number[0] == "\u2066"
    assert number[-1] == "\u2069"
    assert number in shown
    assert not any(char in "0123456789-%.," for char in shown)
    assert ("٪" in number) == (unit == "percent")
    assert shown.count("\u2069") == sum(shown.count(mark) for mark in "\u2066\u2067\u2068")


@given(st.floats(-1e9, 1e9))
def test_the_exact_number_reads_back(x):
    shown = Texts("en").number(x, decimals=2)
    assert abs(Decimal(shown.replace(",", "").replace("−", "-")) - Decimal(str(x))) <= Decimal("0.005")


def test_digits_can_be_latin_in_persian():
    fa = Texts("fa", digits="latin")
    assert bare(fa.number(12_345.6)) == "12,345.6"
    assert bare(fa.number(0.63, "percent")) == "63%"
    assert bare(fa.day(DAY)) == "24 آبان 1405"
    assert fa.vega_number()["numerals"] == list("0123456789")
    assert Texts("fa").vega_number()["numerals"] == list("۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    ("calendar", "by", "expected"),
    [
        ("gregorian", "day", ["15 Nov 2026", "۱۵ نوامبر ۲۰۲۶", "15 листопада 2026"]),
        ("gregorian", "week", ["9–15 Nov 2026", "۹ تا ۱۵ نوامبر ۲۰۲۶", "9–15 листопада 2026"]),
        ("gregorian", "month", ["Nov 2026", "نوامبر ۲۰۲۶", "листопад 2026"]),
        ("gregorian", "quarter", ["Q4 2026", "سه‌ماههٔ چهارم ۲۰۲۶", "IV кв. 2026"]),
        ("gregorian", "year", ["2026", "۲۰۲۶", "2026"]),
        ("jalali", "day", ["24 Aban 1405", "۲۴ آبان ۱۴۰۵", "24 абана 1405"]),
        ("jalali", "week", ["18–24 Aban 1405", "۱۸ تا ۲۴ آبان ۱۴۰۵", "18–24 абана 1405"]),
        ("jalali", "month", ["Aban 1405", "آبان ۱۴۰۵", "абан 1405"]),
        ("jalali", "quarter", ["Q3 1405", "پاییز ۱۴۰۵", "III кв. 1405"]),
        ("jalali", "year", ["1405", "۱۴۰۵", "1405"]),
        ("fiscal", "month", ["Nov 2026", "نوامبر ۲۰۲۶", "листопад 2026"]),
        ("fiscal", "quarter", ["Q3 FY 2026/27", "سه‌ماههٔ سوم سال مالی ۲۰۲۶/۲۷", "III кв. 2026/27 ф. р."]),
        ("fiscal", "year", ["FY 2026/27", "سال مالی ۲۰۲۶/۲۷", "2026/27 ф. р."]),
    ],
)
def test_labels_of_periods(calendar, by, expected):
    period = bucket(DAY, by, calendar, fiscal_start=(4, 1))
    assert three(lambda t: t.period(period, by), calendar=calendar, fiscal_start=(4, 1)) == expected


def test_labels_at_the_edges_of_months_and_years():
    en = Texts("en", fiscal_start=(4, 6))
    assert en.period(Period(date(2026, 11, 28), date(2026, 12, 5)), "week") == "28 Nov – 4 Dec 2026"
    assert en.period(Period(date(2026, 12, 28), date(2027, 1, 4)), None) == "28 Dec 2026 – 3 Jan 2027"
    assert en.period(bucket(DAY, "month", "fiscal", fiscal_start=(4, 6)), "month", "fiscal") == "6 Nov – 5 Dec 2026"
    assert Texts("en", "fiscal").period(bucket(DAY, "year"), "year") == "FY 2026"
    assert en.day(None) == "–"


def test_errors_speak_all_languages_with_every_placeholder_filled():
    near = Unknown("table", "ordrs", ["orders"])
    assert str(near) == "There is no table named ordrs. Did you mean orders?"
    assert three(lambda t: t.error(near)) == [
        "There is no table named ordrs. Did you mean orders?",
        "جدولی به نام ordrs وجود ندارد. آیا منظورتان orders است؟",
        "Немає таблиці з назвою ordrs. Можливо, orders?",
    ]
    assert str(Unknown("galaxy", "x", [])) == "There is no galaxy named x."
    assert str(BadDefinition("sales.toml", "close_rate", "no value")) == "sales.toml, close_rate: no value."
    assert str(Refused("too_many_periods", most=50_000)).startswith("That would be more than 50,000 periods")


def test_an_error_without_a_text_says_its_code_instead_of_hiding_itself():
    assert str(Refused("never_heard_of")) == "This did not work (never_heard_of)."
    assert str(Refused("bad_day")) == "This did not work (bad_day)."


def test_a_missing_text_or_value_is_a_mistake_of_the_program():
    with pytest.raises(UnknownText, match="no text 'home.nowhere'"):
        Texts("en").t("home.nowhere")
    with pytest.raises(UnknownText, match="needs a value for 'text'"):
        Texts("uk").t("error.bad_day")
    assert issubclass(UnknownText, KeyError)


def test_params_are_formatted_and_latin_names_become_islands():
    fa, en = Texts("fa"), Texts("en")
    assert fa.t("error.too_many_periods", most=50_000).count("\u2066۵۰٬۰۰۰\u2069") == 1
    assert "\u2068orders\u2069" in fa.t("error.bad_step", by="orders")
    assert en.t("error.bad_step", by=DAY).startswith("15 Nov 2026 ")
    assert en.t("error.bad_step", by=["a", 1234]).startswith("a, 1,234 ")
    assert bare(fa.t("error.bad_step", by=["a", 12])).startswith("a، ۱۲ ")
    assert en.t("error.bad_step", by=None).startswith("– ")
    assert fa.direction == "rtl"
    assert [en.ltr("5"), fa.ltr("۵")] == ["5", "\u2066۵\u2069"]
