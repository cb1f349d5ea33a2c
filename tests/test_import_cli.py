"""import and template on the command line: the JSON of the contract, questions, several files, languages."""

from __future__ import annotations

import io
import json

import pytest
from python_calamine import CalamineWorkbook

from kpi import cli, model, workspace
from kpi.intake import inspect
from tests.intake_files import write_csv

GOOD = ["order_id", "customer_id", "ordered_at", "amount"]


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    for name in workspace.names(tmp_path):
        workspace.close_workspace(tmp_path, name)


@pytest.fixture
def kpi(home):
    def run(*argv, cwd=None):
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(home), *map(str, argv)], out=out, err=err, cwd=cwd)
        return status, out.getvalue(), err.getvalue()

    return run


@pytest.fixture
def file(tmp_path):
    rows = [["O1", "c1", "2024-01-31", "5"], ["O2", "c2", "2024-02-01", "x"], ["O3", "c1", "2024-02-02", "7"]]
    return write_csv(tmp_path / "orders.csv", GOOD, rows)


def test_the_json_of_the_contract(kpi, file):
    status, out, err = kpi("import", "w", file, "--json")
    answer = json.loads(out)
    assert status == 0 and err == ""
    (entry,) = answer["imports"]
    assert entry["id"] == "1" and entry["file"] == "orders.csv" and entry["sheet"] is None
    assert entry["table"] == "orders" and entry["tables"] == {"orders": 2}
    assert entry["format"] == {
        "kind": "csv",
        "encoding": "utf-8",
        "delimiter": ",",
        "quote": '"',
        "escape": '"',
        "header": 1,
    }
    assert [(m["column"], m["field"]) for m in entry["mapping"]] == [(name, f"orders.{name}") for name in GOOD]
    assert all(0 <= m["confidence"] <= 1 and m["why"] for m in entry["mapping"])
    assert (entry["rows_read"], entry["rows_loaded"], entry["rows_rejected"]) == (3, 2, 1)
    assert entry["rejects"] == [{"row": 3, "column": "amount", "value": "x", "reason": "not a number"}]
    assert entry["unmapped"] == [] and isinstance(answer["warnings"], list)


def test_a_dry_run_shows_the_plan_and_writes_nothing(kpi, file, home):
    status, out, _ = kpi("import", "w", file, "--dry-run", "--json")
    (entry,) = json.loads(out)["imports"]
    assert status == 0 and entry["id"] is None and entry["tables"] == {"orders": 2}
    assert (entry["rows_read"], entry["rows_loaded"], entry["rows_rejected"]) == (3, 2, 1)
    status, out, _ = kpi("import", "w", file, "--dry-run")
    assert "orders.ordered_at" in out and "the year comes first" in out and "would make: orders 2" in out
    kpi("import", "w", file)
    assert workspace.open_workspace(home, "w").revision >= 1
    assert workspace.open_workspace(home, "w").rows("SELECT count(*) FROM state.imports") == [(1,)]


def test_a_question_ends_with_status_one_and_the_option_that_answers_it(kpi, tmp_path):
    path = write_csv(tmp_path / "orders.csv", GOOD, [["1", "c", "01/02/2024", 5], ["2", "c", "03/04/2024", 6]])
    status, out, err = kpi("import", "w", path, "--json")
    (entry,) = json.loads(out)["imports"]
    assert status == 1 and "--dates dmy|mdy|ymd|jalali" in err and len(err.splitlines()) == 1
    assert entry["questions"][0]["option"] == "--dates dmy|mdy|ymd|jalali" and entry["id"] is None
    assert entry["rows_read"] == entry["rows_loaded"] + entry["rows_rejected"]
    assert kpi("import", "w", path, "--dates", "mdy")[0] == 0


def test_options_reach_the_reader(kpi, tmp_path, home):
    path = tmp_path / "a.txt"
    path.write_bytes("Звіт\nномер|дата|сума\n1|01.02.2024|1 234,50\n2|02.02.2024|5,00\n".encode("cp1251"))
    options = [
        "--table",
        "orders",
        "--encoding",
        "cp1251",
        "--delimiter",
        "|",
        "--header",
        "2",
        "--dates",
        "dmy",
        "--decimal",
        ",",
    ]
    maps = [
        "--map",
        "order_id=номер",
        "--map",
        "ordered_at=дата",
        "--map",
        "orders.amount=сума",
        "--set",
        "currency=UAH",
    ]
    status, _, err = kpi("import", "w", path, *options, *maps)
    assert status == 0, err
    found = workspace.open_workspace(home, "w").rows(
        "SELECT order_id, ordered_at::DATE::TEXT, amount::DOUBLE, currency FROM orders ORDER BY 1"
    )
    assert found == [("1", "2024-02-01", 1234.5, "UAH"), ("2", "2024-02-02", 5.0, "UAH")]


def test_again_and_its_refusal(kpi, file):
    assert kpi("import", "w", file)[0] == 0
    status, _, err = kpi("import", "w", file)
    assert status == 1 and "--again" in err
    assert kpi("import", "w", file, "--again")[0] == 0


def test_wrong_words_end_with_status_two_and_a_suggestion(kpi, file):
    status, _, err = kpi("import", "w", file, "--table", "oders")
    assert status == 2 and "orders" in err
    status, _, err = kpi("import", "w", file, "--map", "orders.amout=amount")
    assert status == 2 and "orders.amount" in err


def test_files_are_seen_from_where_the_command_was_typed(kpi, file):
    assert kpi("import", "w", file.name, cwd=file.parent)[0] == 0


@pytest.mark.parametrize(("lang", "word"), [("fa", "بارگذاری"), ("uk", "завантажено"), ("en", "loaded")])
def test_people_read_it_in_their_language(kpi, file, lang, word):
    status, out, _ = kpi("--lang", lang, "import", "w", file)
    assert status == 0 and word in out


@pytest.mark.parametrize("lang", ["en", "fa", "uk"])
def test_a_template_reads_back(kpi, tmp_path, lang):
    """Its header names the fields of the model in order (that it reads back whole: test_import_template.py)."""
    out = tmp_path / f"orders-{lang}.xlsx"
    assert kpi("--lang", lang, "template", "orders", "--out", out)[0] == 0
    (header, *rest) = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert [cell.rpartition("(")[2].rstrip(")") for cell in header] == list(model.table("orders").fields)
    assert rest == [] and all(cell.partition(" (")[0] for cell in header)


def test_every_table_has_a_template(kpi, tmp_path):
    for table in model.tables():
        assert kpi("template", table, "--out", tmp_path / f"{table}.xlsx")[0] == 0
    assert kpi("template", "oders", "--out", tmp_path / "x.xlsx")[0] == 2


@pytest.mark.parametrize("table", list(model.tables()))
def test_columns_called_as_in_the_model_go_where_they_belong(table, tmp_path):
    """A file with the model's own names, as a template gives it, needs no options but maybe the table's name."""
    made = {
        "id": "A{i}",
        "text": "word {i}",
        "money": "{i}.50",
        "number": "{i}.5",
        "integer": "{i}",
        "flag": "true",
        "time": "2024-01-{d:02d}",
    }
    fields = model.table(table).fields.values()

    def cell(field, i):
        if field.values:
            return field.values[i % len(field.values)]
        return f"a{i}@b.com" if "email" in field.name else made[field.type].format(i=i, d=i + 1)

    rows = [[cell(field, i) for field in fields] for i in range(1, 12)]
    path = write_csv(tmp_path / f"{table}.csv", [f.name for f in fields], rows)
    (plan,) = inspect(None, [path])
    assert plan.table == table
    found = {(column, field) for column, field, _, _ in plan.mapping()}
    assert {(f.name, f.path) for f in fields} <= found
