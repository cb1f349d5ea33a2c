"""Values as exports write them: every example of the specification, and what must not be read silently."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from kpi import workspace as workspaces
from kpi.intake import date_shape, inspect, lexicon, options
from tests.intake_files import codes, import_file, said, write_csv
from tests.test_intake_values import read_dates, read_numbers


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["$342.09K", "$1.2M"], [342090, 1.2e6]),
        (["1 234,56 грн", "15 грн"], [1234.56, 15]),
        (["₴1 234,56", "1 234,56 ₴"], [1234.56, 1234.56]),
        (["۱٬۲۳۴٫۵", "۱٬۲۳۴٫۵ تومان"], [1234.5, 1234.5]),
        (["1.2 млн", "3 тис."], [1.2e6, 3000]),
        (["1,2 млн грн", "350 тыс. руб."], [1.2e6, 350000]),
        (["€ 1.234,–", "€ 12,50", "1.234,- €"], [1234, 12.5, 1234]),
        (["1'234.50", "CHF 10.00", "Fr. 1'234.–"], [1234.5, 10, 1234]),
        (["1’234,50"], [1234.5]),
        (["(1,234)", "5.5", "($5.00)", "$ (5.00)"], [-1234, 5.5, -5, -5]),
        (["1,234.00-", "5.00"], [-1234, 5]),
        (["-$5.00", "$-5.00", "+5.50"], [-5, -5, 5.5]),
        (["1.5E+03", "2e-2"], [1500, 0.02]),
        (["1,5E+03", "2,5"], [1500, 2.5]),
        (["12\u00a0500,00", "12\u202f500,00", "12\u2009500,00"], [12500] * 3),
        (["1,23,456.78", "12,34,567.00"], [123456.78, 1234567]),
        (["Rs. 1,23,456", "Rs.500.50", "₹12,345.00"], [123456, 500.5, 12345]),
        (["٪۱۲", "۱۲٪", "12 %"], [0.12, 0.12, 0.12]),
        (["−5,5", "–3,2"], [-5.5, -3.2]),
        (["12 000 000 ریال", "۱۲٬۰۰۰٬۰۰۰"], [12e6, 12e6]),
        (["۱۲,۰۰۰,۰۰۰ ریال", "۵۰۰ ریال"], [12e6, 500]),
        (["١٬٢٣٤٫٥٠"], [1234.5]),
        (["US$ 5.50", "AU$7.00", "$.50"], [5.5, 7, 0.5]),
        (["5 zł", "12,50 zł"], [5, 12.5]),
        (["kr 1.234,50", "5 kr."], [1234.5, 5]),
        (["5 میلیون تومان", "۱٫۵ میلیارد"], [5e6, 1.5e9]),
        (["2.5 billion", "₹1.5 Cr", "₹20 lakh"], [2.5e9, 1.5e7, 2e6]),
        (["5 шт.", "3 pcs"], [5, 3]),
        (["1_000", "1 23", "1/2", "0x10", "inf", "12 apples", "2024-01-05"], [None] * 7),
    ],
)
def test_numbers_with_what_stands_around_them(values, read):
    assert read_numbers(values)[1] == read


def test_a_point_before_three_digits_is_asked():
    found, _ = read_numbers(["1.250", "12.500"])
    assert found.ask.code == "ask_decimal_point"
    assert read_numbers(["1.250"], told=",")[1] == [1250] and read_numbers(["1.250"], told=".")[1] == [1.25]
    assert read_numbers(["1.250", "12.500", "750"])[1] == [1250, 12500, 750]
    assert read_numbers(["1.250", "2.5"])[1] == [1.25, 2.5] and read_numbers(["1.250", "1500"])[1] == [1.25, 1500]
    assert read_numbers(["1.250"], typed=True)[1] == [1.25]


def fresh(folder):
    """A new workspace."""
    return workspaces.create(folder / "home", "w")


DAY, MOMENT = datetime(2024, 5, 12), datetime(2024, 5, 12, 14, 5)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("15 Apr, 2021 00:03:00", datetime(2021, 4, 15, 0, 3)),
        ("Apr 15, 2021, 12:03:00 AM", datetime(2021, 4, 15, 0, 3)),
        ("15APR2021", datetime(2021, 4, 15)),
        ("April 15th, 2021", datetime(2021, 4, 15)),
        ("Mon, 15 Apr 2024 10:00:00 +0200", datetime(2024, 4, 15, 8)),
        ("Mon Apr 15 10:00:00 2024", datetime(2024, 4, 15, 10)),
        ("Sun May 12 2024 14:05:00 GMT+0300 (Eastern European Summer Time)", datetime(2024, 5, 12, 11, 5)),
        ("12 травня 2024", DAY),
        ("12 травня 2024 р.", DAY),
        ("12 трав. 2024 р., 14:05", MOMENT),
        ("неділя, 12 травня 2024 року", DAY),
        ("12 мая 2024 г. в 14:05", MOMENT),
        ("12 ژانویه 2024", datetime(2024, 1, 12)),
        ("۱۲ مه ۲۰۲۴", DAY),
        ("12 جنوری 2024", datetime(2024, 1, 12)),
        ("12 كانون الثاني 2024", datetime(2024, 1, 12)),
        ("12 May 2024 at 2:05 PM", MOMENT),
        ("May 12 2024 2:05PM", MOMENT),
        ("2024-May-12", DAY),
        ("1403/05/12", datetime(2024, 8, 2)),
        ("11 آبان 1404", datetime(2025, 11, 2)),
        ("سه‌شنبه ۱۱ آبان ۱۴۰۴ ساعت ۱۰:۲۰", datetime(2025, 11, 2, 10, 20)),
        ("12 تیرماه 1403", datetime(2024, 7, 2)),
        ("12 سنبله 1403", datetime(2024, 9, 2)),
        ("10:20 1403/05/12", datetime(2024, 8, 2, 10, 20)),
        ("13/05/2024 10:20 ق.ظ", datetime(2024, 5, 13, 10, 20)),
        ("۱۳/۰۵/۲۰۲۴ ۱۰:۲۰ ب.ظ", datetime(2024, 5, 13, 22, 20)),
        ("13.05.2024, 14:05", datetime(2024, 5, 13, 14, 5)),
        ("13.05.2024 14.05", datetime(2024, 5, 13, 14, 5)),
        ("13.05.2024р.", datetime(2024, 5, 13)),
        ("5/13/2024, 9:05:00 AM", datetime(2024, 5, 13, 9, 5)),
        ("2024-05-12 10:20 PM", datetime(2024, 5, 12, 22, 20)),
        ("2024-05-12T14:05:30.123456+03:00", datetime(2024, 5, 12, 11, 5, 30, 123456)),
        ("2024-05-12 14:05:30+03", datetime(2024, 5, 12, 11, 5, 30)),
        ("2024-05-12 14:05 EEST", datetime(2024, 5, 12, 11, 5)),
        ("20240512T140500Z", MOMENT),
        ("202405121405", MOMENT),
        ("2024. 05. 12.", DAY),
        ("2024-W05", datetime(2024, 1, 29)),
        ("Q3 2024", datetime(2024, 7, 1)),
        ("3 кв. 2024", datetime(2024, 7, 1)),
        ("2024-05", datetime(2024, 5, 1)),
        ("05.2024", datetime(2024, 5, 1)),
        ("May 2024", datetime(2024, 5, 1)),
        ("آبان 1404", datetime(2025, 10, 23)),
        ("45631.4375", datetime(2024, 12, 5, 10, 30)),
        ("1715522700", MOMENT),
        ("1715522700000", MOMENT),
    ],
)
def test_dates_in_every_spelling(value, read):
    assert date_shape.looks(value) or value.replace(".", "").isdigit()
    assert read_dates([value] * 3)[1] == [read] * 3


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("28.02.2024", "31.02.2024"),
        ("2024-02-28", "2024-02-30"),
        ("2024-02-28 10:00", "2024-02-28 25:00"),
        ("28/02/2024 10:00 PM", "28/02/2024 13:00 PM"),
        ("1403/12/29", "1404/12/30"),
        ("2024-05-12", "2024-05-12 cancelled"),
        ("2024-05-12 10:20", "2024-05-12 10:20 foo"),
        ("28 Feb 2024", "30 Feb 2024"),
        ("2024-W52", "2024-W54"),
        ("1715522700", "0"),
    ],
)
def test_what_is_no_date_is_not_made_one(good, bad):
    assert [value is None for value in read_dates([good] * 9 + [bad])[1]] == [False] * 9 + [True]


def test_jalali_years_of_two_digits_only_when_told():
    assert read_dates(["03/05/12"] * 3)[0].ask.code == "ask_dates"
    assert read_dates(["03/05/12", "99/12/29"], told="jalali")[1] == [datetime(2024, 8, 2), datetime(2021, 3, 19)]


def test_workbooks_that_count_from_1904():
    assert read_dates(["44169"], told="1904")[1] == [datetime(2024, 12, 5)]


def test_the_window_of_two_digits_is_told():
    found, read = read_dates(["13/01/24", "28/12/69", "31/05/68"])
    assert [value.year for value in read] == [2024, 1969, 2068]
    assert [dict(note.params) for note in found.notes] == [{"first": "1969", "last": "2068"}]


def test_the_order_is_shown_with_the_cells_that_decide():
    found, _ = read_dates(["01/02/2024"] * 50 + ["25/03/2024", "26/03/2024"])
    assert dict(found.why.params) == {"n": 2, "examples": "25/03/2024, 26/03/2024"}


def test_an_order_that_the_cells_contradict_is_asked():
    found, _ = read_dates(["25/03/2024", "03/26/2024"])
    assert found.ask.code == "ask_dates_mixed" and dict(found.ask.params)["second"] == "03/26/2024"


def test_names_of_zones_are_told():
    found, _ = read_dates(["2024-05-12 14:05 EET"])
    assert [dict(note.params) for note in found.notes] == [{"zone": "EET", "offset": "UTC+2:00"}]


# Words for yes and no, and for nothing


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("yes", "no"), ("так", "ні"), ("да", "нет"), ("بله", "خیر"), ("✓", "✗"), ("✔️", "✘"), ("Y", "N"), ("1", "0"),
        ("1.0", "0.0"), ("TRUE", "FALSE"), ("ІСТИНА", "ХИБНІСТЬ"), ("ИСТИНА", "ЛОЖЬ"), ("checked", "unchecked"), ("☑", "☐"), ("دارد", "ندارد"),
    ],
)  # fmt: skip
def test_yes_and_no(yes, no, tmp_path):
    rows = [[f"E{i}", [yes, no][i % 2]] for i in range(6)]
    path = write_csv(tmp_path / "employees.csv", ["employee_id", "is_manager"], rows)
    report = import_file(ws := fresh(tmp_path), path, table="employees")
    assert report.rows_rejected == 0
    assert ws.rows("SELECT is_manager FROM main.employees ORDER BY employee_id") == [(i % 2 == 0,) for i in range(6)]
    assert lexicon.flags()[lexicon.flag_word(yes)] and not lexicon.flags()[lexicon.flag_word(no)]


def leads(tmp_path, header, values):
    rows = [[f"L{i}", f"2024-01-{i % 28 + 1:02}", value] for i, value in enumerate(values)]
    return write_csv(tmp_path / "leads.csv", ["lead_id", "created_at", header], rows)


@pytest.mark.parametrize("word", ["Select", "N/A", "?", "-", "—", "unknown", "не вказано", "نامشخص", "Blank"])
def test_a_word_among_numbers_is_taken_as_blank_and_told(word, tmp_path):
    report = import_file(ws := fresh(tmp_path), leads(tmp_path, "score", [*range(20), word, word]))
    assert (report.rows_loaded, report.rows_rejected) == (22, 0)
    assert ws.rows("SELECT count(*) FROM main.leads WHERE score IS NULL") == [(2,)]
    assert any(word in text and "--missing leads.score=" in text for text in said(report))


@pytest.mark.parametrize("word", ["Select", "не вказано", "نامشخص"])
def test_the_default_of_a_form_is_no_answer(word, tmp_path):
    path = leads(tmp_path, "source_channel", ["web", "fair", word] * 5)
    report = import_file(ws := fresh(tmp_path), path)
    assert "taken_as_missing" in codes(report.warnings)
    assert ws.rows("SELECT count(source_channel) FROM main.leads") == [(10,)]
    (kept,) = inspect(None, [path], options(missing=["source_channel="]))
    assert "taken_as_missing" not in codes(kept.warnings)


@pytest.mark.parametrize(("code", "highest"), [("999", 27), ("-1", 100), ("99", 10)])
def test_a_code_far_from_all_others_is_asked(code, highest, tmp_path):
    path = leads(tmp_path, "score", [*(i % (highest + 1) for i in range(60)), *[code] * 5])
    (plan,) = inspect(None, [path])
    (asked,) = plan.questions
    assert asked.text.code == "ask_missing" and asked.about == "missing leads.score" and asked.answers == (code, "")
    as_blank = import_file(first := fresh(tmp_path / "a"), path, missing=[f"leads.score={code}"])
    as_value = import_file(second := fresh(tmp_path / "b"), path, missing=["score="])
    assert as_blank.rows_loaded == as_value.rows_loaded == 65
    assert first.rows("SELECT count(score) FROM main.leads") == [(60,)]
    assert second.rows("SELECT count(*) FROM main.leads WHERE score = ?", [float(code)]) == [(5,)]


@pytest.mark.parametrize("values", [[*range(90), 99, 99, 99], [-1, -2, -3] * 9, [*range(30), 999]])
def test_a_number_among_others_is_a_number(values, tmp_path):
    (plan,) = inspect(None, [leads(tmp_path, "score", values)])
    assert not plan.questions


def test_a_day_that_stands_for_none_is_asked(tmp_path):
    days = [f"2024-02-{i % 28 + 1:02}" for i in range(40)] + ["1970-01-01"] * 4
    path = leads(tmp_path, "converted_at", days)
    (plan,) = inspect(None, [path])
    assert codes(each.text for each in plan.questions) == ["ask_missing_day"]
    report = import_file(ws := fresh(tmp_path), path, missing=["converted_at=1970-01-01"])
    assert report.rows_loaded == 44 and ws.rows("SELECT count(*) FROM rows.leads WHERE converted_at IS NULL") == [(4,)]


def test_percent_by_field(tmp_path):
    """A probability is kept as a fraction, a score as it is written."""
    rows = [["D1", "50%", "2024-01-01"], ["D2", "7.5 %", "2024-01-02"]]
    path = write_csv(tmp_path / "deals.csv", ["deal_id", "probability", "created_at"], rows)
    ws = fresh(tmp_path / "a")
    import_file(ws, path, table="opportunities")
    assert ws.rows("SELECT probability FROM main.opportunities ORDER BY 1") == [(0.075,), (0.5,)]
    report = import_file(ws := fresh(tmp_path / "b"), leads(tmp_path, "score", ["50%", "75%"]))
    assert ws.rows("SELECT score FROM main.leads ORDER BY 1") == [(50.0,), (75.0,)]
    assert report.rows_rejected == 0


def test_units_of_time_in_the_cells(tmp_path):
    rows = [["T1", "2024-01-01", "2 h"], ["T2", "2024-01-02", "30 хв"], ["T3", "2024-01-03", "1 day"]]
    path = write_csv(tmp_path / "tickets.csv", ["ticket_id", "opened_at", "first_response_minutes"], rows)
    ws = fresh(tmp_path)
    import_file(ws, path)
    assert ws.rows("SELECT first_response_minutes FROM main.tickets ORDER BY ticket_id") == [(120,), (30,), (1440,)]


@pytest.mark.parametrize("header", ["مبلغ", "مبلغ سفارش"])
def test_rial_or_toman_is_asked(header, tmp_path):
    rows = [[f"O{i}", "C1", "1403/05/12", "۱٬۲۰۰٬۰۰۰"] for i in range(4)]
    path = write_csv(tmp_path / "orders.csv", ["order_id", "customer_id", "order_date", header], rows)
    (plan,) = inspect(None, [path])
    assert "ask_rial" in codes(each.text for each in plan.questions)
    (asked,) = [each for each in plan.questions if each.text.code == "ask_rial"]
    assert asked.answers == ("IRR", "IRT")
    report = import_file(ws := fresh(tmp_path), path, sets=["currency=IRT"])
    assert (
        ws.rows("SELECT DISTINCT currency, amount FROM main.orders") == [("IRT", 1200000)] and report.rows_loaded == 4
    )


def payments(tmp_path, amounts):
    rows = [[f"P{i}", f"O{i}", "2024-01-15", amount] for i, amount in enumerate(amounts)]
    return write_csv(tmp_path / "payments.csv", ["payment id", "order id", "paid on", "amount"], rows)


def test_signs_of_two_currencies_are_kept_row_by_row(tmp_path):
    """Two currencies are never added: $ and € in one column are not one amount."""
    report = import_file(ws := fresh(tmp_path), payments(tmp_path, ["$1,100.50", "€20.00", "($5.00)", "7.25"]))
    assert ws.rows("SELECT amount, currency FROM main.payments ORDER BY payment_id") == [
        (Decimal("1100.5"), "USD"), (Decimal("20"), "EUR"), (Decimal("-5"), "USD"), (Decimal("7.25"), None)
    ]  # fmt: skip
    assert "currencies_by_row" in codes(report.warnings)


@pytest.mark.parametrize(
    ("amount", "code"), [("$5.00", "USD"), ("5,00 грн", "UAH"), ("۵۰۰ تومان", "IRT"), ("5 kr", None)]
)
def test_the_sign_of_one_currency_names_it(amount, code, tmp_path):
    path = payments(tmp_path, [amount] * 3)
    (plan,) = inspect(None, [path])
    fill = plan.main.fill("currency")
    assert (fill.value if fill else None) == code and "ask_rial" not in codes(q.text for q in plan.questions)


def test_a_table_without_any_column_is_asked_about(tmp_path):
    path = write_csv(tmp_path / "x.csv", ["qqq", "www"], [["a", "b"]] * 3)
    (plan,) = inspect(None, [path], options(table="surveys"))
    assert [each.text.code for each in plan.questions] == ["ask_columns"]


@pytest.mark.parametrize("header", ["Сума (тис. грн)", "Amount, $K", "مبلغ (هزار تومان)", "Amount in thousands"])
def test_thousands_in_the_header_count(header, tmp_path):
    rows = [[f"O{i}", "C1", "2024-01-15", f"{i},5"] for i in range(4)]
    path = write_csv(tmp_path / "orders.csv", ["order_id", "customer_id", "ordered_at", header], rows)
    import_file(ws := fresh(tmp_path), path, table="orders", maps=[f"amount={header}"], sets=["currency=UAH"])
    assert ws.rows("SELECT sum(amount) FROM main.orders") == [(8000,)]
