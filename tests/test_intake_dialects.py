"""Text files in every dialect: what is read, what is left out, and that the user is told which lines."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.errors import Refused
from kpi.intake import inspect, readers, try_out
from kpi.intake.options import Options
from kpi.intake.raw import Raw
from kpi.intake.readers import ending
from kpi.text import Texts

HEADER = "id,client,day,sum\n"
ROWS = "".join(f"{i},Firm {i},2024-01-{i:02},{i * 10}\n" for i in range(1, 21))


@pytest.fixture
def read(tmp_path):
    """The Raw of a text, which read once more with its format must come out the same."""
    opened: list[Raw] = []

    def file(content: str | bytes, encoding: str = "utf-8", **options) -> Raw:
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        (raw,) = readers.read(path, Options(**options))
        (again,) = readers.read(path, Options(**options), raw.format)
        opened.extend((raw, again))
        assert (again.headers, cells(again), again.broken) == (raw.headers, cells(raw), raw.broken)
        return raw

    yield file
    for raw in opened:
        raw.close()


def cells(raw: Raw) -> list[tuple]:
    """(line, cells …) of every row, without the blanks around cells."""
    columns = ", ".join(f"trim(c{i})" for i in range(len(raw.headers)))
    return raw.query(f"SELECT {raw.line}, {columns} FROM raw ORDER BY 1")


def told(raw: Raw) -> dict[str, dict]:
    """The notes: code → values. Every one has its words."""
    assert all(note.text(Texts("en")) for note in raw.notes)
    return {note.code: dict(note.params) for note in raw.notes}


def aside(raw: Raw) -> list[tuple[int, str]]:
    """(line, reason) of what was set aside."""
    return [(each.line, each.reason.code) for each in raw.broken]


# Delimiters, quotes, line ends


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "~", "^", ":", "\x01", "||", "::", "~|~", ", ", "; ", " "])
def test_any_delimiter(read, mark):
    raw = read("\n".join(mark.join(row) for row in (["id", "client", "sum"], ["1", "Ann", "2.5"], ["2", "Bob", "3"])))
    assert raw.headers == ("id", "client", "sum")
    assert cells(raw) == [(2, "1", "Ann", "2.5"), (3, "2", "Bob", "3")]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_quotes_keep_delimiters_and_line_breaks(read, quote, mark):
    rows = [["id", "note"], ["1", f"a{mark} b"], ["2", "two\nlines"], ["3", f"say {quote}hi{quote}"], ["4", "x"]]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, quotechar=quote, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [row[1:] for row in cells(read(out.getvalue()))] == [tuple(row) for row in rows[1:]]


def test_a_backslash_before_a_quote_and_before_anything_else(read):
    raw = read('id,text\n1,"say \\"hi\\", she"\n2,"C:\\temp"\n3,"plain"\n')
    assert [row[2] for row in cells(raw)] == ['say "hi", she', "C:\\temp", "plain"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read, end):
    assert cells(read(f"id,a{end}1,x{end}2,y{end}")) == [(2, "1", "x"), (3, "2", "y")]


def test_line_ends_of_all_kinds_in_one_file(read):
    assert cells(read(b"id,a\r1,x\r\n2,y\n3,z\r4,w")) == [(i + 1, str(i), c) for i, c in enumerate("xyzw", 1)]


def test_the_delimiter_that_excel_is_told(read):
    raw = read("sep=;\nid;note\n1;a,b\n2;c,d\n")
    assert raw.headers == ("id", "note") and told(raw) == {"lines_above_header": {"n": 1, "line": 2}}


# Encodings

WORDS = {
    "uk": "код;назва;місто\n1;Клієнт «Зоря»;Київ\n2;Їжак;Львів\n",
    "ru": "код;имя;город\n1;Иванов Пётр;Москва\n2;ПОДЪЕЗД;ТВЕРЬ\n",
    "fa": "شناسه;نام;شهر\n1;مشتري;تهران\n2;علي;شيراز\n",
    "ar": "الرقم;الاسم;المدينة\n1;أحمد;القاهرة\n2;محمد;بغداد\n",
    "de": "Nr;Straße;Größe\n1;Königsallee;5\n2;Müllerweg;7\n",
    "fr": "nº;prénom;coût\n1;Élodie d’Estournel;5 €\n2;Zoé – été;7 €\n",
    "es": "id;año;niño\n1;2020;señor\n2;2021;mañana\n",
    "pl": "nr;imię;miasto\n1;Łukasz;Łódź\n2;Świętosława;Gdańsk\n",
    "tr": "no;ad;şehir\n1;Yağız;İstanbul\n2;Işık;Şanlıurfa\n",
}
PAGES = [
    *(("uk", page) for page in ("cp1251", "koi8_u", "iso8859_5", "mac_cyrillic")),
    *(("ru", page) for page in ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")),
    *(("ar", page) for page in ("cp1256", "iso8859_6")),
    *(("de", page) for page in ("cp1252", "latin_1", "mac_roman")),
    ("fa", "cp1256"), ("fr", "cp1252"), ("es", "latin_1"), ("pl", "cp1250"), ("tr", "cp1254"),
]  # fmt: skip
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("name", UNICODE)
@pytest.mark.parametrize("language", ["uk", "fa", "fr"])
def test_unicode_with_and_without_mark(read, language, name):
    raw = read(WORDS[language], name)
    assert [raw.headers, *(row[1:] for row in cells(raw))] == [
        tuple(r.split(";")) for r in WORDS[language].split()
    ] or (
        [raw.headers, *(row[1:] for row in cells(raw))]
        == [tuple(line.split(";")) for line in WORDS[language].splitlines()]
    )
    assert "encoding_guessed" not in told(raw)


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_code_pages_by_a_few_words(read, language, page):
    text = WORDS[language].encode(page, errors="ignore").decode(page)
    raw = read(text, page)
    assert [raw.headers, *(row[1:] for row in cells(raw))] == [tuple(line.split(";")) for line in text.splitlines()]
    assert told(raw)["encoding_guessed"] == {"encoding": raw.format.encoding}


def test_letters_that_first_stand_far_down_the_file(read):
    text = "id;name\n" + "1;plain\n" * 40_000 + "2;Клієнт Їжак\n"
    assert cells(read(text, "cp1251"))[-1][2] == "Клієнт Їжак"


def test_a_byte_that_is_no_utf8_is_counted(read):
    raw = read(WORDS["uk"].encode() * 9 + b"3;\xd0;x\n", header=1)
    assert raw.format.encoding == "utf-8" and told(raw)["bad_characters"] == {"n": 1, "encoding": "utf-8"}


def test_quotes_of_windows_left_in_a_text_of_utf8(read):
    raw = read("id,name\n1,d\x92Estournel\n2,x\n")
    assert cells(raw)[0][2] == "d’Estournel" and told(raw)["windows_characters"] == {"n": 1}


# What stands above the rows


def test_a_title_and_settings_above_the_header(read):
    raw = read(f"Sales report\nPeriod:,May 2024,,\nUntil:,2024-05-31,,\n\n{HEADER}{ROWS}")
    assert raw.headers == ("id", "client", "day", "sum") and raw.rows == 20
    assert told(raw) == {"lines_above_header": {"n": 3, "line": 5}} and cells(raw)[0][0] == 6


def test_no_header(read):
    raw = read(ROWS)
    assert raw.headers[0] == "column 1" and raw.rows == 20 and told(raw) == {"no_header": {}}


def test_a_header_of_two_rows_with_groups(read):
    raw = read("Client,,Deal,\nid,name,id,sum\n1,Ann,7,20\n2,Bob,8,30\n")
    assert raw.headers == ("Client id", "Client name", "Deal id", "Deal sum") and cells(raw)[0][0] == 3
    assert told(raw)["header_joined"] == {"n": 2, "first": 1, "last": 2}


def test_a_header_of_three_rows(read):
    raw = read(",Staff,,,,Guests\n,Office,,Field,,\nCity,men,women,men,women,all\nKyiv,1,2,3,4,5\nLviv,2,3,4,5,6\n")
    staff = ("Staff Office men", "Staff Office women", "Staff Field men", "Staff Field women")
    assert raw.headers == ("City", *staff, "Guests all") and told(raw)["header_joined"]["n"] == 3


def test_a_second_row_that_completes_the_first(read):
    raw = read("Day,Place,Travel,,,Total\n,,Air,Rail,Taxi,\n2024-01-04,Rome,,65,,65\n2024-01-05,Bern,,,16,16\n")
    assert raw.headers == ("Day", "Place", "Travel Air", "Travel Rail", "Travel Taxi", "Total") and raw.rows == 2


def test_units_under_the_header(read):
    raw = read("id,amount,time,weight\n,UAH,[min],kg\n1,3.5,4,1\n2,4.5,5,2\n")
    assert raw.headers == ("id", "amount (UAH)", "time [min]", "weight (kg)")
    assert told(raw) == {"units_row": {"line": 2}} and [row[0] for row in cells(raw)] == [3, 4]


def test_a_row_of_words_under_the_header_is_no_row_of_units(read):
    raw = read("id,unit,n\n1,kg,4\n2,m,5\n")
    assert raw.rows == 2 and told(raw) == {}


def test_header_cells_too_many_and_too_few(read):
    raw = read("id,,client,day,sum\n" + ROWS)
    assert raw.headers == ("id", "client", "day", "sum") and told(raw)["header_gap"] == {"n": 1}
    raw = read("id,client,day\n" + ROWS)
    assert raw.headers == ("id", "client", "day", "column 4") and raw.rows == 20
    assert told(raw)["header_narrow"] == {"found": 3, "expected": 4}


def test_a_delimiter_behind_every_row(read):
    raw = read("id,sum\n1,2,\n2,3,\n")
    assert raw.headers == ("id", "sum") and cells(raw) == [(2, "1", "2"), (3, "2", "3")]
    assert told(raw) == {"header_narrow": {"found": 2, "expected": 3}}  # which name is missing, nobody knows


def test_the_header_in_another_delimiter(read):
    raw = read("id client day sum\n" + ROWS)
    assert raw.headers == ("id", "client", "day", "sum") and raw.rows == 20


def test_nameless_and_repeated_columns(read):
    raw = read("id,,sum,sum\n1,a,2,3\n2,b,4,5\n")
    assert raw.headers == ("id", "column 2", "sum", "sum (2)") and told(raw) == {"repeated_header": {"column": "sum"}}


# What stands below the rows


@pytest.mark.parametrize(
    "total",
    ["Total,,,2100", "Grand total:,,,2100", "Разом,,,2100", "جمع کل,,,2100", ",Усього за січень,,2100", ",,,2100"],
)
def test_a_line_of_totals_is_set_aside_with_its_reason(read, total):
    raw = read(f"{HEADER}{ROWS}{total}\n")
    assert raw.rows == 20 and aside(raw) == [(22, "is_total")]
    assert told(raw) == {"totals_rows": {"n": 1, "lines": "22"}}


@pytest.mark.parametrize("row", ["21,Total Energies,2024-01-21,210", "21,,2024-01-21,210", ",,,999", "21,Sum,,7"])
def test_a_row_that_only_looks_like_totals_stays(read, row):
    raw = read(f"{HEADER}{ROWS}{row}\n")
    assert raw.rows == 21 and aside(raw) == []


def test_footnotes_and_blank_lines_below_the_table(read):
    raw = read(f"{HEADER}{ROWS},,,\n\n* without VAT,,,\nSource: CRM\n,,,\n")
    assert raw.rows == 20 and told(raw) == {"footnotes": {"n": 2, "lines": "24–25"}}


def test_totals_and_footnotes_together(read):
    raw = read(f"{HEADER}{ROWS}Total,,,2100\n\nGenerated on Monday\n")
    assert raw.rows == 20 and aside(raw) == [(22, "is_total")]
    assert told(raw)["footnotes"] == {"n": 1, "lines": "24"}


def test_the_header_again_where_pages_were_joined(read):
    raw = read(HEADER + ROWS + HEADER + ROWS)
    assert raw.rows == 40 and aside(raw) == [(22, "is_header")]
    assert told(raw) == {"headers_again": {"n": 1, "lines": "22"}}


def test_rows_read_are_rows_loaded_and_rejected(tmp_path):
    """A line of totals counts as read and rejected, with its reason in words."""
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,order_date,amount\n" + ROWS.replace("Firm ", "C") + "Total,,,2100\n")
    (plan,) = inspect(None, [path])
    report = try_out(None, plan)
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (21, 20, 1)
    assert [(each.row, each.reason.code) for each in report.rejects] == [(22, "is_total")]


# Several tables


def test_another_table_of_another_width_is_left_out(read):
    raw = read(f"{HEADER}{ROWS}reason,count\nbroken,5\nlate,6\nlost,7\n")
    assert raw.rows == 20
    assert told(raw) == {"other_tables": {"n": 4, "lines": "22–25", "columns": "reason, count"}}


def test_another_table_of_the_same_width_is_left_out(read):
    raw = read(f"{HEADER}{ROWS}\nReturns\nreason,who,place,kind\nbroken,5,a,b\nlate,6,c,d\n")
    assert raw.rows == 20
    assert told(raw)["other_tables"] == {"n": 4, "lines": "23–26", "columns": "reason, who, place, kind"}


def test_of_two_tables_the_greater_one_is_taken(read):
    raw = read(f"kind,n,amount,share\nnew,5,7,1\nold,6,7,2\n\nDetails,,,\n{HEADER}{ROWS}")
    assert raw.headers == ("id", "client", "day", "sum") and raw.rows == 20 and raw.format.header == 6
    assert told(raw)["lines_above_header"] == {"n": 4, "line": 6}


# Broken lines


def test_a_comma_that_nobody_quoted_is_put_back_where_one_way_fits(read):
    rows = ["1,Acme Ltd,Kyiv,5", "2,B and C,Lviv,12", "3,Foo-Bar,Odesa,7", "4,The Firm (old),Kyiv,8", "5,X & Y,Lviv,9"]
    text = "id,client,city,sum\n" + "\n".join(rows * 4) + "\n22,Smith, Jones and Sons (new),Kyiv,6\n"
    raw = read(text)
    assert cells(raw)[-1] == (22, "22", "Smith, Jones and Sons (new)", "Kyiv", "6") and aside(raw) == []
    assert told(raw) == {"lines_repaired": {"n": 1, "lines": "22"}}


def test_cells_too_many_in_more_than_one_way_are_set_aside(read):
    raw = read(f"{HEADER}{ROWS}21,Firm 21,2024-01-21,5,6\n")
    assert raw.rows == 20 and aside(raw) == [(22, "too_many_cells")]


def test_an_empty_cell_too_many(read):
    raw = read(f"{HEADER}{ROWS}21,Firm 21,,2024-01-21,5\n")
    assert cells(raw)[-1] == (22, "21", "Firm 21", "2024-01-21", "5")
    assert told(raw) == {"lines_repaired": {"n": 1, "lines": "22"}}


def test_an_empty_cell_too_many_is_seen_where_the_last_column_is_often_empty(read):
    """DuckDB drops the last cell of such a line without a word, and all others stand one column too far right."""
    rows = "".join(f"{i},2024-01-{i:02},{i * 10},\n" for i in range(1, 21))
    raw = read("id,day,sum,note\n" + rows + ",21,2024-01-21,5,\n")
    assert cells(raw)[-1] == (22, "21", "2024-01-21", "5", None)


def test_a_delimiter_lost(read):
    raw = read(f"{HEADER}{ROWS}21,Firm 21,2024-01-21210\n22,Firm 22,2024-01-22,220\n")
    assert cells(raw)[-2] == (22, "21", "Firm 21", "2024-01-21", "210")
    assert told(raw) == {"lines_repaired": {"n": 1, "lines": "22"}}


def test_a_delimiter_lost_between_quotes(read):
    rows = "".join(f'{i},"Firm, {i}","Street {i}, Kyiv",{i}\n' for i in range(1, 21))
    raw = read("id,client,address,n\n" + rows + '21,"Firm, 21""Street 21, Kyiv",21\n')
    assert cells(raw)[-1] == (22, "21", "Firm, 21", "Street 21, Kyiv", "21")


def test_one_line_in_another_delimiter(read):
    raw = read(f"{HEADER}{ROWS}21;Firm 21;2024-01-21;210\n")
    assert cells(raw)[-1] == (22, "21", "Firm 21", "2024-01-21", "210")


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_stray_quote_does_not_swallow_the_lines_after_it(read, place):
    line = ["21", "Firm 21", "2024-01-21", "210"]
    line[place] = '"' + line[place]
    raw = read(f"{HEADER}{ROWS}{','.join(line)}\n22,Firm 22,2024-01-22,220\n")
    assert cells(raw)[-2:] == [(22, *line), (23, "22", "Firm 22", "2024-01-22", "220")]
    assert told(raw)["lines_repaired"]["lines"] == "22"


def test_quotes_inside_a_quoted_cell_that_nobody_doubled(read):
    raw = read(f'{HEADER}{ROWS}21,"Firm "21", Kyiv",2024-01-21,5\n')
    assert cells(raw)[-1] == (22, "21", 'Firm "21", Kyiv', "2024-01-21", "5")


def test_inches_are_no_quotes(read):
    raw = read('id,size,n\n1,5" pipe,2\n2,19" rack,3\n3,x,4\n')
    assert [row[2] for row in cells(raw)] == ['5" pipe', '19" rack', "x"] and told(raw) == {}


def test_short_lines_are_filled_up_and_shifted_ones_set_aside(read):
    raw = read(f"{HEADER}{ROWS}21,Firm 21\n")
    assert cells(raw)[-1] == (22, "21", "Firm 21", None, None) and told(raw)["short_lines"] == {"n": 1}
    raw = read(f"{HEADER}{ROWS}Firm 21,2024-01-21,210\n")
    assert aside(raw) == [(22, "too_few_cells")]


# Fixed width


def test_columns_parted_by_blanks(read):
    lines = [f" {i:05} 1997{i % 12 + 1:02}01 {i % 9:2}  {i * 1.13:6.2f}" for i in range(1, 40)]
    raw = read("\r\n".join(["customer_id date number dollars", *lines]) + "\r\n")
    assert raw.headers == ("customer_id", "date", "number", "dollars") and raw.rows == 39
    assert cells(raw)[1] == (3, "00002", "19970301", "2", "2.26") and told(raw) == {"fixed_width": {}}
    assert read("\n".join(lines)).headers[0] == "column 1"


def test_columns_of_fixed_width_with_blanks_in_their_words(read):
    rows = [("1", "Ann Lee", "New York", "5"), ("2", "Bob", "", "1055"), ("3", "Cy Young", "Los Angeles", "555")] * 4
    lines = [f"{a:<6}{b:<12}{c:<14}{d:>6}" for a, b, c, d in [("id", "client", "city", "sum"), *rows]]
    raw = read("\n".join(lines) + "\n")
    assert raw.headers == ("id", "client", "city", "sum")
    assert [tuple(cell or "" for cell in row[1:]) for row in cells(raw)] == rows
    assert told(raw) == {"fixed_width": {}} and raw.format.cuts == "0,6,18,34"


def test_prose_is_no_table_of_fixed_width(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear all\nwe met on Monday and\nagreed on three things\nsee you there\n")
    with pytest.raises(Refused) as refused:
        readers.read(path, Options())
    assert refused.value.code == "not_a_table"


# Nothing is lost, whatever comes

PIECES = ["1", "22", "Ann", "Kyiv", "2024-01-01", "", '"', "a b", "x,y", "Total", "N", "é", "'", "\n"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(",".join), min_size=1, max_size=30))
def test_every_line_is_a_row_or_set_aside_or_told(tmp_path_factory, lines):
    """No text takes the reader down; what it left out is counted, and the lines add up."""
    path: Path = tmp_path_factory.mktemp("lines") / "a.csv"
    path.write_text("id,client,day,sum\n" + "\n".join(lines) + "\n", newline="")
    try:
        (raw,) = readers.read(path, Options(header=1))
    except Refused as refused:
        assert refused.code in ("file_no_rows", "not_a_table")
        return
    left = sum(told(raw).get(code, {}).get("n", 0) for code in ("footnotes", "other_tables"))
    filled = sum(any(cell.strip() for cell in record) for record in records_of(path, raw))
    units = bool(raw.format.units)
    assert raw.rows + len(raw.broken) + left + units == filled - 1
    raw.close()


def records_of(path: Path, raw: Raw) -> list[list[str]]:
    """The records of the file in its own dialect, the header included."""
    from kpi.intake.readers import head

    with path.open(newline="") as file:
        found = head.of(file.read(), raw.format)
        file.seek(0)
        return [each.cells for each in head.read_lines(file, raw.format, len(raw.headers), found.columns)]


CELLS = st.text(st.sampled_from("abz 19,;|\t\"'\n.-éЖش"), min_size=0, max_size=8).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=25),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_comes_back(tmp_path_factory, rows, mark, end, encoding):
    """A table written by the csv module is read back cell for cell; delimiter and header are told, nothing else."""
    path: Path = tmp_path_factory.mktemp("back") / "a.csv"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second", "third"), *(("x" + a, b, c) for a, b, c in rows)])
    path.write_bytes(out.getvalue().encode(encoding))
    (raw,) = readers.read(path, Options(delimiter=mark, header=1))
    assert cells(raw) and not raw.broken
    expected = [(i, "x" + a, b or None, c or None) for i, (a, b, c) in enumerate(rows, 2)]
    assert [(row[0], *(cell or None for cell in row[1:])) for row in cells(raw)] == expected
    raw.close()


def test_line_numbers_as_text():
    assert ending.lines_text([3, 4, 5, 9, 12, 13]) == "3–5, 9, 12–13"
    assert ending.lines_text(range(1, 100, 2)).endswith(" …")
