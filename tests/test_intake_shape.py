"""Tables inside text files: headers of several rows, units, totals, footnotes, second tables, broken lines.

What is left out is told with its lines.
"""

from __future__ import annotations

import pytest

from kpi.intake import inspect, try_out
from kpi.intake.readers import ending
from tests import text_files
from tests.text_files import HEADER, ROWS, aside, cells, told

read = text_files.read

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


def test_line_numbers_as_text():
    assert ending.lines_text([3, 4, 5, 9, 12, 13]) == "3–5, 9, 12–13"
    assert ending.lines_text(range(1, 100, 2)).endswith(" …")
