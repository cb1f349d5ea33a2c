"""Text files in every dialect: delimiters, quotes, line ends, encodings, fixed width; nothing is lost, whatever comes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.errors import Refused
from kpi.intake import readers
from kpi.intake.options import Options
from kpi.intake.raw import Raw
from kpi.intake.readers import head
from tests import text_files
from tests.text_files import cells, told

read = text_files.read

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


@settings(max_examples=60, deadline=None)
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
    with path.open(newline="") as file:
        found = head.of(file.read(), raw.format)
        file.seek(0)
        return [each.cells for each in head.read_lines(file, raw.format, len(raw.headers), found.columns)]


CELLS = st.text(st.sampled_from("abz 19,;|\t\"'\n.-éЖش"), min_size=0, max_size=8).map(str.strip)


@settings(max_examples=60, deadline=None)
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
