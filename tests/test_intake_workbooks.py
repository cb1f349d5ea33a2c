"""Workbooks: what a sheet shows is what is read, in every format of spreadsheets."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from kpi.errors import Refused
from kpi.intake import readers
from kpi.intake.options import Options
from tests.foreign_files import corpus, notes, ods, ods_cell, table, tables

HEAD = ["id", "name", "sum"]


class Sheets:
    """A workbook under way; `done` closes it."""

    def __init__(self, path: Path, **options) -> None:
        self.path = path
        self.book = xlsxwriter.Workbook(str(path), options)

    def sheet(self, name: str, rows=()):
        made = self.book.add_worksheet(name)
        for number, row in enumerate(rows):
            made.write_row(number, 0, row)
        return made

    def format(self, pattern: str):
        return self.book.add_format({"num_format": pattern})

    def done(self) -> Path:
        self.book.close()
        return self.path


@pytest.fixture
def book(tmp_path):
    return Sheets(tmp_path / "a.xlsx")


def test_hidden_sheets_are_told_and_read_when_asked_for(book):
    book.sheet("Deals", [HEAD, ["1", "A", 5]])
    book.sheet("Old", [HEAD, ["2", "B", 6]]).hide()
    book.sheet("Secret", [HEAD, ["3", "C", 7]]).very_hidden()
    path = book.done()
    assert list(tables(path)) == ["Deals"]
    assert notes(path)["sheets_hidden"] == {"n": 2, "sheets": "Old, Secret"}
    assert tables(path, sheet="Secret") == {"Secret": (("id", "name", "sum"), [(2, "3", "C", "7")])}


def test_a_header_in_two_rows_with_merged_groups(book):
    sheet = book.sheet("Plan")
    wide = book.book.add_format({"align": "center"})
    sheet.merge_range(0, 0, 1, 0, "Region", wide)
    sheet.merge_range(0, 1, 0, 2, "2023", wide)
    sheet.merge_range(0, 3, 0, 4, "2024", wide)
    sheet.write_row(1, 1, ["plan", "fact", "plan", "fact"])
    for row in range(2, 6):
        sheet.write_row(row, 0, [f"R{row}", row, row + 1, row + 2, row + 3])
    path = book.done()
    headers, rows = table(path)
    assert headers == ("Region", "2023 plan", "2023 fact", "2024 plan", "2024 fact")
    assert rows[0] == (3, "R2", "2", "3", "4", "5") and len(rows) == 4
    (raw,) = readers.read(path, Options())
    (again,) = readers.read(path, Options(), raw.format)
    assert again.headers == headers and again.rows == 4


def test_a_title_over_the_whole_width_is_no_header(book):
    sheet = book.sheet("Sales")
    sheet.merge_range(0, 0, 1, 2, "Sales of May", book.book.add_format())
    sheet.write_row(3, 0, HEAD)
    for row in range(4, 8):
        sheet.write_row(row, 0, [str(row), "x", row])
    headers, rows = table(book.done())
    assert headers == ("id", "name", "sum") and rows[0] == (5, "4", "x", "4")


def test_a_label_merged_over_rows_belongs_to_each_and_an_amount_to_the_first(book):
    sheet = book.sheet("Deals", [["region", "deal", "budget"]])
    plain = book.book.add_format()
    sheet.merge_range(1, 0, 3, 0, "North", plain)
    sheet.merge_range(1, 2, 3, 2, 900, plain)
    for row in range(1, 4):
        sheet.write(row, 1, f"D{row}")
    sheet.write_row(4, 0, ["South", "D4", 50])
    path = book.done()
    assert table(path)[1] == [
        (2, "North", "D1", "900"), (3, "North", "D2", None), (4, "North", "D3", None), (5, "South", "D4", "50")
    ]  # fmt: skip
    assert notes(path)["merged_filled"] == {"n": 2}


def test_cells_with_errors_are_empty_and_counted(book):
    sheet = book.sheet("Deals", [["id", "rate"]])
    for row, word in enumerate(["#N/A", "#DIV/0!", "#N/A"], 1):
        sheet.write_string(row, 0, f"D{row}")
        sheet.write_formula(row, 1, "=NA()", None, word)
    sheet.write_row(4, 0, ["D4", 0.5])
    path = book.done()
    assert table(path)[1] == [(2, "D1", None), (3, "D2", None), (4, "D3", None), (5, "D4", "0.5")]
    assert notes(path)["error_cells"] == {"n": 3, "words": "#N/A (2), #DIV/0! (1)"}


def test_the_kept_values_of_formulas(book):
    sheet = book.sheet("Deals", [["id", "sum", "who"]])
    sheet.write_string(1, 0, "D1")
    sheet.write_formula(1, 1, "=2*21", None, 42)
    sheet.write_formula(1, 2, '="A"&"B"', None, "AB")
    assert table(book.done())[1] == [(2, "D1", "42", "AB")]


def test_numbers_times_and_durations(book):
    sheet = book.sheet("Calls", [["id", "share", "day", "at", "clock", "long", "done"]])
    cells = [
        (book.format("0 %"), 0.125), (book.format("dd.mm.yyyy"), date(2024, 1, 31)),
        (book.format("dd.mm.yyyy hh:mm"), datetime(2024, 1, 31, 9, 30)), (book.format("hh:mm:ss"), time(0, 2, 23)),
        (book.format("[h]:mm:ss"), timedelta(hours=49, minutes=5, seconds=7)),
    ]  # fmt: skip
    sheet.write_string(1, 0, "007")
    for column, (form, value) in enumerate(cells, 1):
        if isinstance(value, float):
            sheet.write_number(1, column, value, form)
        else:
            sheet.write_datetime(1, column, value, form)
    sheet.write_boolean(1, 6, True)
    day, moment = "2024-01-31", "2024-01-31 09:30:00"
    assert table(book.done())[1] == [(2, "007", "0.125", day, moment, "00:02:23", "49:05:07", "TRUE")]


def test_both_date_systems(tmp_path):
    for old in (False, True):
        book = Sheets(tmp_path / f"{old}.xlsx", date_1904=old)
        sheet = book.sheet("Deals", [["id", "day"]])
        sheet.write_string(1, 0, "D1")
        sheet.write_datetime(1, 1, datetime(2024, 5, 31), book.format("yyyy-mm-dd"))
        assert table(book.done())[1] == [(2, "D1", "2024-05-31")]


def test_ids_with_more_digits_than_a_spreadsheet_keeps_are_told(book):
    book.sheet("Deals", [["id", "name"], [10**20, "A"], [9007199254740993, "B"], [999999999999999, "C"]])
    path = book.done()
    assert [row[1] for row in table(path)[1]] == ["100000000000000000000", "9007199254740992", "999999999999999"]
    assert notes(path)["digits_lost"] == {"n": 2, "example": "100000000000000000000"}


def test_a_sheet_without_a_table_and_one_without_rows(tmp_path, book):
    book.sheet("Notes", [["Please call"], ["on Monday"]])
    with pytest.raises(Refused) as refused:
        readers.read(book.done(), Options())
    assert refused.value.code == "sheet_no_table"
    bare = Sheets(tmp_path / "b.xlsx")
    bare.sheet("Deals", [HEAD])
    with pytest.raises(Refused) as refused:
        readers.read(bare.done(), Options())
    assert refused.value.code == "file_no_rows"
    empty = Sheets(tmp_path / "c.xlsx")
    empty.sheet("Deals")
    with pytest.raises(Refused) as refused:
        readers.read(empty.done(), Options())
    assert refused.value.code == "file_empty"


def test_a_table_among_prose_and_totals(book):
    rows = [["Report of May"], [], HEAD, *([f"D{i}", "A", i] for i in range(1, 6)), ["Total", None, 15]]
    book.sheet("Report", rows)
    path = book.done()
    headers, found = table(path)
    assert headers == tuple(HEAD) and [row[0] for row in found] == [4, 5, 6, 7, 8]
    assert {"lines_above_header", "totals_rows"} <= notes(path).keys()


def test_an_open_document_spreadsheet(tmp_path):
    rows = [
        [ods_cell("id"), ods_cell("share"), ods_cell("day"), ods_cell("clock"), ods_cell("won")],
        [ods_cell("007"), ods_cell(0.5, "percentage"), ods_cell("2024-01-31", "date"), ods_cell("PT09H12M58S", "time"),
         ods_cell("true", "boolean")],
    ]  # fmt: skip
    path = ods(
        tmp_path / "a.ods", {"Deals": rows, "People": [[ods_cell("a"), ods_cell("b")], [ods_cell("1"), ods_cell("2")]]}
    )
    found = tables(path)
    assert found["Deals"] == (
        ("id", "share", "day", "clock", "won"),
        [(2, "007", "0.5", "2024-01-31", "09:12:58", "TRUE")],
    )
    assert found["People"] == (("a", "b"), [(2, "1", "2")])


@pytest.mark.parametrize("suffix", ["xls", "xlsb", "xlsx", "ods"])
def test_one_table_in_the_four_formats_of_the_corpora(tmp_path, suffix):
    """date.*: a day and a number in each line, a moment or a duration in the last ones."""
    path = corpus("xlsx_corpora.tar.xz", f"calamine_tests/date.{suffix}", tmp_path)
    headers, rows = table(path)
    assert headers == ("column 1", "column 2") and rows[0] == (1, "2021-01-01", "15") and rows[1][2] == "16"
    if suffix != "ods":
        assert rows[2] == (3, "255:10:10", "17")


def test_old_and_macro_workbooks_of_the_corpora(tmp_path):
    found = table(corpus("csv_corpora.tar.xz", "frictionless_data/multiline-headers.xlsx", tmp_path))
    group = "Cumulative impact of changes on cost of food basket"
    names = ("Region", "Caloric contribution (%)", f"{group} from previous quarter", f"{group} from baseline (%)")
    assert found == (names, [(6, "A", "B", "C", "D")])
    found = tables(corpus("xlsx_corpora.tar.xz", "calamine_tests/issue221.xlsm", tmp_path))
    assert list(found) == ["Sheet1"]
    found = table(corpus("xlsx_corpora.tar.xz", "calamine_tests/date_1904.xlsb", tmp_path))
    assert found[1][0] == (1, "2021-01-01", "15")
