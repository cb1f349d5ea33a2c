"""F32: data scattered over several sources; downloads that no spreadsheet runs; check, duplicates and merge headless."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from kpi import workspace
from kpi.quality.download import as_csv, as_xlsx, harmless
from kpi.quality.duplicates import duplicates, likely
from kpi.quality.merge import merge
from kpi.quality.scattered import PROBLEMS, problems, shared, source_of
from tests.contract import Shell, write
from tests.workspaces import load


@pytest.fixture
def ws(tmp_path: Path):
    yield workspace.create(tmp_path, "shop")
    workspace.close_workspace(tmp_path, "shop")


@pytest.fixture
def shell(tmp_path: Path):
    yield Shell(tmp_path)
    for name in workspace.names(tmp_path):
        workspace.close_workspace(tmp_path, name)


CRM = [
    {"customer_id": "c1", "name": "Ann", "email": "ann@x.org", "source_channel": "web"},
    {"customer_id": "c2", "name": "Bob", "phone": "0671112233"},
]
BOOKS = [
    {"customer_id": "b7", "name": "Anna Smith", "email": "ANN@x.org", "consent_given_at": "2024-01-01"},
    {"customer_id": "c2", "name": "Bob"},
    {"customer_id": "b9", "name": "Zed"},
]


def test_f32_two_customer_files_with_one_common_email_give_one_pair(ws):
    load(ws, {"customers": CRM}, "crm.csv")
    load(ws, {"customers": BOOKS}, "books.csv")
    (pair,) = likely(duplicates(ws))
    assert {pair.keep.id, pair.drop.id} == {"c1", "b7"} and pair.across
    told = {each.code: (each.n, each.of) for each in problems(ws)}
    assert tuple(told) == PROBLEMS
    assert told["twice"] == (1, 4) and told["consent"] == (1, 2) and told["unreachable"] == (1, 4)
    assert told["apart"] == (3, 4) and shared(ws)[0].alone == {"crm": 1, "books": 2}
    assert told["missing"][0] == 4 * 5 - (4 + 3 + 1), (
        "name, a way to reach them and the channel are filled 8 times of 20"
    )
    merge(ws, [("c1", "b7")])
    assert {each.code: each.n for each in problems(ws)}["twice"] == 0
    assert {each.code: each.of for each in problems(ws)}["apart"] == 3


def test_one_source_cannot_tell_what_scattering_does(ws):
    load(ws, {"customers": CRM}, "crm-2024-01.csv")
    load(ws, {"customers": BOOKS}, "crm-2024-02.csv")
    assert shared(ws) == []
    assert {each.code for each in problems(ws) if each.state == "unknown"} == {"apart", "twice"}


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("orders-2024-05.csv", "orders"),
        ("orders_20240501.xlsx", "orders"),
        ("2024.csv", "2024"),
        ("Клієнти (3).csv", "Клієнти"),
    ],
)
def test_a_source_is_a_file_without_its_date(file, source):
    assert source_of(file) == source


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|'/c calc'!A1"])
def test_a_text_that_would_be_a_formula_is_none(text):
    assert str(harmless(text)).startswith("'")
    line = next(csv.reader(io.StringIO(as_csv([text], []).decode("utf-8-sig"))))
    assert line[0].startswith("'")
    sheet = zipfile.ZipFile(io.BytesIO(as_xlsx(["a"], [[text]]))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


def test_numbers_and_days_stay_what_they_are():
    assert [harmless(value) for value in (-5, 2.5, None, True, date(2024, 1, 1), "a")] == [
        -5,
        2.5,
        None,
        True,
        date(2024, 1, 1),
        "a",
    ]
    assert as_csv(["a", "b"], [[-5, "x,y"]]).decode("utf-8-sig") == 'a,b\r\n-5,"x,y"\r\n'
    assert as_xlsx(["a"], [[date(2024, 1, 1)], [-5]], right_to_left=True)[:2] == b"PK"


def test_check_duplicates_and_merge_on_the_command_line(shell):
    write(shell.home / "crm.csv", "customer_id name email", [["c1", "Ann", "ann@x.org"], ["c2", "Bob", "bob@x.org"]])
    write(shell.home / "books.csv", "customer_id name email", [["b7", "Anna Smith", "ANN@x.org"], ["b9", "Zed", ""]])
    write(
        shell.home / "orders.csv",
        "order_id customer_id ordered_at amount",
        [["1", "c1", "2024-01-01", "5"], ["2", "b7", "2024-02-01", "7"]],
    )
    for file, table in (("crm", "customers"), ("books", "customers"), ("orders", "orders")):
        shell.ask("import", "shop", f"{file}.csv", "--table", table)
    told = shell.ask("check", "shop")
    twice = next(each for each in told["findings"] if each["id"] == "customers.entered_twice")
    assert (twice["rows"], twice["of"], twice["severity"]) == (1, 4, "high") and "retention_rate" in twice["kpis"]
    assert 0 <= told["grade"]["score"] <= 100 and set(told["grade"]["parts"]) >= {"completeness", "uniqueness"}
    assert {each["table"] for each in told["inventory"]} == {"customers", "orders"} and told["unlock"]["steps"]
    (pair,) = shell.ask("duplicates", "shop")["duplicates"]
    assert "x.org" not in str(pair) and pair["across"] and "email" in pair["reasons"]
    (bare,) = shell.ask("duplicates", "shop", "--unmasked")["duplicates"]
    assert {bare["keep"]["email"], bare["drop"]["email"]} == {"ann@x.org", "ANN@x.org"}
    (plan,) = shell.ask("merge", "shop", "c1", "b7", "--dry-run")["merges"]
    assert plan["moves"] == [{"table": "orders", "column": "customer_id", "rows": 1}]
    assert shell.ask("duplicates", "shop")["duplicates"], "nothing was done"
    done = shell.ask("merge", "shop", "c1", "b7")
    assert shell.ask("duplicates", "shop")["duplicates"] == []
    shell.ask("undo", "shop", done["import"])
    assert len(shell.ask("duplicates", "shop")["duplicates"]) == 1
    assert len(shell.ask("merge", "shop", "--sure", "0.5")["merges"]) == 1
    assert shell.refuse("merge", "shop", "c1")[0] == 1 and shell.refuse("merge", "shop", "c1", "nobody")[0] == 1
    (rows,) = shell.ask("check", "shop", "--rows", "customers.customer_without_consent")["findings"]
    assert rows["bad_rows"][0]["file"] in ("crm.csv", "books.csv") and rows["bad_rows"][0]["line"] >= 2
    assert shell.refuse("check", "shop", "--rows", "orders.nothing")[0] == 2
