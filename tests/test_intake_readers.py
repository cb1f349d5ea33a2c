"""Bytes → a table of text with the lines a spreadsheet shows."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kpi.errors import Refused
from kpi.intake import originals, readers
from kpi.intake.options import Options
from kpi.intake.readers import csv_file, dialect, encoding
from kpi.intake.readers.straight import straight


def table(path: Path, **given):
    """(headers, [(line, cells …)]) of a file with one table."""
    (raw,) = readers.read(path, Options(**given))
    columns = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    found = raw.query(f"SELECT {raw.line}, {columns} FROM raw ORDER BY 1")
    raw.close()
    return raw.headers, found


@pytest.fixture
def write(tmp_path):
    def file(content: str | bytes, name: str = "a.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return file


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
def test_encodings_are_recognised(write, name):
    text = "".join(f"{i};Клієнт номер {i};Київ, вулиця Хрещатик\n" for i in range(40))
    headers, rows = table(write("код;назва;адреса\n" + text, encoding=name))
    assert headers == ("код", "назва", "адреса")
    assert rows[3] == (5, "3", "Клієнт номер 3", "Київ, вулиця Хрещатик")


def test_persian_code_page(write):
    """Windows code page 1256 has the Arabic yeh only, as old Persian programs write it."""
    text = "شناسه;نام;شهر\n" + "".join(f"{i};مشتري شماره {i};تهران\n" for i in range(40))
    for told in ({}, {"encoding": "cp1256"}):
        assert table(write(text, encoding="cp1256"), **told)[1][0] == (2, "0", "مشتري شماره 0", "تهران")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(write, mark):
    headers, rows = table(write(mark.join(("id", "name", "sum")) + "\n" + mark.join(("1", "A", "2.5")) + "\n"))
    assert headers == ("id", "name", "sum") and rows == [(2, "1", "A", "2.5")]


def test_decimal_commas_do_not_pass_for_delimiters(write):
    headers, rows = table(write("id;price;cost\n1;2,5;1,5\n2;3,5;2,5\n"))
    assert headers == ("id", "price", "cost") and rows[1] == (3, "2", "3,5", "2,5")


def test_lines_above_the_header_are_left_out_and_told(write):
    (raw,) = readers.read(write("Report of May\n\nid,name,sum\n1,A,2\n2,B,3\n"), Options())
    assert raw.headers == ("id", "name", "sum") and raw.format.header == 3
    assert raw.query(f"SELECT min({raw.line}) FROM raw") == [(4,)]
    assert [(m.code, dict(m.params)["n"]) for m in raw.notes] == [("lines_above_header", 1)]


def test_without_a_header_columns_are_called_after_their_place(write):
    (raw,) = readers.read(write("1,19970101,2.5\n2,19970102,3\n3,19970103,4\n"), Options())
    assert raw.headers == ("column 1", "column 2", "column 3") and raw.rows == 3
    assert raw.query(f"SELECT min({raw.line}) FROM raw") == [(1,)]
    assert [m.code for m in raw.notes] == ["no_header"]


def test_the_header_can_be_told(write):
    assert table(write("a,b\nid,name\n1,x\n"), header=2) == (("id", "name"), [(3, "1", "x")])
    assert table(write("a,b\nid,name\n"), header=0)[1] == [(1, "a", "b"), (2, "id", "name")]
    with pytest.raises(Refused) as refused:
        table(write("a,b\n1,2\n"), header=9)
    assert refused.value.code == "bad_option"


def test_blank_lines_keep_the_numbers_of_the_others(write):
    assert table(write("id,name\n1,A\n\n2,B\n,\n3,C\n"))[1] == [(2, "1", "A"), (4, "2", "B"), (6, "3", "C")]


def test_a_line_break_inside_quotes_is_one_row(write):
    assert table(write('id,note\n1,"two\nlines"\n2,x\n'))[1] == [(2, "1", "two\nlines"), (3, "2", "x")]


def test_short_lines_are_filled_up_and_long_ones_set_aside(write):
    (raw,) = readers.read(write("id,a,b\n1,x\n2,x,y\n3,x,y,z\n4,x,y,\n" + "5,x,y\n" * 6), Options())
    assert raw.rows == 9
    assert [(m.code, dict(m.params)) for m in raw.notes] == [("short_lines", {"n": 1})]
    ((line, reason),) = [(each.line, each.reason) for each in raw.broken]
    assert line == 4 and dict(reason.params) == {"found": 4, "expected": 3}


def test_columns_without_a_name_and_names_that_repeat(write):
    (raw,) = readers.read(write("id,,amount,amount\n1,a,2,3\n"), Options())
    assert raw.headers == ("id", "column 2", "amount", "amount (2)")
    assert [(m.code, dict(m.params)) for m in raw.notes] == [("repeated_header", {"column": "amount"})]


def test_old_and_mixed_line_ends(write):
    assert table(write(b"id,a\r1,x\r2,y\r"))[1] == [(2, "1", "x"), (3, "2", "y")]
    assert table(write(b"id,a\n1,x\r\n2,y\n"))[1] == [(2, "1", "x"), (3, "2", "y")]


def lines(raw):
    """The rows of a Raw of three columns with their lines, blank cells as None."""
    return raw.query(f"SELECT {raw.line}, c0, nullif(trim(c1), ''), nullif(trim(c2), '') FROM raw ORDER BY 1")


CELLS = st.text(st.sampled_from("ab 1,;\"'\n.éЖش"), max_size=6).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20))
def test_the_fast_and_the_careful_way_read_the_same(tmp_path_factory, rows):
    """Whatever the csv module writes, DuckDB and the csv module read back alike."""
    path = tmp_path_factory.mktemp("ways") / "a.csv"
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        [("first", "second", "third"), *(("x" + a, b, c) for a, b, c in rows)]
    )
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    layout = csv_file._layout(path, Options(delimiter=",", header=1))
    slow = csv_file._by_line(path, layout, ("first", "second", "third"))
    expected = [(i, "x" + a, b or None, c or None) for i, (a, b, c) in enumerate(rows, 2)]
    assert lines(slow) == expected
    fast = straight(path, layout, ("first", "second", "third"), [["first", "second", "third"]])
    if fast is not None:
        assert lines(fast) == expected
        fast.close()
    slow.close()


def test_a_plain_file_goes_the_fast_way(write, monkeypatch):
    monkeypatch.setattr(csv_file, "_by_line", lambda *given: pytest.fail("read line by line"))
    assert len(table(write("id,name\n" + "1,A\n" * 100))[1]) == 100


# Workbooks


def book(path: Path, sheets: dict[str, list[list]]) -> Path:
    made = xlsxwriter.Workbook(str(path))
    day, moment, clock = (made.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm:ss"))
    for name, lines in sheets.items():
        sheet = made.add_worksheet(name)
        for r, line in enumerate(lines):
            for c, value in enumerate(line):
                if isinstance(value, datetime):
                    sheet.write_datetime(r, c, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, datetime.combine(value, time()), day)
                elif isinstance(value, time):
                    sheet.write_datetime(r, c, value, clock)
                elif value is not None:
                    sheet.write(r, c, value)
    made.close()
    return path


def test_cells_of_a_workbook_as_text(tmp_path):
    line = [17850.0, 2.5, date(2024, 1, 31), datetime(2024, 1, 31, 9, 30), time(9, 12, 58), True, "007"]
    path = book(tmp_path / "a.xlsx", {"Data": [["id", "x", "day", "at", "clock", "flag", "code"], line]})
    assert table(path)[1] == [(2, "17850", "2.5", "2024-01-31", "2024-01-31 09:30:00", "09:12:58", "TRUE", "007")]


def test_a_table_may_begin_anywhere_on_its_sheet(tmp_path):
    lines = [[], ["", "Sales of May"], [], ["", "", "id", "name"], ["", "", 1, "A"], [], ["", "", 2, "B"]]
    headers, rows = table(book(tmp_path / "a.xlsx", {"Data": lines}))
    assert [h for h in headers if not h.startswith("column")] == ["id", "name"]
    assert [(row[0], row[-2], row[-1]) for row in rows if row[-2]] == [(5, "1", "A"), (7, "2", "B")]


def test_sheets_of_prose_are_no_tables(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Deals": [["id", "sum"], ["x", 1]], "Notes": [["Please call"], ["on Monday"]]})
    assert [raw.format.sheet for raw in readers.read(path, Options())] == ["Deals"]
    with pytest.raises(Refused) as refused:
        readers.read(path, Options(sheet="Orders"))
    assert refused.value.code == "sheet_unknown" and "Deals" in str(refused.value)


def test_a_workbook_under_a_wrong_name_is_read_by_its_content(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Deals": [["id", "sum"], ["x", 1]]}).rename(tmp_path / "a.csv")
    assert table(path)[1] == [(2, "x", "1")]


def test_text_under_the_name_of_a_workbook_is_read_as_text(write):
    assert table(write("id,name\n1,A\n", name="a.xlsx"))[1] == [(2, "1", "A")]


def test_a_cell_at_the_end_of_the_sheet_does_not_take_the_program_down(tmp_path):
    """One cell in the last row and column makes the reader library ask for hundreds of gigabytes."""
    made = xlsxwriter.Workbook(str(tmp_path / "far.xlsx"))
    sheet = made.add_worksheet()
    sheet.write(0, 0, "id")
    sheet.write(1048575, 16383, "x")
    made.close()
    with pytest.raises(Refused) as refused:
        readers.read(tmp_path / "far.xlsx", Options())
    assert refused.value.code == "sheet_too_big"


# Parquet, originals


def test_parquet_becomes_text(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"id": [17850.0, None], "at": [datetime(2024, 1, 1, 8), None], "n": [1, 2]}), path)
    assert table(path) == (("id", "at", "n"), [(2, "17850.0", "2024-01-01 08:00:00", "1"), (3, None, None, "2")])


def test_the_dialect_and_encoding_stand_in_the_format(write):
    (raw,) = readers.read(write("код;сума\n" + "Привіт усім;1,5\n" * 50, encoding="cp1251"), Options())
    assert raw.format.plain() == {
        "kind": "csv", "encoding": "cp1251", "delimiter": ";", "quote": '"', "escape": '"', "header": 1
    }  # fmt: skip


def test_escapes_and_single_quotes():
    assert dialect.detect('id,text\n1,"say \\"hi\\", she"\n2,"x"\n').escape == "\\"
    assert dialect.detect("id,text\n'1','a,b'\n'2','c,d'\n'3','e,f'\n").quote == "'"


def test_an_unknown_encoding_is_refused():
    with pytest.raises(Refused):
        encoding.check("klingon", "a.csv")


def test_originals_are_kept_and_compressed(tmp_path):
    class Holder:
        originals = tmp_path / "originals"

    Holder.originals.mkdir()
    source = tmp_path / "deals.csv"
    source.write_bytes(b"id\n1\n")
    stored = originals.name("ab" * 32, source)
    originals.copy(Holder, source, stored)
    with originals.open_original(Holder, stored) as file:
        assert file.read() == b"id\n1\n"
    originals.compress(Holder, stored)
    assert [each.name for each in Holder.originals.iterdir()] == [stored]
    assert gzip.decompress((Holder.originals / stored).read_bytes()) == b"id\n1\n"
    with originals.open_original(Holder, stored) as file:
        assert file.read() == b"id\n1\n"
